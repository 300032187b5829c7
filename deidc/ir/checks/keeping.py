"""DC411, DC412, DC458, DC460-DC462: what KEEP and exceptions of wide rules leave in files."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from deidc.codes import privacy as codes
from deidc.diagnostics import Diagnostic
from deidc.dicom import dictionary
from deidc.grammar.writer import write_target
from deidc.ir import ops
from deidc.ir.checks.coverage import NOTHING, Coverage, attribute_of, covers, is_wide, names
from deidc.ir.checks.rule_table import RuleTable, complaint, is_unconditional, overrules_base
from deidc.ir.identifiers import KEPT_WITH_REASON, NAMES_A_PERSON
from deidc.ir.resolving.resolved import Bound, Resolved

_MOST_NAMED = 8


@cache
def identifying() -> Coverage:
    """Return the attributes that name, number or locate a person."""
    return frozenset(one.pattern for one in dictionary.attributes() if one.vr == "PN" or one.keyword in NAMES_A_PERSON)


def wide_keeps(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC460: a wide KEEP keeps no attribute that names a person."""
    added = NOTHING.union(*(covers(rule.selector, resolved) for rule in resolved.rules if rule.action.creates))
    for rule in resolved.rules:
        if not rule.action.keeps or not is_wide(rule.selector):
            continue
        left = (covers(rule.selector, resolved) & identifying()) - added
        if isinstance(rule.selector, ops.OfKind | ops.Holding):
            what = (
                "whatever holds these values"
                if isinstance(rule.selector, ops.Holding)
                else "elements of unknown content"
            )
            yield complaint(codes.KEEPS_IDENTITY, f"the rule keeps {what}", rule, hint="name the elements to keep")
        elif left:
            message = f"the rule keeps {names(left, _MOST_NAMED)} in every file"
            yield complaint(codes.KEEPS_IDENTITY, message, rule, hint="name the attributes to keep")


def exceptions(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC461: the exception of a wide rule spares no attribute that names a person."""
    for rule in resolved.rules:
        if not (rule.action.takes_away or rule.action.writes) or not _has_exception(rule.selector):
            continue
        left = identifying() - NOTHING.union(*(_covered(one, resolved) for one in resolved.rules if _acts(one)))
        left &= _excepted(rule.selector, resolved)
        if left:
            message = f"the exception leaves {names(left, _MOST_NAMED)} in every file"
            yield complaint(codes.PATTERN_SPARES, message, rule, hint="write a rule for them")


def _has_exception(selector: ops.Selector | None) -> bool:
    return isinstance(selector, ops.Matching) and selector.negated


def _excepted(selector: ops.Selector | None, resolved: Resolved) -> Coverage:
    """Return the identifying attributes that the exception of a selector spares."""
    return identifying() - covers(selector, resolved)


def _acts(rule: Bound) -> bool:
    """Whether a rule surely changes what it covers; what an exact KEEP keeps is another complaint's."""
    return rule.action.keeps or (is_unconditional(rule) and not rule.action.shifts)


def _covered(rule: Bound, resolved: Resolved) -> Coverage:
    return NOTHING if rule.action.keeps and is_wide(rule.selector) else covers(rule.selector, resolved)


def exact_keeps(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC411, DC412, DC462: KEEP of one attribute keeps no more than is meant."""
    for rule in resolved.rules:
        attribute = attribute_of(rule.selector) if rule.action.keeps else None
        if attribute is None:
            continue
        if attribute.vr == "SQ" and (attribute.keyword not in KEPT_WITH_REASON or _sheltered(attribute, resolved)):
            yield _kept_sequence(rule, attribute, resolved)
        elif attribute.keyword in KEPT_WITH_REASON:
            yield complaint(codes.KEEPS_IDENTIFIER, f"{attribute.keyword} stays in every file", rule)


def _kept_sequence(rule: Bound, attribute: dictionary.Attribute, resolved: Resolved) -> Diagnostic:
    """Complain of a kept sequence; it is worse where other rules remove what its items may hold."""
    hint = f"write DESCEND {write_target(rule.statement.target)}: the sequence stays, and other rules reach its items"
    sheltered = _sheltered(attribute, resolved)
    if sheltered:
        message = f"{attribute.keyword} is kept with its items, also {names(sheltered, 4)} in them"
        return complaint(codes.SHELTERS_IDENTITY, message, rule, hint=hint)
    return complaint(codes.KEEPS_ITEMS, f"everything in {attribute.keyword} stays", rule, hint=hint)


def _sheltered(sequence: dictionary.Attribute, resolved: Resolved) -> Coverage:
    """Return the identifying attributes that rules change elsewhere, and that items of a sequence may hold."""
    if sequence.keyword.endswith("CodeSequence"):
        return NOTHING
    return _acted_on_anywhere(resolved) & identifying()


def _acted_on_anywhere(resolved: Resolved) -> Coverage:
    """Return the attributes that rules remove or rewrite at every depth."""
    return NOTHING.union(
        *(
            covers(rule.selector, resolved)
            for rule in resolved.rules
            if not rule.action.keeps and not rule.action.creates and not isinstance(rule.selector, ops.AtPath)
        )
    )


def over_includes(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC458: a KEEP that overrules rules of included recipes and bases is reported."""
    table = RuleTable(resolved)
    for number, keep in enumerate(table.rules):
        if not keep.action.keeps:
            continue
        lost = [
            (at, one)
            for at, one in _rules_about(table, number)
            if at < number and overrules_base(one, keep) and not one.action.keeps and not one.action.creates
        ]
        if lost:
            reached = NOTHING.union(*(table.covered[at] for at, _ in lost)) & table.covered[number]
            what = names(reached) if reached else "the element"
            message = f"{what} is kept, although {_counted(len(lost))} of included recipes would change it"
            if len(reached) > 1:
                message = f"{what} are kept, although {_counted(len(lost))} of included recipes would change them"
            yield complaint(codes.KEPT_OVER_INCLUDE, message, keep, tuple(one for _, one in lost), "the overruled rule")


def _rules_about(table: RuleTable, number: int) -> list[tuple[int, Bound]]:
    """Return the other rules that select what a KEEP keeps."""
    if not is_wide(table.rules[number].selector):
        return table.others(number)
    kept = table.covered[number]
    return [(at, one) for at, one in enumerate(table.rules) if at != number and not kept.isdisjoint(table.covered[at])]


def _counted(rules: int) -> str:
    return "1 rule" if rules == 1 else f"{rules} rules"
