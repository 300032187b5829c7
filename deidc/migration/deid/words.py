"""How deid 0.4.13 parts a line of a recipe into words, observed: quotation marks stay, and open ones part words."""

from __future__ import annotations

import re

# A quoted string belongs to the word it stands in; a mark that is not closed belongs to nothing.
_QUOTED = r"""\"(?:\\\"|[^\"])*\"|'(?:\\'|[^'])*'"""
_WORD = re.compile(rf"""(?:{_QUOTED}|[^\s\"'])+""")
_LONGEST = 64


def words_of(text: str) -> list[str]:
    """Return the words of an action line or of a line of a list."""
    return _WORD.findall(text)


def first_word(text: str) -> str:
    """Return the first word, or the empty text."""
    found = _WORD.search(text)
    return found[0] if found is not None else ""


def value_of(text: str) -> str:
    """Return the value that deid reads in the rest of a line: words joined by blanks, cut at the first `#`."""
    return " ".join(words_of(text)).partition("#")[0]


def rest_of_line(text: str, start: int) -> str:
    """Return what stands from a place to the end of its line."""
    end = text.find("\n", start)
    return text[start:end] if end >= 0 else text[start:]


def shown(word: str) -> str:
    """Return a word of a recipe for a message, cut short."""
    return word if len(word) <= _LONGEST else word[: _LONGEST - 3] + "..."
