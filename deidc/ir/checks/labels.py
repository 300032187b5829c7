"""DC422-DC427, DC5xx: labels of %filter sections, and how a recipe is laid out."""

from __future__ import annotations

from collections.abc import Iterator

from deidc.codes import layout
from deidc.codes import privacy as codes
from deidc.diagnostics import Diagnostic, Label
from deidc.grammar import nodes
from deidc.ir.checks.coverage import attribute_of
from deidc.ir.identifiers import PASSING_GROUPS
from deidc.ir.names import BoundCriterion, BoundLabel, Resolved


def label_lines(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC422-DC423: lines of criteria say how they are joined, as deid 0.4.13 would join them."""
    for label in resolved.labels:
        for line in label.lines[1:]:
            first = line.line.criteria[0]
            if first.join is nodes.Join.OR:
                message = "deid 0.4.13 joins this line by AND"
                yield Diagnostic(codes.OR_LINE, message, line.line.span, "write the criteria on one line")
            elif first.join is None:
                yield Diagnostic(codes.BARE_LINE, "the line is joined by AND", line.line.span, "begin it with +")


def labels(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC424-DC427, DC505: a label fires for some objects and not for all, and is the only one of its kind."""
    criteria: dict[tuple[str, object], BoundLabel] = {}
    named: dict[tuple[str, str], BoundLabel] = {}
    for label in resolved.labels:
        span = label.label.span
        if not label.lines:
            yield Diagnostic(codes.NO_CRITERIA, "the label fires for every object", span)
        elif _contradicts_itself(label):
            yield Diagnostic(codes.NEVER_FIRES, "the criteria contradict each other", span)
        if label.regions and label.group.lower() in PASSING_GROUPS:
            message = f"regions of a {label.group} are not blanked"
            yield Diagnostic(codes.WHITELIST, message, span)
        twin = criteria.setdefault((label.group, tuple(line.line.criteria for line in label.lines)), label)
        if twin is not label and label.lines:
            other = Label(twin.label.span, "the other label")
            yield Diagnostic(codes.SAME_LABEL, "a label above has the same criteria", span, None, None, (other,))
        if label.label.name:
            twin = named.setdefault((label.group, label.label.name), label)
            if twin is not label:
                other = Label(twin.label.span, "the other label")
                yield Diagnostic(layout.SAME_LABEL_NAME, "a label above has this name", span, None, None, (other,))


def _contradicts_itself(label: BoundLabel) -> bool:
    """Whether criteria that must all hold ask one attribute for two values, or for a value and none."""
    bound = [one for line in label.lines for one in line.criteria]
    if any(one.criterion.join is nodes.Join.OR for one in bound):
        return False
    values: dict[object, set[str]] = {}
    absent: set[object] = set()
    for one in bound:
        if one.criterion.operator in (nodes.StateOperator.MISSING, nodes.StateOperator.EMPTY):
            absent.add(one.selector)
        elif one.criterion.operator is nodes.TextOperator.EQUALS:
            values.setdefault(one.selector, set())
            if _is_single(one):
                values[one.selector].add((one.criterion.value or "").strip().lower())
        elif one.criterion.operator is nodes.TextOperator.CONTAINS:
            values.setdefault(one.selector, set())
    return any(len(texts) > 1 for texts in values.values()) or bool(absent & values.keys())


def _is_single(bound: BoundCriterion) -> bool:
    attribute = attribute_of(bound.selector)
    return attribute is not None and attribute.vm == "1"


def layouts(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC501, DC502, DC506: FORMAT comes first, and no section is empty."""
    seen: set[str] = set()
    for item in resolved.recipe.items:
        body = getattr(item, "body", ())
        for line in (item, *body):
            if isinstance(line, nodes.Format) and line.span.source in seen:
                yield Diagnostic(layout.LATE_FORMAT, "there are statements above FORMAT", line.span)
            elif not isinstance(line, nodes.Comment | nodes.EmptyLine):
                seen.add(line.span.source)
        if not isinstance(item, nodes.Comment | nodes.EmptyLine | nodes.Format | nodes.Include) and not any(
            not isinstance(line, nodes.Comment | nodes.EmptyLine | nodes.Format) for line in body
        ):
            yield Diagnostic(layout.EMPTY_SECTION, "the section has no lines", item.span)
    if not resolved.rules and not resolved.labels and seen:
        last = next((one for one in resolved.recipe.items if isinstance(one, nodes.Format)), None)
        if last is not None:
            yield Diagnostic(layout.EMPTY_RECIPE, "the recipe has no rules and no labels", last.span)
