"""Find lines of a recipe that deid 0.4.13 treats differently because of other lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from deidc.dicom import dictionary
from deidc.grammar import nodes
from deidc.ir import ops
from deidc.ir.checks.coverage import NOTHING, Coverage, covers, is_wide
from deidc.ir.resolving.resolved import Bound, BoundList, Resolved
from deidc.migration import behaviours as told
from deidc.migration.changes import Reason
from deidc.migration.deid.targets import spelt
from deidc.source import Span
from deidc.vocabulary import ListKind, Policy

ReasonAt: TypeAlias = tuple[Span, Reason]


def reasons_by_others(resolved: Resolved) -> Iterator[ReasonAt]:
    """Yield what deid does with lines of a recipe because of what stands elsewhere in it."""
    yield from _labels(resolved)
    yield from _lists(resolved)
    yield from _rules_by_lists(resolved)
    yield from _variables(resolved)
    yield from _wide_writers(resolved)


def _labels(resolved: Resolved) -> Iterator[ReasonAt]:
    for number, label in enumerate(resolved.labels):
        if number == 0 and not label.lines:
            yield label.label.span, Reason(told.FIRST_LABEL, "deid stops at a first label without criteria")
        if resolved.policies.of(label.group) is Policy.PASS:
            yield label.label.span, Reason(told.WHITELIST_FLAGS, f"deid flags what this {label.group} knows")


# ---- lists ----------------------------------------------------------------------------------------------


def _lists(resolved: Resolved) -> Iterator[ReasonAt]:
    kept = NOTHING.union(*(_reach(one, resolved) for one in resolved.rules if one.action.keeps))
    named = {one.name for one in resolved.lists if one.kind is ListKind.FIELDS}
    for one in resolved.lists:
        if one.kind is ListKind.VALUES and one.name in named:
            yield one.sections[0], Reason(told.LIST_OVERWRITTEN, f"deid uses %fields {one.name} in its place")
        for member in one.members:
            reached = covers(member.selector, resolved)
            if reached and reached <= kept:
                yield member.line.span, Reason(told.LIST_OF_KEPT, "deid puts nothing that is kept into a list")


def _reach(rule: Bound, resolved: Resolved) -> Coverage:
    """Return what a KEEP is about in deid: paths and lists are not kept."""
    if isinstance(rule.selector, ops.AtPath | ops.Member | ops.Holding):
        return NOTHING
    return covers(rule.selector, resolved)


def _rules_by_lists(resolved: Resolved) -> Iterator[ReasonAt]:
    for rule in resolved.rules:
        if not isinstance(rule.selector, ops.Holding) or rule.action.keeps:
            continue
        one = resolved.lists[rule.selector.slot]
        span = rule.statement.span
        if _collects_names(one, resolved):
            yield (
                span,
                Reason(told.LIST_OF_NAMES, "deid takes names for patterns, and finds none with ^ in it"),
            )
        else:
            yield (
                span,
                Reason(told.LIST_OF_EXPRESSIONS, "deid takes values for patterns, and finds them inside of words"),
            )


def _collects_names(one: BoundList, resolved: Resolved) -> bool:
    """Return whether a list holds whole person names, whose parts are separated by ^."""
    whole = [member for member in one.members if isinstance(member.line, nodes.Field)]
    return any(_names_persons(member.selector, resolved) for member in whole)


def _names_persons(selector: ops.Selector | None, resolved: Resolved) -> bool:
    return bool(_of_vr("PN") & covers(selector, resolved))


def _variables(resolved: Resolved) -> Iterator[ReasonAt]:
    lists = {one.name for one in resolved.lists}
    for rule in resolved.rules:
        match rule.statement:
            case nodes.Add(_, nodes.VarRef(name)) | nodes.Replace(_, nodes.VarRef(name)) if name in lists:
                what = spelt(rule.statement.target)
                yield rule.statement.span, Reason(told.LIST_AS_VARIABLE, f"deid writes the list {name} into {what}")
            case _:
                pass


# ---- wide rules -----------------------------------------------------------------------------------------


def _wide_writers(resolved: Resolved) -> Iterator[ReasonAt]:
    """Yield wide rules at which deid stops: with a sequence among their elements, or a shift of a name."""
    sequences, names = _of_vr("SQ"), _of_vr("PN")
    for rule in resolved.rules:
        if not is_wide(rule.selector):
            continue
        reached = covers(rule.selector, resolved)
        match rule.statement:
            case nodes.Replace(_, nodes.Literal(), ()) if reached & sequences:
                yield rule.statement.span, Reason(told.LITERAL_STOPS, "deid stops where the rule reaches a sequence")
            case nodes.Jitter() if reached & (sequences | names):
                yield (
                    rule.statement.span,
                    Reason(told.SHIFT_STOPS, "deid stops where the rule reaches a name or a sequence"),
                )
            case _:
                pass


def _of_vr(vr: str) -> Coverage:
    return frozenset(one.pattern for one in dictionary.attributes() if one.vr == vr)
