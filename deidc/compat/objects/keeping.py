"""Find the fields of one object that the KEEP rules of a recipe keep."""

from __future__ import annotations

from attrs import frozen
from pydicom.dataset import Dataset

from deidc.compat.objects.cleaning import HostLists, ObjectRefused
from deidc.compat.objects.field import DicomField
from deidc.compat.objects.selection import is_selected
from deidc.ir import ops
from deidc.ir.program import Program
from deidc.runtime.fold.frame import Frame, Trouble
from deidc.runtime.fold.lists import fill_lists, visit_object
from deidc.runtime.fold.plan import Plan
from deidc.runtime.fold.toplevel import OfDataset


@frozen
class Keeping:
    """The KEEP rules of a program, with its lists filled from one object."""

    _rules: tuple[ops.Selector, ...]
    _plan: Plan
    _frame: Frame

    @classmethod
    def of(cls, program: Program, dataset: Dataset, lists: HostLists) -> Keeping:
        """Return what a program keeps in an object. Raises ObjectRefused if its lists cannot be filled."""
        rules = tuple(op.at for op in program.ops if isinstance(op, ops.Protect) and not op.system)
        plan = Plan(program)
        frame = Frame(dataset, OfDataset(dataset), {}, lists=lists)
        if rules:
            try:
                fill_lists(frame, plan, lambda: visit_object(dataset, plan))
            except Trouble as failure:
                raise ObjectRefused((failure.fault,)) from None
        return cls(rules, plan, frame)

    def keeps(self, field: DicomField) -> bool:
        """Whether a rule keeps a field, and with it what is in it."""
        return any(is_selected(at, field, self._frame, self._plan) for at in self._rules)
