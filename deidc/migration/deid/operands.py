"""What deid 0.4.13 makes of values and conditions as they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import assert_never

from deidc.dicom import dictionary
from deidc.dicom.dictionary import Attribute
from deidc.dicom.values.vrs import DATES
from deidc.grammar import nodes
from deidc.grammar.lines import Written
from deidc.ir.builtin_functions import BUILTINS
from deidc.migration import behaviours as told
from deidc.migration.changes import Reason
from deidc.migration.deid.words import rest_of_line, shown, value_of, words_of

# VRs to which deid converts a text before it writes it; what cannot be converted is not written.
_CONVERTED = frozenset({"FL", "FD", "SL", "SS", "SV", "UL", "US", "UV"})
# Its functions; recipes for deid use no others of deidc.
_FUNCTIONS = frozenset({"basic_uuid", "dicom_uuid", "jitter", "pydicom_uuid", "suffix_uuid"})
_OF_ORIGINAL = frozenset({"jitter", "pydicom_uuid"})
_REFERENCE = re.compile(r"(?:var|func|deid_func):")
_ANY_REFERENCE = re.compile(r"(?:var|func|deid_func)\s*:", re.IGNORECASE)

_KINDS: Mapping[type, str] = MappingProxyType(
    {
        nodes.FromAttribute: "values of other attributes",
        nodes.Composed: "names in braces",
        nodes.Codes: "codes",
    }
)
Writer = nodes.Add | nodes.Replace | nodes.Jitter
Conditional = nodes.Remove | nodes.Blank | nodes.Replace


def attribute_of(target: nodes.Target) -> Attribute | None:
    """Return the attribute that a target names, if it names one."""
    match target:
        case nodes.Keyword(text):
            return dictionary.find_keyword(text) or dictionary.find_name(text)
        case nodes.Tag(digits) if "X" not in digits:
            return dictionary.find_tag(int(digits, 16))
        case nodes.Path(steps):
            return attribute_of(steps[-1].at)
        case _:
            return None


def is_converted(target: nodes.Target) -> bool:
    """Whether deid converts texts for the attribute that a target names."""
    attribute = attribute_of(target)
    if attribute is not None:
        return bool(_CONVERTED & set(attribute.vr.split(" or ")))
    return isinstance(target, nodes.SelectVR) and set(target.vrs) <= _CONVERTED


# ---- values ---------------------------------------------------------------------------------------------


def value_reasons(line: Writer, value: nodes.Value, text: str) -> Iterator[Reason]:
    """Yield what deid does with a value other than what it says."""
    written = value_of(rest_of_line(text, value.span.start))
    match value:
        case nodes.Literal():
            yield from _literal_reasons(line, value, text)
        case nodes.VarRef(name):
            if written != f"var:{name}":
                yield Reason(told.COMMENT_IN_NAME, f"deid looks for a variable called {shown(written[4:])!r}")
        case nodes.FuncRef(name, arguments):
            if arguments:
                yield Reason(told.ARGUMENTS_IN_NAME, f"deid looks for a function called {shown(written[5:])!r}")
            elif written != f"func:{name}":
                yield Reason(told.COMMENT_IN_NAME, f"deid looks for a function called {shown(written[5:])!r}")
        case nodes.BuiltinRef():
            yield from _builtin_reasons(line, value)
        case nodes.FromAttribute() | nodes.Composed() | nodes.Codes():
            yield Reason(told.REFERENCE_AS_TEXT, f"deid does not know {_KINDS[type(value)]}, and writes the text")
        case _:
            assert_never(value)


def _literal_reasons(line: Writer, value: nodes.Literal, text: str) -> Iterator[Reason]:
    rest = rest_of_line(text, value.span.start)
    written, meant = value_of(rest), value.text
    if written.startswith("func:deid_func:"):
        yield Reason(told.FUNCTION_UNKNOWN, "deid looks for a function of the caller behind func:")
        return
    if _ANY_REFERENCE.match(written) and not _REFERENCE.match(written):
        yield Reason(told.REFERENCE_AS_TEXT, "deid knows var: and func: in small letters only, and writes the text")
        return
    attribute = attribute_of(line.target)
    if attribute is not None and attribute.vr == "SQ":
        yield Reason(told.LITERAL_STOPS, f"deid stops at a text for {attribute.keyword}, which is a sequence")
        return
    if isinstance(line, nodes.Add) and attribute is not None and is_converted(line.target):
        yield Reason(told.NUMBER_AS_TEXT, f"deid adds {attribute.keyword} as text, which cannot be saved")
    if attribute is not None and attribute.vr == "CS" and meant != meant.upper():
        yield Reason(told.CODE_AS_WRITTEN, f"deid writes {attribute.keyword} in small letters")
    if written != meant:
        yield _other_text(line, rest, written, meant)


def _other_text(line: Writer, rest: str, written: str, meant: str) -> Reason:
    """Return why deid writes a text other than the one that is meant."""
    if written.rstrip() == meant and "#" in rest:
        return Reason(told.BLANK_WRITTEN, "deid writes the blank before the comment")
    if Written.of("", 0, written).text.rstrip() == meant:
        return Reason(told.INVISIBLE_WRITTEN, "deid writes the invisible characters, too")
    if is_converted(line.target):
        return Reason(told.QUOTED_NUMBER, f"deid cannot convert {shown(written.strip())} to a number")
    if written.strip() in _quoted(meant):
        return Reason(told.QUOTES_WRITTEN, "deid writes the quotation marks, too")
    if "#" in meant:
        return Reason(told.CUT_AT_HASH, f"deid writes {shown(written.strip())!r}")
    return Reason(told.APOSTROPHE_LOST, f"deid writes {shown(written.strip())!r}")


def _quoted(meant: str) -> tuple[str, ...]:
    escaped = meant.replace('"', '\\"')
    return f'"{meant}"', f"'{meant}'", f'"{escaped}"'


def _builtin_reasons(line: Writer, call: nodes.BuiltinRef) -> Iterator[Reason]:
    if call.name not in _FUNCTIONS:
        if call.name not in BUILTINS or call.name == "simple_uuid":
            yield Reason(told.FUNCTION_UNKNOWN, f"deid knows no function {shown(call.name)}")
        return
    if isinstance(line, nodes.Add) and call.name in _OF_ORIGINAL:
        yield Reason(told.NOTHING_TO_DERIVE, f"deid stops at ADD with {call.name}, which needs an original")
    given = {one.key: one.value.text for one in call.arguments if isinstance(one.value, nodes.Literal)}
    if call.name == "pydicom_uuid" and given.get("stable_remapping", "true") != "true":
        yield Reason(told.ONE_UID, "deid writes one and the same UID into every file")
    if call.name == "dicom_uuid" and "org_root" not in given:
        yield Reason(told.INVALID_UID, "deid begins the UID with words")
    if call.name == "jitter" and "years" in given and "days" not in given:
        yield Reason(told.YEAR_AND_A_DAY, "deid shifts by one day more than the years")
    for key in ("days", "years"):
        if call.name == "jitter" and key in given and not re.fullmatch(r"[+-]?\d+", given[key], re.ASCII):
            yield Reason(told.ARGUMENT_STOPS, f"deid stops at {key}=, which is no whole number")


def days_reasons(line: nodes.Jitter, days: nodes.Value, text: str) -> Iterator[Reason]:
    """Yield what deid does with a shift other than what it says."""
    attribute = attribute_of(line.target)
    if attribute is not None and attribute.vr in ("SQ", "PN"):
        yield Reason(told.SHIFT_STOPS, f"deid stops at {attribute.keyword}, which it cannot shift")
    elif attribute is not None and attribute.vr not in DATES:
        yield Reason(told.NO_DATE_SHIFTED, f"deid takes {attribute.keyword} for a date")
    match days:
        case nodes.Literal(amount):
            if not re.fullmatch(r"[+-]?\d+", amount, re.ASCII):
                yield Reason(told.ARGUMENT_STOPS, "deid stops at an amount that is no whole number")
            elif '"' in (written := value_of(rest_of_line(text, days.span.start))) or "'" in written:
                yield Reason(told.ARGUMENT_STOPS, "deid stops at an amount in quotation marks")
        case nodes.BuiltinRef("jitter" | "basic_uuid" | "dicom_uuid" | "pydicom_uuid" | "suffix_uuid" as name):
            yield Reason(told.ARGUMENT_STOPS, f"deid stops at {name}, which does not return a number of days")
        case _:
            yield from value_reasons(line, days, text)


# ---- conditions -----------------------------------------------------------------------------------------


def condition_reasons(line: Conditional, when: nodes.Conditions, text: str) -> Iterator[Reason]:
    """Yield what deid does with conditions other than what they say; it knows one, behind REMOVE."""
    if isinstance(line, nodes.Replace):
        yield Reason(told.CONDITION_WRITTEN, "deid writes the conditions as a part of the text")
        return
    if isinstance(line, nodes.Blank):
        if when:
            yield Reason(told.CONDITION_IGNORED, "deid ignores the condition, and empties whatever the value is")
        return
    rest = rest_of_line(text, line.target.span.end)
    if when:
        yield from _removal_reasons(line, when, value_of(rest))
    elif words_of(rest):
        yield Reason(told.COMMENT_IS_CONDITION, "deid takes the comment for a condition that is false")


def _removal_reasons(line: nodes.Remove, when: nodes.Conditions, written: str) -> Iterator[Reason]:
    """Yield what deid does with conditions behind REMOVE other than what they say; `written` is all of them."""
    match when:
        case (nodes.TruthCondition(nodes.VarRef(name)),) if written.startswith("var:"):
            if written != f"var:{name}":
                yield Reason(told.COMMENT_IN_NAME, f"deid looks for a variable called {shown(written[4:])!r}")
        case (nodes.TruthCondition(nodes.FuncRef(name, ())),) if written.startswith("func:"):
            if written != f"func:{name}":
                yield Reason(told.COMMENT_IN_NAME, f"deid looks for a function called {shown(written[5:])!r}")
        case (nodes.TruthCondition(nodes.BuiltinRef()),) if written.startswith("deid_func:"):
            yield from _builtin_condition(when[0])
        case _ if written.startswith(("var:", "func:")):
            yield Reason(told.NAME_OF_CONDITIONS, f"deid looks for {shown(written)!r}, which is not there")
        case _ if is_converted(line.target):
            yield Reason(told.CONDITION_FALSE, "deid takes the condition for a number, cannot convert it, and keeps")
        case _:
            yield Reason(told.CONDITION_TRUE, "deid takes the condition for a text that is true, and removes")


def _builtin_condition(condition: nodes.Condition) -> Iterator[Reason]:
    """Yield what deid does with a function of its own as a condition: what functions make is true in both."""
    assert isinstance(condition, nodes.TruthCondition)
    call = condition.value
    assert isinstance(call, nodes.BuiltinRef)
    if call.name not in _FUNCTIONS and (call.name not in BUILTINS or call.name == "simple_uuid"):
        yield Reason(told.NAME_OF_CONDITIONS, f"deid knows no function {shown(call.name)}")
