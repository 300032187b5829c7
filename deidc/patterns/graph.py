"""A pattern as a graph: a place for each character that it reads, and an edge for each way to the next place.

A repetition without limit is a loop. One with a limit is copied as often as it may occur, unless the copies could be
combined in more ways than a search can try: then it is a loop, too, and whether the loop can be walked in two ways
decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from re import _constants as sre
from typing import cast

from attrs import define, evolve, field, frozen

from deidc.patterns.characters import ANY, bit, in_brackets, letter, union

_ENDLESS = 32  # repetitions more than the least that are as many as without limit
_MOST_COPIES = 8  # of a part that can be read in one way only
_MANY_CHOICES = 10**9  # combinations of choices in a repetition that are too many to try
_CHOICES_OF_LOOP = 32  # how often a repetition without limit counts as choices
_MOST_PLACES = 5_000
_MOST_WAYS = 30_000
START = 0  # the place of a search that has not begun to match; it reads any character


class TooLarge(Exception):
    """There is more to a pattern than is worth looking at."""


@frozen
class Piece:
    """A part of a pattern: the places it may begin and end at, and in how many ways it matches nothing at all.

    A place with two ways to it is there twice; more ways than two are as two. `aside` are places of lookaheads that
    begin where the part begins. `closed` states that what follows may refuse even if it takes no character.
    """

    first: tuple[int, ...] = ()
    last: tuple[int, ...] = ()
    empty: int = 1
    aside: tuple[int, ...] = ()
    closed: bool = False


@define(eq=False)
class Walk:
    """Makes the graph of a pattern.

    Attributes:
        fits: the characters of each place, as bits.
        ways: the places that follow each place, and in how many ways.
        most: the number of repetitions of a loop that has a limit, by its place.
        apart: parts that are matched on their own and never again, each with its graph.

    """

    fits: list[int] = field(factory=lambda: [ANY])
    ways: list[dict[int, int]] = field(factory=lambda: [{START: 1}])
    most: dict[int, int] = field(factory=dict)
    apart: list[tuple[Walk, Piece]] = field(factory=list)
    count: int = 0

    def whole(self, parsed: object, flags: int) -> Piece:
        """Return a whole pattern, which a search begins at each place of a text unless it is anchored."""
        parts = list(cast("Iterable[tuple[object, object]]", parsed))
        piece = self.sequence(parts)
        if not _is_anchored(parts, flags):
            self.link((START,), tuple(dict.fromkeys(piece.first + piece.aside)))
        return piece

    def place(self, bits: int) -> Piece:
        """Return a part that is one character."""
        if len(self.fits) >= _MOST_PLACES:
            raise TooLarge
        self.fits.append(bits)
        self.ways.append({})
        at = (len(self.fits) - 1,)
        return Piece(at, at, 0)

    def link(self, last: tuple[int, ...], first: tuple[int, ...]) -> None:
        """Lead from the ends of one part to the beginnings of another."""
        self.count += len(last) * len(first)
        if self.count > _MOST_WAYS:
            raise TooLarge
        for one in last:
            ways = self.ways[one]
            for other in first:
                ways[other] = ways.get(other, 0) + 1

    def joined(self, left: Piece, right: Piece) -> Piece:
        """Return one part behind another."""
        self.link(left.last, right.first + right.aside)
        return Piece(
            left.first + right.first * left.empty,
            right.last + left.last * right.empty,
            min(left.empty * right.empty, 2),
            left.aside + right.aside * min(left.empty, 1),
            left.closed or right.closed,
        )

    def sequence(self, parts: object) -> Piece:
        """Return parts one behind the other."""
        whole = Piece()
        for part in cast("Iterable[tuple[object, object]]", parts):
            whole = self.joined(whole, self.part(part))
        return whole

    def choice(self, parts: object) -> Piece:
        """Return one of several parts."""
        pieces = [self.sequence(part) for part in cast("Iterable[object]", parts)]
        return Piece(
            tuple(at for piece in pieces for at in piece.first),
            tuple(at for piece in pieces for at in piece.last),
            min(sum(piece.empty for piece in pieces), 2),
            tuple(at for piece in pieces for at in piece.aside),
            any(piece.closed for piece in pieces),
        )

    def repeated(self, least: int, most: int, body: object) -> Piece:
        """Return a part some times over."""
        choices = choices_of(body)
        too_many = choices > 1 and choices ** min(most, 64) > _MANY_CHOICES
        if most - least > _ENDLESS or too_many:
            return self.loop(least, most, body, empties_count=choices ** min(least, 64) > _MANY_CHOICES)
        rest = Piece()
        for _ in range(most - least):
            rest = _optional(self.joined(self.sequence(body), rest))
        for _ in range(least if choices > 1 else min(least, _MOST_COPIES)):
            rest = self.joined(self.sequence(body), rest)
        return rest

    def loop(self, least: int, most: int, body: object, *, empties_count: bool) -> Piece:
        """Return a part that is repeated without limit, or as if it was.

        Repetitions that match nothing are tried only as often as the least number needs. Where that is often
        (`empties_count`), which of them are empty is a choice.
        """
        again = self.sequence(body)
        for _ in range(2 if again.empty and empties_count else 1):
            self.link(again.last, again.first + again.aside)
        if most < sre.MAXREPEAT:
            self.most.update(dict.fromkeys(again.first, most - least))
        if not least:
            return _optional(again)
        rest = again
        for _ in range(min(least - 1, _MOST_COPIES)):
            rest = self.joined(self.sequence(body), rest)
        # An iteration that matches nothing can be left out: that is a second way to match nothing.
        return evolve(rest, empty=2) if again.empty else rest

    def part(self, part: tuple[object, object]) -> Piece:  # noqa: C901  # one case for each node of re's parser
        """Return one part as the parser of `re` has it."""
        match part:
            case (sre.LITERAL, int(code)):
                return self.place(letter(code))
            case (sre.NOT_LITERAL, int(code)):
                return self.place(ANY & ~letter(code))
            case (sre.ANY, _):
                return self.place(ANY & ~bit(ord("\n")))
            case (sre.IN, parts):
                return self.place(in_brackets(parts))
            case (sre.SUBPATTERN, (_, _, _, body)):
                return self.sequence(body)
            case (sre.BRANCH, (_, parts)):
                return self.choice(parts)
            case (sre.MAX_REPEAT | sre.MIN_REPEAT, (int(least), int(most), body)):
                return self.repeated(least, most, body)
            case (sre.GROUPREF_EXISTS, (_, yes, no)):
                return self.choice([yes, no or ()])
            case (sre.AT, where):
                return Piece(closed="BEGINNING" not in str(where))
            case (sre.ASSERT | sre.ASSERT_NOT, (_, body)):
                inner = self.sequence(body)
                return Piece(aside=inner.first + inner.aside, closed=True)
            case (sre.ATOMIC_GROUP, body) | (sre.POSSESSIVE_REPEAT, (_, _, body)):
                return self.place(self.characters(body))
            case _:  # what a group matched, again; it may be nothing
                return _optional(self.place(ANY))

    def characters(self, body: object) -> int:
        """Return the characters of a part that is matched in one way or not at all."""
        inner = Walk()
        self.apart.append((inner, evolve(inner.sequence(body), closed=False)))
        self.apart.extend(inner.apart)
        return union(inner.fits[START + 1 :])


def _optional(piece: Piece) -> Piece:
    """Return a part that may be left out."""
    return evolve(piece, empty=min(piece.empty + 1, 2))


def _is_anchored(parts: list[tuple[object, object]], flags: int) -> bool:
    """Whether a pattern can match at the beginning of a text only."""
    match parts:
        case [(sre.AT, where), *_]:
            return where is sre.AT_BEGINNING_STRING or (where is sre.AT_BEGINNING and not flags & re.MULTILINE)
        case [(sre.SUBPATTERN, (_, _, _, body)), *_]:
            return _is_anchored(list(cast("Iterable[tuple[object, object]]", body)), flags)
        case [(sre.BRANCH, (_, bodies)), *_]:
            return all(
                _is_anchored(list(body), flags) for body in cast("Iterable[list[tuple[object, object]]]", bodies)
            )
        case _:
            return False


def choices_of(parts: object) -> int:
    """Return in how many ways parts can be matched at most, if all of a text fits all of them; up to a limit."""
    total = 1
    for part in cast("Iterable[tuple[object, object]]", parts):
        total = min(total * _choices(part), _MANY_CHOICES + 1)
    return total


def _choices(part: tuple[object, object]) -> int:
    match part:
        case (sre.SUBPATTERN, (_, _, _, body)):
            return choices_of(body)
        case (sre.BRANCH, (_, parts)):
            return sum(map(choices_of, cast("Iterable[object]", parts)))
        case (sre.GROUPREF_EXISTS, (_, yes, no)):
            return choices_of(yes) + choices_of(no or ())
        case (sre.MAX_REPEAT | sre.MIN_REPEAT, (int(least), int(most), body)):
            inner = choices_of(body)
            lengths = min(most - least + 1, _CHOICES_OF_LOOP) if most < sre.MAXREPEAT else _CHOICES_OF_LOOP
            return int(min(inner ** min(most, _CHOICES_OF_LOOP) * lengths, _MANY_CHOICES + 1))
        case (sre.GROUPREF, _):
            return 2
        case _:
            return 1
