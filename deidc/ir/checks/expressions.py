"""Regular expressions as text: their alternatives, and what in them is easily mistaken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache

from attrs import frozen


class Piece(StrEnum):
    """What a part of an expression is."""

    OPEN = "open"
    CLOSE = "close"
    BAR = "bar"
    REPEAT = "repeat"
    CLASS = "class"
    ESCAPE = "escape"
    CHARACTER = "character"


@frozen
class Token:
    """One part of an expression."""

    piece: Piece
    text: str
    start: int


_TOKEN = re.compile(
    r"""(?P<escape>\\.)
    |(?P<class>\[\^?\]?(?:\\.|[^\]\\])*(?:\]|\\?\Z))
    |(?P<open>\((?:\?(?:P<\w+>|<?[=!]|[a-zA-Z-]*:|[a-zA-Z]+(?=\))))?)
    |(?P<close>\))
    |(?P<bar>\|)
    |(?P<repeat>(?:[*+]|\{\d*(?:,\d*)?\})[?+]?)
    |(?P<character>.)""",
    re.VERBOSE | re.DOTALL,
)


def tokens(pattern: str) -> Iterator[Token]:
    """Yield the parts of an expression in order."""
    for found in _TOKEN.finditer(pattern):
        yield Token(Piece(str(found.lastgroup)), found[0], found.start())


@lru_cache(maxsize=4096)
def alternatives(pattern: str) -> tuple[str, ...]:
    """Return what stands between the bars of an expression that are in no group."""
    depth, begin = 0, 0
    parts: list[str] = []
    for token in tokens(pattern):
        match token.piece:
            case Piece.OPEN:
                depth += 1
            case Piece.CLOSE:
                depth -= 1
            case Piece.BAR if depth == 0:
                parts.append(pattern[begin : token.start])
                begin = token.start + 1
            case _:
                pass
    return (*parts, pattern[begin:])


def has_empty_alternative(pattern: str) -> bool:
    """Whether an alternative outside groups is empty, so that the expression fits every text."""
    parts = alternatives(pattern)
    return len(parts) > 1 and "" in parts


def has_bare_operator(text: str) -> bool:
    """Whether a word of the text is an operator of criteria, which another complaint is about."""
    return not {"+", "||"}.isdisjoint(text.split())


@lru_cache(maxsize=4096)
def has_capital_escape(pattern: str) -> bool:
    """Whether there is an escape that means another thing in lower case."""
    return any(token.piece is Piece.ESCAPE and token.text[1] in "DSWBZA" for token in tokens(pattern))


@lru_cache(maxsize=4096)
def odd_digits_missed(pattern: str) -> bool:
    """Whether a class of hexadecimal digits has the odd ones up to 9 and not all above."""
    for token in tokens(pattern):
        if token.piece is Piece.CLASS:
            digits = set(token.text[1:-1].lower())
            if digits >= set("13579") and digits <= set("13579bdf") and not digits >= set("bdf"):
                return True
    return False


@lru_cache(maxsize=4096)
def crosses_lines(pattern: str) -> bool:
    """Whether an expression may treat the end of a line as a character, or knows the ends of the text."""
    return re.search(r"\[\^|\\[sDWAZnrvf0-7xuUN]|\(\?[a-zA-Z-]*s", pattern) is not None
