"""Comments that ask the checker to leave a line alone: `# deidc: ignore[DC401] reason`."""

from __future__ import annotations

import re

from attrs import frozen

from deidc.source import Source, Span

_IGNORE = re.compile(r"#\s*deidc:\s*ignore\s*\[([^\]\n]*)\][ \t]*([^\n]*)")


@frozen
class Ignore:
    """One such comment: the codes, the line it is about, its reason and its place.

    A comment behind a statement is about that line, a comment of its own about the line below.
    """

    codes: tuple[str, ...]
    line: int
    reason: str
    span: Span


def read_ignores(source: Source) -> tuple[Ignore, ...]:
    """Return every ignore comment of a recipe, in order."""
    ignores: list[Ignore] = []
    for found in _IGNORE.finditer(source.text):
        line = source.place(found.start()).line
        alone = not source.line(line)[: source.place(found.start()).column - 1].strip()
        codes = tuple(code.strip().upper() for code in found[1].split(",") if code.strip())
        span = Span(source.name, found.start(), found.end())
        ignores.append(Ignore(codes, line + 1 if alone else line, found[2].strip(), span))
    return tuple(ignores)
