"""Start a run into an output folder: alone, with its journal and its manifest, begun anew or continued."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import assert_never

from attrs import field, frozen

from deidc.batch.account.chain import START
from deidc.batch.account.journal import Journal, JournalError, OtherRunError, discard_journal, is_journal
from deidc.batch.account.ledger import Ledger
from deidc.batch.account.manifest import Manifest, ManifestError
from deidc.batch.account.run_identity import RunIdentity
from deidc.batch.job.run_lock import LockedError, run_lock
from deidc.batch.outputs.atomic import discard_leftovers
from deidc.batch.outputs.destinations import Destination, LocalFolder, RemoteFolder
from deidc.batch.outputs.reserved import STATE_FOLDER
from deidc.errors import DeidcError
from deidc.ir.program import Program

JOURNAL = "journal.sqlite"


class CannotStart(DeidcError):
    """A run cannot start; says why and what to do."""


@frozen
class Start:
    """What a run is to start with; `journal` is the file of its journal where that is not in the output folder.

    An output at a URL needs a journal.
    """

    program: Program = field(repr=False)
    identity: RunIdentity
    output: Destination
    journal: Path | None
    manifest: Path | None
    overwrite: bool
    durable: bool
    by_template: bool = False
    quarantine: Destination | None = None

    @property
    def state(self) -> Path:
        """The folder where runs keep what they need to go on: in the output folder, or beside the journal."""
        match self.output:
            case LocalFolder(path):
                return path / STATE_FOLDER
            case RemoteFolder():
                assert self.journal is not None
                return self.journal.with_name(self.journal.name + STATE_FOLDER)
            case _:
                assert_never(self.output)


@contextmanager
def started(start: Start, shield: Callable[[], AbstractContextManager[None]]) -> Iterator[Ledger]:
    """Give the ledger of a run, which holds the lock of its output folder as long as the context lasts.

    A run that was interrupted is continued, and its partial files are deleted. Raises CannotStart; then nothing was
    begun.
    """
    if start.manifest is not None and not start.manifest.absolute().parent.is_dir():
        raise CannotStart(f"{start.manifest} cannot be written: its folder does not exist")
    try:
        start.state.mkdir(parents=True, exist_ok=True)
    except OSError as failure:
        raise CannotStart(f"{start.output} cannot be written to: {failure.strerror}") from None
    try:
        with run_lock(start.state):
            journal = _journal(start)
            manifest = None
            try:
                manifest = _manifest(start, journal)
                _note_start(start, journal)
                yield Ledger(start.program, start.output, journal, manifest, shield, start.durable, start.by_template)
            finally:
                # All that counts was handed over by the last commit.
                with suppress(OSError, JournalError):
                    if manifest is not None:
                        manifest.close()
                with suppress(JournalError):
                    journal.close()
    except LockedError as failure:
        raise CannotStart(f"{start.output}: {failure}") from None


def journal_token(journal: Journal) -> str:
    """Return what the names of temporary files of a run begin with."""
    return f"{journal.facts['token']}-"


def _journal(start: Start) -> Journal:
    path = start.journal if start.journal is not None else start.state / JOURNAL
    try:
        if path.exists() and not is_journal(path):
            raise CannotStart(f"{path} is not a journal")
        try:
            journal = Journal.open(path, start.identity, durable=start.durable)
        except OtherRunError as other:
            if not start.overwrite:
                raise CannotStart(
                    f"{start.output} has the journal of another run; the difference is {other.differs}; choose another "
                    "folder, or use --overwrite to start over"
                ) from None
            _sweep(start, f"{other.token}-")
            discard_journal(path)
            return Journal.open(path, start.identity, durable=start.durable)
        running = bool(journal.facts.get("running"))
        if running:
            _sweep(start, journal_token(journal))
        # A run with --overwrite that did not end is continued; one that did is done all over.
        if start.overwrite and not (running and journal.facts.get("overwrite")):
            journal.close()
            discard_journal(path)
            journal = Journal.open(path, start.identity, durable=start.durable)
    except JournalError as failure:
        raise CannotStart(f"the journal {path} cannot be used: {failure}") from None
    except OSError as failure:
        raise CannotStart(f"the journal {path} cannot be used: {failure.strerror}") from None
    return journal


def _note_start(start: Start, journal: Journal) -> None:
    try:
        journal.commit(facts={"running": 1, "overwrite": int(start.overwrite)})
    except JournalError as failure:
        raise CannotStart(f"the journal cannot be written: {failure}") from None


def _sweep(start: Start, token: str) -> None:
    """Delete partial files of interrupted processes; the journal does not know the folders by name."""
    for top in (start.output, start.quarantine):
        for folder, _, _ in os.walk(top.path) if isinstance(top, LocalFolder) else ():
            discard_leftovers(Path(folder), token)


def _manifest(start: Start, journal: Journal) -> Manifest | None:
    fresh = "manifest" not in journal.facts
    path = start.manifest
    if not fresh and bool(journal.facts["manifest"]) != (path is not None):
        raise CannotStart(
            "the resumed run has a manifest; name it with --manifest, or use --overwrite to start over"
            if path is None
            else "the resumed run has no manifest; omit --manifest, or use --overwrite to start over"
        )
    try:
        if fresh:
            if path is not None and path.exists() and not start.overwrite:
                raise CannotStart(f"{path} already exists; name another file, or use --overwrite")
            journal.commit(facts={"manifest": int(path is not None), "manifest lines": 0, "manifest chain": START})
        if path is None:
            return None
        lines = int(journal.facts["manifest lines"])
        if fresh or (lines == 0 and not path.exists()):
            return Manifest.create(path, start.program, overwrite=start.overwrite)
        return Manifest.resume(path, start.program, lines, str(journal.facts["manifest chain"]))
    except FileNotFoundError:
        raise CannotStart(f"{path}, the manifest of the resumed run, does not exist") from None
    except ManifestError as failure:
        raise CannotStart(f"{path} cannot be continued: {failure}; use --overwrite to start over") from None
    except OSError as failure:
        raise CannotStart(f"{path} cannot be written: {failure.strerror}") from None
    except JournalError as failure:
        raise CannotStart(f"the journal cannot be written: {failure}") from None
