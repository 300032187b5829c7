"""The tree of a recipe as indented text, for people who want to see what was read."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

import attrs

from deidc.grammar import nodes
from deidc.grammar.spelling import POLICY_WORDS
from deidc.vocabulary import Policy


def dump(recipe: nodes.Recipe) -> str:
    """Return the tree, a node a line, places left out."""
    return "\n".join(_lines(recipe, 0)) + "\n"


def _lines(node: object, depth: int) -> Iterator[str]:
    assert attrs.has(type(node))
    words: list[str] = []
    below: list[object] = []
    for attribute in attrs.fields(type(node)):  # type: ignore[arg-type]  # the assertion above
        value = getattr(node, attribute.name)
        if attribute.name == "span" or (attribute.name == "guard" and value is None):
            continue
        if attrs.has(type(value)):
            below.append(value)
        elif isinstance(value, tuple) and value and attrs.has(type(value[0])):
            below.extend(value)
        else:
            words.append(f"{attribute.name}={_plain(value)}")
    yield "  " * depth + " ".join((type(node).__name__, *words))
    for one in below:
        yield from _lines(one, depth + 1)


def _plain(value: object) -> str:
    match value:
        case Policy():
            return POLICY_WORDS[value]
        case Enum():
            return str(value.value)
        case _:
            return repr(value)
