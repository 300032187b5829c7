"""Evaluate conditions of ops and criteria of labels on the input, never on the half-changed object."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import assert_never

from deidc.dicom import uids
from deidc.dicom.values.measures import Measure, compare
from deidc.patterns import compiled
from deidc.runtime.fold.elements import InputElement
from deidc.runtime.fold.frame import Frame
from deidc.vocabulary import Comparison, Relation, State


@lru_cache(maxsize=4096)
def _pattern(text: str) -> re.Pattern[str]:
    return compiled(text)


def compared(how: Comparison, text: str, components: tuple[str, ...]) -> bool:
    """Whether some value compares so with `text`; the negated forms hold where the plain form does not."""
    match how:
        case Comparison.CONTAINS:
            return any(_pattern(text).search(one) for one in components)
        case Comparison.NOTCONTAINS:
            return not any(_pattern(text).search(one) for one in components)
        case Comparison.EQUALS:
            return any(_same(text, one) for one in components)
        case Comparison.NOTEQUALS:
            return not any(_same(text, one) for one in components)
        case _:
            assert_never(how)


def related(how: Relation, measure: Measure, than: str, components: tuple[str, ...]) -> bool:
    """Whether some value is ordered so against `than`; `!=` holds where `=` does not. Raises NotMeasured."""
    orders = {compare(one, than, measure) for one in components if one.strip(" \0")}
    if how is Relation.UNEQUAL:
        return 0 not in orders
    return not orders.isdisjoint(_ORDERS[how])


_ORDERS: Mapping[Relation, frozenset[int]] = MappingProxyType(
    {
        Relation.EQUAL: frozenset({0}),
        Relation.LESS: frozenset({-1}),
        Relation.AT_MOST: frozenset({-1, 0}),
        Relation.MORE: frozenset({1}),
        Relation.AT_LEAST: frozenset({0, 1}),
    }
)


def _same(a: str, b: str) -> bool:
    return a.strip().casefold() == b.strip().casefold()


def in_state(state: State, element: InputElement | None) -> bool:
    """Whether the element was in this state in the input."""
    match state:
        case State.MISSING:
            return element is None
        case State.PRESENT:
            return element is not None
        case State.EMPTY:
            return element is not None and element.is_empty
        case _:
            assert_never(state)


def is_true(value: object) -> bool:
    """Whether a variable or a result counts as yes; the words for no are no."""
    if isinstance(value, str):
        return value.strip().lower() not in ("", "0", "false", "no", "none")
    return bool(value)


def is_unregistered(element: InputElement) -> bool:
    """Whether an element has a value, and not every value is a UID that the UID dictionary registers."""
    components = element.components
    if not components:
        return not element.is_empty  # bytes that are no text are no registered UID
    return not all(uids.is_registered(one) for one in components if one)


def holds_list(frame: Frame, slot: int, element: InputElement | None) -> bool:
    """Whether the input value of the element holds a value of a list."""
    return element is not None and frame.held[slot].held_by(element.components)
