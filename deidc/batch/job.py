"""One file: read, cleaned, written; and the one outcome it ends in."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from attrs import field, frozen
from pydicom.dataset import Dataset

from deidc.batch.discovery import Input
from deidc.batch.reading import ReadFault, read_file
from deidc.batch.variables import Rows, VariablesError, typed
from deidc.batch.writing import encode, write_whole
from deidc.codes import faults
from deidc.ir.program import VariableKind
from deidc.runtime.machine import Machine
from deidc.runtime.outcome import Cleaned, Fault, Flag, Refused


class Ending(StrEnum):
    """How a file ended."""

    WRITTEN = "written"
    FLAGGED = "flagged"
    REFUSED = "refused"
    SKIPPED = "skipped"


@frozen
class FileOutcome:
    """What became of one input; nothing in it comes from the object but digests.

    Attributes:
        effects: how often each op had each effect.
        output: the path relative to the output folder, if the file was written (or would be, in a dry run).
        flags: labels that fired, with what they ask.

    """

    number: int
    source: Input = field(repr=False)
    ending: Ending
    faults: tuple[Fault, ...] = ()
    flags: tuple[Flag, ...] = ()
    effects: Mapping[tuple[int, str], int] = field(factory=dict)
    output: Path | None = field(default=None, repr=False)
    input_digest: str | None = None
    output_digest: str | None = None
    size: int = 0


@frozen
class Settings:
    """What a run does with every file; travels to workers."""

    output: Path | None  # None: write nothing
    overwrite: bool = False
    fsync: bool = False
    write_flagged: bool = False
    rows: Rows | None = None


def run_file(machine: Machine, settings: Settings, number: int, source: Input) -> FileOutcome:
    """Clean one file. Never raises for what is in the file or for what the file system does."""
    read = read_file(source.path)
    if isinstance(read, ReadFault):
        skipped = read.rule is faults.NOT_DICOM
        return _ended(number, source, Ending.SKIPPED if skipped else Ending.REFUSED, _fault(read))
    dataset, data = read
    digest = "sha256:" + hashlib.sha256(data).hexdigest()
    try:
        variables = _variables(machine, settings, source, dataset)
    except VariablesError as failure:
        fault = Fault(faults.VARIABLE_MISSING, str(failure))
        return _ended(number, source, Ending.REFUSED, fault, digest, len(data))
    outcome = machine.run(dataset, variables)
    if isinstance(outcome, Refused):
        return FileOutcome(number, source, Ending.REFUSED, outcome.faults, input_digest=digest, size=len(data))
    return _written(settings, number, source, outcome, digest, len(data))


def _variables(machine: Machine, settings: Settings, source: Input, dataset: Dataset) -> dict[str, object]:
    if settings.rows is None:
        return {}
    kinds = {one.name: one.kind for one in machine.program.needs.variables}
    found = settings.rows.of(source.path, source.relative, dataset)
    return {
        name: typed(name, text, kinds.get(name, VariableKind.TEXT)) for name, text in found.items() if name in kinds
    }


def _written(settings: Settings, number: int, source: Input, outcome: Cleaned, digest: str, size: int) -> FileOutcome:
    effects = Counter((event.op, event.effect.value) for event in outcome.events)
    held = outcome.held and not settings.write_flagged
    cleaned = encode(outcome.dataset)
    if isinstance(cleaned, ReadFault):
        return _ended(number, source, Ending.REFUSED, _fault(cleaned), digest, size)
    if not held and settings.output is not None:
        target = settings.output / source.relative
        if target.resolve() == source.path.resolve():
            fault = Fault(faults.SAME_FILE, "the output would replace the input")
            return _ended(number, source, Ending.REFUSED, fault, digest, size)
        trouble = write_whole(target, cleaned, overwrite=settings.overwrite, fsync=settings.fsync)
        if trouble is not None:
            return _ended(number, source, Ending.REFUSED, _fault(trouble), digest, size)
    return FileOutcome(
        number=number,
        source=source,
        ending=Ending.FLAGGED if held else Ending.WRITTEN,
        flags=outcome.flags,
        effects=dict(effects),
        output=None if held else source.relative,
        input_digest=digest,
        output_digest=None if held else "sha256:" + hashlib.sha256(cleaned).hexdigest(),
        size=size,
    )


def _fault(read: ReadFault) -> Fault:
    return Fault(read.rule, read.message)


def _ended(
    number: int, source: Input, ending: Ending, fault: Fault, digest: str | None = None, size: int = 0
) -> FileOutcome:
    return FileOutcome(number, source, ending, (fault,), input_digest=digest, size=size)
