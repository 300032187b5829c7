"""A report as SARIF 2.1.0 (OASIS), which code hosts and editors read."""

from __future__ import annotations

import json
from pathlib import PurePath
from urllib.parse import quote

from deidc.diagnostics import Diagnostic, Fix, Report, Rule, Severity
from deidc.source import Span
from deidc.version import __version__

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def render_sarif(report: Report) -> str:
    """Return the report as a SARIF log with one run."""
    rules = sorted({one.rule for one in report.diagnostics}, key=lambda rule: rule.code)
    index = {rule.code: number for number, rule in enumerate(rules)}
    log = {
        "version": "2.1.0",
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "deidc",
                        "semanticVersion": __version__,
                        "rules": [_rule(rule) for rule in rules],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(one, index[one.code], report) for one in report.diagnostics],
            }
        ],
    }
    return json.dumps(log, indent=2) + "\n"


def _rule(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _result(said: Diagnostic, index: int, report: Report) -> dict[str, object]:
    text = said.message + (f" ({said.hint})" if said.hint else "")
    result: dict[str, object] = {
        "ruleId": said.code,
        "ruleIndex": index,
        "level": _LEVELS[said.severity],
        "message": {"text": text},
    }
    location = _location(said.span, report)
    if location is not None:
        result["locations"] = [location]
    related = [
        {**place, "message": {"text": one.text}}
        for one in said.labels
        if (place := _location(one.span, report)) is not None
    ]
    if related:
        result["relatedLocations"] = related
    if said.fix is not None:
        result["fixes"] = [_fix(said.fix, report)]
    return result


def _location(span: Span | None, report: Report) -> dict[str, object] | None:
    if span is None or report.source(span.source) is None:
        return None
    return {"physicalLocation": {"artifactLocation": {"uri": _uri(span.source)}, "region": _region(span, report)}}


def _region(span: Span, report: Report) -> dict[str, object]:
    source = report.source(span.source)
    assert source is not None
    start, end = source.place(span.start), source.place(span.end)
    return {
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
        "charOffset": span.start,
        "charLength": span.end - span.start,
    }


def _uri(name: str) -> str:
    return quote(PurePath(name).as_posix(), safe="/:")


def _fix(fix: Fix, report: Report) -> dict[str, object]:
    by_source: dict[str, list[dict[str, object]]] = {}
    for edit in fix.edits:
        replacement = {"deletedRegion": _region(edit.span, report), "insertedContent": {"text": edit.text}}
        by_source.setdefault(edit.span.source, []).append(replacement)
    return {
        "description": {"text": fix.title},
        "artifactChanges": [
            {"artifactLocation": {"uri": _uri(name)}, "replacements": replacements}
            for name, replacements in by_source.items()
        ],
    }
