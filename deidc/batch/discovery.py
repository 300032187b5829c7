"""Inputs of a run: files, folders and patterns, met one by one, each with its place in the output."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from attrs import frozen

from deidc.batch.atomic import TEMPORARY_PREFIX, TEMPORARY_SUFFIX
from deidc.batch.earlier import Earlier

# A folder in which runs keep what they need to go on; none of its files is an input.
STATE_FOLDER = ".deidc"


@frozen
class Input:
    """A file to clean and where its output goes, relative to the output folder.

    `trouble` says why a folder could not be listed; then `path` is the folder. `twin` counts the inputs before
    this one that have the same place in the output. `earlier` is what a run before this one left of it.
    """

    path: Path
    relative: Path
    trouble: str | None = None
    twin: int = 0
    earlier: Earlier | None = None


class InputError(Exception):
    """An input that was named cannot be one."""


def check_inputs(names: Iterable[str], output: Path | None) -> None:
    """Raise InputError for a name that stands for nothing, or for something inside the output folder.

    What is in the output folder may be replaced while the run goes on, so it is no input of the same run. An output
    folder inside an input folder is none of its files.
    """
    inside = output.resolve() if output is not None else None
    for name in names:
        nothing = True
        for path in _named(name):
            nothing = False
            if inside is not None and path.resolve().is_relative_to(inside):
                raise InputError(f"the input {path} is inside the output folder")
        if nothing:
            raise InputError(f"there is no input {name}")


def discover(names: Iterable[str], output: Path | None) -> Iterator[Input]:
    """Yield the files that names stand for, folders in sorted order, what lies in `output` left out.

    A file keeps its name, a file in a folder its path relative to the folder. The list is never held as a whole.
    Links to folders are not followed, so no file is met twice and no walk goes round in circles.
    """
    excluded = output.resolve() if output is not None else None
    for name in names:
        for path in _named(name):
            if path.is_dir():
                yield from _folder(path, path, excluded)
            else:
                yield Input(path, Path(path.name))


def _named(name: str) -> Iterator[Path]:
    path = Path(name)
    if path.exists():
        yield path
    else:
        # `**` follows links to folders, so one file may be found by many ways.
        found: dict[Path, Path] = {}
        for one in map(Path, sorted(glob.iglob(name, recursive=True))):
            found.setdefault(one.parent.resolve() / one.name, one)
        yield from found.values()


def _folder(folder: Path, top: Path, excluded: Path | None) -> Iterator[Input]:
    if folder.resolve() == excluded:
        return
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as failure:
        trouble = f"the folder cannot be listed: {failure.strerror}"
        yield Input(folder, folder.relative_to(top), trouble)
        return
    for entry in entries:
        path = folder / entry.name
        if entry.is_dir(follow_symlinks=False):
            if entry.name != STATE_FOLDER:
                yield from _folder(path, top, excluded)
        elif not path.is_dir() and not _is_temporary(entry.name):
            yield Input(path, path.relative_to(top))


def _is_temporary(name: str) -> bool:
    """Whether a file is what a run that was killed left behind."""
    return name.startswith(TEMPORARY_PREFIX) and name.endswith(TEMPORARY_SUFFIX)
