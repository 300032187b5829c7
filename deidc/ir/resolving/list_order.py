"""The order in which lists are filled, where one is filled from others, and the circles that have no order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import frozen

from deidc.ir import ops


@frozen
class FillingOrder:
    """Lists so that each comes after those it is filled from.

    Attributes:
        order: the numbers of all lists; unrelated lists keep their order.
        closing: references `(from, to)` that close a circle; the order heeds all others.

    """

    order: tuple[int, ...]
    closing: frozenset[tuple[int, int]]

    @classmethod
    def of(cls, sources: Sequence[Sequence[int]]) -> FillingOrder:
        """Order lists; `sources[n]` are the lists that list `n` is filled from. Takes linear time."""
        order: list[int] = []
        closing: set[tuple[int, int]] = set()
        done: set[int] = set()
        for first in range(len(sources)):
            if first in done:
                continue
            walk: list[tuple[int, Iterator[int]]] = [(first, iter(sources[first]))]
            open_lists = {first}
            while walk:
                at, rest = walk[-1]
                source = next(rest, None)
                if source is None:
                    walk.pop()
                    open_lists.discard(at)
                    done.add(at)
                    order.append(at)
                elif source in open_lists:
                    closing.add((at, source))
                elif source not in done:
                    open_lists.add(source)
                    walk.append((source, iter(sources[source])))
        return cls(tuple(order), frozenset(closing))


def source_list(selector: ops.Selector | None) -> int | None:
    """Return the number of the list that a selector is about, if it is about one."""
    match selector if selector is None else ops.swept(selector):
        case ops.Holding(slot) | ops.Member(slot):
            return slot
        case _:
            return None
