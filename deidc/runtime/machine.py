"""The machine: a program with its functions bound, ready to run on any number of objects."""

from __future__ import annotations

from collections.abc import Collection, Mapping
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
from deidc.runtime.lists import fill_lists, gather_paths
from deidc.runtime.marks import flags
from deidc.runtime.operands import Operands
from deidc.runtime.outcome import Cleaned, Effect, Event, Fault, Outcome, Refused
from deidc.runtime.plan import Plan
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
        self._plan.limit()
        frame.faults.extend(self._missing(frame))
        if frame.faults:
            return Refused(tuple(frame.faults))
        try:
            fill_lists(frame, self._plan)
            gather_paths(frame, self._plan)
            raised = flags(frame, self._plan)
            cleaned = self._clean(frame)
        except Trouble as failure:
            frame.faults.append(failure.fault)
        if frame.faults:
            return Refused(tuple(frame.faults))
        # By a key, which is made once for each event, where comparing events would make two for each comparison.
        told = sorted(frame.events, key=attrgetter("path", "op", "effect"))
        return Cleaned(cleaned, tuple(told), raised)

    def _missing(self, frame: Frame) -> list[Fault]:
        return [
            Fault(faults.VARIABLE_MISSING, f"variable {one.name!r} was not supplied for this object")
            for one in self.program.needs.variables
            if one.name not in frame.variables
        ]

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
        if meta is not None:
            cleaned.__dict__["file_meta"] = with_elements(cast("Dataset", frame.input.file_meta), meta)

    def _is_kept(self, tag: int, vr: str) -> bool:
        entry = self._plan.file_meta.entry(tag, vr, None)
        return entry.always_sheltered and not entry.system


def _slot_names(program: Program, kind: SlotKind) -> dict[int, str]:
    return {index: slot.name for index, slot in enumerate(program.slots) if slot.kind is kind}


def _defaults(variables: tuple[NeededVariable, ...]) -> dict[str, object]:
    return {one.name: one.default for one in variables if one.default is not None}
