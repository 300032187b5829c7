"""What deid 0.4.13 does with a line of %header as it is written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from deidc.dicom import dictionary
from deidc.grammar import nodes
from deidc.ir.checks.coverage import names
from deidc.migration import behaviours as told
from deidc.migration.behaviours import Behaviour
from deidc.migration.changes import Reason
from deidc.migration.deid.operands import condition_reasons, days_reasons, value_reasons
from deidc.migration.deid.targets import Alike, Nothing, Others, Stops, Verdict, verdict
from deidc.migration.deid.words import first_word, rest_of_line, shown


def action_reasons(line: nodes.Action, text: str) -> Iterator[Reason]:
    """Yield what deid does with an action other than what it says; `text` is what the spans of the line are in."""
    action = line.action.word.value
    word = first_word(rest_of_line(text, line.span.start))
    if word != action:
        yield Reason(dropped(action), f"deid drops the line, because {shown(word)} is not {action}")
    yield from _target_reasons(line, text)
    yield from _operand_reasons(line, text)
    if line.guard is not None:
        yield _guard_reason(line)


def _guard_reason(line: nodes.Action) -> Reason:
    """Return what deid does with the guard of a line, which it does not know."""
    if line.action.enters or line.action.appends:
        return Reason(told.WORDS_IGNORED, "deid drops the guard with the line")
    if line.action.takes_value:
        return Reason(told.CONDITION_WRITTEN, "deid reads the guard as a part of the value")
    if line.action.removes:
        return Reason(told.CONDITION_TRUE, "deid takes the guard for a condition that is true, and removes")
    return Reason(told.CONDITION_IGNORED, "deid ignores the guard, and acts on every object")


def _operand_reasons(line: nodes.Action, text: str) -> Iterator[Reason]:
    """Yield what deid does with the values and conditions behind a target."""
    match line:
        case nodes.Add(_, value, when):
            if when:
                yield Reason(told.CONDITION_WRITTEN, "deid writes the conditions as a part of the text")
            else:
                yield from value_reasons(line, value, text)
        case nodes.Append():
            yield Reason(told.ADD_DROPPED, "deid drops the line, because APPEND is not one of its actions")
        case nodes.Replace(_, value, when):
            yield from condition_reasons(line, when, text) if when else value_reasons(line, value, text)
        case nodes.Jitter(_, days):
            yield from days_reasons(line, days, text)
        case nodes.Remove(_, when) | nodes.Blank(_, when):
            yield from condition_reasons(line, when, text)
        case nodes.Keep(_, when):
            if when:
                yield Reason(
                    told.CONDITION_IGNORED, "deid ignores the condition, and keeps the element in every object"
                )
        case nodes.Descend():
            yield Reason(told.KEEP_DROPPED, "deid drops the line, because DESCEND is not one of its actions")
        case _:
            assert_never(line)


def stored_reasons(line: nodes.Action, text: str) -> Iterator[Reason]:
    """Yield what deid does with a line of %labels, which it keeps and never executes."""
    action = line.action.word.value
    word = first_word(rest_of_line(text, line.span.start))
    if word != action:
        yield Reason(told.ADD_DROPPED, f"deid drops the line, because {shown(word)} is not {action}")


def dropped(action: str) -> Behaviour:
    """Return what becomes of data where a line with this action is dropped."""
    return {"KEEP": told.KEEP_DROPPED, "ADD": told.ADD_DROPPED}.get(action, told.DROPPED)


def nothing_selected(action: str) -> Behaviour:
    """Return what becomes of data where the target of this action selects nothing."""
    return {"KEEP": told.KEEPS_NOTHING, "ADD": told.ADD_STOPS}.get(action, told.SELECTS_NOTHING)


def _target_reasons(line: nodes.Action, text: str) -> Iterator[Reason]:
    word = first_word(rest_of_line(text, line.target.span.start))
    as_written = shown(text[line.target.span.start : line.target.span.end])
    if isinstance(line, nodes.Add):
        yield from _added_reasons(line, word, as_written)
        return
    if isinstance(line, nodes.Append | nodes.Descend):
        return
    action = line.action.word.value
    found = verdict(word, line.target, in_list=isinstance(line, nodes.Keep))
    if isinstance(line, nodes.Keep) and isinstance(line.target, nodes.Path | nodes.ListRef):
        yield Reason(told.KEEP_LOOKS_AT_TOP, "deid keeps nothing by a path or a list")
    elif isinstance(found, Alike) and isinstance(line, nodes.Keep):
        return
    elif isinstance(found, Nothing):
        yield Reason(nothing_selected(action), _selects_nothing(as_written, line.target))
    else:
        yield from _other_reasons(as_written, found, action)


def _selects_nothing(as_written: str, target: nodes.Target) -> str:
    match target:
        case nodes.Keyword(text) if dictionary.find_keyword(text) is None and dictionary.find_name(text) is None:
            return f"deid knows no attribute {shown(text)}, and selects nothing"
        case _:
            return f"deid selects nothing by {as_written}"


def _other_reasons(as_written: str, found: Verdict, action: str) -> Iterator[Reason]:
    match found:
        case Stops():
            yield Reason(told.TARGET_STOPS, f"deid stops at {as_written}")
        case Others(missed, surplus, vrs):
            keeps = action == "KEEP"
            if vrs:
                less = told.KEEPS_NOTHING if keeps else told.SELECTS_LESS
                yield Reason(less, f"deid reads one VR, and does not select {' and '.join(vrs)}")
            if missed:
                less = told.KEEPS_NOTHING if keeps else told.SELECTS_LESS
                yield Reason(less, f"deid reads patterns in small letters, and does not select {names(missed)}")
            if surplus:
                more = told.KEEPS_OTHERS if keeps else told.SELECTS_OTHERS
                yield Reason(more, f"deid reads patterns in small letters, and selects {names(surplus)} too")
        case Alike() | Nothing():
            pass
        case _:
            assert_never(found)


def _added_reasons(line: nodes.Add, word: str, as_written: str) -> Iterator[Reason]:
    """Yield what deid does with the target of ADD: a keyword as PS3.6 spells it, or eight digits."""
    target = line.target
    match target:
        case nodes.Keyword(text):
            found = dictionary.find_keyword(text)
            if found is None or found.keyword != word or found.repeating or isinstance(verdict(word, target), Nothing):
                yield Reason(told.ADD_STOPS, f"deid stops at ADD {as_written}, which is no keyword to it")
        case nodes.Tag(digits) if word.upper() == digits and "X" not in digits:
            attribute = dictionary.find_tag(int(digits, 16))
            if attribute is None or attribute.vr != "ST":
                yield Reason(told.ADDED_AS_TEXT, "deid gives what is added by digits the VR ST, and no creator")
        case _:
            yield Reason(told.ADD_STOPS, f"deid stops at ADD {as_written}")
