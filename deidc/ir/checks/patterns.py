"""DC319-DC322, DC331-DC333, DC335: what patterns select."""

from __future__ import annotations

import re
from collections.abc import Iterator

from deidc.codes import values as codes
from deidc.diagnostics import Diagnostic, Edit, Fix
from deidc.grammar import nodes
from deidc.ir import ops
from deidc.ir.checks.coverage import covers, everything, fits_private, of_pattern
from deidc.ir.checks.expressions import (
    alternatives,
    has_bare_operator,
    has_capital_escape,
    has_empty_alternative,
    odd_digits_missed,
)
from deidc.ir.resolving.resolved import Resolved
from deidc.patterns import BadPattern, compiled, is_slow
from deidc.source import Span
from deidc.vocabulary import Anchor, Comparison

# Patterns over a whole tag that stand for curves or overlays, with the digits, dots and repetitions taken out.
_WHOLE_TAG = re.compile(
    r"\^?(?:\\\()?(50|60)(?:[.x]{2}|\.\{2\}|\[0-9a-f\]\{2\})(?:,?\.{4}|,?\.\{4\}|,?\.[*+])?(?:\\\))?\$?\Z", re.I
)


# A whole tag in a pattern: its group and its element.
_TAGS = re.compile(r"([0-9A-Fa-f]{4})\\?,?([0-9A-Fa-f]{4})")


def patterns(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC319-DC322, DC331-DC333: a pattern selects what its author means."""
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
    if odd_digits_missed(pattern):
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
    """Complain of an alternative that fits no name that an attribute, public or private, is known to have."""
    for part in alternatives(selector.pattern):
        fits = of_pattern(selector.anchor, part) or fits_private(selector.anchor, part)
        if _is_judged(part) and not fits and not _fits_a_tag(selector.anchor, part):
            yield Diagnostic(codes.PATTERN_FITS_NOTHING, f"{part[:64]} matches no attribute", target.span)


def _is_judged(pattern: str) -> bool:
    """Whether the names that a pattern is about are known: words of names, or whole tags; no creators, no digits."""
    if '"' in pattern:
        return False
    return _TAGS.search(pattern) is not None or (len(pattern) > 2 and re.search(r"[0-9.]|\\[dDwWsS]", pattern) is None)


def _fits_a_tag(anchor: Anchor, pattern: str) -> bool:
    """Whether a pattern that names whole tags fits one of them in one of its spellings."""
    try:
        expression = compiled(ops.anchored(anchor, pattern))
    except BadPattern:
        return True
    tags = [(one[1], one[2]) for one in _TAGS.finditer(pattern)]
    spellings = (text for group, element in tags for text in (f"({group},{element})", f"{group}{element}"))
    return any(expression.search(text) for text in spellings)
