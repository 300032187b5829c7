"""A report as text: each complaint with its line and what to do."""

from __future__ import annotations

from collections.abc import Iterator

from deidc.diagnostics import Applicability, Diagnostic, Report
from deidc.source import Span

_WIDEST = 160


def render_text(report: Report) -> str:
    """Return the report as text, ending in a line that counts."""
    lines = [line for one in report.diagnostics for line in _complaint(one, report)]
    lines.append(summary(report))
    return "\n".join(lines) + "\n"


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
    fixes = f", {fixable} mended by --fix" if fixable else ""
    return (", ".join(counts) or "no complaints") + fixes


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'s' if count != 1 else ''}"


def _complaint(said: Diagnostic, report: Report) -> Iterator[str]:
    yield f"{_where(said.span, report)}{said.code} {said.severity.value}: {said.message}"
    if said.span is not None:
        yield from _excerpt(said.span, report)
    for label in said.labels:
        yield f"  = {label.text}: {_where(label.span, report).removesuffix(': ')}"
    if said.hint:
        yield f"  = {said.hint}"


def _where(span: Span | None, report: Report) -> str:
    if span is None:
        return ""
    source = report.source(span.source)
    if source is None:
        return f"{span.source}: "
    place = source.place(span.start)
    return f"{span.source}:{place.line}:{place.column}: "


def _excerpt(span: Span, report: Report) -> Iterator[str]:
    source = report.source(span.source)
    if source is None:
        return
    place = source.place(span.start)
    line = _printable(source.line(place.line))
    if len(line) > _WIDEST:
        return
    width = max(1, min(span.end - span.start, len(line) - place.column + 1))
    yield f"  | {line}"
    yield f"  | {' ' * (place.column - 1)}{'^' * width}"


def _printable(text: str) -> str:
    return "".join(one if one.isprintable() else ("\t" if one == "\t" else "?") for one in text).replace("\t", " ")
