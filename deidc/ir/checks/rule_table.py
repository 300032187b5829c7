"""The rules of a recipe by their targets: which other rules select an element that a rule names."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import assert_never

from attrs import define, evolve, field

from deidc.diagnostics import Diagnostic, Label, Rule
from deidc.dicom import dictionary
from deidc.grammar import nodes
from deidc.grammar.writer import write_target
from deidc.ir import ops
from deidc.ir.checks.coverage import (
    NOTHING,
    Coverage,
    attribute_of,
    covers,
    date_attributes,
    is_wide,
    reaches_private,
    sequences,
)
from deidc.ir.resolving.resolved import Bound, Resolved


@define(eq=False, slots=False)
class RuleTable:
    """The rules of a recipe with the attributes each covers, and for each that names one element its rivals."""

    resolved: Resolved
    covered: list[Coverage] = field(factory=list)
    _by_attribute: dict[str, list[int]] = field(factory=dict)
    _by_place: dict[ops.Selector, list[int]] = field(factory=dict)  # paths and private elements

    def __attrs_post_init__(self) -> None:
        self.covered = [
            covers(rule.selector, self.resolved) & sequences()
            if rule.action.enters
            else covers(rule.selector, self.resolved)
            for rule in self.rules
        ]
        named = frozenset().union(
            *(
                (attribute.pattern,)
                for rule in self.rules
                if not is_wide(rule.selector) and (attribute := attribute_of(rule.selector)) is not None
            )
        )
        for number, (rule, coverage) in enumerate(zip(self.rules, self.covered, strict=True)):
            for pattern in coverage & named:
                self._by_attribute.setdefault(pattern, []).append(number)
            place = _place(rule.selector)
            if place is not None:
                self._by_place.setdefault(place, []).append(number)

    @property
    def rules(self) -> tuple[Bound, ...]:
        """The rules in order."""
        return self.resolved.rules

    def exact(self) -> Iterator[tuple[int, Bound]]:
        """Yield the rules that name one element: an attribute, a path or a private element."""
        for number, rule in enumerate(self.rules):
            if rule.selector is not None and not is_wide(rule.selector):
                yield number, rule

    def wide(self) -> Iterator[tuple[int, Bound]]:
        """Yield the rules that sweep over elements."""
        for number, rule in enumerate(self.rules):
            if is_wide(rule.selector):
                yield number, rule

    def others(self, number: int) -> list[tuple[int, Bound]]:
        """Return the other rules that select the element that an exact rule names, in order."""
        rule = self.rules[number]
        found: set[int] = set()
        place = _place(rule.selector)
        if place is not None:
            found.update(self._by_place[place])
        attribute = attribute_of(rule.selector)
        if attribute is not None:
            found.update(self._by_attribute.get(attribute.pattern, ()))
        elif _is_private(rule.selector):
            found.update(self._private_sweeps)
        found.discard(number)
        return [(at, self.rules[at]) for at in sorted(found)]

    @cached_property
    def _private_sweeps(self) -> tuple[int, ...]:
        """The rules that sweep over private elements."""
        return tuple(number for number, one in self.wide() if _sweeps_private(one, self.resolved))

    @cached_property
    def kept(self) -> Coverage:
        """The attributes that KEEP keeps in every object."""
        keeps = zip(self.rules, self.covered, strict=True)
        return NOTHING.union(*(coverage for rule, coverage in keeps if rule.action.keeps and is_unconditional(rule)))

    @cached_property
    def entered(self) -> Coverage:
        """The sequences that DESCEND leaves in place in every object."""
        rules = zip(self.rules, self.covered, strict=True)
        return NOTHING.union(*(coverage for rule, coverage in rules if rule.action.enters and is_unconditional(rule)))

    def is_inside_kept(self, path: ops.AtPath) -> bool:
        """Whether a sequence on the way to an element is kept, and all that is in it."""
        return not way_of(path).isdisjoint(self.kept)

    @cached_property
    def rewritten(self) -> Coverage:
        """The attributes that REPLACE or JITTER surely rewrites, which holds off REMOVE."""
        parts = []
        for rule, coverage in zip(self.rules, self.covered, strict=True):
            if holds_off_remove(rule):
                is_shift = rule.action.shifts
                parts.append(coverage & date_attributes() if is_shift else coverage)
        return NOTHING.union(*parts)


def way_of(path: ops.AtPath) -> Coverage:
    """Return the sequences on the way to an element."""
    return frozenset(step.at.pattern for step in path.steps[:-1] if isinstance(step.at, ops.Tagged))


def _place(selector: ops.Selector | None) -> ops.Selector | None:
    """Return a selector in a form that is equal for equal places, if it is a path or a private element."""
    match selector:
        case ops.PrivateBlock():
            return evolve(selector, creator=selector.creator.strip().lower())
        case ops.AtPath():
            return selector
        case ops.Tagged() if attribute_of(selector) is None and not is_wide(selector):
            return selector
        case _:
            return None


def _is_private(selector: ops.Selector | None) -> bool:
    match selector:
        case ops.PrivateBlock():
            return True
        case ops.Tagged(pattern):
            return "X" not in pattern and dictionary.is_private(int(pattern, 16))
        case _:
            return False


def _sweeps_private(rule: Bound, resolved: Resolved) -> bool:
    """Return whether a wide rule surely selects every private element."""
    return isinstance(rule.selector, ops.Everything | ops.OfKind) and reaches_private(rule.selector, resolved)


def word(rule: Bound) -> str:
    """Return the action word of a rule."""
    return rule.action.word.value


def name(rule: Bound) -> str:
    """Return what a rule is about, for a message."""
    if isinstance(rule.selector, ops.Tagged):
        attribute = attribute_of(rule.selector)
        if attribute is not None:
            return attribute.keyword
    return write_target(rule.statement.target)


def is_unconditional(rule: Bound) -> bool:
    """Whether a rule has neither conditions nor guards."""
    return not nodes.conditions_of(rule.statement) and not rule.guards


def holds_off_remove(rule: Bound) -> bool:
    """Whether a rule holds off REMOVE for what it covers."""
    return rule.action.rewrites and is_unconditional(rule) and not ops.selects_by_list(rule.selector)


def likeness(rule: Bound) -> object:
    """Return what two rules have in common that do the same."""
    statement, selector = rule.statement, rule.selector
    guards = tuple(one.guard for one in rule.guards)
    likeness: object = selector
    match selector:
        case ops.Matching(anchor, pattern, negated) if "\\" not in pattern:
            likeness = (anchor, pattern.lower(), negated)
        case ops.PrivateBlock(group, creator, element):
            likeness = (group, creator.strip().lower(), element)
        case _:
            pass
    match statement:
        case nodes.Add(_, value, when) | nodes.Append(_, value, when) | nodes.Replace(_, value, when):
            return type(statement), likeness, value, when, guards
        case nodes.Jitter(_, value):
            return type(statement), likeness, value, guards
        case nodes.Remove(_, when) | nodes.Blank(_, when) | nodes.Keep(_, when):
            return type(statement), likeness, when, guards
        case nodes.Descend():
            return type(statement), likeness, guards
        case _:
            assert_never(statement)


def overrules_base(first: Bound, second: Bound) -> bool:
    """Whether the second of two rules, in order, stands in a recipe that includes that of the first.

    A recipe may say otherwise than its base; that is what bases are for.
    """
    return first.statement.span.source != second.statement.span.source


def complaint(
    rule: Rule,
    message: str,
    at: Bound,
    others: tuple[Bound, ...] = (),
    words: str = "",
    hint: str | None = None,
) -> Diagnostic:
    """Return a complaint about a statement, with the places of the statements that explain it."""
    labels = tuple(Label(other.statement.span, words) for other in others[:3])
    return Diagnostic(rule, message, at.statement.span, hint, None, labels)
