"""The files that a run writes beside its outputs: journal, manifest, record, report and log. No output replaces one."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path

from attrs import frozen

from deidc.batch.outputs.destinations import Destination, LocalFolder
from deidc.dicom.part10 import PREAMBLE, PREFIX
from deidc.errors import DeidcError

# What SQLite keeps beside a journal.
_OF_A_JOURNAL = ("", "-wal", "-shm", "-journal")


class OwnFileError(DeidcError):
    """A file that the run is to write is needed for something else; says for what."""


@frozen
class OwnFiles:
    """Where the own files of a run lie: links followed, in a spelling that is the same on every file system."""

    paths: frozenset[str] = frozenset()

    @classmethod
    def of(cls, named: Mapping[str, Path]) -> OwnFiles:
        """Return the files that are named, by what they are, with what SQLite keeps beside a journal."""
        return cls(
            frozenset(
                _spelled(path.with_name(path.name + suffix))
                for what, path in named.items()
                for suffix in (_OF_A_JOURNAL if what == "journal" else ("",))
            )
        )

    def has(self, destination: Destination, place: Path) -> bool:
        """Return whether an output at a place would replace one of the files."""
        return (
            bool(self.paths)
            and isinstance(destination, LocalFolder)
            and _spelled(destination.path / place) in self.paths
        )


def check_own_files(named: Mapping[str, Path], read: Iterable[str]) -> None:
    """Raise OwnFileError if a run would write two of its files to one place, or replace what it reads.

    Args:
        named: the files that the run writes, by what they are.
        read: paths of files that the run reads: inputs, the recipe, a table.

    """
    taken = {_spelled(Path(one)): "read by this run" for one in read if Path(one).is_file()}
    for what, path in named.items():
        for place in OwnFiles.of({what: path}).paths:
            if place in taken:
                raise OwnFileError(f"{path} is named for the {what}, but it is {taken[place]}; name another file")
        if _is_dicom(path):
            raise OwnFileError(f"{path} is named for the {what}, but it is a DICOM file; name another file")
        taken.update(dict.fromkeys(OwnFiles.of({what: path}).paths, f"the {what}"))


def _is_dicom(path: Path) -> bool:
    """Whether there is a DICOM file at a path; a pipe is not read, which would wait for its other end."""
    if not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            file.seek(PREAMBLE)
            return file.read(len(PREFIX)) == PREFIX
    except OSError:  # it cannot be written either, and what writes it says so
        return False


def _spelled(path: Path) -> str:
    return unicodedata.normalize("NFKC", os.path.realpath(path)).casefold()
