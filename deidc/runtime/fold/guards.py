"""Choose the plan for one object: the ops of a program whose guards hold for it."""

from __future__ import annotations

from attrs import define, field

from deidc.ir import ops
from deidc.ir.program import Program
from deidc.runtime.fold.frame import Frame
from deidc.runtime.fold.plan import Plan
from deidc.runtime.fold.questions import Questions, holds

# Guards that hold in more ways than this make the memo start anew.
MOST_PLANS = 64


@define(eq=False)
class Plans:
    """The plans of a program, one for each way in which its guards hold: an op whose guard does not is left out.

    Guards are evaluated once for each object, and elements never see them.

    Attributes:
        whole: the plan with every op.

    """

    program: Program
    whole: Plan = field(init=False)
    _guards: tuple[ops.Given, ...] = field(init=False)
    _plans: dict[tuple[bool, ...], Plan] = field(init=False, factory=dict)

    def __attrs_post_init__(self) -> None:
        self.whole = Plan(self.program)
        self._guards = tuple(dict.fromkeys(given for op in self.program.ops if (given := ops.given_of(op))))

    def of(self, frame: Frame) -> Plan:
        """Return the plan for the object of a frame. Raises Trouble where a guard cannot be evaluated."""
        if not self._guards:
            return self.whole
        questions = Questions(frame, self.whole)
        outcome = tuple(holds(given, questions) for given in self._guards)
        plan = self._plans.get(outcome)
        if plan is None:
            plan = self._plans[outcome] = self._plan(outcome)
        return plan

    def _plan(self, outcome: tuple[bool, ...]) -> Plan:
        if all(outcome):
            return self.whole
        failed = {given for given, holding in zip(self._guards, outcome, strict=True) if not holding}
        return Plan(
            self.program,
            frozenset(number for number, op in enumerate(self.program.ops) if ops.given_of(op) in failed),
        )

    def limit(self) -> bool:
        """Forget plans, or what they know, if it became too much, and return whether so; called between objects."""
        forgot = [plan.limit() for plan in (self.whole, *self._plans.values())]
        if len(self._plans) > MOST_PLANS:
            self._plans = {}
            return True
        return any(forgot)
