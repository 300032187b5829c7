"""Evaluate the labels of a program, its Marks, on an input object."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from attrs import define, field

from deidc.dicom.values.decoding import Undecodable
from deidc.ir import ops
from deidc.runtime.fold.conditions import compared, in_state
from deidc.runtime.fold.elements import InputElement, input_elements, sequence_items
from deidc.runtime.fold.frame import Frame
from deidc.runtime.fold.lists import is_selected, undecodable, visit_object
from deidc.runtime.fold.plan import Plan, top_level_tag
from deidc.runtime.fold.select import is_exact
from deidc.runtime.outcome import Flag
from deidc.vocabulary import Comparison, Join, State

_NEGATIONS = {
    Comparison.NOTCONTAINS: Comparison.CONTAINS,
    Comparison.NOTEQUALS: Comparison.EQUALS,
}


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
        if holds(mark, questions):
            raised.append(Flag(index, mark.group, mark.label, mark.policy))
            last = mark.group if mark.final else last
    return tuple(raised)


def holds(mark: ops.Mark, questions: Questions) -> bool:
    """Whether the criteria of a label hold: lines, and tests in a line, from left to right; none: always.

    Tests that cannot change the answer are not evaluated.
    """
    result = True
    for number, line in enumerate(mark.lines):
        if number == 0 or not _is_settled(result, line.joint):
            result = _line_holds(line, questions)
    return result


def _line_holds(line: ops.TestLine, questions: Questions) -> bool:
    result = True
    for position, test in enumerate(line.tests):
        if position == 0 or not _is_settled(result, test.joint):
            result = questions.ask(test)
    return result


def _is_settled(left: bool, joint: Join) -> bool:
    """Whether `left` is the result already, whatever is joined to it: false and ..., true or ..."""
    match joint:
        case Join.AND:
            return not left
        case Join.OR:
            return left
        case _:
            assert_never(joint)


@define(eq=False)
class Questions:
    """Answers to tests about one object; what was found once is not looked up again."""

    frame: Frame
    plan: Plan
    _found: dict[ops.Selector, tuple[InputElement, ...]] = field(factory=dict, repr=False)

    def ask(self, test: ops.Test) -> bool:
        """Whether some element that the test selects satisfies it."""
        elements = self.elements(test.at)
        match test.that:
            case ops.InState(State.MISSING):
                return not elements
            case ops.InState(state):
                return any(in_state(state, element) for element in elements)
            case ops.Compared(how, text):
                plain = _NEGATIONS.get(how, how)
                inside = is_exact(test.at)
                found = any(compared(plain, text, components(element, inside=inside)) for element in elements)
                return found == (plain is how)
            case _:
                assert_never(test.that)

    def elements(self, at: ops.Selector) -> tuple[InputElement, ...]:
        """Return the elements of the input that a selector is about."""
        found = self._found.get(at)
        if found is None:
            found = self._found[at] = tuple(self._look_up(at))
        return found

    def _look_up(self, at: ops.Selector) -> Iterator[InputElement]:
        tag = top_level_tag(at)
        if tag is None:
            return self._walk(at)
        # Nearly every criterion is about a top-level attribute: no walk through all items for those.
        element = self.frame.top.find(tag)
        return iter(() if element is None else (element,))

    def _walk(self, at: ops.Selector) -> Iterator[InputElement]:
        for element, entry in visit_object(self.frame.input, self.plan):
            if is_selected(at, element, entry, self.frame, self.plan):
                yield element


def components(element: InputElement, *, inside: bool) -> tuple[str, ...]:
    """Return the text of each value of an element; `inside` includes those in the items of a sequence. Raises Trouble.

    Who names a sequence means what is in it (deid 0.4.13 compares what Python prints of the items).
    """
    try:
        if element.vr != "SQ" or not inside:
            return element.components
        items = sequence_items(element) or ()
    except Undecodable:
        raise undecodable(element) from None
    return tuple(
        text
        for number, item in enumerate(items)
        for one in input_elements(item, f"{element.path}[{number}].", (), element.character_sets, element.in_file_meta)
        for text in components(one, inside=True)
    )
