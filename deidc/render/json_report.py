"""A report as JSON, for programs that want every field."""

from __future__ import annotations

import json

from deidc.diagnostics import Diagnostic, Fix, Report
from deidc.render.statistics import counts_by_code
from deidc.source import Span


def render_json(report: Report) -> str:
    """Return the report as one JSON object."""
    document = {
        "version": 1,
        "errors": len(report.errors),
        "warnings": len(report.warnings),
        "notes": len(report.notes),
        "statistics": [
            {"code": rule.code, "name": rule.name, "severity": rule.severity.value, "count": count}
            for rule, count in counts_by_code(report)
        ],
        "diagnostics": [_complaint(one, report) for one in report.diagnostics],
    }
    return json.dumps(document, indent=2) + "\n"


def _complaint(said: Diagnostic, report: Report) -> dict[str, object]:
    return {
        "code": said.code,
        "name": said.rule.name,
        "severity": said.severity.value,
        "message": said.message,
        "place": place_of(said.span, report),
        "hint": said.hint,
        "labels": [{"place": place_of(one.span, report), "text": one.text} for one in said.labels],
        "fix": _fix(said.fix, report) if said.fix is not None else None,
    }


def _fix(fix: Fix, report: Report) -> dict[str, object]:
    return {
        "applicability": fix.applicability.value,
        "title": fix.title,
        "edits": [{"place": place_of(one.span, report), "text": one.text} for one in fix.edits],
    }


def place_of(span: Span | None, report: Report) -> dict[str, object] | None:
    """Return a place with lines and columns counted from 1, columns of the end exclusive."""
    source = report.source(span.source) if span is not None else None
    if span is None or source is None:
        return None
    start, end = source.place(span.start), source.place(span.end)
    return {
        "recipe": span.source,
        "line": start.line,
        "column": start.column,
        "end_line": end.line,
        "end_column": end.column,
    }
