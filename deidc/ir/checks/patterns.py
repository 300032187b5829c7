"""DC319-DC322, DC331-DC333, DC335, DC350: what patterns select."""

from __future__ import annotations

import re
from collections.abc import Iterator

from deidc.codes import values as codes
from deidc.diagnostics import Diagnostic, Edit, Fix
from deidc.dicom import dictionary
from deidc.grammar import nodes
from deidc.ir import ops
from deidc.ir.checks.coverage import covers, everything
from deidc.ir.checks.expressions import (
    alternatives,
    has_bare_operator,
    has_capital_escape,
    has_empty_alternative,
    odd_digits_missed,
)
from deidc.ir.checks.possible_names import can_match, misses_odd_groups
from deidc.ir.resolving.resolved import Resolved
from deidc.patterns import is_slow
from deidc.source import Span
from deidc.vocabulary import Anchor, Comparison, ExpanderKind

# Patterns over a whole tag that stand for curves or overlays, with the digits, dots and repetitions taken out.
_WHOLE_TAG = re.compile(
    r"\^?(?:\\\()?(50|60)(?:[.x]{2}|\.\{2\}|\[0-9a-f\]\{2\})(?:,?\.{4}|,?\.\{4\}|,?\.[*+])?(?:\\\))?\$?\Z", re.I
)

# A tag as a pattern, whatever is missing of its parentheses.
_TAG = re.compile(r"\^?\\?\(?([0-9A-Fa-f]{4})\\?,([0-9A-Fa-f]{4})\\?\)?\$?")
# The names that the dictionary gives to private elements that it does not know.
_GENERAL_NAME = re.compile(r"\^?private(?: ?(?:tag ?data|creator))?\$?", re.IGNORECASE)


def patterns(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC319-DC322, DC331-DC333, DC350: a pattern selects what its author means."""
    for target, selector in _targets(resolved):
        if isinstance(target, nodes.Expander) and isinstance(selector, ops.Matching):
            yield from _pattern(target, selector, resolved)


def texts(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC320, DC321, DC335: a pattern that values are searched for can miss, and does not take ages."""
    for pattern, span, in_label in _searched(resolved):
        if has_empty_alternative(pattern):
            yield Diagnostic(codes.EMPTY_ALTERNATIVE, "an alternative of the pattern is empty", span)
        elif is_slow(pattern):
            yield Diagnostic(codes.SLOW_PATTERN, "the pattern can match a text in too many ways", span)
        elif in_label and has_capital_escape(pattern):
            yield Diagnostic(codes.CAPITAL_ESCAPE, "deid 0.4.13 reads the escape in lower case", span)


def _targets(resolved: Resolved) -> Iterator[tuple[nodes.Target, ops.Selector | None]]:
    for rule in resolved.rules:
        yield rule.statement.target, rule.selector
    for one in resolved.lists:
        for member in one.members:
            yield member.line.target, member.selector


def _searched(resolved: Resolved) -> Iterator[tuple[str, Span, bool]]:
    """Yield the patterns of conditions and criteria, and whether they stand in a label."""
    contains = (Comparison.CONTAINS, Comparison.NOTCONTAINS)
    for rule in resolved.rules:
        for condition in nodes.conditions_of(rule.statement):
            if isinstance(condition, nodes.TextCondition) and condition.operator in contains:
                yield condition.text, condition.span, False
    for label in resolved.labels:
        for line in label.lines:
            for bound in line.criteria:
                text = bound.criterion.value
                if bound.criterion.operator in contains and text and not has_bare_operator(text):
                    yield text, bound.criterion.span, True


def _pattern(target: nodes.Expander, selector: ops.Matching, resolved: Resolved) -> Iterator[Diagnostic]:
    span, pattern = target.span, target.pattern
    if odd_digits_missed(pattern) or misses_odd_groups(selector.anchor, pattern):
        fix = Fix.unsafe("write select:private", Edit(span, "select:private"))
        message = "the pattern misses groups that end in B, D or F"
        yield Diagnostic(codes.ODD_DIGITS, message, span, "write select:private", fix)
    elif has_empty_alternative(pattern):
        yield Diagnostic(codes.EMPTY_ALTERNATIVE, "an alternative of the pattern is empty", span)
    elif is_slow(ops.anchored(selector.anchor, pattern)):
        yield Diagnostic(codes.SLOW_PATTERN, "the pattern can match a text in too many ways", span)
    elif has_capital_escape(pattern):
        yield Diagnostic(codes.CAPITAL_ESCAPE, "deid 0.4.13 reads the escape in lower case", span)
    elif (tag := _WHOLE_TAG.match(pattern)) is not None:
        kind = "select:curve" if tag[1] == "50" else "select:overlay"
        fix = Fix.unsafe(f"write {kind}", Edit(span, kind))
        yield Diagnostic(codes.WHOLE_TAG, f"{kind} selects these elements", span, f"write {kind}", fix)
    elif not selector.negated and len(covers(selector, resolved)) == len(everything()):
        yield Diagnostic(codes.FITS_EVERYTHING, "the pattern matches every attribute", span, "write all")
    elif selector.anchor is Anchor.CONTAINS and re.fullmatch(r"[0-9A-Fa-f]{4}", pattern) and re.search(r"\d", pattern):
        hint = f"write select:group:{pattern}, or the whole tag"
        message = "four digits match groups, elements, and digits across both"
        yield Diagnostic(codes.DIGITS_ANYWHERE, message, span, hint)
    else:
        yield from _dead(target, selector)


def _dead(target: nodes.Expander, selector: ops.Matching) -> Iterator[Diagnostic]:
    """Complain of an alternative that can match no name of an element, and of private elements by a general name."""
    for part in alternatives(selector.pattern):
        if len(part) > 2 and not can_match(selector.anchor, part):
            message = f"{part[:64]} matches no attribute"
            yield Diagnostic(codes.PATTERN_FITS_NOTHING, message, target.span, *_what_is_meant(target, part))
        elif _GENERAL_NAME.fullmatch(part) and not selector.negated:
            message = "the pattern misses private elements whose names are known"
            fix = Fix.unsafe("write select:private", Edit(target.span, "select:private"))
            yield Diagnostic(codes.PRIVATE_BY_NAME, message, target.span, "write select:private", fix)


def _what_is_meant(target: nodes.Expander, part: str) -> tuple[str | None, Fix | None]:
    """Return an instruction for a pattern that matches nothing, by what it looks like."""
    anchor = target.kind.value
    if part.startswith("/") and part.rstrip("/") != "" and "/" in part:
        inner = part.strip("/")
        return _written(target, f"{anchor}:{inner}", "a pattern has no slashes around it")
    if "," in part and all(map(dictionary.find_keyword, part.split(","))):
        return _written(target, f"{anchor}:{part.replace(',', '|')}", "alternatives are separated by |")
    tag = _TAG.fullmatch(part)
    if tag is not None:
        return _written(target, f"({tag[1]},{tag[2]})", "write the tag without a selector")
    if target.kind is ExpanderKind.ENDSWITH and part.startswith("^"):
        return _written(target, f"endswith:{part[1:]}", "endswith: matches the end, and ^ the beginning")
    if target.kind is ExpanderKind.STARTSWITH and part.endswith("$"):
        return _written(target, f"startswith:{part[:-1]}", "startswith: matches the beginning, and $ the end")
    return None, None


def _written(target: nodes.Expander, meant: str, why: str) -> tuple[str, Fix | None]:
    if len(alternatives(target.pattern)) > 1:
        return why, None
    return f"{why}; did you mean {meant}?", Fix.unsafe(f"write {meant}", Edit(target.span, meant))
