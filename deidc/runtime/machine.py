"""The machine: a program with its functions bound, ready to run on any number of objects."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import assert_never, cast

from attrs import define, field, frozen
from pydicom.dataset import Dataset

from deidc.codes import faults
from deidc.dicom.datasets import Elements, surround, with_elements
from deidc.dicom.limits import LIMITS, BeyondLimit, Limits
from deidc.dicom.part10 import opened
from deidc.dicom.values.decoding import DEFAULT_CHARACTER_SETS
from deidc.dicom.window import Reader, Unsuited, Window
from deidc.ir import ops
from deidc.ir.program import NeededVariable, Program
from deidc.runtime.dataset.cleaning import Cleaning
from deidc.runtime.dataset.transcode import character_sets_for, transcode
from deidc.runtime.filemeta import Identity, clear_preamble, sync
from deidc.runtime.fold.elements import InputElement, character_sets_of
from deidc.runtime.fold.frame import Frame, Note, Trouble
from deidc.runtime.fold.guards import Plans
from deidc.runtime.fold.level import Folding
from deidc.runtime.fold.lists import Lists, fill_lists, gather_paths, visit_object
from deidc.runtime.fold.plan import Entry, Plan
from deidc.runtime.fold.toplevel import OfBytes, OfDataset
from deidc.runtime.functions.operands import Operands
from deidc.runtime.functions.registry import Functions
from deidc.runtime.functions.secret_strength import weak_secret_message, weak_secrets
from deidc.runtime.labels.marks import flags
from deidc.runtime.labels.regions import located
from deidc.runtime.link_error import LinkError
from deidc.runtime.outcome import Cleaned, Effect, Event, Fault, OnFailure, Outcome, Refused, fault_beyond
from deidc.runtime.stream.cleaned_bytes import CleanedBytes, in_order
from deidc.runtime.stream.decisions import Decisions
from deidc.runtime.stream.file import FileCleaning
from deidc.vocabulary import ListKind, VariableKind


@frozen
class Trace:
    """What each op did to each element it selects, or why nothing, and how the object ended.

    `left_out` are the numbers of the ops whose guards do not hold for the object.
    """

    notes: tuple[Note, ...]
    outcome: Outcome = field(repr=False)
    left_out: frozenset[int] = frozenset()


@define(eq=False)
class Machine:
    r"""A linked program that cleans objects.

    Create a machine with `Machine.link`, and share it between threads and objects.

    Attributes:
        program: the program.

    Example:
        >>> from pydicom.dataset import Dataset
        >>> from deidc import Machine, compile_recipe
        >>> machine = Machine.link(compile_recipe("FORMAT dicom\n\n%header\nREMOVE PatientName\n"))
        >>> dataset = Dataset()
        >>> dataset.PatientName = "Doe^Jane"
        >>> outcome = machine.run(dataset)
        >>> "PatientName" in outcome.dataset, [event.effect.value for event in outcome.events]
        (False, ['removed'])

    """

    program: Program
    _operands: Operands = field(repr=False)
    _plans: Plans = field(repr=False)
    _decisions: Decisions = field(repr=False)
    _variables: Mapping[str, object] = field(repr=False)
    _secrets: frozenset[str]
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

        Args:
            program: a compiled recipe.
            functions: the functions that the program may call; the built-in ones by default.
            variables: values of variables, by name.
            per_object: names of the variables that every call of `run` supplies.
            on_failure: the outcome of an op that fails on an element. With WITHDRAW, the element is removed from the
                object, and missing variables and functions are reported only when an op needs them, as deid's
                documentation promises. An element that no op acts on, and a list that cannot be filled, always refuse
                the object.

        Returns:
            The machine.

        Raises:
            LinkError: if variables or functions are missing, or the value of a secret is easy to guess; it names all
                of them.

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
        secrets = frozenset(one.name for one in program.needs.variables if one.kind is VariableKind.SECRET)
        weak = weak_secrets(secrets, given)
        if weak or (on_failure is OnFailure.REFUSE and (missing_variables or missing_functions)):
            raise LinkError(missing_variables, missing_functions, weak)
        return cls(
            program=program,
            operands=Operands(bound, _slot_names(program, ListKind.VALUES), _slot_names(program, ListKind.FIELDS)),
            plans=Plans(program),
            decisions=Decisions(bound),
            variables={**_defaults(program.needs.variables), **given},
            secrets=secrets,
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
        """Clean one object.

        Args:
            dataset: the object. It is not changed.
            variables: variables of this object; they take precedence over those of `link`.
            lists: further values for the %values lists of the program, by the name of the list.

        Returns:
            The cleaned object with its events and flags, or the faults that refused it.

        """
        return self._run(self._frame(dataset, variables, lists))

    def run_on_bytes(
        self,
        reader: Reader,
        read: Callable[[], Dataset],
        variables: Mapping[str, object] | None = None,
        lists: Mapping[str, Collection[str]] | None = None,
        limits: Limits = LIMITS,
        *,
        notes_starts: bool = False,
    ) -> CleanedBytes | Refused:
        """Clean the bytes of a file with the stream engine.

        Args:
            reader: the bytes of the file.
            read: a function that returns the object of the bytes; it is called if a list or a function needs the whole
                object.
            variables: as for `run`.
            lists: as for `run`.
            limits: what the file may cost; one that exceeds them is refused.
            notes_starts: whether the values of the output will be needed; see `CleanedBytes.values`.

        Returns:
            The edits of the file with its events and flags, or the faults that refused it.

        Raises:
            Unsuited: if only the Dataset engine can clean the file; use `run`.
            NotWhole, Damaged: if the bytes are not a complete DICOM file (PS3.10).
            OSError: if the reader fails.

        """
        if self._transcodes:
            raise Unsuited("the program changes the character set of all text")
        self._decisions.limit(plan_forgot=self._plans.limit())
        try:
            file = opened(Window(reader), limits)
            top = OfBytes(file)
            frame = Frame(read, top, self._all(variables), self._on_failure, lists or {}, self._weak(variables))
            if missing := self._missing(frame):
                return Refused(missing)
            plan = self._plans.of(frame)
            return FileCleaning(plan, self._decisions, self._operands, file, top, frame, notes_starts).run(self._fill)
        except Trouble as failure:
            return Refused((failure.fault,))
        except BeyondLimit as excess:
            return Refused((fault_beyond(excess),))

    def trace(self, dataset: Dataset, variables: Mapping[str, object] | None = None) -> Trace:
        """Clean one object, and record for each element the effect of every op that selects it.

        Args:
            dataset: the object. It is not changed.
            variables: variables of this object.

        Returns:
            The effects, with a reason for each op that had none, and the outcome.

        """
        frame = self._frame(dataset, variables)
        frame.notes = []
        outcome = self._run(frame)
        return Trace(tuple(frame.notes), outcome, frame.left_out)

    def lists(self, dataset: Dataset) -> Lists | Refused:
        """Return the contents of the lists of the program for one object.

        Args:
            dataset: the object. It is not changed.

        Returns:
            The lists, or the faults that prevented filling them. They hold values of the object: patient data.

        """
        frame = self._frame(dataset, None)
        try:
            plan = self._plans.whole
            fill_lists(frame, plan, lambda: visit_object(dataset, plan))
            gather_paths(frame, plan)
        except Trouble as failure:
            return Refused((failure.fault,))
        except BeyondLimit as failure:
            return Refused((fault_beyond(failure),))
        return Lists.of(frame, plan)

    def _all(self, variables: Mapping[str, object] | None) -> Mapping[str, object]:
        return {**self._variables, **variables} if variables else self._variables

    def _weak(self, variables: Mapping[str, object] | None) -> Mapping[str, str]:
        """Return the variables of one object that should be secrets and are not, with the reasons."""
        return dict(weak_secrets(self._secrets, variables)) if variables and self._secrets else {}

    def _frame(
        self,
        dataset: Dataset,
        variables: Mapping[str, object] | None,
        lists: Mapping[str, Collection[str]] | None = None,
    ) -> Frame:
        top, weak = OfDataset(dataset), self._weak(variables)
        frame = Frame(dataset, top, self._all(variables), self._on_failure, lists or {}, weak)
        if self._transcodes:
            frame.transcode_to = character_sets_for(self._transcodes[-1][1])
        return frame

    def _run(self, frame: Frame) -> Outcome:
        self._decisions.limit(plan_forgot=self._plans.limit())
        if missing := self._missing(frame):
            return Refused(missing)
        try:
            plan = self._plans.of(frame)
            frame.left_out = plan.left_out
            self._fill(frame, plan, lambda: visit_object(frame.input, plan))
            raised = located(flags(frame, plan), frame, plan)
            cleaned = self._clean(frame, plan)
        except Trouble as failure:
            frame.faults.append(failure.fault)
        except BeyondLimit as failure:
            frame.faults.append(fault_beyond(failure))
        if frame.faults:
            return Refused(tuple(frame.faults))
        return Cleaned(cleaned, in_order(frame.events), raised)

    def _missing(self, frame: Frame) -> tuple[Fault, ...]:
        if self._on_failure is OnFailure.WITHDRAW:
            return ()
        missing = (
            Fault(faults.VARIABLE_MISSING, f"variable {one.name!r} was not supplied for this object")
            for one in self.program.needs.variables
            if one.name not in frame.variables
        )
        weak = (Fault(faults.SECRET_WEAK, weak_secret_message(*one, in_table=True)) for one in frame.weak.items())
        return (*missing, *weak)

    def _fill(self, frame: Frame, plan: Plan, visit_all: Callable[[], Iterable[tuple[InputElement, Entry]]]) -> None:
        """Fill the lists, which is done on the input before anything else. Raises Trouble."""
        fill_lists(frame, plan, visit_all)
        if self._reads_lists:
            gather_paths(frame, plan)

    def _clean(self, frame: Frame, plan: Plan) -> Dataset:
        cleaning = Cleaning(Folding(frame, self._operands), DEFAULT_CHARACTER_SETS)
        elements, _ = cleaning.level(frame.input, plan.dataset)
        cleaned = with_elements(frame.input, elements)
        meta = self._clean_file_meta(frame, plan, cleaning)
        if frame.faults:
            return cleaned
        for index, name in self._transcodes:
            inherited = character_sets_of(frame.input, DEFAULT_CHARACTER_SETS)
            transcode(frame.input, cleaned, name, index, inherited)
            frame.events.append(Event("00080005", index, Effect.TRANSCODED))
        self._surround(frame, cleaned, meta, Identity(plan, cleaning.folding))
        if meta is not None:
            surround(cleaned, file_meta=with_elements(cast("Dataset", frame.input.file_meta), meta))
        return cleaned

    def _clean_file_meta(self, frame: Frame, plan: Plan, cleaning: Cleaning) -> Elements | None:
        file_meta = getattr(frame.input, "file_meta", None)
        if file_meta is None:
            return None
        elements, _ = cleaning.level(file_meta, plan.file_meta, in_file_meta=True)
        return elements

    def _surround(self, frame: Frame, cleaned: Dataset, meta: Elements | None, identity: Identity) -> None:
        """Put file meta information and preamble around the cleaned object."""
        written = frozenset(
            int(event.path, 16)
            for event in frame.events
            if event.path.startswith("0002") and not event.effect.leaves_nothing
        )
        for index, op in identity.plan.surroundings:
            match op:
                case ops.ClearPreamble():
                    clear_preamble(frame, index, cleaned)
                case ops.SyncMeta() if meta is not None:
                    kept = frozenset(
                        tag for tag in meta if identity.folding.keeps_in_file_meta(identity.plan.file_meta, tag)
                    )
                    sync(frame, index, meta, cleaned, identity, (written | kept).__contains__)
                case ops.SyncMeta():
                    pass
                case _:
                    assert_never(op)


def _slot_names(program: Program, kind: ListKind) -> dict[int, str]:
    return {index: slot.name for index, slot in enumerate(program.slots) if slot.kind is kind}


def _defaults(variables: tuple[NeededVariable, ...]) -> dict[str, object]:
    return {one.name: one.default for one in variables if one.default is not None}
