"""The machine: a program with its functions bound, ready to run on any number of objects."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import assert_never, cast

from attrs import define, field, frozen
from pydicom.dataset import Dataset

from deidc.codes import faults
from deidc.dicom.decoding import DEFAULT_CHARACTER_SETS
from deidc.dicom.part10 import META_LAYOUT, meta_elements, opened
from deidc.dicom.window import Reader, Unsuited, Window
from deidc.errors import DeidcError
from deidc.ir import ops
from deidc.ir.program import NeededVariable, Program, SlotKind
from deidc.runtime.dataset.cleaning import Cleaning
from deidc.runtime.dataset.transcode import character_sets_for, transcode
from deidc.runtime.filemeta import clear_preamble, sync
from deidc.runtime.fold.elements import Elements, InputElement, character_sets_of, with_elements
from deidc.runtime.fold.frame import Frame, Note, Trouble
from deidc.runtime.fold.level import Folding
from deidc.runtime.fold.lists import Lists, fill_lists, gather_paths, visit_object
from deidc.runtime.fold.plan import Entry, Plan
from deidc.runtime.fold.toplevel import OfBytes, OfDataset
from deidc.runtime.functions.operands import Operands
from deidc.runtime.functions.registry import Functions
from deidc.runtime.labels.marks import flags
from deidc.runtime.labels.regions import located
from deidc.runtime.outcome import Cleaned, Effect, Event, Fault, OnFailure, Outcome, Refused
from deidc.runtime.stream.cleaned_bytes import CleanedBytes, in_order
from deidc.runtime.stream.decisions import Decisions
from deidc.runtime.stream.file import FileCleaning


class LinkError(DeidcError):
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
    _decisions: Decisions = field(repr=False)
    _variables: Mapping[str, object] = field(repr=False)
    _transcodes: tuple[tuple[int, str], ...] = field(repr=False)
    _reads_lists: bool
    _on_failure: OnFailure

    @classmethod
    def link(
        cls,
        program: Program,
        functions: Functions | None = None,
        *,
        variables: Mapping[str, object] | None = None,
        per_object: Collection[str] = (),
        on_failure: OnFailure = OnFailure.REFUSE,
    ) -> Machine:
        """Bind a program to functions and to the variables that are the same for every object.

        `functions` are deidc's own if None is given. `per_object` names the variables that every call of `run`
        will supply. Raises LinkError with the names of all that is missing.

        With `on_failure` WITHDRAW, an element that an op fails on is taken out of the object, and nothing is missing
        until an op asks for it: deid's documentation promises that of variables ("as a precaution"). An element that
        no op acts on, and lists that cannot be filled, refuse the object in any case.
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
        if on_failure is OnFailure.REFUSE and (missing_variables or missing_functions):
            raise LinkError(missing_variables, missing_functions)
        return cls(
            program=program,
            operands=Operands(bound, _slot_names(program, SlotKind.VALUES), _slot_names(program, SlotKind.FIELDS)),
            plan=Plan(program),
            decisions=Decisions(bound),
            variables={**_defaults(program.needs.variables), **given},
            transcodes=tuple(
                (index, op.charset) for index, op in enumerate(program.ops) if isinstance(op, ops.Transcode)
            ),
            reads_lists=any(
                function is not None and not function.own
                for function in (bound.find(one.name, builtin=one.builtin) for one in program.needs.functions)
            ),
            on_failure=on_failure,
        )

    def run(
        self,
        dataset: Dataset,
        variables: Mapping[str, object] | None = None,
        lists: Mapping[str, Collection[str]] | None = None,
    ) -> Outcome:
        """Clean one object; return it beside what was done, or why it was refused.

        `dataset` is not changed. `variables` are those of this object; they go before those given to `link`. `lists`
        has values that are in `%values` lists of the program, by the names of these, beside those of the object.
        """
        return self._run(self._frame(dataset, variables, lists))

    def run_on_bytes(
        self,
        reader: Reader,
        read: Callable[[], Dataset],
        variables: Mapping[str, object] | None = None,
        lists: Mapping[str, Collection[str]] | None = None,
    ) -> CleanedBytes | Refused:
        """Clean the bytes of a file with the stream engine; see `run`.

        `read` returns the object of the bytes; lists and functions that ask for the whole object make use of it.
        Raises Unsuited where the Dataset engine has to do it, NotWhole or Damaged where the bytes are no whole file,
        and OSError of the reader.
        """
        if self._transcodes:
            raise Unsuited("all text is to be in another character set")
        self._decisions.limit(plan_forgot=self._plan.limit())
        file = opened(Window(reader))
        meta = meta_elements(file.meta)
        top = OfBytes(file.window, file.layout, meta, META_LAYOUT, file.start)
        frame = Frame(read, top, self._all(variables), self._on_failure, lists or {})
        if missing := self._missing(frame):
            return Refused(missing)
        return FileCleaning(self._plan, self._decisions, self._operands, file, top, frame).run(self._fill)

    def trace(self, dataset: Dataset, variables: Mapping[str, object] | None = None) -> Trace:
        """Run on one object and tell for each element what every op that selects it did, or why nothing."""
        frame = self._frame(dataset, variables)
        frame.notes = []
        outcome = self._run(frame)
        return Trace(tuple(frame.notes), outcome)

    def lists(self, dataset: Dataset) -> Lists | Refused:
        """Return what the lists of the program hold for an object, or why that cannot be said."""
        frame = self._frame(dataset, None)
        try:
            fill_lists(frame, self._plan, lambda: visit_object(dataset, self._plan))
            gather_paths(frame, self._plan)
        except Trouble as failure:
            return Refused((failure.fault,))
        return Lists.of(frame, self._plan)

    def _all(self, variables: Mapping[str, object] | None) -> Mapping[str, object]:
        return {**self._variables, **variables} if variables else self._variables

    def _frame(
        self,
        dataset: Dataset,
        variables: Mapping[str, object] | None,
        lists: Mapping[str, Collection[str]] | None = None,
    ) -> Frame:
        frame = Frame(dataset, OfDataset(dataset), self._all(variables), self._on_failure, lists or {})
        if self._transcodes:
            frame.transcode_to = character_sets_for(self._transcodes[-1][1])
        return frame

    def _run(self, frame: Frame) -> Outcome:
        self._decisions.limit(plan_forgot=self._plan.limit())
        if missing := self._missing(frame):
            return Refused(missing)
        try:
            self._fill(frame, lambda: visit_object(frame.input, self._plan))
            raised = located(flags(frame, self._plan), frame, self._plan)
            cleaned = self._clean(frame)
        except Trouble as failure:
            frame.faults.append(failure.fault)
        if frame.faults:
            return Refused(tuple(frame.faults))
        return Cleaned(cleaned, in_order(frame.events), raised)

    def _missing(self, frame: Frame) -> tuple[Fault, ...]:
        if self._on_failure is OnFailure.WITHDRAW:
            return ()
        return tuple(
            Fault(faults.VARIABLE_MISSING, f"variable {one.name!r} was not supplied for this object")
            for one in self.program.needs.variables
            if one.name not in frame.variables
        )

    def _fill(self, frame: Frame, visit_all: Callable[[], Iterable[tuple[InputElement, Entry]]]) -> None:
        """Fill the lists, which is done on the input before anything else. Raises Trouble."""
        fill_lists(frame, self._plan, visit_all)
        if self._reads_lists:
            gather_paths(frame, self._plan)

    def _clean(self, frame: Frame) -> Dataset:
        cleaning = Cleaning(Folding(frame, self._operands), DEFAULT_CHARACTER_SETS, self._plan.has_nested_adds)
        elements, _ = cleaning.level(frame.input, self._plan.dataset)
        cleaned = with_elements(frame.input, elements)
        meta = self._clean_file_meta(frame, cleaning)
        if frame.faults:
            return cleaned
        for index, name in self._transcodes:
            inherited = character_sets_of(frame.input, DEFAULT_CHARACTER_SETS)
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
        written = frozenset(
            int(event.path, 16)
            for event in frame.events
            if event.path.startswith("0002") and not event.effect.leaves_nothing
        )
        for index, op in self._plan.surroundings:
            match op:
                case ops.ClearPreamble():
                    clear_preamble(frame, index, cleaned)
                case ops.SyncMeta() if meta is not None:
                    kept = frozenset(
                        tag for tag, element in meta.items() if self._plan.keeps_in_file_meta(tag, str(element.VR))
                    )
                    sync(frame, index, meta, cleaned, (written | kept).__contains__)
                case ops.SyncMeta():
                    pass
                case _:
                    assert_never(op)


def _slot_names(program: Program, kind: SlotKind) -> dict[int, str]:
    return {index: slot.name for index, slot in enumerate(program.slots) if slot.kind is kind}


def _defaults(variables: tuple[NeededVariable, ...]) -> dict[str, object]:
    return {one.name: one.default for one in variables if one.default is not None}
