"""Inputs of a run: files, folders and patterns, met one by one, each with its place in the output."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from attrs import frozen


@frozen
class Input:
    """A file to clean and where its output goes, relative to the output folder."""

    path: Path
    relative: Path


class MissingInput(Exception):
    """A named input is no file, folder or pattern that fits any."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"there is no input {name}")


def check_inputs(names: Iterable[str]) -> None:
    """Raise MissingInput for the first name that stands for nothing."""
    for name in names:
        if not Path(name).exists() and next(glob.iglob(name, recursive=True), None) is None:
            raise MissingInput(name)


def discover(names: Iterable[str], output: Path | None) -> Iterator[Input]:
    """Yield the files that names stand for, folders in sorted order, what lies in `output` left out.

    A file keeps its name, a file in a folder its path relative to the folder. The list is never held as a whole.
    """
    excluded = output.resolve() if output is not None else None
    for name in names:
        path = Path(name)
        found = [path] if path.exists() else (Path(one) for one in sorted(glob.glob(name, recursive=True)))
        for one in found:
            if one.is_dir():
                yield from _folder(one, excluded)
            elif excluded is None or not one.resolve().is_relative_to(excluded):
                yield Input(one, Path(one.name))


def _folder(folder: Path, excluded: Path | None) -> Iterator[Input]:
    for at, folders, files in os.walk(folder):
        place = Path(at)
        if excluded is not None:
            folders[:] = [one for one in folders if (place / one).resolve() != excluded]
            if place.resolve() == excluded:
                continue
        folders.sort()
        for file in sorted(files):
            path = place / file
            yield Input(path, path.relative_to(folder))
