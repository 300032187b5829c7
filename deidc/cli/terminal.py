"""Write text for people: reports in colours on a terminal, without characters that move the cursor."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

import click

from deidc.diagnostics import Report
from deidc.render.text import Paint, Part, plain, render_text
from deidc.visible import visible

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


def say(line: str, *, err: bool = False) -> None:
    """Print one line; a character that cannot be seen, in the name of a file, say, is printed as its code."""
    click.echo(visible(line), err=err)


def shown_lines(lines: Iterable[str]) -> str:
    """Return lines, each with its end, in which characters that cannot be seen are shown as their codes."""
    return "".join(f"{visible(line.removesuffix(chr(10)), keeping=chr(9))}\n" for line in lines)
