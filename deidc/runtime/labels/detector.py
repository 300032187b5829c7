"""The labels of a program asked on their own: which fire for an object, and what they ask of its pixels."""

from __future__ import annotations

from attrs import define, field, frozen
from pydicom.dataset import Dataset

from deidc.ir import ops
from deidc.ir.program import OWN_ACCOUNT, Origin, Program
from deidc.runtime.fold.frame import Frame, Trouble
from deidc.runtime.fold.lists import fill_lists, visit_object
from deidc.runtime.fold.plan import Plan
from deidc.runtime.fold.toplevel import OfDataset
from deidc.runtime.labels.marks import flags
from deidc.runtime.labels.regions import located
from deidc.runtime.outcome import Refused, Region
from deidc.vocabulary import Policy


@frozen
class Finding:
    """A label that fired for one object.

    Attributes:
        op: the Mark in the program.
        group, label: the names of the %filter section and of the label.
        origin: the recipe and the line of the label.
        policy: what is to become of the object.
        regions: what each line of coordinates comes to for this object, in the order of the recipe.

    """

    op: int
    group: str
    label: str
    origin: Origin
    policy: Policy
    regions: tuple[Region, ...] = field(repr=False)

    @property
    def held(self) -> bool:
        """Whether the object is not to be passed on before its pixels were cleaned or looked at."""
        return self.policy is not Policy.PASS


@define(eq=False)
class Detector:
    """The labels of a program, ready for any number of objects; make one with `Detector.of`, and share it."""

    program: Program
    _plan: Plan = field(repr=False)

    @classmethod
    def of(cls, program: Program) -> Detector:
        """Return a detector. Labels need neither variables nor functions, so nothing is linked."""
        return cls(program, Plan(program))

    @property
    def marks(self) -> tuple[tuple[int, ops.Mark], ...]:
        """The labels, each with its place in the program, in the order of the recipe."""
        return self._plan.marks

    def detect(self, dataset: Dataset) -> tuple[Finding, ...] | Refused:
        """Return the labels that fire, in the order of the program, or why they cannot be asked.

        `dataset` is not changed, nor is anything of it remembered.
        """
        self._plan.limit()
        frame = Frame(dataset, OfDataset(dataset), {})
        try:
            fill_lists(frame, self._plan, lambda: visit_object(dataset, self._plan))
            raised = located(flags(frame, self._plan), frame, self._plan)
        except Trouble as failure:
            return Refused((failure.fault,))
        origins = self.program.origins
        return tuple(
            Finding(
                flag.op,
                flag.group,
                flag.label,
                origins[flag.op] if origins else OWN_ACCOUNT,
                flag.policy,
                flag.regions,
            )
            for flag in raised
        )
