"""Sets of characters as bits: one for each of the first 256 characters, and 64 for all others."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from re import _constants as sre
from typing import cast

_PLAIN = 256
_OTHERS = ((1 << 64) - 1) << _PLAIN
ANY = (1 << _PLAIN) - 1 | _OTHERS


def bit(code: int) -> int:
    """Return the bit of a character."""
    return 1 << (code if code < _PLAIN else _PLAIN + code % 64)


def letter(code: int) -> int:
    """Return the bits of a character in either case."""
    one = chr(code)
    cases = {one, one.lower(), one.upper(), one.upper().lower()}
    return union(bit(ord(case)) for case in cases if len(case) == 1)


def union(sets: Iterable[int]) -> int:
    """Return the bits of all sets together."""
    bits = 0
    for one in sets:
        bits |= one
    return bits


@lru_cache(maxsize=16)
def _category(name: str) -> int:
    """Return the bits of a category such as digits, spaces or word characters, or of all others."""
    kind = re.compile({"DIGIT": r"\d", "SPACE": r"\s", "WORD": r"\w"}[name.rsplit("_", 1)[-1]])
    bits = union(bit(code) for code in range(_PLAIN) if kind.match(chr(code)))
    if "NOT" in name:
        return ANY & ~bits
    return bits | _OTHERS if name.endswith("WORD") else bits


def in_brackets(parts: object) -> int:
    """Return the bits of a set in brackets, as the parser of `re` has it."""
    bits, negated = 0, False
    for part in cast("Iterable[tuple[object, object]]", parts):
        match part:
            case (sre.NEGATE, _):
                negated = True
            case (sre.LITERAL, int(code)):
                bits |= letter(code)
            case (sre.RANGE, (int(first), int(last))):
                bits |= union(letter(code) for code in range(first, min(last, _PLAIN - 1) + 1))
                bits |= _OTHERS if last >= _PLAIN else 0
            case (_, category):
                bits |= _category(str(category))
    return ANY & ~bits if negated else bits
