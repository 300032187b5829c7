"""A report as workflow commands of GitHub, which shows them beside the lines of a pull request."""

from __future__ import annotations

from collections import Counter

from deidc.diagnostics import Diagnostic, Report, Severity
from deidc.render.json_report import place_of
from deidc.render.statistics import counts_by_code
from deidc.render.text import MOST_OF_A_CODE
from deidc.visible import visible

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render_github(report: Report) -> str:
    """Return one workflow command for each complaint; of a code above the limit, one command counts the others.

    GitHub shows few annotations, so the first code of a long report would hide all others.
    """
    commands: list[str] = []
    seen: Counter[str] = Counter()
    for one in report.diagnostics:
        seen[one.code] += 1
        if seen[one.code] <= MOST_OF_A_CODE:
            commands.append(_command(one, report))
    for rule, count in counts_by_code(report):
        if count > MOST_OF_A_CODE:
            text = _data(f"{count - MOST_OF_A_CODE} more of {rule.code}: {rule.title}")
            commands.append(f"::{_COMMANDS[rule.severity]} title={rule.code} {rule.name}::{text}")
    return "".join(f"{one}\n" for one in commands)


def _command(said: Diagnostic, report: Report) -> str:
    place = place_of(said.span, report)
    properties = {"title": f"{said.code} {said.rule.name}"}
    if place is not None:
        properties = {
            "file": str(place["recipe"]),
            "line": str(place["line"]),
            "col": str(place["column"]),
            "endLine": str(place["end_line"]),
            "endColumn": str(place["end_column"]),
            **properties,
        }
    written = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    text = said.message + (f" ({said.hint})" if said.hint else "")
    return f"::{_COMMANDS[said.severity]} {written}::{_data(text)}"


def _data(text: str) -> str:
    return visible(text, keeping="\r\n").replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
