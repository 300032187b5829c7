"""Comments that ask the checker to leave a line alone: `# deidc: ignore[DC401] reason`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from attrs import frozen

from deidc.grammar.lines import remark_start
from deidc.source import Source, Span

_IGNORE = re.compile(r"#[ \t]*deidc:[ \t]*ignore[ \t]*\[([^\]\[]*)\](.*)")


@frozen
class Ignore:
    """One such comment: the codes, the line it is about, its reason and its place.

    A comment behind a statement is about that line; one among comment lines is about the line below them all.
    """

    codes: tuple[str, ...]
    line: int
    reason: str
    span: Span


def read_ignores(source: Source) -> tuple[Ignore, ...]:
    """Return every ignore comment of a recipe, in order."""
    if "deidc:" not in source.text:
        return ()
    return tuple(_ignores(source))


def _ignores(source: Source) -> Iterator[Ignore]:
    lines = source.text.split("\n")
    below = _lines_below(lines)
    offset = 0
    for number, text in enumerate(lines, 1):
        start = remark_start(text) if "deidc:" in text else len(text)
        found = _IGNORE.match(text, start)
        if found is not None:
            codes = tuple(code.strip().upper() for code in found[1].split(",") if code.strip())
            span = Span(source.name, offset + start, offset + len(text))
            yield Ignore(codes, below.get(number, number), found[2].strip(), span)
        offset += len(text) + 1


def _lines_below(lines: list[str]) -> dict[int, int]:
    """Return for each line that is a comment the first line below that is none."""
    below: dict[int, int] = {}
    for number in range(len(lines), 0, -1):
        if lines[number - 1].lstrip().startswith("#"):
            below[number] = below.get(number + 1, number + 1)
    return below
