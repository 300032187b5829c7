"""Short hands for trees in tables: nodes compare without their places, so every place is the same here."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from deidc.diagnostics import Diagnostic
from deidc.grammar import nodes
from deidc.grammar.reader import read
from deidc.source import Source, Span
from deidc.vocabulary import Comparison, ElementKind, ExpanderKind, Join, ListKind, State

ANYWHERE = Span("<anywhere>", 0, 0)


def keyword(text: str) -> nodes.Keyword:
    return nodes.Keyword(text, span=ANYWHERE)


def tag(digits: str) -> nodes.Tag:
    return nodes.Tag(digits, span=ANYWHERE)


def private(group: str, creator: str, element: str) -> nodes.Private:
    return nodes.Private(group, creator, element, span=ANYWHERE)


def path(*steps: object) -> nodes.Path:
    """Return a path; a number behind a step is the number of its item."""
    found: list[nodes.Step] = []
    for step in steps:
        if isinstance(step, int):
            found[-1] = nodes.Step(found[-1].at, step, span=ANYWHERE)
        else:
            found.append(nodes.Step(keyword(step) if isinstance(step, str) else step, None, span=ANYWHERE))
    return nodes.Path(tuple(found), span=ANYWHERE)


def everything() -> nodes.Everything:
    return nodes.Everything(span=ANYWHERE)


def expander(kind: str, pattern: str) -> nodes.Expander:
    return nodes.Expander(ExpanderKind(kind), pattern, span=ANYWHERE)


def of_vr(*vrs: str) -> nodes.SelectVR:
    return nodes.SelectVR(vrs, span=ANYWHERE)


def of_group(group: str) -> nodes.SelectGroup:
    return nodes.SelectGroup(group, span=ANYWHERE)


def of_kind(kind: str) -> nodes.SelectKind:
    return nodes.SelectKind(ElementKind(kind), span=ANYWHERE)


def listed(kind: str, name: str) -> nodes.ListRef:
    return nodes.ListRef(ListKind(kind), name, span=ANYWHERE)


def literal(text: str) -> nodes.Literal:
    return nodes.Literal(text, span=ANYWHERE)


def variable(name: str) -> nodes.VarRef:
    return nodes.VarRef(name, span=ANYWHERE)


def _arguments(given: dict[str, object]) -> tuple[nodes.Argument, ...]:
    values = {key: literal(value) if isinstance(value, str) else value for key, value in given.items()}
    return tuple(nodes.Argument(key, value, span=ANYWHERE) for key, value in values.items())


def func(name: str, **given: object) -> nodes.FuncRef:
    return nodes.FuncRef(name, _arguments(given), span=ANYWHERE)


def builtin(name: str, **given: object) -> nodes.BuiltinRef:
    return nodes.BuiltinRef(name, _arguments(given), span=ANYWHERE)


def compared(operator: str, text: str) -> nodes.TextCondition:
    return nodes.TextCondition(Comparison(operator), text, span=ANYWHERE)


def state(operator: str) -> nodes.StateCondition:
    return nodes.StateCondition(State(operator), span=ANYWHERE)


def in_list(name: str) -> nodes.ListCondition:
    return nodes.ListCondition(name, span=ANYWHERE)


def truth(value: nodes.VarRef | nodes.Call) -> nodes.TruthCondition:
    return nodes.TruthCondition(value, span=ANYWHERE)


def criterion(join: str | None, operator: str, target: nodes.Target, value: str | None) -> nodes.Criterion:
    kind = State if value is None else Comparison
    return nodes.Criterion(Join(join) if join else None, kind(operator), target, value, span=ANYWHERE)


HEADS = {
    "header": "FORMAT dicom\n%header\n",
    "values": "FORMAT dicom\n%values v\n",
    "fields": "FORMAT dicom\n%fields f\n",
    "vars": "FORMAT dicom\n%vars\n",
    "label": "FORMAT dicom\n%filter graylist\nLABEL l\n",
    "top": "FORMAT dicom\n",
    "filter": "FORMAT dicom\n%filter graylist\n",
    "nothing": "",
}


def source_of(place: str, line: str) -> Source:
    return Source("<table>", HEADS[place] + line)


def read_line(place: str, line: str) -> tuple[object, tuple[Diagnostic, ...]]:
    """Return the node of one line at a place of a recipe, and what is said of it."""
    recipe, said = read(source_of(place, line))
    node: object = recipe.items[-1]
    if place not in ("top", "nothing"):
        node = node.body[-1]
    if place == "label":
        node = node.body[-1]
    return node, said


def within(node: object) -> Iterator[tuple[str, Span]]:
    """Yield the kind and the place of every node in a tree."""
    if isinstance(node, tuple):
        for one in node:
            yield from within(one)
    elif attrs.has(type(node)) and not isinstance(node, Span):
        if hasattr(node, "span"):
            yield type(node).__name__, node.span
        for attribute in attrs.fields(type(node)):
            yield from within(getattr(node, attribute.name))
