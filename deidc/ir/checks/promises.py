"""DC416, DC418, DC428, DC429, DC434-DC438: what a recipe promises that says identity is removed."""

from __future__ import annotations

from collections.abc import Iterator

from deidc.codes import privacy as codes
from deidc.diagnostics import Diagnostic
from deidc.dicom.dictionary import find_keyword
from deidc.grammar import nodes
from deidc.ir import ops
from deidc.ir.checks.coverage import NOTHING, Coverage, attribute_of, covers, date_attributes, reaches_private
from deidc.ir.checks.guards import complement_each_other
from deidc.ir.checks.rule_table import complaint, way_of
from deidc.ir.identifiers import DIRECT_IDENTIFIERS, ENTITY_DATES, INSTANCE_UIDS, METHODS, PROMISE, TEMPORAL
from deidc.ir.resolving.resolved import Bound, Resolved


def promises(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC416-DC438: a recipe that states that identity is removed has rules for identifying attributes."""
    promise, value = _promise(resolved)
    if promise is None:
        return
    if value not in ("YES", "NO"):
        yield complaint(codes.IDENTITY_REMOVED, "the value is neither YES nor NO", promise, hint="write YES")
        return
    if value == "YES":
        yield from _left(promise, resolved)
        yield from _stamps(promise, resolved)
        yield from _guessable(resolved)


def _promise(resolved: Resolved) -> tuple[Bound | None, str]:
    """Return the rule that says whether identity is removed, and what it says."""
    for rule in resolved.rules:
        attribute = attribute_of(rule.selector)
        if attribute is None or attribute.keyword != PROMISE:
            continue
        match nodes.value_of(rule.statement):
            case nodes.Literal(text) if rule.action.writes:
                return rule, text.strip().upper()
            case _:
                pass
    return None, ""


def _left(promise: Bound, resolved: Resolved) -> Iterator[Diagnostic]:
    """Complain of what no rule is about."""
    touched = _covered_in_every_object(resolved)
    missing = _missing(DIRECT_IDENTIFIERS, touched)
    if missing:
        yield complaint(codes.LEAVES_IDENTIFIERS, f"no rule covers {', '.join(missing)}", promise)
    uids = tuple(sorted(INSTANCE_UIDS))
    missing = _missing(uids, touched)
    if 0 < len(missing) < len(uids):
        yield complaint(codes.LEAVES_UIDS, f"no rule covers {' and '.join(missing)}", promise)
    if not any(reaches_private(rule.selector, resolved) for rule in resolved.rules):
        hint = "add REMOVE select:private, or KEEP those that are safe"
        yield complaint(codes.LEAVES_PRIVATE, "no rule covers private elements", promise, hint=hint)
    shifts = [rule for rule in resolved.rules if rule.action.shifts]
    if shifts:
        missing = _missing(ENTITY_DATES, touched)
        if missing:
            hint = "JITTER select:VR:DA|DT shifts all dates"
            yield complaint(codes.LEAVES_DATES, f"no rule covers {', '.join(missing)}", shifts[0], hint=hint)


def _covered_in_every_object(resolved: Resolved) -> Coverage:
    """Return what rules are about in every object: those without guards, or with guards one of which always holds."""
    always = NOTHING
    guarded: list[tuple[Bound, Coverage]] = []
    for rule in resolved.rules:
        coverage = covers(rule.selector, resolved)
        if not rule.guards:
            always |= coverage
            continue
        for other, its in guarded:
            if complement_each_other(rule, other):
                always |= coverage & its
        guarded.append((rule, coverage))
    return always


def _missing(keywords: tuple[str, ...], touched: Coverage) -> list[str]:
    return [keyword for keyword in keywords if not _pattern(keyword) & touched]


def _stamps(promise: Bound, resolved: Resolved) -> Iterator[Diagnostic]:
    """Complain of stamps that belong to the promise (PS3.15 E.1.1, E.3.6)."""
    written = NOTHING.union(
        *(covers(rule.selector, resolved) for rule in resolved.rules if rule.action.gives_value and not rule.guards),
        *_in_codes(resolved),
    )
    if not any(_pattern(keyword) & written for keyword in METHODS):
        message = "no rule writes DeidentificationMethod"
        yield complaint(
            codes.METHOD_UNTOLD, message, promise, hint="ADD DeidentificationMethod with a description of the method"
        )
    shift = next((rule for rule in resolved.rules if rule.action.shifts), None)
    if shift is not None and not _pattern(TEMPORAL) & written:
        hint = f"ADD {TEMPORAL} MODIFIED"
        yield complaint(codes.SHIFT_UNTOLD, f"no rule writes {TEMPORAL}", shift, hint=hint)


def _in_codes(resolved: Resolved) -> Iterator[Coverage]:
    """Yield the sequences in whose items an attribute is set."""
    for rule in resolved.rules:
        if rule.action.creates and isinstance(rule.selector, ops.AtPath):
            yield way_of(rule.selector)


def _guessable(resolved: Resolved) -> Iterator[Diagnostic]:
    """Complain of replacements that can be computed back or forth without a secret."""
    for rule in resolved.rules:
        match nodes.value_of(rule.statement):
            case nodes.Literal() if rule.action.shifts:
                if covers(rule.selector, resolved) & date_attributes():
                    yield complaint(codes.READABLE_SHIFT, "the number of days is in the recipe", rule)
            case nodes.BuiltinRef("pydicom_uuid", arguments) if rule.action.writes and not _is_random(arguments):
                yield complaint(codes.UNKEYED_UID, "the new UID can be computed from the old one", rule)
            case _:
                pass


def _is_random(arguments: tuple[nodes.Argument, ...]) -> bool:
    """Return whether a call of pydicom_uuid returns random UIDs."""
    return any(
        isinstance(one.value, nodes.Literal)
        and (one.key, one.value.text.lower()) in (("stable_remapping", "false"), ("prefix", "none"))
        for one in arguments
    )


def _pattern(keyword: str) -> Coverage:
    attribute = find_keyword(keyword)
    assert attribute is not None, keyword
    return frozenset({attribute.pattern})
