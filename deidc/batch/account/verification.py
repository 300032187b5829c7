"""Verify a manifest: its chain of digests, and the files of a run against its records."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from attrs import field, frozen

from deidc.batch.account.chain import START, Broken, read_chain
from deidc.batch.account.journal import is_journal
from deidc.batch.account.records import Order
from deidc.batch.account.start import JOURNAL
from deidc.batch.outputs.reserved import STATE_FOLDER


@frozen
class Verification:
    """What was found of a manifest.

    Attributes:
        chain: the digest of the last whole line. A copy of it that is kept elsewhere shows whether lines were cut
            off, or all written anew.
        complaints: what is wrong in the manifest, in words without data.
        missing: number and digest of outputs that no file in the folder matches.
        surplus: files in the folder without a record.

    """

    records: int
    chain: str
    complaints: tuple[str, ...]
    missing: tuple[tuple[int, str], ...] = ()
    surplus: tuple[Path, ...] = field(default=(), repr=False)

    @property
    def is_well(self) -> bool:
        """Whether nothing was found."""
        return not (self.complaints or self.missing or self.surplus)


def verify_manifest(manifest: Path, folder: Path | None) -> Verification:
    """Check every line of a manifest, and the files of an output folder if one is given. Raises OSError.

    Each output in the last record of an input must lie somewhere in the folder, and each file there must be one of
    them. A manifest holds no names, so the place within the folder is not checked.
    """
    if not _begins_as_manifest(manifest):
        return Verification(0, START, ("line 1 is no record of a run: this file is not a manifest",))
    complaints: list[str] = []
    order = Order()
    written: dict[int, str] = {}
    records, chain, last, dry_run, line = 0, START, False, False, 0
    with manifest.open("rb") as lines:
        for one in read_chain(lines):
            line = one.line
            if isinstance(one, Broken):
                complaints.append(one.message)
                order.skip()
                continue
            chain, last = one.chain, "end" in one.record
            complaints.extend(f"line {line} {what}" for what in order.complaints(one.record))
            dry_run |= one.record.get("dry_run") is True
            if "outcome" in one.record:
                records += 1
                written.update(_output(one.record))
    if not line:
        complaints.append("it is empty")
    elif not last and not complaints:
        complaints.append("it has no end line: the run was interrupted")
    if folder is None:
        return Verification(records, chain, tuple(complaints))
    if dry_run:
        complaints.append("it belongs to a dry run, which wrote no files")
        written.clear()
    missing, surplus = _compared(written, folder, manifest)
    return Verification(records, chain, tuple(complaints), missing, surplus)


def _begins_as_manifest(path: Path) -> bool:
    """Whether the first line of a file may have been one of a manifest: text that begins as a JSON object does."""
    with path.open("rb") as file:
        first = file.readline(1 << 16)
    return first[:1] in (b"", b"{") and b"\0" not in first


def _output(record: Mapping[str, object]) -> Iterator[tuple[int, str]]:
    """Yield number and output digest of a record, if a file was written; a later refusal leaves that in place."""
    number, output = record.get("number"), record.get("output")
    if isinstance(number, int) and isinstance(output, str):
        yield number, output


def _compared(
    written: Mapping[int, str], folder: Path, manifest: Path
) -> tuple[tuple[tuple[int, str], ...], tuple[Path, ...]]:
    """Return outputs that are missing and files that are too many."""
    expected = Counter(written.values())
    surplus = []
    for path in _files(folder):
        # A pipe would be waited for, and a link that leads nowhere cannot be read: no run writes either.
        if not path.is_file():
            surplus.append(path)
            continue
        if path.samefile(manifest):
            continue
        digest = _digest(path)
        if expected[digest]:
            expected[digest] -= 1
        else:
            surplus.append(path)
    missing = []
    for number, digest in sorted(written.items()):
        if expected[digest]:
            expected[digest] -= 1
            missing.append((number, digest))
    return tuple(missing), tuple(surplus)


def _files(folder: Path) -> Iterator[Path]:
    """Yield every file below a folder but those of its journal and its locks; links to folders are followed.

    A link to a folder that was met before is yielded itself.
    """
    met: set[tuple[int, int]] = set()
    for top, folders, names in os.walk(folder, onerror=_raise, followlinks=True):
        found = os.stat(top)
        met.add((found.st_dev, found.st_ino))
        for name in sorted(folders):
            below = os.stat(os.path.join(top, name))
            if (below.st_dev, below.st_ino) in met:
                folders.remove(name)
                yield Path(top, name)
        folders.sort()
        is_state = Path(top) == folder / STATE_FOLDER
        yield from (Path(top, name) for name in sorted(names) if not (is_state and _is_own(Path(top, name))))


def _is_own(path: Path) -> bool:
    """Whether a file of the state folder is the journal, or a lock, which holds nothing."""
    if path.is_symlink() or not path.is_file():
        return False
    if path.name == JOURNAL:
        return is_journal(path)
    if path.name in (f"{JOURNAL}-wal", f"{JOURNAL}-shm"):
        return True
    return path.name.endswith("lock") and not path.stat().st_size


def _raise(failure: OSError) -> None:
    raise failure


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()
