"""DC234, DC349, DC447: what the functions about time and parts of texts are given."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from deidc.codes.names import NO_PARTNER
from deidc.codes.operands import ARGUMENT_OUT_OF_RANGE
from deidc.codes.privacy import MOVED_APART
from deidc.diagnostics import Diagnostic
from deidc.dicom import dictionary
from deidc.dicom.dictionary import Attribute
from deidc.grammar import nodes
from deidc.ir.checks.coverage import attribute_of, covers, is_wide
from deidc.ir.resolving.resolved import Bound, Resolved
from deidc.patterns import BadPattern, compiled

_MOVING = ("shift_moment", "round_moment")
# The values of arguments that have few, in any case of letters.
_CHOICES: Mapping[tuple[str, str], tuple[str, ...]] = MappingProxyType(
    {
        ("age", "unit"): ("auto", "Y", "M", "W", "D"),
        ("shift_moment", "unit"): ("days", "hours", "minutes", "seconds"),
        ("truncate_date", "to"): ("year", "month"),
    }
)
_RANGES: Mapping[tuple[str, str], tuple[int, int]] = MappingProxyType(
    {("round_moment", "to"): (1, 24 * 60), ("age", "max"): (0, 120), ("age_cap", "max"): (0, 120)}
)


def calls(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC234, DC349, DC447: arguments are of use to their functions, and dates move with their times."""
    for rule in resolved.rules:
        match nodes.value_of(rule.statement):
            case nodes.BuiltinRef() as call:
                yield from _arguments(call)
                if call.name in _MOVING and rule.action.gives_value:
                    yield from _partner(rule, call, resolved)
            case _:
                pass


def _arguments(call: nodes.BuiltinRef) -> Iterator[Diagnostic]:
    texts = _texts(call)
    for argument in call.arguments:
        key, text = (call.name, argument.key), texts.get(argument.key)
        if text is None:
            continue
        choices, bounds = _CHOICES.get(key), _RANGES.get(key)
        if choices is not None and text.strip().lower() not in map(str.lower, choices):
            message = f"{argument.key} is none of {', '.join(choices)}"
            yield Diagnostic(ARGUMENT_OUT_OF_RANGE, message, argument.span)
        elif bounds is not None and re.fullmatch(r"[+-]?[0-9]{1,9}", text) and not bounds[0] <= int(text) <= bounds[1]:
            message = f"{argument.key} is not from {bounds[0]} to {bounds[1]}"
            yield Diagnostic(ARGUMENT_OUT_OF_RANGE, message, argument.span)
    if call.name == "sub" and {"pattern", "with"} <= texts.keys() and not _can_replace(texts["pattern"], texts["with"]):
        message = "with= refers to a group that the pattern does not have"
        yield Diagnostic(ARGUMENT_OUT_OF_RANGE, message, call.span, r"write \1 for the first group, \\ for a backslash")


def _texts(call: nodes.BuiltinRef) -> dict[str, str]:
    return {one.key: one.value.text for one in call.arguments if isinstance(one.value, nodes.Literal)}


def _can_replace(pattern: str, replacement: str) -> bool:
    try:
        compiled(pattern).sub(replacement, "")
    except BadPattern:
        return True  # which is another complaint
    except (re.error, IndexError):
        return False
    return True


# ---- dates and times that move together -----------------------------------------------------------------


def _partner(rule: Bound, call: nodes.BuiltinRef, resolved: Resolved) -> Iterator[Diagnostic]:
    attribute = attribute_of(rule.selector)
    if is_wide(rule.selector) or attribute is None or attribute.vr not in ("DA", "TM"):
        return
    given = _texts(call).get("with")
    partner = dictionary.find_keyword(given) if given is not None else dictionary.partner_of(attribute)
    if given is not None and partner is None:
        return  # which is another complaint
    wanted = "TM" if attribute.vr == "DA" else "DA"
    if partner is None:
        if attribute.vr == "TM" or not _is_whole_days(call):
            message = f"DICOM has no {'time' if attribute.vr == 'DA' else 'date'} that belongs to {attribute.keyword}"
            yield Diagnostic(NO_PARTNER, message, call.span, "name one with with=KEYWORD")
    elif partner.vr != wanted:
        message = f"{partner.keyword} (VR {partner.vr}) is not the {'time' if wanted == 'TM' else 'date'} of a moment"
        yield Diagnostic(NO_PARTNER, message, call.span, f"name an attribute of VR {wanted}")
    elif not _is_whole_days(call) and not _moves_alike(partner, rule, call, resolved):
        message = f"{attribute.keyword} is moved, and {partner.keyword} is not moved alike"
        hint = f"add REPLACE {partner.keyword} deid_func:{call.name} with the same arguments"
        yield Diagnostic(MOVED_APART, message, rule.statement.span, hint)


def _is_whole_days(call: nodes.BuiltinRef) -> bool:
    """Whether a call moves a moment by whole days, so that its time stays."""
    texts = _texts(call)
    is_whole = re.fullmatch(r"[+-]?[0-9]+", texts.get("by", "")) is not None
    return call.name == "shift_moment" and is_whole and texts.get("unit", "days").lower() == "days"


def _moves_alike(partner: Attribute, rule: Bound, call: nodes.BuiltinRef, resolved: Resolved) -> bool:
    """Whether another rule moves the partner by the same call, or takes it away."""
    for other in resolved.rules:
        if other is rule or partner.pattern not in _reach(other, resolved):
            continue
        if other.action.takes_away and not nodes.conditions_of(other.statement):
            return True
        match nodes.value_of(other.statement):
            case nodes.BuiltinRef(call.name) as twin if _amount(twin) == _amount(call):
                return True
            case _:
                pass
    return False


def _reach(rule: Bound, resolved: Resolved) -> frozenset[str]:
    attribute = attribute_of(rule.selector)
    return covers(rule.selector, resolved) | ({attribute.pattern} if attribute is not None else frozenset())


def _amount(call: nodes.BuiltinRef) -> dict[str, nodes.Literal | nodes.VarRef]:
    return {one.key: one.value for one in call.arguments if one.key != "with"}
