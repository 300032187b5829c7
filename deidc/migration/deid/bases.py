"""What deid 0.4.13 does with recipes that have a base: it lays the base behind, and loses its lists."""

from __future__ import annotations

from collections.abc import Iterator

from deidc.grammar import nodes
from deidc.ir import ops
from deidc.ir.checks.coverage import NOTHING, covers, names
from deidc.ir.resolving.resolved import Bound, Resolved
from deidc.migration import behaviours as told
from deidc.migration.changes import Reason

# Pairs of which the order does not matter, and KEEP, which beats the others wherever it stands.
_FREE = (nodes.Remove, nodes.Keep)


def reasons_by_bases(resolved: Resolved, name: str) -> Iterator[Reason]:
    """Yield what deid does otherwise because the recipe called `name` has bases."""
    own = [rule for rule in resolved.rules if rule.statement.span.source == name]
    theirs = [rule for rule in resolved.rules if rule.statement.span.source != name]
    met = NOTHING.union(*(_common(mine, other, resolved) for mine in own for other in theirs))
    if met:
        text = f"deid lays a base behind the recipe, and lets its rules for {names(met)} have the last word"
        yield Reason(told.BASE_LAST, text)
    lists = [one.name for one in resolved.lists if all(span.source != name for span in one.sections)]
    if any(_uses(rule, lists, resolved) for rule in theirs):
        yield Reason(told.BASE_LISTS, f"deid loses the lists of a base ({', '.join(lists)}), and what they find stays")


def _common(mine: Bound, other: Bound, resolved: Resolved) -> frozenset[str]:
    """Return what two rules are about whose order matters."""
    if isinstance(mine.statement, _FREE) and isinstance(other.statement, (*_FREE, nodes.Blank, nodes.Replace)):
        return NOTHING
    if isinstance(mine.statement, nodes.Keep) or isinstance(other.statement, nodes.Keep):
        return NOTHING
    if isinstance(other.statement, nodes.Remove) and not isinstance(mine.statement, nodes.Add):
        return NOTHING
    return covers(mine.selector, resolved) & covers(other.selector, resolved)


def _uses(rule: Bound, lists: list[str], resolved: Resolved) -> bool:
    match rule.selector:
        case ops.Holding(slot) | ops.Member(slot):
            return resolved.lists[slot].name in lists
        case _:
            return False
