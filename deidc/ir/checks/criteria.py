"""DC323-DC326, DC337: criteria of labels and conditions of rules that can hold for some object."""

from __future__ import annotations

import re
from collections.abc import Iterator

from deidc.codes import values as codes
from deidc.diagnostics import Diagnostic
from deidc.dicom.dictionary import Attribute
from deidc.dicom.values.vrs import FLOATS, INTEGERS, Unfit, fit_text
from deidc.grammar import nodes
from deidc.ir import ops
from deidc.ir.checks.coverage import attribute_of
from deidc.ir.checks.expressions import alternatives, has_bare_operator
from deidc.ir.identifiers import MODALITIES, ONLY_IN_ITEMS
from deidc.ir.resolving.resolved import Bound, BoundCriterion, Resolved
from deidc.patterns import BadPattern, compiled, is_slow
from deidc.vocabulary import Comparison, State

_EXACT = (Comparison.EQUALS, Comparison.NOTEQUALS)
_NUMERIC = frozenset({*INTEGERS, *FLOATS, "IS", "DS", "DA", "TM"})
_ABSENT = (State.MISSING, State.EMPTY)


def criteria(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC323-DC326: a criterion can hold for some object."""
    for label in resolved.labels:
        for line in label.lines:
            for bound in line.criteria:
                yield from _criterion(bound)


def _criterion(bound: BoundCriterion) -> Iterator[Diagnostic]:
    criterion = bound.criterion
    attribute = attribute_of(bound.selector)
    if attribute is not None and is_only_nested(attribute, criterion.target):
        message = f"{attribute.keyword} occurs only in items of sequences"
        yield Diagnostic(codes.ONLY_NESTED, message, criterion.target.span, f"write Sequence__{attribute.keyword}")
    if criterion.value is None or not isinstance(criterion.operator, Comparison):
        return
    if has_bare_operator(criterion.value):
        return
    if criterion.operator in _EXACT and "|" in criterion.value:
        hint = f"write contains with ^({criterion.value})$"
        yield Diagnostic(codes.ALTERNATION_IN_EQUALS, "equals does not support alternatives", criterion.span, hint)
    elif criterion.operator not in _EXACT and re.search(r"[A-Za-z]\+[A-Za-z]", criterion.value):
        yield Diagnostic(codes.PLUS_IN_PATTERN, "+ repeats the letter before it", criterion.span)
    elif attribute is not None and not may_have(attribute, criterion.operator, criterion.value):
        yield Diagnostic(codes.NOT_A_TERM, f"{attribute.keyword} never has this value", criterion.span)


def is_only_nested(attribute: Attribute, target: nodes.Target) -> bool:
    """Whether a target names an attribute at the top level that occurs only in items."""
    return attribute.keyword in ONLY_IN_ITEMS and isinstance(target, nodes.Keyword | nodes.Tag)


def may_have(attribute: Attribute, operator: Comparison, text: str) -> bool:
    """Whether the attribute can have a value that compares so with the text."""
    if operator in _EXACT:
        if attribute.keyword == "Modality":
            return text.strip().upper() in MODALITIES
        try:
            fit_text(text, attribute.vr)
        except Unfit:
            return attribute.vr == "SQ"  # sequences are compared by what is printed of them
        return True
    if is_slow(text):
        return True
    if attribute.keyword == "Modality":
        return all(_finds_modality(part) for part in alternatives(text))
    if attribute.vr == "UI":
        return re.fullmatch(r"[A-Za-z ]+", text) is None
    if attribute.vr in _NUMERIC:
        return re.fullmatch(r"[A-DF-Za-df-z ]+", text) is None
    return True


def _finds_modality(pattern: str) -> bool:
    try:
        expression = compiled(pattern)
    except BadPattern:
        return True
    return any(map(expression.search, MODALITIES))


# ---- conditions of rules --------------------------------------------------------------------------------


def conditions(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC337: the conditions of a rule can hold for an element that the rule acts on."""
    for rule in resolved.rules:
        when = nodes.conditions_of(rule.statement)
        complaint = _never(rule, when) if when else ""
        if complaint:
            yield Diagnostic(codes.CONDITION_NEVER, complaint, rule.statement.span)


def _never(rule: Bound, when: nodes.Conditions) -> str:
    states = {one.operator for one in when if isinstance(one, nodes.StateCondition)}
    wanted = [one for one in when if isinstance(one, nodes.TextCondition)]
    positive = [one for one in wanted if one.operator in (Comparison.CONTAINS, Comparison.EQUALS)]
    if State.MISSING in states and not rule.action.creates:
        return "a missing element cannot be changed"
    if positive and states & set(_ABSENT):
        return "an element without a value never contains the text"
    if {State.MISSING, State.PRESENT} <= states:
        return "an element cannot be both missing and present"
    if rule.action.empties and State.EMPTY in states:
        return "an empty element stays empty"
    attribute = attribute_of(rule.selector)
    if positive and _is_sequence(rule.selector):
        return "a sequence has no text; name an attribute in its items"
    if _clash(wanted, has_one_value=attribute is not None and attribute.vm == "1"):
        return "the conditions contradict each other"
    if attribute is not None:
        for one in positive:
            if not may_have(attribute, one.operator, one.text):
                return f"{attribute.keyword} never has this value"
    return ""


def _is_sequence(selector: ops.Selector | None) -> bool:
    """Whether a rule is about sequences alone, each of which holds items and no text."""
    if isinstance(selector, ops.OfVR):
        return selector.vrs == ("SQ",)
    attribute = attribute_of(selector)
    return attribute is not None and attribute.vr == "SQ"


def _clash(wanted: list[nodes.TextCondition], *, has_one_value: bool) -> bool:
    """Whether no element satisfies all of these conditions; any of several values may satisfy one of them."""
    equal = {one.text.strip().casefold() for one in wanted if one.operator is Comparison.EQUALS}
    if has_one_value and (len(equal) > 1 or any(_finds(one, equal) is False for one in wanted)):
        return True
    contained = {one.text for one in wanted if one.operator is Comparison.CONTAINS}
    for one in wanted:
        if one.operator is Comparison.NOTEQUALS and one.text.strip().casefold() in equal:
            return True
        if one.operator is Comparison.NOTCONTAINS and (one.text in contained or _finds(one, equal)):
            return True
    return False


def _finds(one: nodes.TextCondition, equal: set[str]) -> bool | None:
    """Whether the pattern of `contains` is found in a text that a value must equal; None if that is unknown."""
    is_positive = one.operator is Comparison.CONTAINS
    if one.operator not in (Comparison.CONTAINS, Comparison.NOTCONTAINS) or not equal or is_slow(one.text):
        return None
    try:
        found = [compiled(one.text).search(text) is not None for text in equal]
    except BadPattern:
        return None
    return all(found) if is_positive else any(found)
