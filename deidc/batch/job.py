"""One file: read, cleaned, written; and the one outcome it ends in."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import assert_never

from attrs import define, evolve, field, frozen
from pydicom.dataset import FileDataset

from deidc.batch.discovery import Input
from deidc.batch.earlier import Begun, Unchanged, Written
from deidc.batch.reading import ReadFault, bytes_of, read_bytes
from deidc.batch.stat_identity import StatIdentity, is_settled, stat_identity
from deidc.batch.variables import Rows, VariablesError, typed
from deidc.batch.writing import encode, write_whole
from deidc.codes import faults
from deidc.diagnostics import Rule
from deidc.runtime.layout import Damaged, NotWhole
from deidc.runtime.machine import CleanedBytes, Machine
from deidc.runtime.outcome import Cleaned, Fault, Flag, Refused
from deidc.runtime.stream import Unsuited

_ITEM = re.compile(r"\[\d+\]")
_CHANGED = "the input was changed since its output was written"


class Ending(StrEnum):
    """How a file ended."""

    WRITTEN = "written"
    UNCHANGED = "unchanged"
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
        dataset_engine: why the file went through the Dataset engine, if it did.
        input_digest, output_digest: SHA-256 of all bytes; of the input, also where times cannot tell a change.
        size, output_size: bytes that were read, and bytes of the output.
        identity: what the file system told of the input before it was read, if a later change is sure to change it.
        attributes: how often each op had each effect on each attribute, if the settings ask for it.

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
    output_size: int | None = None
    dataset_engine: str | None = None
    identity: StatIdentity | None = field(default=None, repr=False)
    attributes: Mapping[tuple[int, str, str], int] = field(factory=dict)


@frozen
class Settings:
    """What a run does with every file; travels to workers.

    Attributes:
        output: the folder to write to; None writes nothing.
        rows: variables that differ from file to file.
        token: tells the temporary files of this run from those of another.
        again: the file was on its way when a worker died, so its output may be there already.
        digests: compute the digests of inputs and outputs, which costs more than cleaning where images are big.
        plan: count effects by attribute.

    """

    output: Path | None
    overwrite: bool = False
    fsync: bool = False
    write_flagged: bool = False
    rows: Rows | None = None
    token: str = ""
    again: bool = False
    digests: bool = False
    plan: bool = False


def run_file(machine: Machine, settings: Settings, number: int, source: Input) -> FileOutcome:
    """Clean one file. Never raises for what is in the file or for what the file system does."""
    if isinstance(source.earlier, Unchanged) and not source.twin:
        return FileOutcome(number, source, Ending.UNCHANGED, output=source.relative)
    if source.trouble is not None:
        return _ended(number, source, Ending.REFUSED, Fault(faults.UNREADABLE, source.trouble))
    identity = stat_identity(source.path)  # before it is read: what is changed from now on is not what was cleaned
    data = bytes_of(source.path)
    if isinstance(data, ReadFault):
        return _unread(number, source, data)
    if identity is not None and not is_settled(identity):
        identity = None
    refused = FileOutcome(number, source, Ending.REFUSED, size=len(data), identity=identity)
    if settings.digests or identity is None or _known_digest(source) is not None:
        refused = evolve(refused, input_digest=_digest(data))
    given = _Given(data)
    try:
        if _known_digest(source) is not None and not source.twin:
            if refused.input_digest == _known_digest(source):
                return evolve(refused, ending=Ending.UNCHANGED, output=source.relative)
            if not settings.overwrite:
                return _because(refused, faults.INPUT_CHANGED, _CHANGED)
        if source.twin:
            given.read()
            return _because(refused, faults.SAME_FILE, "an input before this one has the same place in the output")
        outcome, why = _run(machine, given, _variables(machine, settings, source, given))
        refused = evolve(refused, dataset_engine=why)
        if isinstance(outcome, Refused):
            return evolve(refused, faults=outcome.faults)
        return _finished(settings, refused, outcome)
    except _NotRead as failure:
        return _unread(number, source, failure.fault)
    except VariablesError as failure:
        return _because(refused, faults.VALUE_UNFIT, str(failure))
    # A damaged object can make pydicom raise anything wherever it is asked for a value; one such object does not
    # stop the others. The text may quote values, so only the type is told.
    except Exception as failure:  # noqa: BLE001
        return _because(refused, faults.ELEMENT_UNDECODABLE, f"the object cannot be cleaned ({type(failure).__name__})")


class _NotRead(Exception):
    """The bytes hold no object that could be cleaned."""

    def __init__(self, fault: ReadFault) -> None:
        self.fault = fault
        super().__init__(fault.message)


@define(eq=False)
class _Given:
    """The bytes of a file, and the object in them for those who ask."""

    data: bytes = field(repr=False)
    _dataset: FileDataset | None = field(default=None, repr=False)

    def read(self) -> FileDataset:
        """Return the object. Raises _NotRead."""
        if self._dataset is None:
            dataset = read_bytes(self.data)
            if isinstance(dataset, ReadFault):
                raise _NotRead(dataset)
            self._dataset = dataset
        return self._dataset


def _run(
    machine: Machine, given: _Given, variables: Mapping[str, object]
) -> tuple[Cleaned | CleanedBytes | Refused, str | None]:
    """Clean an object with the stream engine, or with the Dataset engine; return why it was that one, too."""
    try:
        return machine.run_on_bytes(given.data, given.read, variables), None
    except Unsuited as reason:
        why = str(reason)
    except (NotWhole, Damaged):
        why = "the file is damaged"  # and pydicom's reading tells in which way
    return machine.run(given.read(), variables), why


def _variables(machine: Machine, settings: Settings, source: Input, given: _Given) -> dict[str, object]:
    if settings.rows is None:
        return {}
    kinds = {one.name: one.kind for one in machine.program.needs.variables}
    found = settings.rows.of(source.path, source.relative, given.read)
    return {name: typed(name, text, kinds[name]) for name, text in found.items() if name in kinds}


def _finished(settings: Settings, refused: FileOutcome, cleaned: Cleaned | CleanedBytes) -> FileOutcome:
    """Return the outcome of a cleaned object; it is written unless it is held back."""
    held = any(flag.held for flag in cleaned.flags) and not settings.write_flagged
    data = _encoded(cleaned)
    if isinstance(data, ReadFault):
        return _because(refused, data.rule, data.message)
    if not held and settings.output is not None:
        target = settings.output / refused.source.relative
        if isinstance(refused.source.earlier, Written) and not settings.overwrite:
            # Nothing told whether the input is as it was, so what comes of it has to.
            return _compared(refused, data, target)
        trouble = _write(settings, refused.source, data, target)
        if trouble is not None:
            return _because(refused, trouble.rule, trouble.message)
    planned = Counter(
        (event.op, event.effect.value, _attribute(event.path)) for event in cleaned.events if settings.plan
    )
    return evolve(
        refused,
        ending=Ending.FLAGGED if held else Ending.WRITTEN,
        attributes=dict(planned),
        flags=cleaned.flags,
        effects=dict(Counter((event.op, event.effect.value) for event in cleaned.events)),
        output=None if held else refused.source.relative,
        output_digest=None if held or not settings.digests else _digest(data),
        output_size=None if held else len(data),
    )


def _compared(refused: FileOutcome, data: bytes, target: Path) -> FileOutcome:
    """Return the outcome of an input that was written before: unchanged if the same came of it again."""
    try:
        same = target.read_bytes() == data
    except OSError as failure:
        return _because(refused, faults.NOT_WRITTEN, f"the output cannot be read: {failure.strerror}")
    if not same:
        return _because(refused, faults.INPUT_CHANGED, _CHANGED)
    return evolve(refused, ending=Ending.UNCHANGED, output=refused.source.relative, output_size=len(data))


def _attribute(path: str) -> str:
    """Return the path of an element without the numbers of items."""
    return _ITEM.sub("", path)


def _encoded(cleaned: Cleaned | CleanedBytes) -> bytes | ReadFault:
    match cleaned:
        case CleanedBytes():
            return b"".join(cleaned.pieces())
        case Cleaned(dataset):
            assert isinstance(dataset, FileDataset)
            return encode(dataset)
        case _:
            assert_never(cleaned)


def _write(settings: Settings, source: Input, data: bytes, target: Path) -> ReadFault | None:
    if target.exists() and target.samefile(source.path):
        return ReadFault(faults.SAME_FILE, "the output would replace the input")
    begun = isinstance(source.earlier, Begun)
    replace = settings.overwrite or (isinstance(source.earlier, Begun) and source.earlier.may_replace)
    trouble = write_whole(target, data, overwrite=replace, fsync=settings.fsync, token=settings.token)
    if trouble is not None and trouble.rule is faults.OUTPUT_EXISTS and (settings.again or begun) and target.is_file():
        # The worker that died may have written it just before.
        return None if target.read_bytes() == data else trouble
    return trouble


def _known_digest(source: Input) -> str | None:
    return source.earlier.input_digest if isinstance(source.earlier, Written) else None


def _digest(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def _because(refused: FileOutcome, rule: Rule, message: str) -> FileOutcome:
    return evolve(refused, faults=(Fault(rule, message),))


def _unread(number: int, source: Input, read: ReadFault) -> FileOutcome:
    skipped = read.rule in (faults.NOT_DICOM, faults.MEDIA_DIRECTORY)
    return _ended(number, source, Ending.SKIPPED if skipped else Ending.REFUSED, Fault(read.rule, read.message))


def _ended(number: int, source: Input, ending: Ending, fault: Fault) -> FileOutcome:
    return FileOutcome(number, source, ending, (fault,))
