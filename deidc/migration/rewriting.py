"""Edits put into a recipe, with an account of which of its lines each line of the outcome stands for."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Mapping
from functools import cached_property

from attrs import define, field, frozen

from deidc.diagnostics import Edit, Fix
from deidc.source import Source, Span

Origin = tuple[int, ...]  # numbers of lines of the original, in order


@frozen
class Rewritten:
    """A text that came of a recipe: for each line the numbers of the original lines that it stands for."""

    source: Source
    origins: tuple[Origin, ...]

    @classmethod
    def unchanged(cls, source: Source) -> Rewritten:
        """Return a recipe in which nothing was rewritten yet."""
        return cls(source, tuple((number,) for number in range(1, source.text.count("\n") + 2)))

    def origin(self, offset: int) -> int:
        """Return the number of the first original line that a place of the text stands for."""
        return self.origins[self.source.place(offset).line - 1][0]

    @cached_property
    def _by_origin(self) -> Mapping[int, str]:
        found: dict[int, list[str]] = {}
        for line, origin in zip(self.source.text.split("\n"), self.origins, strict=True):
            for number in origin:
                found.setdefault(number, []).append(line)
        return {number: "\n".join(lines) for number, lines in found.items()}

    def lines_of(self, number: int) -> str:
        """Return the text that stands for an original line."""
        return self._by_origin[number]

    def after(self, fixes: Iterable[tuple[Fix, Span]]) -> Rewritten:
        """Return the text with fixes applied, each whole or not at all; of those that overlap the first is taken.

        What a fix puts on lines of its own stands for the line that it is about.
        """
        taken: list[tuple[int, int, str, int]] = []
        for fix, about in fixes:
            if not any(_overlaps(edit, taken) for edit in fix.edits):
                for edit in fix.edits:
                    insort(taken, (edit.span.start, edit.span.end, edit.text, self.origin(about.start)))
        return self._edited(taken) if taken else self

    def _edited(self, edits: Iterable[tuple[int, int, str, int]]) -> Rewritten:
        """Return the text with edits made that stand in their order and do not overlap."""
        made = _Making(self)
        for start, end, text, home in edits:
            made.copy_to(start)
            if start == end and text.endswith("\n") and made.at_line_start:
                made.insert_lines(text, home)
            else:
                made.put(text, end)
        made.copy_to(len(self.source.text))
        return made.finished()


def _overlaps(edit: Edit, taken: list[tuple[int, int, str, int]]) -> bool:
    """Whether an edit touches what another one does; insertions stand beside anything but each other."""
    span = edit.span
    at = bisect_right(taken, (span.start, span.end, "\U0010ffff", 0))
    near = taken[max(0, at - 2) : at + 1]
    return any(
        (span.start < end and start < span.end) or (start, end) == (span.start, span.end) for start, end, _, _ in near
    )


@define(eq=False)
class _Making:
    """A text half way through being rewritten: what was copied, and whose lines they are."""

    old: Rewritten
    at: int = 0  # how much of the old text was copied or left out
    lines: list[str] = field(factory=list)
    origins: list[Origin] = field(factory=list)
    text: str = ""  # of the line that is being made
    origin: dict[int, None] = field(factory=dict)

    @property
    def at_line_start(self) -> bool:
        """Whether nothing of the line was copied yet."""
        return not self.text and not self.origin

    def copy_to(self, end: int) -> None:
        """Copy the old text up to a place."""
        source = self.old.source
        while self.at < end:
            line = source.place(self.at).line
            line_end = source.line_span(line).end
            self._own(line)
            if line_end >= end:
                self.text += source.text[self.at : end]
                self.at = end
            else:
                self.text += source.text[self.at : line_end]
                self._end_line()
                self.at = line_end + 1

    def insert_lines(self, text: str, home: int) -> None:
        """Put whole lines before the line that comes next."""
        for line in text.removesuffix("\n").split("\n"):
            self.lines.append(line)
            self.origins.append((home,))

    def put(self, text: str, end: int) -> None:
        """Put a text in the place of the old one up to a place."""
        place = self.old.source.place
        lines = range(place(self.at).line, place(end).line + 1)
        for number, part in enumerate(text.split("\n")):
            if number:
                self._end_line()
            self.text += part
            for line in lines:
                self._own(line)
        self.at = end

    def _own(self, line: int) -> None:
        self.origin.update(dict.fromkeys(self.old.origins[line - 1]))

    def _end_line(self) -> None:
        self.lines.append(self.text)
        self.origins.append(tuple(self.origin))
        self.text, self.origin = "", {}

    def finished(self) -> Rewritten:
        """Return the text that was made."""
        self._own(len(self.old.origins))
        self._end_line()
        return Rewritten(Source(self.old.source.name, "\n".join(self.lines)), tuple(self.origins))
