"""The private record of a run: one row per input with its path, so that numbers of manifest and page can be found.

File names may name patients. The record is readable by its owner only, and lies outside what is handed on.
"""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from attrs import define, field, frozen

from deidc.batch.job.outcome import FileOutcome
from deidc.batch.outputs.destinations import Destination, LocalFolder
from deidc.batch.outputs.reserved import TEMPORARY_PREFIX, TEMPORARY_SUFFIX
from deidc.errors import DeidcError

COLUMNS = ("number", "input", "output", "outcome", "code", "label")
_SUFFIXES = (".csv", ".jsonl")
_OWNER_ONLY = 0o600


class RecordError(DeidcError, ValueError):
    """A record cannot be at the path that was named; says why and what to do."""


@frozen
class _Form:
    """How a row is written: as a line of CSV, or as a JSON object on a line of its own."""

    is_csv: bool

    @property
    def head(self) -> str:
        return self._csv(COLUMNS) if self.is_csv else ""

    def line(self, row: tuple[object, ...]) -> str:
        return self._csv(row) if self.is_csv else json.dumps(dict(zip(COLUMNS, row, strict=True))) + "\n"

    @staticmethod
    def _csv(row: Iterable[object]) -> str:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerow(row)
        return text.getvalue()

    def begins(self, line: str) -> bool:
        """Whether a line is the first of such a record."""
        return line == self.head if self.is_csv else line.startswith(f'{{"{COLUMNS[0]}": ')


def check_record(path: Path, kept_out_of: Iterable[Destination | None], *, overwrite: bool) -> None:
    """Raise RecordError unless a record may be written to a path.

    Args:
        path: a file with the suffix `.csv` or `.jsonl`.
        kept_out_of: folders that are handed on; the record is not in them.
        overwrite: whether a file that is no record is replaced. A record of an earlier run is always replaced,
            because the new one lists every input again.

    """
    if path.suffix.lower() not in _SUFFIXES:
        raise RecordError(f"{path} must be called *.csv or *.jsonl; its suffix selects the format of the record")
    check_kept_out(path, kept_out_of)
    if not path.absolute().parent.is_dir():
        raise RecordError(f"{path} cannot be written: its folder does not exist")
    try:
        with path.open(encoding="utf-8", errors="surrogateescape") as file:
            first = file.readline(1 << 10)
    except FileNotFoundError:
        return
    except OSError as failure:
        raise RecordError(f"{path} cannot be written: {failure.strerror}") from None
    if first and not overwrite and not _form(path).begins(first):
        raise RecordError(f"{path} already exists and is not a record; name another file, or use --overwrite")


def check_kept_out(path: Path, folders: Iterable[Destination | None]) -> None:
    """Raise RecordError for a path in one of the folders that are handed on."""
    for folder in folders:
        if isinstance(folder, LocalFolder) and Path(os.path.realpath(path)).is_relative_to(
            os.path.realpath(folder.path)
        ):
            raise RecordError(
                f"{path} is inside {folder}, which is handed on; name a file outside, where only you can read it"
            )


def _form(path: Path) -> _Form:
    return _Form(path.suffix.lower() == _SUFFIXES[0])


@define(eq=False)
class Record:
    """A record that is being written: under a temporary name, and under its own when it is closed."""

    path: Path = field(repr=False)
    _form: _Form
    _temporary: Path = field(repr=False)
    _file: TextIO = field(repr=False)

    @classmethod
    def create(cls, path: Path) -> Record:
        """Begin a record that only its owner can read. Raises OSError."""
        form = _form(path)
        temporary = path.with_name(f"{TEMPORARY_PREFIX}{path.name}{TEMPORARY_SUFFIX}")
        # What a killed run left there is removed, so that the permissions are those of a new file.
        temporary.unlink(missing_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
        file = os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape", newline="")
        file.write(form.head)
        return cls(path, form, temporary, file)

    def write(self, outcome: FileOutcome) -> None:
        """Write the row of one input. Raises OSError."""
        self._file.write(
            self._form.line(
                (
                    outcome.number,
                    outcome.source.shown,
                    outcome.output.as_posix() if outcome.output is not None else "",
                    outcome.ending.value,
                    " ".join(dict.fromkeys(fault.rule.code for fault in outcome.faults)),
                    " ".join(dict.fromkeys(f"{flag.group}/{flag.label}" for flag in outcome.holding)),
                )
            )
        )

    def close(self) -> None:
        """Give the record its name; a record of an earlier run is replaced. Raises OSError."""
        self._file.close()
        os.replace(self._temporary, self.path)
