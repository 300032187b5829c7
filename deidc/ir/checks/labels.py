"""DC422-DC427, DC439, DC441, DC443, DC505: labels of %filter sections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from deidc.codes import layout
from deidc.codes import privacy as codes
from deidc.diagnostics import Diagnostic, Edit, Fix, Label
from deidc.ir.checks.coverage import attribute_of
from deidc.ir.resolving.resolved import BoundCriterion, BoundLabel, BoundLine, Resolved
from deidc.patterns import BadPattern, compiled, is_slow
from deidc.source import Span
from deidc.vocabulary import Comparison, Join, Policy, State


def label_lines(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC422-DC423: lines of criteria say how they are joined, as deid 0.4.13 would join them."""
    for label in resolved.labels:
        for number, line in enumerate(label.lines[1:], 1):
            first = line.line.criteria[0]
            if first.join is Join.OR:
                message = "deid 0.4.13 joins this line by AND"
                fix = _one_line(label, resolved) if number == 1 else None
                yield Diagnostic(codes.OR_LINE, message, line.line.span, "write the criteria on one line", fix)
            elif first.join is None:
                start = Span(line.line.span.source, line.line.span.start, line.line.span.start)
                fix = Fix.safe("begin the line with +", Edit(start, "+ "))
                yield Diagnostic(codes.BARE_LINE, "the line is joined by AND", line.line.span, "begin it with +", fix)


def _one_line(label: BoundLabel, resolved: Resolved) -> Fix | None:
    """Return the fix that appends the second line to the first, if that does not change the meaning."""
    first, second = label.lines[0].line, label.lines[1].line
    source = resolved.sources.get(first.span.source)
    if source is None or first.remark is not None or len(second.criteria) > 1:
        return None
    between = Span(source.name, first.span.end, second.span.start)
    if source.text[between.start : between.end].strip():
        return None
    return Fix.safe("put it on the line above", Edit(between, " "))


def labels(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC424-DC427, DC441, DC505: a label fires for some objects and not for all, and is the only one of its kind."""
    criteria: dict[tuple[str, object], BoundLabel] = {}
    named: dict[tuple[str, str], BoundLabel] = {}
    for label in resolved.labels:
        span = label.label.span
        if label.regions and resolved.policies.of(label.group) is Policy.PASS:
            yield Diagnostic(codes.WHITELIST, f"regions of a {label.group} are not blanked", span)
        if not label.lines:
            code = codes.NO_CRITERIA if label.regions else codes.EMPTY_LABEL
            yield Diagnostic(code, "the label fires for every object", span)
        elif _contradicts_itself(label):
            yield Diagnostic(codes.NEVER_FIRES, "the criteria contradict each other, so the label never fires", span)
        twin = criteria.setdefault((label.group, _likeness(label)), label)
        if twin is not label and label.lines:
            other = Label(twin.label.span, "the other label")
            yield Diagnostic(codes.SAME_LABEL, "a label above has the same criteria", span, None, None, (other,))
        elif label.label.name:
            twin = named.setdefault((label.group, label.label.name), label)
            if twin is not label:
                other = Label(twin.label.span, "the other label")
                yield Diagnostic(layout.SAME_LABEL_NAME, "a label above has the same name", span, None, None, (other,))


def _likeness(label: BoundLabel) -> object:
    """Return what two labels have in common that fire for the same objects."""
    return tuple(
        (
            _is_or(line) and number > 0,
            tuple(
                (
                    position > 0 and one.criterion.join,
                    one.criterion.operator,
                    one.selector,
                    (one.criterion.value or "").lower(),
                )
                for position, one in enumerate(line.criteria)
            ),
        )
        for number, line in enumerate(label.lines)
    )


def _is_or(line: BoundLine) -> bool:
    return line.line.criteria[0].join is Join.OR


def _contradicts_itself(label: BoundLabel) -> bool:
    """Whether criteria that must all hold ask one attribute for what it cannot be at once."""
    return _contradicts(_asked_together(label))


def exclude_each_other(one: BoundLabel, other: BoundLabel) -> bool:
    """Whether it is known that no object fits two labels."""
    return _contradicts([*_asked_together(one), *_asked_together(other)])


def _asked_together(label: BoundLabel) -> list[BoundCriterion]:
    """Return criteria that must all hold; others may have to."""
    if any(_is_or(line) for line in label.lines[1:]):
        return []
    return [one for line in label.lines if not _has_choice(line) for one in line.criteria]


def _contradicts(together: list[BoundCriterion]) -> bool:
    by_attribute: dict[object, list[BoundCriterion]] = {}
    for one in together:
        by_attribute.setdefault(one.selector, []).append(one)
    return any(_clash(group) for selector, group in by_attribute.items() if selector is not None)


def _has_choice(line: BoundLine) -> bool:
    return any(one.join is Join.OR for one in line.line.criteria[1:])


def _clash(group: list[BoundCriterion]) -> bool:
    """Whether no element can satisfy all criteria about it."""
    asked = {(one.criterion.operator, (one.criterion.value or "").strip().lower()) for one in group}
    words = {operator for operator, _ in asked}
    states, texts = State, Comparison
    if words & {texts.CONTAINS, texts.EQUALS} and words & {states.MISSING, states.EMPTY}:
        return True
    if states.MISSING in words and words & {states.PRESENT, states.EMPTY}:
        return True
    if any((_OPPOSITES.get(operator), text) in asked for operator, text in asked if operator in _OPPOSITES):
        return True
    attribute = attribute_of(group[0].selector)
    if attribute is None or attribute.vm != "1":
        return False
    equal = [text for operator, text in asked if operator is texts.EQUALS]
    if len(equal) > 1:
        return True
    return any(_misses(text, equal) for operator, text in asked if operator is texts.CONTAINS)


_OPPOSITES: Mapping[Comparison | State, Comparison] = MappingProxyType(
    {
        Comparison.CONTAINS: Comparison.NOTCONTAINS,
        Comparison.EQUALS: Comparison.NOTEQUALS,
    }
)


def _misses(pattern: str, equal: list[str]) -> bool:
    """Whether the one text that a value must equal does not contain the pattern."""
    if not equal or is_slow(pattern):
        return False
    try:
        return compiled(pattern).search(equal[0]) is None
    except BadPattern:
        return False


# ---- groups and regions ---------------------------------------------------------------------------------


def groups(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC439, DC443: a whitelist is no exemption from other groups, and groups that are cleaned have regions."""
    policies = resolved.policies
    passing = [label for label in resolved.labels if policies.of(label.group) is Policy.PASS]
    others = [label for label in resolved.labels if policies.of(label.group) is not Policy.PASS]
    if passing and others and not policies.is_final(passing[0].group):
        message = f"labels of other groups hold an object for review even if a {passing[0].group} matches it"
        yield Diagnostic(codes.WHITELIST_EXEMPTS_NOTHING, message, passing[0].label.span)
    for label in resolved.labels:
        line = policies.lines.get(label.group)
        is_told = line is not None and line.word is Policy.CLEAN
        if is_told and all(one.line.keep for one in label.regions):
            message = "the label blanks nothing, so objects that it flags are held for review"
            yield Diagnostic(codes.CLEAN_WITHOUT_REGIONS, message, label.label.span)
