"""DC402, DC403, DC406, DC407, DC459: what rules that sweep over many attributes do to others."""

from __future__ import annotations

import re
from collections.abc import Iterator

from deidc.codes import privacy as codes
from deidc.diagnostics import Diagnostic, Rule
from deidc.grammar import nodes
from deidc.ir import ops
from deidc.ir.checks.coverage import NOTHING, be, date_attributes, everything, is_wide, listed, names, reaches_private
from deidc.ir.checks.guards import exclude_each_other
from deidc.ir.checks.rule_table import RuleTable, complaint, is_unconditional, likeness, name, overrules_base
from deidc.ir.resolving.resolved import Bound, Resolved

_DAYS = re.compile(r"[+-]?[0-9]{1,7}")


def sweeps(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC402, DC403, DC406, DC407, DC459: a wide rule acts on something, and no date is shifted twice."""
    table = RuleTable(resolved)
    yield from _kept_whole(table)
    yield from _spared_whole(table)
    yield from _shifted_twice(table)


def _kept_whole(table: RuleTable) -> Iterator[Diagnostic]:
    """Complain of wide rules all of whose attributes are kept."""
    keeps = [(at, rule) for at, rule in enumerate(table.rules) if rule.action.keeps and is_unconditional(rule)]
    kept = table.kept
    for number, rule in table.wide():
        reached = table.covered[number]
        if reaches_private(rule.selector, table.resolved) and kept != everything():
            continue
        if not (rule.action.keeps or rule.action.enters or rule.action.creates) and reached and reached <= kept:
            if all(number < at and overrules_base(rule, one) for at, one in keeps if reached & table.covered[at]):
                continue
            message = f"{names(reached)} {be(reached)} kept, so the rule has no effect"
            yield complaint(codes.KEPT, message, rule, tuple(one for _, one in keeps), "kept here")


def _spared_whole(table: RuleTable) -> Iterator[Diagnostic]:
    """Complain of wide REMOVE rules all of whose attributes are rewritten."""
    rewritten = table.rewritten
    for number, rule in table.wide():
        reached = table.covered[number]
        if reaches_private(rule.selector, table.resolved):
            continue
        if rule.action.removes and reached and reached <= rewritten:
            message = f"{names(reached)} {be(reached)} rewritten, so never removed"
            yield complaint(codes.SPARED, message, rule)


def _shifted_twice(table: RuleTable) -> Iterator[Diagnostic]:
    """Complain of JITTER rules that select the same dates, or dates that a wide REPLACE wrote."""
    seen: set[object] = set()  # a JITTER that is written twice is complained of as such
    shifts: list[tuple[int, Bound]] = []
    writers: list[tuple[int, Bound]] = []
    for number, rule in enumerate(table.rules):
        if rule.action.shifts and likeness(rule) not in seen:
            seen.add(likeness(rule))
            yield from _overlaps(table, number, codes.SHIFTED_TWICE, shifts)
            yield from _overlaps(table, number, codes.REPLACED_THEN_SHIFTED, writers)
            shifts.append((number, rule))
        elif rule.action.writes and not rule.action.creates and is_wide(rule.selector) and is_unconditional(rule):
            writers.append((number, rule))


def _overlaps(table: RuleTable, number: int, code: Rule, earlier: list[tuple[int, Bound]]) -> Iterator[Diagnostic]:
    rule = table.rules[number]
    near = {at for at, _ in table.others(number)} if not is_wide(rule.selector) else set()
    reached, both, found = table.covered[number] & date_attributes(), NOTHING, list[Bound]()
    paths: list[str] = []
    for at, other in earlier:
        if exclude_each_other(rule, other):
            continue
        if overrules_base(other, rule) and not (is_wide(rule.selector) and is_wide(other.selector)):
            continue  # the one reads the input, or leaves what the other names
        common = reached & table.covered[at]
        nested = at in near or _is_inside(table, at, number)
        if common or nested:
            both |= common
            found.append(other)
            if not common:
                paths.append(name(rule) if at in near else name(other))
    if found:
        what = listed([*([names(both, 5)] if both else []), *paths], 5)
        twice = code is codes.SHIFTED_TWICE
        if twice and _add_up_to_zero((*found, rule)):
            message = f"the shifts of {what} add up to zero days"
            yield complaint(codes.SHIFTS_CANCEL, message, rule, tuple(found), "shifted here first")
            return
        message = f"{what} would be shifted twice" if twice else f"{what} is written above and shifted here"
        yield complaint(code, message, rule, tuple(found), "shifted here first" if twice else "written here")


def _add_up_to_zero(rules: tuple[Bound, ...]) -> bool:
    """Whether shifts of one text have amounts in the recipe whose sum is zero."""
    if len({rule.statement.span.source for rule in rules}) > 1:
        return False
    amounts = [nodes.value_of(rule.statement) for rule in rules]
    days = [int(one.text) for one in amounts if isinstance(one, nodes.Literal) and _DAYS.fullmatch(one.text)]
    return len(days) == len(rules) and sum(days) == 0


def _is_inside(table: RuleTable, number: int, wide: int) -> bool:
    """Return whether a rule names an element in a sequence, or a private one, that another rule also selects."""
    rule = table.rules[number]
    if not isinstance(rule.selector, ops.AtPath | ops.PrivateBlock):
        return False
    return any(at == wide for at, _ in table.others(number))
