"""DC402, DC430: rules in the items of private sequences that other rules keep or remove."""

from __future__ import annotations

from collections.abc import Iterator

from deidc.codes import privacy as codes
from deidc.diagnostics import Diagnostic
from deidc.grammar import nodes
from deidc.grammar.writer import write_target
from deidc.ir import ops
from deidc.ir.checks.rule_table import complaint, is_unconditional, overrules_base
from deidc.ir.resolving.resolved import Bound, Resolved
from deidc.vocabulary import ElementKind


def private_items(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC402, DC430: a rule inside a private sequence acts, because the sequence is there, and its items are reached."""
    sure = [(at, one) for at, one in enumerate(resolved.rules) if is_unconditional(one)]
    for number, rule in enumerate(resolved.rules):
        blocks = _blocks_on_the_way(rule.selector)
        if not blocks or any(one.action.enters and _selects_any(one, blocks) for _, one in sure):
            continue
        others = [(at, one) for at, one in sure if at != number and _selects_any(one, blocks)]
        yield from _judged(number, rule, others)


def _judged(number: int, rule: Bound, others: list[tuple[int, Bound]]) -> Iterator[Diagnostic]:
    keeper = next((pair for pair in others if pair[1].action.keeps), None)
    if keeper is not None:
        at, keep = keeper
        if not (rule.action.keeps or rule.action.creates or (at > number and overrules_base(rule, keep))):
            message = "the private sequence is kept with all its items"
            yield complaint(codes.KEPT, message, rule, (keep,), "kept here", _entering(rule))
        return
    for at, remover in others:
        if not remover.action.takes_away or (at > number and overrules_base(rule, remover)):
            continue
        if at > number or not rule.action.creates:
            message = "the private sequence is removed with its items"
            yield complaint(codes.SEQUENCE_GONE, message, rule, (remover,), "removed here", _entering(rule))
            return


def _entering(rule: Bound) -> str | None:
    """Return the instruction to leave the private sequence in place."""
    target = rule.statement.target
    if not isinstance(target, nodes.Path):
        return None
    first = next(number for number, step in enumerate(target.steps) if isinstance(step.at, nodes.Private))
    steps = target.steps[: first + 1]
    sequence = steps[0].at if len(steps) == 1 else nodes.Path(steps)
    return f"write DESCEND {write_target(sequence)}: the sequence stays, and rules reach its items"


def _blocks_on_the_way(selector: ops.Selector | None) -> list[ops.PrivateBlock]:
    """Return the private sequences that a path leads through."""
    if not isinstance(selector, ops.AtPath):
        return []
    return [step.at for step in selector.steps[:-1] if isinstance(step.at, ops.PrivateBlock)]


def _selects_any(rule: Bound, blocks: list[ops.PrivateBlock]) -> bool:
    return any(_selects(rule.selector, block) for block in blocks)


def _selects(selector: ops.Selector | None, block: ops.PrivateBlock) -> bool:
    """Whether a selector selects the elements of a private block, by its text."""
    match selector:
        case ops.Everything() | ops.OfKind(ElementKind.PRIVATE):
            return True
        case ops.PrivateBlock(group, creator, element):
            same = creator.strip().lower() == block.creator.strip().lower()
            return same and _fits(group, block.group) and _fits(element, block.element)
        case ops.InGroup(group):
            return _fits(group, block.group)
        case ops.Without(at, but):
            return _selects(at, block) and not any(_selects(one, block) for one in but)
        case _:
            return False


def _fits(pattern: str, digits: str) -> bool:
    """Whether a pattern of digits with `X` for any digit has all numbers that another one has."""
    return len(pattern) == len(digits) and all(
        one in ("X", other) for one, other in zip(pattern.upper(), digits.upper(), strict=True)
    )
