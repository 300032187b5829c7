"""A report as text: each complaint with its line and what to do."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import TypeAlias

from deidc.diagnostics import Applicability, Diagnostic, Report, Severity
from deidc.source import Span
from deidc.visible import one_column_each, visible

_WIDEST = 160
MOST_OF_A_CODE = 10  # complaints that are shown of one code
_MOST_PLACES = 8


class Part(StrEnum):
    """Parts of the text that a terminal may show in colours."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
    PLACE = "place"
    MARGIN = "margin"
    CARETS = "carets"


Paint: TypeAlias = Callable[[str, Part], str]

_PARTS = {Severity.ERROR: Part.ERROR, Severity.WARNING: Part.WARNING, Severity.NOTE: Part.NOTE}


def plain(text: str, _part: Part) -> str:
    """Return text unchanged."""
    return text


def render_text(report: Report, paint: Paint = plain) -> str:
    """Return the report as text, ending in a line that counts.

    Of a code that occurs more than `MOST_OF_A_CODE` times, the first complaints are shown and the places of the others.
    """
    lines: list[str] = []
    seen: Counter[str] = Counter()
    more: dict[str, list[Diagnostic]] = {}
    for one in report.diagnostics:
        seen[one.code] += 1
        if seen[one.code] <= MOST_OF_A_CODE:
            lines.extend(_complaint(one, report, paint))
        else:
            more.setdefault(one.code, []).append(one)
    lines.extend(_others(others, report, paint) for _, others in sorted(more.items()))
    lines.append(summary(report))
    return "\n".join(lines) + "\n"


def _others(others: list[Diagnostic], report: Report, paint: Paint) -> str:
    """Return the line for further complaints of one code."""
    first = others[0]
    places = list(dict.fromkeys(_line(one.span, report) for one in others if one.span is not None))
    shown = ", ".join(places[:_MOST_PLACES]) + (", ..." if len(places) > _MOST_PLACES else "")
    kind = paint(f"{first.code} {first.severity.value}", _PARTS[first.severity])
    return f"{kind}: {len(others)} more of the same{f' at {shown}' if shown else ''}: {first.rule.title}"


def _line(span: Span | None, report: Report) -> str:
    return _place(span, report).rpartition(":")[0]


def summary(report: Report) -> str:
    """Return one line that counts the complaints."""
    counts = [
        _counted(len(found), word)
        for found, word in ((report.errors, "error"), (report.warnings, "warning"), (report.notes, "note"))
        if found
    ]
    fixable = sum(
        1 for one in report.diagnostics if one.fix is not None and one.fix.applicability is Applicability.SAFE
    )
    fixes = f", {fixable} fixable by --fix" if fixable else ""
    return (", ".join(counts) or "no complaints") + fixes


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'s' if count != 1 else ''}"


def _complaint(said: Diagnostic, report: Report, paint: Paint) -> Iterator[str]:
    place = _place(said.span, report)
    kind = paint(f"{said.code} {said.severity.value}", _PARTS[said.severity])
    yield f"{paint(place + ':', Part.PLACE) + ' ' if place else ''}{kind}: {visible(said.message)}"
    if said.span is not None:
        yield from _excerpt(said.span, report, paint)
    for label in said.labels:
        yield f"  {paint('=', Part.MARGIN)} {visible(label.text)}: {_place(label.span, report)}"
    if said.hint:
        yield f"  {paint('=', Part.MARGIN)} {visible(said.hint)}"


def _place(span: Span | None, report: Report) -> str:
    if span is None:
        return ""
    source = report.source(span.source)
    if source is None:
        return visible(span.source)
    place = source.place(span.start)
    return f"{visible(span.source)}:{place.line}:{place.column}"


def _excerpt(span: Span, report: Report, paint: Paint) -> Iterator[str]:
    source = report.source(span.source)
    if source is None:
        return
    place = source.place(span.start)
    line = one_column_each(source.line(place.line))
    if len(line) > _WIDEST:
        return
    start = place.column - 1
    before, under = line[:start], line[start : start + span.end - span.start]
    margin = paint("|", Part.MARGIN)
    yield f"  {margin} {line}".rstrip()
    yield f"  {margin} {' ' * _width(before)}{paint('^' * max(1, _width(under)), Part.CARETS)}"


def _width(text: str) -> int:
    """Return how many columns a terminal takes for text."""
    wide = sum(1 for one in text if unicodedata.east_asian_width(one) in "WF")
    return len(text) + wide - sum(1 for one in text if unicodedata.combining(one))
