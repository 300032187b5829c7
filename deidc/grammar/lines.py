"""One line of a recipe: what the parser is given of it, and where that stands in the source."""

from __future__ import annotations

import re

from attrs import field, frozen

from deidc.source import Span

# Characters that take no room, and those that turn the direction of writing.
ZERO_WIDTH = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
WIDE_BLANK = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")

_WORD = re.compile(r"""(?:"(?:\\"|[^"])*"|'[^']*')(?!\S)|\S+""")


@frozen
class Written:
    """A line without invisible characters: its text, and the place of each character in the source.

    `offset` is the place of the first character of the line. `columns` are those of the characters that are left
    and of the end, or None if nothing was taken out.
    """

    source: str
    offset: int
    text: str
    columns: tuple[int, ...] | None = field(default=None, repr=False)

    @classmethod
    def of(cls, source: str, offset: int, text: str) -> Written:
        """Return a line with blanks of one kind and without what takes no room."""
        if text.isascii():
            return cls(source, offset, text)
        text = WIDE_BLANK.sub(" ", text)
        if ZERO_WIDTH.search(text) is None:
            return cls(source, offset, text)
        seen = [at for at, character in enumerate(text) if not ZERO_WIDTH.match(character)]
        return cls(source, offset, "".join(text[at] for at in seen), (*seen, len(text)))

    def span(self, start: int, end: int) -> Span:
        """Return the place in the source of some characters, one at least."""
        if self.columns is not None:
            start, end = self.columns[start], self.columns[end - 1] + 1
        return Span(self.source, self.offset + start, self.offset + end)


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of text; what is quoted as a whole is one word."""
    return tuple(word[0] for word in _WORD.finditer(text))


def remark_start(text: str) -> int:
    """Return where the remark of a line begins, or the length of the line: at a word that begins with `#`."""
    return next((word.start() for word in _WORD.finditer(text) if word[0].startswith("#")), len(text))
