"""One file: read, cleaned, written; and the one outcome it ends in."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import assert_never

from attrs import define, evolve, field, frozen
from pydicom.dataset import FileDataset

from deidc.batch.archives import Shelf
from deidc.batch.destinations import Destination, as_destination, holds, put
from deidc.batch.discovery import Input
from deidc.batch.front import values_at
from deidc.batch.names import Template, Unnamed
from deidc.batch.reading import ReadFault, bytes_of, read_bytes
from deidc.batch.references import Links, links_of
from deidc.batch.sources import MEMBER_LIMIT
from deidc.batch.variables import Rows, VariablesError, typed
from deidc.batch.writing import encode
from deidc.codes import faults
from deidc.diagnostics import Rule
from deidc.runtime.cleaned_bytes import CleanedBytes
from deidc.runtime.layout import Damaged
from deidc.runtime.machine import Machine
from deidc.runtime.outcome import Cleaned, Fault, Flag, Refused
from deidc.runtime.walk import Unsuited
from deidc.runtime.window import InMemory, NotWhole


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
        dataset_engine: why the file went through the Dataset engine, if it did.
        before, after: links of the input, and of the output if it was written, if they were asked for.

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
    dataset_engine: str | None = None
    before: Links | None = field(default=None, repr=False)
    after: Links | None = field(default=None, repr=False)


@frozen
class Settings:
    """What a run does with every file; travels to workers.

    Attributes:
        output: where to write; None writes nothing.
        rows: variables that differ from file to file.
        token: tells the temporary files of this run from those of another.
        link_key: a secret for digests of links; None asks for no links.
        template: names outputs; None keeps the tree.
        again: the file was on its way when a worker died, so its output may be there already.

    """

    output: Destination | None = field(converter=as_destination)
    overwrite: bool = False
    fsync: bool = False
    write_flagged: bool = False
    rows: Rows | None = None
    token: str = ""
    again: bool = False
    member_limit: int = MEMBER_LIMIT
    template: Template | None = None
    link_key: bytes | None = field(default=None, repr=False)


def run_file(
    machine: Machine, settings: Settings, number: int, source: Input, shelf: Shelf | None = None
) -> FileOutcome:
    """Clean one file. Never raises for what is in the file or for what the file system does.

    `shelf` keeps an archive open from one call to the next.
    """
    if source.trouble is not None:
        return _ended(number, source, Ending.REFUSED, source.trouble)
    data = bytes_of(source.source, shelf, settings.member_limit)
    if isinstance(data, ReadFault):
        return _unread(number, source, data)
    refused = FileOutcome(number, source, Ending.REFUSED, input_digest=_digest(data), size=len(data))
    given = _Given(data)
    try:
        if source.twin:
            given.read()
            return _because(refused, faults.SAME_FILE, "an input before this one has the same place in the output")
        outcome, why = _run(machine, given, _variables(machine, settings, source, given))
        refused = evolve(refused, dataset_engine=why, before=_links(settings, given))
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
        return machine.run_on_bytes(InMemory(given.data), given.read, variables), None
    except Unsuited as reason:
        why = str(reason)
    except (NotWhole, Damaged):
        why = "the file is damaged"  # and pydicom's reading tells in which way
    return machine.run(given.read(), variables), why


def _links(settings: Settings, given: _Given) -> Links | None:
    return links_of(given.read(), settings.link_key) if settings.link_key is not None else None


def _variables(machine: Machine, settings: Settings, source: Input, given: _Given) -> dict[str, object]:
    if settings.rows is None:
        return {}
    kinds = {one.name: one.kind for one in machine.program.needs.variables}
    found = settings.rows.of(source.shown, source.relative, given.read)
    return {name: typed(name, text, kinds[name]) for name, text in found.items() if name in kinds}


def _finished(settings: Settings, refused: FileOutcome, cleaned: Cleaned | CleanedBytes) -> FileOutcome:
    """Return the outcome of a cleaned object; it is written unless it is held back."""
    held = any(flag.held for flag in cleaned.flags) and not settings.write_flagged
    data = _encoded(cleaned)
    if isinstance(data, ReadFault):
        return _because(refused, data.rule, data.message)
    try:
        place = _place(settings, refused, cleaned, data)
    except Unnamed as failure:
        return _because(refused, failure.rule, failure.message)
    if not held and settings.output is not None:
        trouble = _write(settings, settings.output, refused.source, data, place)
        if trouble is not None and trouble.rule is faults.OUTPUT_EXISTS and settings.template is not None:
            trouble = ReadFault(faults.NAME_TAKEN, "an output of that name exists already")
        if trouble is not None:
            return _because(refused, trouble.rule, trouble.message)
    return evolve(
        refused,
        ending=Ending.FLAGGED if held else Ending.WRITTEN,
        flags=cleaned.flags,
        effects=dict(Counter((event.op, event.effect.value) for event in cleaned.events)),
        output=None if held else place,
        output_digest=None if held else _digest(data),
        after=None if held else _links(settings, _Given(data)),
    )


def _place(settings: Settings, refused: FileOutcome, cleaned: Cleaned | CleanedBytes, data: bytes) -> Path:
    """Return where the output goes. Raises Unnamed."""
    template = settings.template
    if template is None:
        return refused.source.relative
    values = values_at([data], template.tags) if template.tags else {}
    return template.place(refused.number, values, cleaned.events)


def _encoded(cleaned: Cleaned | CleanedBytes) -> bytes | ReadFault:
    match cleaned:
        case CleanedBytes():
            return cleaned.whole()
        case Cleaned(dataset):
            assert isinstance(dataset, FileDataset)
            return encode(dataset)
        case _:
            assert_never(cleaned)


def _write(settings: Settings, output: Destination, source: Input, data: bytes, place: Path) -> ReadFault | None:
    trouble = put(
        output,
        place,
        data,
        source.source,
        overwrite=settings.overwrite,
        fsync=settings.fsync,
        token=settings.token,
    )
    # The worker that died may have written it just before.
    is_ours = settings.again and trouble is not None and trouble.rule is faults.OUTPUT_EXISTS
    return None if is_ours and holds(output, place, data) else trouble


def _digest(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def _because(refused: FileOutcome, rule: Rule, message: str) -> FileOutcome:
    return evolve(refused, faults=(Fault(rule, message),))


def _unread(number: int, source: Input, read: ReadFault) -> FileOutcome:
    skipped = read.rule in (faults.NOT_DICOM, faults.MEDIA_DIRECTORY)
    return _ended(number, source, Ending.SKIPPED if skipped else Ending.REFUSED, Fault(read.rule, read.message))


def _ended(number: int, source: Input, ending: Ending, fault: Fault) -> FileOutcome:
    return FileOutcome(number, source, ending, (fault,))
