"""A report as workflow commands of GitHub, which shows them beside the lines of a pull request."""

from __future__ import annotations

from deidc.diagnostics import Diagnostic, Report, Severity
from deidc.render.json_report import place_of
from deidc.render.visible import visible

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render_github(report: Report) -> str:
    """Return one workflow command for each complaint."""
    return "".join(_command(one, report) + "\n" for one in report.diagnostics)


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
