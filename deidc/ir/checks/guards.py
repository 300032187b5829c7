"""DC325, DC326, DC340, DC140: guards of rules that can hold for some object, and text that looks like one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import assert_never

from deidc.codes import values as codes
from deidc.codes import words
from deidc.diagnostics import Diagnostic
from deidc.dicom import dictionary
from deidc.dicom.values.measures import Measure, compare
from deidc.grammar import nodes
from deidc.ir import ops
from deidc.ir.checks.coverage import attribute_of
from deidc.ir.checks.criteria import is_only_nested, may_have
from deidc.ir.resolving.resolved import Bound, BoundGiven, BoundGuard, Resolved
from deidc.patterns import BadPattern, compiled, is_slow
from deidc.vocabulary import Comparison, Join, Relation, State

_OPPOSITES: Mapping[Comparison | Relation, Comparison | Relation] = MappingProxyType(
    {
        Comparison.CONTAINS: Comparison.NOTCONTAINS,
        Comparison.EQUALS: Comparison.NOTEQUALS,
        Relation.EQUAL: Relation.UNEQUAL,
    }
)
_NOT_THERE = (State.MISSING, State.EMPTY)
_LIKE_GUARD = re.compile(r"(?:^|\s)when\s+(\S+|\([^)]*\))(?=\s|\Z)", re.IGNORECASE)


def guards(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC325, DC326, DC340: a guard can hold for some object, also together with that of its section."""
    seen: set[int] = set()
    for rule in resolved.rules:
        for guard in rule.guards:
            if id(guard) not in seen:
                seen.add(id(guard))
                yield from _guard(guard)
        together = [one for guard in rule.guards for one in _asked_together(guard)]
        if len(rule.guards) > 1 and _contradict(together) and not any(map(_never, rule.guards)):
            message = "the guard of the rule and that of its section hold for no object at once"
            yield Diagnostic(codes.GUARD_NEVER, message, rule.guards[-1].guard.span)


def _guard(guard: BoundGuard) -> Iterator[Diagnostic]:
    for one in guard.tests:
        yield from _test(one)
    if _never(guard):
        message = "the conditions contradict each other, so the guard holds for no object"
        yield Diagnostic(codes.GUARD_NEVER, message, guard.guard.span)


def _test(one: BoundGiven) -> Iterator[Diagnostic]:
    attribute = attribute_of(one.selector)
    if attribute is None:
        return
    if is_only_nested(attribute, one.given.target):
        message = f"{attribute.keyword} occurs only in items of sequences"
        yield Diagnostic(codes.ONLY_NESTED, message, one.given.target.span, f"write Sequence__{attribute.keyword}")
    match one.that:
        case ops.Compared(how, text) if not may_have(attribute, how, text):
            yield Diagnostic(codes.NOT_A_TERM, f"{attribute.keyword} never has this value", one.given.span)
        case _:
            pass


def exclude_each_other(one: Bound, other: Bound) -> bool:
    """Whether it is known that no object lets both of two rules act."""
    return _contradict([test for rule in (one, other) for guard in rule.guards for test in _asked_together(guard)])


def complement_each_other(one: Bound, other: Bound) -> bool:
    """Whether one of two rules acts on every object: each has one guard with one test, and one is the other negated."""
    tests = [test for rule in (one, other) for guard in rule.guards for test in guard.tests]
    if len(tests) != len((one, other)) or not one.guards or not other.guards:
        return False
    first, second = tests
    if first.selector != second.selector or first.that is None or second.that is None:
        return False
    return _negated(first.that) == second.that or first.that == _negated(second.that)


def _negated(that: ops.Compared | ops.InState | ops.Related) -> object:
    match that:
        case ops.Compared(how, text):
            negation = _OPPOSITES.get(how)
            return ops.Compared(negation, text) if isinstance(negation, Comparison) else None
        case ops.InState(state):
            return ops.InState(State.MISSING) if state is State.PRESENT else None
        case ops.Related(how, measure, than):
            return ops.Related(Relation.UNEQUAL, measure, than) if how is Relation.EQUAL else None
        case _:
            assert_never(that)


def _never(guard: BoundGuard) -> bool:
    return _contradict(_asked_together(guard))


def _asked_together(guard: BoundGuard) -> list[BoundGiven]:
    """Return the tests of a guard that must all hold."""
    return list(guard.tests) if guard.guard.join is Join.AND or len(guard.tests) == 1 else []


def _contradict(together: list[BoundGiven]) -> bool:
    """Whether no object satisfies all of these tests."""
    by_place: dict[ops.AtPath, list[BoundGiven]] = {}
    for one in together:
        if one.selector is not None and one.that is not None:
            by_place.setdefault(one.selector, []).append(one)
    return any(_clash(at, group) for at, group in by_place.items())


def _clash(at: ops.AtPath, group: list[BoundGiven]) -> bool:
    states = {one.that.state for one in group if isinstance(one.that, ops.InState)}
    texts = {(one.that.how, one.that.text.strip().lower()) for one in group if isinstance(one.that, ops.Compared)}
    related = [one.that for one in group if isinstance(one.that, ops.Related)]
    wants_value = any(how in (Comparison.CONTAINS, Comparison.EQUALS) for how, _ in texts) or any(
        one.how is not Relation.UNEQUAL for one in related
    )
    if wants_value and states & set(_NOT_THERE):
        return True
    if State.MISSING in states and states & {State.PRESENT, State.EMPTY}:
        return True
    if any((_OPPOSITES.get(how), text) in texts for how, text in texts):
        return True
    if any(one.how is Relation.EQUAL and _holds(one.than, other) is False for one in related for other in related):
        return _has_one_value(at) or any(other.how is Relation.UNEQUAL for other in related)
    return _has_one_value(at) and (_texts_clash(texts) or _bounds_clash(related))


def _has_one_value(at: ops.AtPath) -> bool:
    """Whether a path leads to one value at most: any of several values may satisfy a test."""
    attribute = attribute_of(at)
    is_one = all(step.index is not None for step in at.steps[:-1])
    return attribute is not None and attribute.vm == "1" and is_one


def _texts_clash(texts: set[tuple[Comparison, str]]) -> bool:
    equal = {text for how, text in texts if how is Comparison.EQUALS}
    if len(equal) > 1:
        return True
    return any(how is Comparison.CONTAINS and _misses(text, equal) for how, text in texts)


def _misses(pattern: str, equal: set[str]) -> bool:
    """Whether the one text that a value must equal does not contain the pattern."""
    if not equal or is_slow(pattern):
        return False
    try:
        return compiled(pattern).search(next(iter(equal))) is None
    except BadPattern:
        return False


def _holds(value: str, other: ops.Related) -> bool | None:
    """Whether a value of the canonical form satisfies a relation; None if its precision leaves that open."""
    if len(value) < len(other.than) and other.measure is not Measure.NUMBER:
        return None
    order = compare(value, other.than, other.measure)
    return {
        Relation.EQUAL: order == 0,
        Relation.UNEQUAL: order != 0,
        Relation.LESS: order < 0,
        Relation.AT_MOST: order <= 0,
        Relation.MORE: order > 0,
        Relation.AT_LEAST: order >= 0,
    }[other.how]


def _bounds_clash(related: list[ops.Related]) -> bool:
    """Whether a lower bound is above an upper one; of dates and times, only those of one precision are compared."""
    lower = [one for one in related if one.how in (Relation.MORE, Relation.AT_LEAST)]
    upper = [one for one in related if one.how in (Relation.LESS, Relation.AT_MOST)]
    for low in lower:
        for high in upper:
            if low.measure is not Measure.NUMBER and len(low.than) != len(high.than):
                continue
            order = compare(low.than, high.than, low.measure)
            strict = low.how is Relation.MORE or high.how is Relation.LESS
            if order > 0 or (order == 0 and strict):
                return True
    return False


# ---- text that looks like a guard -----------------------------------------------------------------------


def texts_like_guards(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC140: `when` and an attribute in unquoted text, with no operator behind them or no value before them."""
    for rule in resolved.rules:
        match nodes.value_of(rule.statement):
            case nodes.Literal(text) as literal if _looks_like_guard(text) and not _is_quoted(literal, resolved):
                message = "the words from `when` on are written to the file, because they are not a condition"
                hint = "write when ATTRIBUTE OPERATOR VALUE behind the value, or quote the whole text"
                yield Diagnostic(words.TEXT_LIKE_GUARD, message, literal.span, hint)
            case _:
                pass


def _looks_like_guard(text: str) -> bool:
    return any(_names_attribute(found[1]) for found in _LIKE_GUARD.finditer(text))


def _names_attribute(word: str) -> bool:
    return dictionary.find_keyword(word) is not None or re.match(r"\([0-9A-Fa-f]{4},", word) is not None


def _is_quoted(literal: nodes.Literal, resolved: Resolved) -> bool:
    source = resolved.sources.get(literal.span.source)
    return source is None or source.text[literal.span.start : literal.span.start + 1] in ("'", '"')
