"""DC141, DC231: DESCEND names a sequence, and no other rule of its text says what else becomes of the sequence."""

from __future__ import annotations

from collections.abc import Iterator

from deidc.codes import names as codes
from deidc.codes import words
from deidc.diagnostics import Diagnostic
from deidc.ir import ops
from deidc.ir.checks.coverage import attribute_of, is_wide
from deidc.ir.checks.rule_table import RuleTable, complaint, is_unconditional, name, word
from deidc.ir.resolving.resolved import Bound, Resolved


def descents(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC141, DC231: each DESCEND has a sequence to enter, and is not contradicted in its text."""
    table = RuleTable(resolved)
    for number, rule in enumerate(table.rules):
        if not rule.action.enters:
            continue
        if not _may_enter(table, number):
            message = f"{name(rule)} is not a sequence"
            yield Diagnostic(codes.DESCEND_INTO_VALUE, message, rule.statement.target.span, "write KEEP")
        elif not is_wide(rule.selector):
            yield from _contradicted(table, number, rule)


def _may_enter(table: RuleTable, number: int) -> bool:
    """Whether a rule selects a sequence, as far as the dictionary knows."""
    selector = table.rules[number].selector
    if isinstance(selector, ops.OfVR):
        return not {"SQ", "UN"}.isdisjoint(selector.vrs)
    if is_wide(selector):
        return True
    attribute = attribute_of(selector)
    return attribute is None or attribute.vr == "SQ"


def _contradicted(table: RuleTable, number: int, rule: Bound) -> Iterator[Diagnostic]:
    for _, other in table.others(number):
        says_otherwise = other.action.keeps or other.action.takes_away or other.action.rewrites
        same_text = other.statement.span.source == rule.statement.span.source
        if not is_wide(other.selector) and says_otherwise and same_text and is_unconditional(rule):
            message = f"{word(other)} and DESCEND name {name(rule)}, and DESCEND leaves the sequence in place"
            hint = f"remove one of them, or name an attribute inside: {word(other)} {name(rule)}__Attribute"
            yield complaint(words.DESCEND_CONTRADICTED, message, rule, (other,), "the other rule", hint)
            return
