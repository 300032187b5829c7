"""Recipe text and places in it: the one notion of "where", from the lexer to the manifest."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property

from attrs import field, frozen


@frozen(order=True)
class Place:
    """A line and a column, both counted from 1, as editors count them."""

    line: int
    column: int


@frozen(order=True)
class Span:
    """A half-open range of characters `[start, end)` of the source called `source`."""

    source: str
    start: int
    end: int


@frozen
class Source:
    """The text of one recipe with the name that reports use for it.

    Attributes:
        name: a path as the user gave it, `<stdin>`, or `deidc:NAME` for a bundled recipe.
        text: the text, with Unix line ends and without a byte order mark.

    """

    name: str
    text: str = field(repr=False)

    @cached_property
    def _line_starts(self) -> tuple[int, ...]:
        starts = [0]
        starts.extend(at + 1 for at, character in enumerate(self.text) if character == "\n")
        return tuple(starts)

    def place(self, offset: int) -> Place:
        """Return the line and the column of a position.

        Args:
            offset: the number of characters before the position; a position after the end is the end.

        Returns:
            The place, counted from 1.

        """
        offset = min(max(offset, 0), len(self.text))
        line = bisect_right(self._line_starts, offset)
        return Place(line, offset - self._line_starts[line - 1] + 1)

    def line(self, number: int) -> str:
        """Return the text of a line without its line end.

        Args:
            number: the number of the line, from 1.

        Returns:
            The text.

        """
        start = self._line_starts[number - 1]
        end = self.text.find("\n", start)
        return self.text[start:] if end < 0 else self.text[start:end]

    def line_span(self, number: int) -> Span:
        """Return the span of a line without its line end.

        Args:
            number: the number of the line, from 1.

        Returns:
            The span.

        """
        start = self._line_starts[number - 1]
        return Span(self.name, start, start + len(self.line(number)))

    @property
    def line_count(self) -> int:
        """The number of lines; a final line end does not begin another line."""
        count = len(self._line_starts)
        return count - 1 if count > 1 and self._line_starts[-1] == len(self.text) else count
