"""DC454-DC456: rules that change an attribute at one of the places, or in one of the states, that it has."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from deidc.codes import left_behind as codes
from deidc.diagnostics import Diagnostic
from deidc.dicom.dictionary import find_keyword
from deidc.grammar import nodes
from deidc.ir import ops
from deidc.ir.checks.coverage import attribute_of, covers
from deidc.ir.checks.rule_table import RuleTable, complaint, is_unconditional
from deidc.ir.resolving.resolved import Bound, Resolved
from deidc.vocabulary import State

# Identifying attributes that stand at the top level of images and in items of sequences too (PS3.3).
_NESTED = (
    "PatientID",
    "AccessionNumber",
    "PatientName",
    "InstitutionName",
    "InstitutionAddress",
    "RequestedProcedureID",
    "OperatorsName",
)
_GROUPS = 16  # of overlays, and of curves


def additions(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC454, DC455: what ADD writes over or leaves is an original value that no rule changes."""
    table = RuleTable(resolved)
    for number, rule in table.exact():
        attribute = attribute_of(rule.selector)
        if not isinstance(rule.statement, nodes.Add) or attribute is None or attribute.pattern not in _identifying():
            continue
        others = [one for _, one in table.others(number)]
        at_top = [one for one in others if _changes(one) and is_unconditional(one)]
        everywhere = [one for one in at_top if not isinstance(one.selector, ops.AtPath)]
        adds = [one for one in others if isinstance(one.statement, nodes.Add) and is_unconditional(one)]
        if _only_where_none(rule.statement) and not (at_top or adds):
            message = f"an object that has {attribute.keyword} keeps its value"
            hint = f"write REPLACE {attribute.keyword} as well"
            yield complaint(codes.ADD_LEAVES_VALUE, message, rule, hint=hint)
        elif attribute.keyword in _NESTED and not everywhere and not _names_items(resolved, attribute.pattern):
            message = f"{attribute.keyword} in items of sequences stays unchanged"
            hint = f"write REPLACE {attribute.keyword} as well"
            yield complaint(codes.ADD_LEAVES_NESTED, message, rule, hint=hint)


@cache
def _identifying() -> frozenset[str]:
    known = (find_keyword(keyword) for keyword in (*_NESTED, "PatientBirthDate"))
    return frozenset(one.pattern for one in known if one is not None)


def _changes(rule: Bound) -> bool:
    """Whether a rule changes or keeps, in words of its own, what elements have."""
    return not rule.action.creates


def _only_where_none(statement: nodes.Add) -> bool:
    states = {one.operator for one in statement.when if isinstance(one, nodes.StateCondition)}
    return bool(states & {State.MISSING, State.EMPTY})


def _names_items(resolved: Resolved, pattern: str) -> bool:
    """Whether a rule names the attribute in items, or takes the sequences away in which it stands."""
    sequences = _OTHER_IDS if pattern == _PATIENT_ID else _REQUESTS
    for rule in resolved.rules:
        if isinstance(rule.selector, ops.AtPath) and len(rule.selector.steps) > 1:
            if rule.selector.steps[-1].at == ops.Tagged(pattern):
                return True
        elif rule.action.takes_away and is_unconditional(rule) and sequences & covers(rule.selector, resolved):
            return True
    return False


_PATIENT_ID = "00100020"
_OTHER_IDS = frozenset({"00101002"})
_REQUESTS = frozenset({"00400275", "0040A370"})  # Request Attributes Sequence, Referenced Request Sequence


def groups(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC456: a rule for overlays or curves is about all their groups."""
    named: dict[str, dict[str, Bound]] = {}
    for rule in resolved.rules:
        match rule.selector:
            case ops.Tagged(pattern) if _is_repeated(pattern) and not rule.action.keeps and not rule.action.creates:
                named.setdefault(f"{pattern[:2]}XX{pattern[4:]}", {})[pattern] = rule
            case _:
                pass
    for repeating, rules in named.items():
        first = next(iter(rules.values()))
        others = (one for one in resolved.rules if not one.action.keeps)
        if len(rules) < _GROUPS and not any(repeating in covers(one.selector, resolved) for one in others):
            name, element = repeating[:2], repeating[4:]
            message = f"group {next(iter(rules))[:4]} is one of the sixteen of {_KINDS[name]}"
            hint = f"write ({name}xx,{element})"
            yield complaint(codes.ONE_GROUP_OF_MANY, message, first, hint=hint)


_KINDS = {"50": "curves", "60": "overlays"}


def _is_repeated(pattern: str) -> bool:
    """Whether a tag is that of one group of overlays or curves."""
    return pattern[:2] in _KINDS and "X" not in pattern and int(pattern[:4], 16) & 0xFF01 == int(f"{pattern[:2]}00", 16)
