"""DC470-DC475: rules that act, or seem to, and leave what they were meant for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import MappingProxyType

from deidc.codes import left_behind as codes
from deidc.diagnostics import Diagnostic
from deidc.dicom.values.vrs import DATES
from deidc.grammar import nodes
from deidc.ir import ops
from deidc.ir.checks.coverage import NOTHING, attribute_of, covers, date_attributes, everything, is_wide, sequences
from deidc.ir.checks.rule_table import complaint
from deidc.ir.identifiers import KEPT_WITH_REASON
from deidc.ir.resolving.resolved import Bound, BoundMember, Resolved
from deidc.vocabulary import ListKind

_SEPARATORS = frozenset("^=")
_LONGEST_PART = 24
# Characters of a value, by VR (PS3.5 6.2).
_LONGEST = MappingProxyType({"AE": 16, "AS": 4, "CS": 16, "DA": 8, "IS": 12, "LO": 64, "SH": 16, "TM": 16, "UI": 64})
_MANY_DATES = 50  # of about 150 in the dictionary: the rule means all dates


def label_sections(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC470: the lines of %labels change nothing."""
    for item in resolved.recipe.items:
        if not isinstance(item, nodes.Labels):
            continue
        rules = [one for one in item.body if isinstance(one, nodes.Remove | nodes.Blank | nodes.Replace | nodes.Jitter)]
        if rules:
            message = f"{_counted(len(rules))} below %labels {'is' if len(rules) == 1 else 'are'} never executed"
            yield Diagnostic(codes.RULES_AS_LABELS, message, rules[0].span, "write %header above")


def splits(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC471: SPLIT takes names of persons apart where they have parts."""
    for one in resolved.lists:
        for member in one.members:
            if one.kind is not ListKind.VALUES or not isinstance(member.line, nodes.Split):
                continue
            if _is_name(member):
                yield from _split(member.line)
            else:
                yield from _short(member.line, member)


def _is_name(member: BoundMember) -> bool:
    attribute = attribute_of(member.selector)
    return attribute is not None and attribute.vr == "PN"


def _short(line: nodes.Split, member: BoundMember) -> Iterator[Diagnostic]:
    """Complain of parts that are to be longer than a value of the attribute can be."""
    attribute = attribute_of(member.selector)
    longest = _LONGEST.get(attribute.vr) if attribute is not None else None
    if attribute is not None and longest is not None and line.minimum > longest:
        message = f"no value of {attribute.keyword} (VR {attribute.vr}) has {line.minimum} characters"
        yield Diagnostic(codes.NAME_NOT_SPLIT, message, line.span, "write minlength=4")


def _split(line: nodes.Split) -> Iterator[Diagnostic]:
    if not _SEPARATORS & set(line.separator):
        message = "a name of persons has no parts separated so"
        yield Diagnostic(codes.NAME_NOT_SPLIT, message, line.span, 'write by="^"')
    elif line.minimum > _LONGEST_PART:
        message = f"no part of a name has {line.minimum} letters"
        yield Diagnostic(codes.NAME_NOT_SPLIT, message, line.span, "write minlength=4")


def moments(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC472: what happens to all dates happens to dates with times."""
    with_times = frozenset(one for one in date_attributes() if one not in _plain_dates(resolved))
    reached = NOTHING.union(*(covers(rule.selector, resolved) for rule in resolved.rules if not rule.action.keeps))
    if reached & with_times:
        return
    for rule in resolved.rules:
        if (rule.action.shifts or rule.action.takes_away) and is_wide(rule.selector):
            dates = covers(rule.selector, resolved) & _plain_dates(resolved)
            if len(dates) >= _MANY_DATES:
                message = "the rule reaches dates (VR DA), and no rule reaches dates with times (VR DT)"
                yield complaint(codes.MOMENTS_LEFT, message, rule, hint="write select:VR:DA|DT")
                return


def _plain_dates(resolved: Resolved) -> frozenset[str]:
    """Return the attributes of VR DA."""
    assert "DA" in DATES
    return covers(ops.OfVR(("DA",)), resolved)


def shifts(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC473: shift_moment changes the value that it is given."""
    for rule in resolved.rules:
        call = nodes.value_of(rule.statement)
        if not isinstance(call, nodes.BuiltinRef) or call.name != "shift_moment":
            continue
        texts = {one.key: one.value.text for one in call.arguments if isinstance(one.value, nodes.Literal)}
        by, unit = texts.get("by", ""), texts.get("unit", "days").lower()
        attribute = attribute_of(rule.selector)
        if re.fullmatch(r"[+-]?0+(\.0*)?", by):
            yield complaint(codes.NOT_MOVED, "the shift is zero", rule, hint="write another number")
        elif attribute is not None and attribute.vr == "TM" and unit == "days" and re.fullmatch(r"[+-]?[0-9]+", by):
            message = f"{attribute.keyword} is a time, which a shift by whole days leaves unchanged"
            yield complaint(codes.NOT_MOVED, message, rule, hint="shift by hours, or REMOVE the time")


def descents(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC474: rules reach the items of a sequence that DESCEND keeps."""
    acting = [one for one in resolved.rules if one.action.takes_away or one.action.writes or one.action.shifts]
    reached = NOTHING.union(*(_at_every_depth(one, resolved) for one in acting))
    for rule in resolved.rules:
        kept = attribute_of(rule.selector)
        if not isinstance(rule.statement, nodes.Descend) or kept is None or kept.vr != "SQ" or reached - sequences():
            continue
        twins = [one for one in resolved.rules if one.selector == rule.selector and one is not rule]
        if not twins and not any(_is_inside(one.selector, rule.selector) for one in acting):
            message = "no rule reaches the attributes of the items"
            yield complaint(codes.ITEMS_NOT_REACHED, message, rule, hint="write rules for the attributes in the items")


def _at_every_depth(rule: Bound, resolved: Resolved) -> frozenset[str]:
    if isinstance(rule.selector, ops.AtPath):
        return NOTHING
    attribute = attribute_of(rule.selector)
    named = frozenset({attribute.pattern}) & everything() if attribute is not None else NOTHING
    return covers(rule.selector, resolved) | named


def _is_inside(selector: ops.Selector | None, sequence: ops.Selector | None) -> bool:
    """Whether a selector names an element inside a sequence."""
    if not isinstance(selector, ops.AtPath):
        return False
    kept = attribute_of(sequence)
    return kept is not None and any(attribute_of(step.at) == kept for step in selector.steps[:-1])


def guarded(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC475: some rule acts on objects for which no guard holds."""
    acting = [one for one in resolved.rules if one.action.takes_away or one.action.writes or one.action.shifts]
    if acting and all(one.guards for one in acting) and any(map(_names_a_person, acting)):
        message = "an object for which no guard holds is written unchanged"
        yield complaint(codes.ONLY_GUARDED, message, acting[0], hint="add a rule without a guard")


def _names_a_person(rule: Bound) -> bool:
    attribute = attribute_of(rule.selector)
    return attribute is not None and (attribute.vr == "PN" or attribute.keyword in KEPT_WITH_REASON)


def _counted(rules: int) -> str:
    return "1 rule" if rules == 1 else f"{rules} rules"
