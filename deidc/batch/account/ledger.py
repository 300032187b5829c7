"""The account of a run: what it has begun and ended, in its journal and its manifest, so that it can be continued.

The law that holds the two together: a commit of the journal notes how many lines the manifest has, after they were
handed to the system. What the manifest has beyond is of inputs that the journal does not know to have ended; it is cut
off when the run is continued, and they are cleaned and recorded again. So no record is lost and none is there twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from hashlib import sha256
from itertools import islice
from pathlib import Path

from attrs import define, evolve, field

from deidc.batch.account.chain import START, chained
from deidc.batch.account.journal import EndedRow, Entry, Journal, ended_row
from deidc.batch.account.manifest import Manifest, outcome_record
from deidc.batch.inputs.earlier import Begun, Earlier, Held, Unchanged, Written
from deidc.batch.inputs.stat_identity import StatIdentity, identity_of
from deidc.batch.job.discovery import Input
from deidc.batch.job.outcome import Ending, FileOutcome
from deidc.batch.outputs.destinations import Destination, may_hold, size_at
from deidc.codes import faults
from deidc.ir.program import Program

# A commit every so many files or seconds: the work that an interrupted run repeats.
FILES_A_COMMIT = 64
SECONDS_A_COMMIT = 0.25


@define(eq=False)
class Ledger:
    """The account of a run into one output folder.

    `shield` gives contexts that a signal does not break into. `by_template` says that outputs are named by a template;
    such names are made of cleaned attributes, and the journal keeps them to find the outputs again.
    """

    program: Program = field(repr=False)
    output: Destination = field(repr=False)
    journal: Journal = field(repr=False)
    manifest: Manifest | None = field(repr=False)
    shield: Callable[[], AbstractContextManager[None]]
    durable: bool
    by_template: bool
    _next: int = field(init=False)
    _continued: bool = field(init=False)
    _ended: list[EndedRow] = field(factory=list, init=False, repr=False)
    _told: list[tuple[bytes | None, int]] = field(factory=list, init=False, repr=False)
    _seen: list[tuple[StatIdentity, int]] = field(factory=list, init=False, repr=False)
    _records: dict[int, bytes] = field(factory=dict, init=False, repr=False)
    _committed: float = field(factory=time.monotonic, init=False)

    def __attrs_post_init__(self) -> None:
        self._next = self.journal.next_number
        self._continued = self._next > 0

    def begun(self, sources: Iterable[Input]) -> Iterator[tuple[int, Input]]:
        """Yield inputs with their numbers and what an earlier run left of them, each after it was noted as begun.

        An input keeps the number it had when it was first met. Raises JournalError.
        """
        inputs = iter(sources)
        while chunk := list(islice(inputs, FILES_A_COMMIT)):
            with self.shield():
                numbered = self._begin(chunk)
            yield from numbered

    def _begin(self, chunk: list[Input]) -> list[tuple[int, Input]]:
        numbered: list[tuple[int, Input]] = []
        begun: list[tuple[int, bytes, bool]] = []
        begun_again: list[tuple[bool, int]] = []
        for source in chunk:
            key = self.journal.digest(*source.key, str(source.relative), str(source.twin))
            entry = self.journal.find(key) if self._continued else None
            if entry is None:
                numbered.append((self._next, source))
                begun.append((self._next, key, self._is_occupied(source)))
                self._next += 1
                continue
            earlier = self._earlier(entry, source)
            numbered.append((entry.number, evolve(source, earlier=earlier)))
            if entry.record is not None:
                self._records[entry.number] = entry.record
            if earlier is None or isinstance(earlier, Held):
                begun_again.append((self._is_occupied(source), entry.number))
        self._commit(begun, begun_again)
        return numbered

    def _is_occupied(self, source: Input) -> bool:
        """Whether something may lie where the output goes; a template decides the place only after cleaning."""
        return self.by_template or may_hold(self.output, source.relative)

    def _earlier(self, entry: Entry, source: Input) -> Earlier | None:
        if entry.ending is None:
            return Begun(not entry.occupied)
        place = Path(entry.name) if entry.name is not None else source.relative
        if entry.ending == Ending.FLAGGED:
            return Held()
        if entry.ending != Ending.WRITTEN or entry.place != self._place(place):
            return None
        if size_at(self.output, place) != entry.output_size:
            return None
        if entry.identity is not None and entry.identity == identity_of(source.source):
            return Unchanged(place)
        return Written(place, entry.input_digest)

    def _place(self, relative: Path) -> bytes:
        return self.journal.digest(str(relative))

    def take(self, outcome: FileOutcome) -> None:
        """Note how an input ended. Raises JournalError and OSError."""
        with self.shield():
            if outcome.ending is Ending.UNCHANGED:
                if outcome.identity is not None:
                    self._seen.append((outcome.identity, outcome.number))
            elif isinstance(outcome.source.earlier, Written) and outcome.ending is not Ending.WRITTEN:
                # What an earlier run wrote stands, whatever came of the input this time.
                self._told.append((self._record(outcome), outcome.number))
            elif any(fault.rule is faults.WORKER_DIED for fault in outcome.faults):
                # It stays begun, so that the next run cleans it in a process of its own.
                self._told.append((self._record(outcome), outcome.number))
            else:
                self._ended.append(self._row(outcome, self._record(outcome)))
            # Where files are quick, the next that are begun take these along.
            if time.monotonic() - self._committed > SECONDS_A_COMMIT:
                self._commit()

    def _record(self, outcome: FileOutcome) -> bytes | None:
        """Write the record of an outcome, unless it says what the last one of this input says; return its digest."""
        if self.manifest is None:
            return None
        record = outcome_record(outcome, self.program)
        line, _ = chained(START, 0, {**record, "number": 0})
        digest = sha256(line).digest()[:16]
        if self._records.pop(outcome.number, None) != digest:
            self.manifest.write(record)
        return digest

    def _row(self, outcome: FileOutcome, record: bytes | None) -> EndedRow:
        return ended_row(
            outcome.number,
            outcome.ending.value,
            outcome.identity,
            outcome.input_digest,
            self._place(outcome.output) if outcome.output is not None else None,
            outcome.output_size,
            outcome.output_digest,
            record,
            str(outcome.output) if self.by_template and outcome.output is not None else None,
        )

    def _commit(
        self, begun: Iterable[tuple[int, bytes, bool]] = (), begun_again: Iterable[tuple[bool, int]] = ()
    ) -> None:
        facts = self.manifest.flush(durable=self.durable) if self.manifest is not None else {}
        self.journal.commit(
            begun=begun, begun_again=begun_again, ended=self._ended, told=self._told, seen=self._seen, facts=facts
        )
        self._ended.clear()
        self._told.clear()
        self._seen.clear()
        self._committed = time.monotonic()

    def finish(self, outcomes: Mapping[str, int] | None) -> None:
        """Keep all that was noted; `outcomes` are the counts of a run that came to its end."""
        with self.shield():
            if outcomes is not None and self.manifest is not None:
                self.manifest.end(outcomes)
            self._commit()
            self.journal.commit(facts={"running": int(outcomes is None)})
