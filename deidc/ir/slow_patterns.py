"""Find patterns in a program that can take practically unlimited time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from deidc.ir import ops
from deidc.patterns import is_slow


def has_slow_pattern(facts: Iterable[object]) -> bool:
    """Return whether a selector or a comparison in ops has a pattern that can take practically unlimited time.

    Patterns in arguments of functions are judged when a program is read, and by the functions themselves.
    """
    return any(map(is_slow, _patterns(facts)))


def _patterns(fact: object) -> Iterator[str]:
    match fact:
        case ops.Matching():
            yield ops.anchored(fact.anchor, fact.pattern)
        case str():
            pass
        case Iterable():
            for one in fact:
                yield from _patterns(one)
        case _ if attrs.has(type(fact)):
            # Whatever field of a comparison is text, `text` is the one that is searched for.
            if isinstance(text := getattr(fact, "text", None), str) and hasattr(fact, "how"):
                yield text
            for one in attrs.fields(type(fact)):  # type: ignore[arg-type]  # the case above
                yield from _patterns(getattr(fact, one.name))
        case _:
            pass
