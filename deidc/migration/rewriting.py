"""Edits put into a recipe, with an account of which of its lines each line of the outcome stands for."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve, frozen

from deidc.diagnostics import Edit, Fix
from deidc.source import Source, Span


@frozen
class Rewritten:
    """A text that came of a recipe: for each line the numbers of the original lines that it stands for."""

    source: Source
    origins: tuple[tuple[int, ...], ...]

    @classmethod
    def unchanged(cls, source: Source) -> Rewritten:
        """Return a recipe in which nothing was rewritten yet."""
        return cls(source, tuple((number,) for number in range(1, source.text.count("\n") + 2)))

    def origin(self, offset: int) -> int:
        """Return the number of the first original line that a place of the text stands for."""
        return self.origins[self.source.place(offset).line - 1][0]

    def lines_of(self, number: int) -> str:
        """Return the text that stands for an original line."""
        lines = self.source.text.split("\n")
        return "\n".join(line for line, origins in zip(lines, self.origins, strict=True) if number in origins)

    def after(self, fixes: Iterable[tuple[Fix, Span]]) -> Rewritten:
        """Return the text with fixes applied, each whole or not at all; of those that overlap the first is taken.

        What a fix puts on lines of its own stands for the line that it is about.
        """
        taken: list[tuple[Edit, int]] = []
        for fix, about in fixes:
            if not any(_overlap(edit, other) for edit in fix.edits for other, _ in taken):
                taken.extend((edit, self.origin(about.start)) for edit in fix.edits)
        found = self
        for edit, home in sorted(taken, key=lambda one: (one[0].span.start, one[0].span.end), reverse=True):
            found = found.edited(edit, home)
        return found

    def edited(self, edit: Edit, home: int) -> Rewritten:
        """Return the text with one edit made on behalf of an original line."""
        text, (start, end) = self.source.text, (edit.span.start, edit.span.end)
        first, last = self.source.place(start).line - 1, self.source.place(end).line - 1
        before, behind = text[:start], text[end:]
        whole_lines = start == end and edit.text.endswith("\n") and (not before or before.endswith("\n"))
        joined = tuple(dict.fromkeys(number for line in self.origins[first : last + 1] for number in line))
        if whole_lines:
            made = ((home,),) * edit.text.count("\n") + (self.origins[first],)
        else:
            made = (joined,) * (edit.text.count("\n") + 1)
        origins = (*self.origins[:first], *made, *self.origins[last + 1 :])
        return evolve(self, source=Source(self.source.name, before + edit.text + behind), origins=origins)


def _overlap(edit: Edit, other: Edit) -> bool:
    return (edit.span.start < other.span.end and other.span.start < edit.span.end) or edit.span == other.span
