"""Evaluate the labels of a program, its Marks, on an input object."""

from __future__ import annotations

from deidc.runtime.fold.frame import Frame
from deidc.runtime.fold.plan import Plan
from deidc.runtime.fold.questions import Questions, holds
from deidc.runtime.outcome import Flag


def flags(frame: Frame, plan: Plan) -> tuple[Flag, ...]:
    """Return a flag for each Mark that holds, in program order, without its regions; raises Trouble."""
    if not plan.marks:
        return ()
    questions = Questions(frame, plan)
    raised: list[Flag] = []
    last: str | None = None  # the group after which no other is evaluated
    for index, mark in plan.marks:
        if last is not None and mark.group != last:
            continue
        if holds(mark.lines, questions):
            raised.append(Flag(index, mark.group, mark.label, mark.policy))
            last = mark.group if mark.final else last
    return tuple(raised)
