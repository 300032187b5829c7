"""Recipes as users name them on the command line: files, folders, patterns, names, standard input."""

from __future__ import annotations

import glob
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from deidc.diagnostics import Diagnostic
from deidc.grammar.reader import decode
from deidc.ir.compile import find_recipe
from deidc.ir.library import Found, is_file_reference, shipped_recipes
from deidc.source import Source

_PATTERNS = ("*.deid", "deid.*", "*.recipe")


def sources_of(names: Iterable[str]) -> list[tuple[Source, tuple[Diagnostic, ...]]]:
    """Return the recipes that names stand for. Raises click.UsageError for a name that stands for none."""
    return [one for name in names for one in _sources_of(name)]


def _sources_of(name: str) -> list[tuple[Source, tuple[Diagnostic, ...]]]:
    if name == "-":
        return [decode(sys.stdin.buffer.read(), "<stdin>")]
    path = Path(name)
    if path.is_dir():
        paths = sorted({one for pattern in _PATTERNS for one in path.rglob(pattern) if one.is_file()})
        if not paths:
            raise click.UsageError(f"there is no recipe in {name} ({', '.join(_PATTERNS)})")
        return [_read(one) for one in paths]
    if not path.exists() and any(one in name for one in "*?["):
        found = sorted(glob.glob(name, recursive=True))
        if not found:
            raise click.UsageError(f"no file fits {name}")
        return [one for each in found for one in _sources_of(each)]
    return [one_source(name)]


def one_source(name: str) -> tuple[Source, tuple[Diagnostic, ...]]:
    """Return the recipe that one name stands for. Raises click.UsageError if there is none."""
    if name == "-":
        return _sources_of(name)[0]
    if Path(name).is_file() and not _is_shipped_name(name):
        return _read(Path(name))
    match find_recipe(name):
        case Found(source, said):
            return source, said
        case missing:
            hint = f" ({missing.hint})" if missing.hint else ""
            raise click.UsageError(f"{missing.reason}{hint}")


def _is_shipped_name(name: str) -> bool:
    return not is_file_reference(name) and name in shipped_recipes()


def _read(path: Path) -> tuple[Source, tuple[Diagnostic, ...]]:
    try:
        return decode(path.read_bytes(), str(path))
    except OSError as failure:
        raise click.UsageError(f"{path} cannot be read: {failure.strerror}") from None
