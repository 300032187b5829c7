"""The machine: a program with its functions bound, ready to run on any number of objects."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from operator import attrgetter
from typing import assert_never, cast

from attrs import define, field, frozen
from pydicom.dataset import Dataset

from deidc.codes import faults
from deidc.ir import ops
from deidc.ir.program import NeededVariable, Program, SlotKind
from deidc.runtime import filemeta
from deidc.runtime.dataset import Cleaning, Elements, with_elements
from deidc.runtime.elements import DEFAULT_ENCODINGS, encodings_of
from deidc.runtime.folding import Folding
from deidc.runtime.frame import Frame, Note, Trouble
from deidc.runtime.functions import Functions
from deidc.runtime.layout import Buffer
from deidc.runtime.lists import fill_lists, gather_paths
from deidc.runtime.marks import flags
from deidc.runtime.operands import Operands
from deidc.runtime.outcome import Cleaned, Effect, Event, Fault, Flag, Outcome, Refused
from deidc.runtime.part10 import head, opened
from deidc.runtime.plan import Plan
from deidc.runtime.stream import Edit, Streaming, Unsuited, pieces
from deidc.runtime.transcode import encodings_for, transcode


class LinkError(Exception):
    """A program needs variables or functions that were not supplied; names all of them at once."""

    def __init__(self, variables: tuple[str, ...], functions: tuple[str, ...]) -> None:
        self.variables = variables
        self.functions = functions
        missing = [
            f"{kind} {', '.join(names)}"
            for kind, names in (("variables", variables), ("functions", functions))
            if names
        ]
        super().__init__(f"the program needs {' and '.join(missing)}, which were not supplied")

    def __reduce__(self) -> tuple[type[LinkError], tuple[tuple[str, ...], tuple[str, ...]]]:
        return (LinkError, (self.variables, self.functions))


@frozen
class CleanedBytes:
    """The bytes of a file after the program; see `Cleaned`."""

    head: bytes = field(repr=False)
    input: Buffer = field(repr=False)
    start: int
    edits: tuple[Edit, ...] = field(repr=False)
    events: tuple[Event, ...]
    flags: tuple[Flag, ...] = ()

    def pieces(self) -> Iterator[memoryview | bytes]:
        """Yield the bytes of the output, piece by piece."""
        yield self.head
        yield from pieces(self.input, self.start, self.edits)


@frozen
class Trace:
    """What each op did to each element it selects, or why nothing, and how the object ended."""

    notes: tuple[Note, ...]
    outcome: Outcome = field(repr=False)


@define(eq=False)
class Machine:
    """A linked program; make one with `Machine.link` and share it between threads and objects."""

    program: Program
    _operands: Operands = field(repr=False)
    _plan: Plan = field(repr=False)
    _variables: Mapping[str, object] = field(repr=False)
    _transcodes: tuple[tuple[int, str], ...] = field(repr=False)

    @classmethod
    def link(
        cls,
        program: Program,
        functions: Functions | None = None,
        *,
        variables: Mapping[str, object] | None = None,
        per_object: Collection[str] = (),
    ) -> Machine:
        """Bind a program to functions and to the variables that are the same for every object.

        `functions` are deidc's own if None is given. `per_object` names the variables that every call of `run`
        will supply. Raises LinkError with the names of all that is missing.
        """
        bound = Functions.standard() if functions is None else functions
        given = dict(variables or {})
        promised = given.keys() | set(per_object)
        missing_variables = tuple(
            one.name for one in program.needs.variables if one.default is None and one.name not in promised
        )
        missing_functions = tuple(
            one.name for one in program.needs.functions if bound.find(one.name, builtin=one.builtin) is None
        )
        if missing_variables or missing_functions:
            raise LinkError(missing_variables, missing_functions)
        return cls(
            program=program,
            operands=Operands(bound, _slot_names(program, SlotKind.VALUES), _slot_names(program, SlotKind.FIELDS)),
            plan=Plan(program),
            variables={**_defaults(program.needs.variables), **given},
            transcodes=tuple(
                (index, op.charset) for index, op in enumerate(program.ops) if isinstance(op, ops.Transcode)
            ),
        )

    def run(self, dataset: Dataset, variables: Mapping[str, object] | None = None) -> Outcome:
        """Clean one object; return it beside what was done, or why it was refused.

        `dataset` is not changed. `variables` are those of this object; they go before those given to `link`.
        """
        return self._run(self._frame(dataset, variables))

    def run_on_bytes(
        self, data: Buffer, read: Callable[[], Dataset], variables: Mapping[str, object] | None = None
    ) -> CleanedBytes | Refused:
        """Clean the bytes of a file with the stream engine; see `run`.

        `read` returns the object of the bytes; lists, labels and functions ask for it. Raises Unsuited where the
        Dataset engine has to do it, and NotWhole or Damaged where the bytes are no whole file.
        """
        if self._transcodes:
            raise Unsuited("all text is to be in another character set")
        file = opened(data)
        frame = Frame(read, {**self._variables, **(variables or {})})
        folding = Folding(frame, self._operands)
        streaming = Streaming(folding, data, self._plan.has_nested_adds)
        try:
            raised = self._prepare(frame)
            streaming.data_set(file.start, file.layout, self._plan.dataset, DEFAULT_ENCODINGS)
            cleaning = Cleaning(folding, DEFAULT_ENCODINGS, self._plan.has_nested_adds)
            meta, _ = cleaning.level(file.meta, self._plan.file_meta, in_file_meta=True)
        except Trouble as failure:
            frame.faults.append(failure.fault)
        if frame.faults:
            return Refused(tuple(frame.faults))
        preamble = Dataset()
        preamble._dict, preamble.__dict__["preamble"] = streaming.identity, file.preamble
        self._surround(frame, preamble, meta)
        return CleanedBytes(head(meta), data, file.start, tuple(streaming.edits), _told(frame), raised)

    def trace(self, dataset: Dataset, variables: Mapping[str, object] | None = None) -> Trace:
        """Run on one object and tell for each element what every op that selects it did, or why nothing."""
        frame = self._frame(dataset, variables)
        frame.notes = []
        outcome = self._run(frame)
        return Trace(tuple(frame.notes), outcome)

    def _frame(self, dataset: Dataset, variables: Mapping[str, object] | None) -> Frame:
        frame = Frame(dataset, {**self._variables, **(variables or {})})
        if self._transcodes:
            frame.transcode_to = encodings_for(self._transcodes[-1][1])
        return frame

    def _run(self, frame: Frame) -> Outcome:
        try:
            raised = self._prepare(frame)
            cleaned = self._clean(frame)
        except Trouble as failure:
            frame.faults.append(failure.fault)
        if frame.faults:
            return Refused(tuple(frame.faults))
        return Cleaned(cleaned, _told(frame), raised)

    def _prepare(self, frame: Frame) -> tuple[Flag, ...]:
        """Fill lists and raise flags, which is done on the input before anything else. Raises Trouble."""
        self._plan.limit()
        missing = [one.name for one in self.program.needs.variables if one.name not in frame.variables]
        if missing:
            *others, last = (
                Fault(faults.VARIABLE_MISSING, f"variable {name!r} was not supplied for this object")
                for name in missing
            )
            frame.faults.extend(others)
            raise Trouble(last)
        fill_lists(frame, self._plan)
        gather_paths(frame, self._plan)
        return flags(frame, self._plan)

    def _clean(self, frame: Frame) -> Dataset:
        cleaning = Cleaning(Folding(frame, self._operands), DEFAULT_ENCODINGS, self._plan.has_nested_adds)
        elements, _ = cleaning.level(frame.input, self._plan.dataset)
        cleaned = with_elements(frame.input, elements)
        meta = self._clean_file_meta(frame, cleaning)
        if frame.faults:
            return cleaned
        for index, name in self._transcodes:
            inherited = encodings_of(frame.input, DEFAULT_ENCODINGS)
            transcode(frame.input, cleaned, name, index, inherited)
            frame.events.append(Event("00080005", index, Effect.TRANSCODED))
        self._surround(frame, cleaned, meta)
        if meta is not None:
            cleaned.__dict__["file_meta"] = with_elements(cast("Dataset", frame.input.file_meta), meta)
        return cleaned

    def _clean_file_meta(self, frame: Frame, cleaning: Cleaning) -> Elements | None:
        file_meta = getattr(frame.input, "file_meta", None)
        if file_meta is None:
            return None
        elements, _ = cleaning.level(file_meta, self._plan.file_meta, in_file_meta=True)
        return elements

    def _surround(self, frame: Frame, cleaned: Dataset, meta: Elements | None) -> None:
        """Put file meta information and preamble around the cleaned object."""
        spoken_for = frozenset(
            int(event.path, 16)
            for event in frame.events
            if event.path.startswith("0002") and event.effect is not Effect.REMOVED
        )
        for index, op in self._plan.surroundings:
            match op:
                case ops.ClearPreamble():
                    filemeta.clear_preamble(frame, index, cleaned)
                case ops.SyncMeta() if meta is not None:
                    kept = frozenset(tag for tag, element in meta.items() if self._is_kept(tag, str(element.VR)))
                    filemeta.sync(frame, index, meta, cleaned, spoken_for | kept)
                case ops.SyncMeta():
                    pass
                case _:
                    assert_never(op)

    def _is_kept(self, tag: int, vr: str) -> bool:
        entry = self._plan.file_meta.entry(tag, vr, None)
        return entry.always_sheltered and not entry.system


def _told(frame: Frame) -> tuple[Event, ...]:
    # By a key, which is made once for each event, where comparing events would make two for each comparison.
    return tuple(sorted(frame.events, key=attrgetter("path", "op", "effect")))


def _slot_names(program: Program, kind: SlotKind) -> dict[int, str]:
    return {index: slot.name for index, slot in enumerate(program.slots) if slot.kind is kind}


def _defaults(variables: tuple[NeededVariable, ...]) -> dict[str, object]:
    return {one.name: one.default for one in variables if one.default is not None}
