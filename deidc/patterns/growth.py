"""How the time of a search grows with the length of a text: too fast where the ways to match it are too many.

Three measures, each on the graph of a pattern:

- One text leads round a loop in two ways: the ways double with each round, and 40 characters suffice.
- Loops that read the same text stand one behind the other: the ways are a power of its length. Loops side by side are
  judged on the longest value of LT, 10240 characters (PS3.5 6.2), if running text fits them all. Those that need
  certain characters between them, or fit words only, are judged on 1024, the longest value of ST: a longer value has
  no such run by accident.
- Choices that are limited can be many, too: they are counted on a run of one character.

A search that begins anew at each character is itself a loop in front of the pattern.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from math import factorial

from attrs import frozen

from deidc.patterns.characters import bit
from deidc.patterns.graph import START, Piece, TooLarge, Walk

_LONGEST_TEXT = 10_240
_LONGEST_RUN = 1_024
_MOST_TRIES = 2 * 10**10  # some minutes
_RUN = 200  # characters of one kind that limited choices are counted on
_MOST_PATHS = 10**8
_MOST_STEPS = 100_000
_MOST_KINDS = 12
_BLANK = bit(ord(" "))


def can_take_too_long(walk: Walk, whole: Piece) -> bool:
    """Return whether some text makes a search for a pattern try too many ways. Raises TooLarge."""
    loops = [loop for loop in _loops(walk.ways) if loop != {START}]
    if any(_is_ambiguous(walk, loop) for loop in loops):
        return True
    ends = frozenset() if whole.closed else frozenset(whole.last)
    failing = [frozenset({START}), *(loop for loop in loops if not loop & ends)]
    return _is_high_power(walk, failing) or _is_crowded(walk, whole, ends)


# ---- exponential: one text leads round a loop in two ways ----------------------------------------------------


def _is_ambiguous(walk: Walk, loop: frozenset[int]) -> bool:
    """Whether one text leads round a loop in two ways."""
    if any(count > 1 for at in loop for to, count in walk.ways[at].items() if to in loop):
        return True
    return _parts_and_meets(walk, loop)


def _parts_and_meets(walk: Walk, loop: frozenset[int]) -> bool:
    """Whether two different walks in a loop read the same text, from one place to one place."""
    following = {at: [to for to in walk.ways[at] if to in loop] for at in loop}
    back: dict[tuple[int, int], list[tuple[int, int]]] = {}
    todo = [(at, at) for at in loop]
    seen, steps = set(todo), 0
    while todo:
        pair = todo.pop()
        for one in following[pair[0]]:
            for other in following[pair[1]]:
                steps += 1
                if not walk.fits[one] & walk.fits[other]:
                    continue
                back.setdefault((one, other), []).append(pair)
                if (one, other) not in seen:
                    seen.add((one, other))
                    todo.append((one, other))
        if steps > _MOST_STEPS:
            raise TooLarge
    met = [(at, at) for at in loop]
    reached = set(met)
    while met:
        for pair in back.get(met.pop(), ()):
            if pair not in reached:
                reached.add(pair)
                met.append(pair)
    return any(one != other for one, other in reached)


# ---- powers: loops that read the same text, one behind the other ---------------------------------------------


@frozen
class _Link:
    """The way from one loop to a later one: the characters that both read, and how many lie between them."""

    to: int
    shared: int
    between: int


@frozen
class _Row:
    """Loops one behind the other: how often each can repeat, the characters that all read, those between them."""

    repeats: tuple[int, ...]
    shared: int
    gaps: tuple[int, ...] = ()

    def tries(self) -> int:
        """Return how many ways there are to share a text among the loops."""
        is_text = not any(self.gaps) and self.shared & _BLANK
        length = _LONGEST_TEXT if is_text else _LONGEST_RUN
        total, unlimited = 1, 0
        for one in self.repeats:
            total *= min(one, length)
            unlimited += one >= length
        apart = sum(1 for gap in self.gaps if gap)
        return total // factorial(unlimited) // int(max(sum(self.gaps), 1) ** apart)


def _is_high_power(walk: Walk, loops: list[frozenset[int]]) -> bool:
    """Whether a row of loops can share a text in too many ways."""
    budget = [_MOST_STEPS]
    links = [list(_links(walk, loops, number, budget)) for number in range(len(loops))]
    repeats = [min((walk.most[at] for at in loop if at in walk.most), default=_LONGEST_TEXT) for loop in loops]
    todo = [(number, _Row((repeats[number],), _characters(walk, loops[number]))) for number in range(len(loops))]
    while todo:
        at, row = todo.pop()
        if row.tries() > _MOST_TRIES:
            return True
        for link in links[at]:
            _spend(budget)
            shared = row.shared & link.shared
            if shared:
                todo.append((link.to, _Row((*row.repeats, repeats[link.to]), shared, (*row.gaps, link.between))))
    return False


def _spend(budget: list[int]) -> None:
    budget[0] -= 1
    if budget[0] < 0:
        raise TooLarge


def _characters(walk: Walk, places: frozenset[int] | set[int]) -> int:
    """Return the characters that some of the places read."""
    bits = 0
    for at in places:
        bits |= walk.fits[at]
    return bits


def _links(walk: Walk, loops: list[frozenset[int]], number: int, budget: list[int]) -> Iterator[_Link]:
    """Yield the ways from a loop to others that read a text which it reads too."""
    here = loops[number]
    reachable = _distances(walk, here, _characters(walk, here), budget)
    for other, there in enumerate(loops):
        if other == number or reachable.keys().isdisjoint(there):
            continue
        common = _common(walk, here, there, budget)
        if not common:
            continue
        mine, theirs = {one for one, _ in common}, {two for _, two in common}
        shared = _characters(walk, mine) & _characters(walk, theirs)
        near = _distances(walk, mine, shared, budget, inside=here | there)
        between = min((near[at] for at in theirs if at in near), default=None)
        if between is not None:
            yield _Link(other, shared, between)


def _distances(
    walk: Walk,
    begin: set[int] | frozenset[int],
    characters: int,
    budget: list[int],
    inside: frozenset[int] = frozenset(),
) -> dict[int, int]:
    """Return the places that some of the characters lead to, and how many places outside lie on the way."""
    found: dict[int, int] = {}
    todo = [(at, 0) for at in begin]
    while todo:
        at, before = todo.pop(0)
        for to in walk.ways[at]:
            _spend(budget)
            if not walk.fits[to] & characters:
                continue
            if found.get(to, before + 1) > before or to not in found:
                found[to] = before
                todo.append((to, before + (to not in inside)))
    return found


def _common(walk: Walk, here: frozenset[int], there: frozenset[int], budget: list[int]) -> list[tuple[int, int]]:
    """Return the pairs of places of two loops that one text can lead round at the same time."""
    pairs = [(one, two) for one in here for two in there if walk.fits[one] & walk.fits[two]]
    numbers = {pair: number for number, pair in enumerate(pairs)}
    ways: list[dict[int, int]] = []
    for one, two in pairs:
        following: dict[int, int] = {}
        for to_one in walk.ways[one]:
            for to_two in walk.ways[two]:
                _spend(budget)
                number = numbers.get((to_one, to_two))
                if number is not None:
                    following[number] = 1
        ways.append(following)
    return [pairs[number] for loop in _loops(ways) for number in loop]


# ---- limited choices: how many paths a run of one character has -----------------------------------------------


def _is_crowded(walk: Walk, whole: Piece, ends: frozenset[int]) -> bool:
    """Whether a run of one character can be matched on too many paths before one of them ends the search."""
    return any(_paths(walk, whole, ends, kind) > _MOST_PATHS for kind in _kinds(walk))


def _kinds(walk: Walk) -> list[int]:
    """Return bits of characters that many places read: one for each set of characters, and for what two share."""
    sets = list(dict.fromkeys(walk.fits[START + 1 :]))[: 4 * _MOST_KINDS]
    shared = {one & other for one, other in combinations(sets, 2)} if len(sets) <= _MOST_KINDS else set()
    kinds = {bits & -bits for bits in (*sets, *shared) if bits}
    counted = sorted(kinds, key=lambda kind: (-sum(1 for bits in walk.fits if bits & kind), kind))
    return counted[:_MOST_KINDS]


def _paths(walk: Walk, whole: Piece, ends: frozenset[int], kind: int) -> int:
    """Return the number of paths on which a run of one character is read; paths to the end are not."""
    paths: dict[int, int] = {}
    for at in whole.first:
        if walk.fits[at] & kind and at not in ends:
            paths[at] = paths.get(at, 0) + 1
    total = 0
    for _ in range(_RUN):
        total += sum(paths.values())
        if not paths or total > _MOST_PATHS:
            break
        following: dict[int, int] = {}
        for at, count in paths.items():
            for to, ways in walk.ways[at].items():
                if walk.fits[to] & kind and to not in ends:
                    following[to] = following.get(to, 0) + count * ways
        paths = following
    return total


# ---- loops of a graph ---------------------------------------------------------------------------------------


def _loops(ways: list[dict[int, int]]) -> list[frozenset[int]]:
    """Return the sets of places that lead to each other (Tarjan's algorithm, without recursion)."""
    found: list[frozenset[int]] = []
    number: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    open_places: set[int] = set()
    for root in range(len(ways)):
        todo = [(root, iter(ways[root]))] if root not in number else []
        while todo:
            at, rest = todo[-1]
            if at not in number:
                number[at] = low[at] = len(number)
                stack.append(at)
                open_places.add(at)
            to = next(rest, None)
            if to is None:
                todo.pop()
                if todo:
                    low[todo[-1][0]] = min(low[todo[-1][0]], low[at])
                if low[at] == number[at]:
                    cut = stack.index(at)
                    loop = frozenset(stack[cut:])
                    del stack[cut:]
                    open_places -= loop
                    if len(loop) > 1 or at in ways[at]:
                        found.append(loop)
            elif to not in number:
                todo.append((to, iter(ways[to])))
            elif to in open_places:
                low[at] = min(low[at], number[to])
    return found
