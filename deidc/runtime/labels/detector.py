"""A detector evaluates the labels of a program without cleaning: which match an object, and their regions."""

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
        op: the number of the Mark op in the program.
        group: the name of the %filter section.
        label: the name of the label.
        origin: the recipe and the line of the label.
        policy: the policy of the group.
        regions: the regions of each line of coordinates in this object, in the order of the recipe.

    """

    op: int
    group: str
    label: str
    origin: Origin
    policy: Policy
    regions: tuple[Region, ...] = field(repr=False)

    @property
    def held(self) -> bool:
        """Whether the object must be cleaned in its pixels or reviewed before it is passed on."""
        return self.policy is not Policy.PASS


@define(eq=False)
class Detector:
    r"""The labels of a program, applied to objects without cleaning them.

    Create a detector with `Detector.of`, and share it between threads and objects.

    Attributes:
        program: the program.

    Example:
        >>> from pydicom.dataset import Dataset
        >>> from deidc import Detector, compile_recipe
        >>> label = "LABEL screens\n  contains Modality OT\n  coordinates all\n"
        >>> program = compile_recipe(f"FORMAT dicom\n\n%filter graylist\n\n{label}")
        >>> dataset = Dataset()
        >>> dataset.Modality = "OT"
        >>> [found.label for found in Detector.of(program).detect(dataset)]
        ['screens']

    """

    program: Program
    _plan: Plan = field(repr=False)

    @classmethod
    def of(cls, program: Program) -> Detector:
        """Return the detector of a program.

        Args:
            program: a compiled recipe. Labels use neither variables nor functions, so it need not be linked.

        Returns:
            The detector.

        """
        return cls(program, Plan(program))

    @property
    def marks(self) -> tuple[tuple[int, ops.Mark], ...]:
        """The labels with the numbers of their ops, in the order of the recipe."""
        return self._plan.marks

    def detect(self, dataset: Dataset) -> tuple[Finding, ...] | Refused:
        """Return the labels that fire for an object.

        Args:
            dataset: the object. It is not changed, and the detector keeps nothing of it.

        Returns:
            The labels in the order of the program, or the faults that prevented their evaluation.

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
