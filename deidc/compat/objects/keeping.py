"""Find the fields of one object that the KEEP rules of a recipe keep."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from attrs import frozen
from pydicom.dataset import Dataset

from deidc.compat.objects.cleaning import HostLists
from deidc.compat.objects.deadlines import ObjectRefused, search_deadline
from deidc.compat.objects.field import DicomField
from deidc.compat.objects.selection import is_selected
from deidc.dicom.values.decoding import Undecodable
from deidc.ir import ops
from deidc.ir.program import Program
from deidc.ir.slow_patterns import has_slow_pattern
from deidc.runtime.fold.conditions import compared, holds_list, in_state, is_true
from deidc.runtime.fold.elements import InputElement
from deidc.runtime.fold.frame import Frame, Trouble
from deidc.runtime.fold.guards import Plans
from deidc.runtime.fold.lists import fill_lists, visit_object
from deidc.runtime.fold.plan import Plan
from deidc.runtime.fold.toplevel import OfDataset


@frozen
class Keeping:
    """The KEEP rules of a program whose guards hold for one object, with the program's lists filled from it."""

    _rules: tuple[ops.Protect, ...]
    _plan: Plan
    _frame: Frame
    _may_hang: bool

    @classmethod
    def of(cls, program: Program, dataset: Dataset, lists: HostLists, lookup: Mapping[str, object]) -> Keeping:
        """Return what a program keeps in an object; `lookup` are its variables.

        Raises ObjectRefused if its lists cannot be filled or its guards cannot be evaluated.
        """
        frame = Frame(dataset, OfDataset(dataset), lookup, lists=lists)
        plans = Plans(program)
        try:
            plan = plans.of(frame)
            rules = tuple(
                op
                for number, op in enumerate(program.ops)
                if isinstance(op, ops.Protect) and not op.system and number not in plan.left_out
            )
            if rules:
                fill_lists(frame, plan, lambda: visit_object(dataset, plan))
        except Trouble as failure:
            raise ObjectRefused((failure.fault,)) from None
        return cls(rules, plan, frame, has_slow_pattern(rules))

    def keeps(self, field: DicomField) -> bool:
        """Whether a rule keeps a field, and with it what is in it.

        A rule whose condition is a function keeps nothing here, because functions are called only in a run. Nor does
        one whose condition is a variable that is not defined.
        """
        with search_deadline(self._may_hang):
            return any(
                is_selected(rule.at, field, self._frame, self._plan)
                and all(self._holds(condition, field.input) for condition in rule.when)
                for rule in self._rules
            )

    def _holds(self, condition: ops.Condition, element: InputElement) -> bool:
        try:
            match condition:
                case ops.Compared(how, text):
                    return compared(how, text, element.components)
                case ops.InState(state):
                    return in_state(state, element)
                case ops.Listed(slot):
                    return holds_list(self._frame, slot, element)
                case ops.Truth(ops.Var(name)):
                    return is_true(self._frame.variables.get(name))
                case ops.Truth():
                    return False
                case _:
                    assert_never(condition)
        except Undecodable:
            return False
