"""What a misspelt name may be meant to be."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache

from attrs import define

from deidc.dicom import dictionary

_LONGEST = 64
_BEGINNING, _END = 3, 5


@define
class Guesses:
    """Finds the nearest of some names, as long as there is patience left.

    Every comparison costs patience, so that a recipe in which each of thousands of names is wrong is checked in
    linear time; its last complaints then come without a guess.
    """

    patience: int = 20_000

    def among(self, text: str, known: Iterable[str], likeness: float = 0.75) -> str | None:
        """Return the name most like `text`, if one is like it enough."""
        if len(text) > _LONGEST or self.patience <= 0:
            return None
        furthest = max(2, len(text) // 2)
        likely = [one for one in known if abs(len(one) - len(text)) <= furthest]
        self.patience -= len(likely)
        return next(iter(get_close_matches(text, likely, 1, likeness)), None)

    def keyword(self, text: str) -> str | None:
        """Return the keyword of PS3.6 that is most like `text`, if one is like it enough.

        Only keywords that share a beginning or an end with it are compared; that is what a slip of the pen
        leaves, and comparing with all 5,000 takes too long.
        """
        lower = text.lower()
        beginnings, ends = _keywords_by_edge()
        likely = dict.fromkeys((*beginnings.get(lower[:_BEGINNING], ()), *ends.get(lower[-_END:], ())))
        return self.among(text, [one for one in likely if abs(len(one) - len(text)) <= 4], 0.8)


@cache
def _keywords_by_edge() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    beginnings: dict[str, list[str]] = {}
    ends: dict[str, list[str]] = {}
    for one in dictionary.attributes():
        lower = one.keyword.lower()
        beginnings.setdefault(lower[:_BEGINNING], []).append(one.keyword)
        ends.setdefault(lower[-_END:], []).append(one.keyword)
    return beginnings, ends
