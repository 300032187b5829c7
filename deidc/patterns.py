"""Regular expressions as recipes write them: whether they compile, and whether they can take ages."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from re import _constants as sre
from re import _parser
from typing import cast

from attrs import define, evolve, field, frozen

LONGEST = 10_000  # characters; a longer pattern is tried against every name for minutes
_MOST_COPIES = 8  # of what is repeated a number of times
_ENDLESS = 32  # repetitions that are as many as without limit
_MOST_PLACES = 5_000
_MOST_WAYS = 30_000
_MOST_STEPS = 100_000


class BadPattern(ValueError):
    """Text is no regular expression; `reason` says why."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def compiled(text: str, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    """Return a pattern that ignores case. Raises BadPattern, whatever the text."""
    if len(text) > LONGEST:
        raise BadPattern("it is too large")
    try:
        with _quiet():
            return re.compile(text, re.IGNORECASE | flags)
    except re.error as failure:
        raise BadPattern(failure.msg) from None
    except (OverflowError, RecursionError):
        raise BadPattern("it is too large") from None


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Python from warning of sets that a later version may read in another way."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        yield


@lru_cache(maxsize=4096)
def is_slow(text: str) -> bool:
    """Return whether some text can match a pattern in so many ways that the search takes practically unlimited time.

    That is so where what is repeated without limit fits a text in two ways, or where three repetitions without
    limit that fit the same character stand side by side and something must follow. A pattern that does not compile
    is not slow; one with repetitions that is too large to decide is.
    """
    if re.search(r"[*+{]", text) is None:
        return False
    try:
        expression = compiled(text)
    except BadPattern:
        return False
    try:
        walk = _Walk()
        with _quiet():
            whole = walk.sequence(_parser.parse(text, expression.flags))
        return walk.has_ambiguous_loop() or walk.has_row_of_loops(whole)
    except (_TooLarge, RecursionError):
        return True


class _TooLarge(Exception):
    """There is more to a pattern than is worth looking at."""


# ---- characters: a bit for each of the first 256, and 64 bits for all others -------------------------------

_PLAIN = 256
_OTHERS = ((1 << 64) - 1) << _PLAIN
_ANY = (1 << _PLAIN) - 1 | _OTHERS


def _bit(code: int) -> int:
    return 1 << (code if code < _PLAIN else _PLAIN + code % 64)


def _letter(code: int) -> int:
    """Return the bits of a character in either case."""
    cases = {chr(code), chr(code).lower(), chr(code).upper()}
    return _union(_bit(ord(one)) for one in cases if len(one) == 1)


def _union(sets: Iterable[int]) -> int:
    bits = 0
    for one in sets:
        bits |= one
    return bits


@lru_cache(maxsize=16)
def _category(name: str) -> int:
    """Return the bits of a category such as digits, spaces or word characters, or of all others."""
    kind = re.compile({"DIGIT": r"\d", "SPACE": r"\s", "WORD": r"\w"}[name.rsplit("_", 1)[-1]])
    bits = _union(_bit(code) for code in range(_PLAIN) if kind.match(chr(code)))
    if "NOT" in name:
        return _ANY & ~bits
    return bits | _OTHERS if name.endswith("WORD") else bits


def _set(parts: object) -> int:
    """Return the bits of what stands in brackets."""
    bits, negated = 0, False
    for part in cast("Iterable[tuple[object, object]]", parts):
        match part:
            case (sre.NEGATE, _):
                negated = True
            case (sre.LITERAL, int(code)):
                bits |= _letter(code)
            case (sre.RANGE, (int(first), int(last))):
                bits |= _union(_letter(code) for code in range(first, min(last, _PLAIN - 1) + 1))
                bits |= _OTHERS if last >= _PLAIN else 0
            case (_, category):
                bits |= _category(str(category))
    return _ANY & ~bits if negated else bits


# ---- the pattern as a graph: a place for each character, an edge for each way to the next -------------------


@frozen
class _Piece:
    """A part of a pattern: the places it may begin and end at, and in how many ways it fits nothing at all.

    A place that is led to in two ways is there twice; more ways than two are as two. `closed` states that what
    follows may refuse even if it takes no character.
    """

    first: tuple[int, ...] = ()
    last: tuple[int, ...] = ()
    empty: int = 1
    closed: bool = False


@define(eq=False)
class _Walk:
    """Makes the graph of a pattern."""

    fits: list[int] = field(factory=list)  # the characters of each place
    ways: list[dict[int, int]] = field(factory=list)  # from each place to the next, in how many ways
    count: int = 0

    def place(self, bits: int) -> _Piece:
        """Return a part that is one character."""
        if len(self.fits) >= _MOST_PLACES:
            raise _TooLarge
        self.fits.append(bits)
        self.ways.append({})
        at = (len(self.fits) - 1,)
        return _Piece(at, at, 0)

    def link(self, last: tuple[int, ...], first: tuple[int, ...]) -> None:
        """Lead from the ends of one part to the beginnings of another."""
        self.count += len(last) * len(first)
        if self.count > _MOST_WAYS:
            raise _TooLarge
        for one in last:
            ways = self.ways[one]
            for other in first:
                ways[other] = ways.get(other, 0) + 1

    def joined(self, left: _Piece, right: _Piece) -> _Piece:
        """Return one part behind another."""
        self.link(left.last, right.first)
        return _Piece(
            left.first + right.first * left.empty,
            right.last + left.last * right.empty,
            min(left.empty * right.empty, 2),
            left.closed or right.closed,
        )

    def sequence(self, parts: object) -> _Piece:
        """Return parts one behind the other."""
        whole = _Piece()
        for part in cast("Iterable[tuple[object, object]]", parts):
            whole = self.joined(whole, self.part(part))
        return whole

    def choice(self, parts: object) -> _Piece:
        """Return one of several parts."""
        pieces = [self.sequence(part) for part in cast("Iterable[object]", parts)]
        return _Piece(
            tuple(at for piece in pieces for at in piece.first),
            tuple(at for piece in pieces for at in piece.last),
            min(sum(piece.empty for piece in pieces), 2),
            any(piece.closed for piece in pieces),
        )

    def repeated(self, least: int, most: int, body: object) -> _Piece:
        """Return a part some times over."""
        rest = _Piece()
        if most - least > _ENDLESS:
            again = self.sequence(body)
            self.link(again.last, again.first)
            rest, least = (again, least - 1) if least else (_optional(again), 0)
        else:
            for _ in range(min(most - least, _MOST_COPIES)):
                rest = _optional(self.joined(self.sequence(body), rest))
        for _ in range(min(least, _MOST_COPIES)):
            rest = self.joined(self.sequence(body), rest)
        return rest

    def part(self, part: tuple[object, object]) -> _Piece:  # noqa: C901  # one case for each node of re's parser
        """Return one part as the parser of `re` has it."""
        match part:
            case (sre.LITERAL, int(code)):
                return self.place(_letter(code))
            case (sre.NOT_LITERAL, int(code)):
                return self.place(_ANY & ~_letter(code))
            case (sre.ANY, _):
                return self.place(_ANY & ~_bit(ord("\n")))
            case (sre.IN, parts):
                return self.place(_set(parts))
            case (sre.SUBPATTERN, (_, _, _, body)):
                return self.sequence(body)
            case (sre.BRANCH, (_, parts)):
                return self.choice(parts)
            case (sre.MAX_REPEAT | sre.MIN_REPEAT, (int(least), int(most), body)):
                return self.repeated(least, most, body)
            case (sre.GROUPREF_EXISTS, (_, yes, no)):
                return self.choice([yes, no or ()])
            case (sre.AT, where):
                return _Piece(closed="BEGINNING" not in str(where))
            case (sre.ASSERT | sre.ASSERT_NOT, (_, body)):
                self.sequence(body)
                return _Piece(closed=True)
            case (sre.ATOMIC_GROUP, body) | (sre.POSSESSIVE_REPEAT, (_, _, body)):
                return self.place(self.characters(body))
            case _:  # what a group fitted, again
                return self.place(_ANY)

    def characters(self, body: object) -> int:
        """Return the characters of a part that is fitted in one way or not at all."""
        inner = _Walk()
        inner.sequence(body)
        return _union(inner.fits)

    # ---- what is slow ------------------------------------------------------------------------------------

    def has_ambiguous_loop(self) -> bool:
        """Whether one text leads round a loop in two ways."""
        for loop in _loops(self.ways):
            if any(count > 1 for at in loop for to, count in self.ways[at].items() if to in loop):
                return True
            if self.parts_and_meets(loop):
                return True
        return False

    def parts_and_meets(self, loop: frozenset[int]) -> bool:
        """Whether two different walks in a loop read the same text, from one place to one place."""
        following = {at: [to for to in self.ways[at] if to in loop] for at in loop}
        back: dict[tuple[int, int], list[tuple[int, int]]] = {}
        todo = [(at, at) for at in loop]
        seen, steps = set(todo), 0
        while todo:
            pair = todo.pop()
            for one in following[pair[0]]:
                for other in following[pair[1]]:
                    steps += 1
                    if not self.fits[one] & self.fits[other]:
                        continue
                    back.setdefault((one, other), []).append(pair)
                    if (one, other) not in seen:
                        seen.add((one, other))
                        todo.append((one, other))
            if steps > _MOST_STEPS:
                raise _TooLarge
        met = [(at, at) for at in loop]
        reached = set(met)
        while met:
            for pair in back.get(met.pop(), ()):
                if pair not in reached:
                    reached.add(pair)
                    met.append(pair)
        return any(one != other for one, other in reached)

    def has_row_of_loops(self, whole: _Piece) -> bool:
        """Whether three repetitions of one character stand side by side, and something must follow."""
        single = {at for at, ways in enumerate(self.ways) if at in ways}
        ends = frozenset() if whole.closed else frozenset(whole.last)
        for first in single:
            for second in single.intersection(self.ways[first]) - {first}:
                shared = self.fits[first] & self.fits[second]
                for third in single.intersection(self.ways[second]) - {first, second}:
                    if shared & self.fits[third] and third not in ends:
                        return True
        return False


def _optional(piece: _Piece) -> _Piece:
    """Return a part that may be left out."""
    return evolve(piece, empty=min(piece.empty + 1, 2))


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
