"""Write text for people: reports in colours on a terminal, without characters that move the cursor."""

from __future__ import annotations

import os
import sys

import click

from deidc.diagnostics import Report
from deidc.render.text import Paint, Part, plain, render_text

_STYLES: dict[Part, dict[str, str | bool]] = {
    Part.ERROR: {"fg": "red", "bold": True},
    Part.WARNING: {"fg": "yellow", "bold": True},
    Part.NOTE: {"fg": "cyan", "bold": True},
    Part.PLACE: {"bold": True},
    Part.MARGIN: {"fg": "blue"},
    Part.CARETS: {"fg": "red"},
}


def _coloured(text: str, part: Part) -> str:
    return click.style(text, **_STYLES[part])  # type: ignore[arg-type]  # a table of keyword arguments


def tell(report: Report, *, err: bool = False) -> None:
    """Print a report as text: in colours on a terminal, unless the environment sets NO_COLOR."""
    stream = sys.stderr if err else sys.stdout
    paint: Paint = _coloured if stream.isatty() and not os.environ.get("NO_COLOR") else plain
    click.echo(render_text(report, paint), err=err, nl=False)
