"""Answer tests about the whole input object: those of labels and of guards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from attrs import define, field

from deidc.codes import faults
from deidc.dicom.values.decoding import Undecodable
from deidc.dicom.values.measures import Measure, NotMeasured
from deidc.ir import ops
from deidc.runtime.fold.conditions import compared, in_state, is_unregistered, related
from deidc.runtime.fold.elements import InputElement, input_elements, sequence_items
from deidc.runtime.fold.frame import Frame, trouble
from deidc.runtime.fold.lists import is_selected, undecodable, visit_object
from deidc.runtime.fold.plan import Plan
from deidc.runtime.fold.reading import elements_at
from deidc.runtime.fold.select import is_exact
from deidc.vocabulary import Comparison, Join, State

_NEGATIONS = {
    Comparison.NOTCONTAINS: Comparison.CONTAINS,
    Comparison.NOTEQUALS: Comparison.EQUALS,
}


def holds(lines: tuple[ops.TestLine, ...], questions: Questions) -> bool:
    """Whether lines of tests hold, those of a label or of guards; lines and tests from left to right; none: always.

    Tests that cannot change the answer are not evaluated.
    """
    result = True
    for number, line in enumerate(lines):
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
            case ops.Unregistered():
                return any(map(is_unregistered, elements))
            case ops.InState(state):
                return any(in_state(state, element) for element in elements)
            case ops.Compared(how, text):
                plain = _NEGATIONS.get(how, how)
                inside = is_exact(test.at)
                found = any(compared(plain, text, components(element, inside=inside)) for element in elements)
                return found == (plain is how)
            case ops.Related():
                return self._related(test.that, elements)
            case _:
                assert_never(test.that)

    def _related(self, that: ops.Related, elements: tuple[InputElement, ...]) -> bool:
        """Whether a value of the elements is ordered so. Raises Trouble."""
        texts = tuple(text for element in elements for text in components(element, inside=False))
        try:
            return related(that.how, that.measure, that.than, texts)
        except NotMeasured:
            message = f"a condition of the recipe compares the value as a {that.measure.value}, and it is none"
            rule = faults.VALUE_UNFIT if that.measure is Measure.NUMBER else faults.NOT_A_DATE
            raise trouble(rule, message, elements[0].path, None) from None

    def elements(self, at: ops.Selector) -> tuple[InputElement, ...]:
        """Return the elements of the input that a selector is about."""
        found = self._found.get(at)
        if found is None:
            found = self._found[at] = tuple(self._look_up(at))
        return found

    def _look_up(self, at: ops.Selector) -> Iterator[InputElement]:
        # Nearly every test is about a top-level attribute, or one below it: no walk through all items for those.
        if isinstance(at, ops.AtPath) and not _is_wild(at.steps[0].at):
            return elements_at(self.frame, at)
        return self._walk(at)

    def _walk(self, at: ops.Selector) -> Iterator[InputElement]:
        for element, entry in visit_object(self.frame.input, self.plan):
            if is_selected(at, element, entry, self.frame, self.plan):
                yield element


def _is_wild(at: ops.Tagged | ops.PrivateBlock) -> bool:
    """Whether a step may be about elements of several tags at one level."""
    return "X" in (at.pattern if isinstance(at, ops.Tagged) else at.group + at.element)


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
