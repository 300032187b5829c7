"""DC347, DC348, DC446: values from other attributes, composed text, and one more value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from deidc.codes import operands as codes
from deidc.codes.privacy import IDENTITY_COPIED
from deidc.codes.values import BEYOND_ASCII, LITERAL_TOO_LONG, TEXT_INTO_SEQUENCE
from deidc.diagnostics import Diagnostic
from deidc.dicom.dictionary import Attribute
from deidc.dicom.values.vrs import BINARY, FLOATS, INTEGERS, TEXT_VRS
from deidc.grammar import nodes
from deidc.grammar.writer import write_target
from deidc.ir import ops
from deidc.ir.basic_profile import IDENTIFYING
from deidc.ir.checks.coverage import attribute_of, is_wide, listed
from deidc.ir.identifiers import CHARACTERISTICS
from deidc.ir.resolving.resolved import Bound, Resolved

_NUMBERS = frozenset({*INTEGERS, *FLOATS, "DS", "IS"})
_FREE = frozenset({"LO", "SH", "ST", "LT", "UT", "UC", "UN"})
_CHARACTER_SET = ops.Tagged("00080005")
# The VRs whose values may be values of a VR, besides those of free text; of all other VRs, any text may be.
_SUITED: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "DA": frozenset({"DA"}),
        "DT": frozenset({"DA", "DT"}),
        "TM": frozenset({"TM"}),
        "AS": frozenset({"AS"}),
        "UI": frozenset({"UI"}),
        "AT": frozenset({"AT"}),
        **dict.fromkeys(_NUMBERS, _NUMBERS),
    }
)


def sources(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC348, DC446: what a value is taken from can be written where it goes, and identifies no person."""
    for rule in resolved.rules:
        match nodes.value_of(rule.statement):
            case nodes.FromAttribute() as value:
                yield from _source(rule, value, resolved, alone=True)
            case nodes.Composed(parts) as value:
                yield from _composed(rule, value, resolved)
                for part in parts:
                    if isinstance(part, nodes.FromAttribute):
                        yield from _source(rule, part, resolved, alone=False)
            case _:
                pass
        yield from _copied(rule, resolved)


def _source(rule: Bound, value: nodes.FromAttribute, resolved: Resolved, *, alone: bool) -> Iterator[Diagnostic]:
    at = resolved.read.get(value.at)
    if at is None:
        return
    if any("X" in _digits(step.at) for step in at.steps):
        yield Diagnostic(codes.SOURCE_UNFIT, "the tag has wildcards", value.span, "name one attribute")
        return
    attribute, target = attribute_of(at), attribute_of(rule.selector)
    if attribute is not None and (attribute.vr == "SQ" or set(attribute.vr.split(" or ")) <= BINARY.keys()):
        yield Diagnostic(codes.SOURCE_UNFIT, f"{attribute.keyword} (VR {attribute.vr}) holds no text", value.span)
    elif rule.action.shifts:
        if attribute is not None and attribute.vr not in _NUMBERS | _FREE:
            message = f"{attribute.keyword} (VR {attribute.vr}) is not a number of days"
            yield Diagnostic(codes.SOURCE_UNFIT, message, value.span)
    elif alone and target is not None and target.vr == "SQ":
        yield Diagnostic(TEXT_INTO_SEQUENCE, f"{target.keyword} is a sequence", value.span)
    elif alone and attribute is not None and target is not None and not _suits(attribute, target):
        message = f"{attribute.keyword} (VR {attribute.vr}) is no value of {target.keyword} (VR {target.vr})"
        yield Diagnostic(codes.SOURCE_UNFIT, message, value.span)


def _digits(at: ops.Tagged | ops.PrivateBlock) -> str:
    return at.pattern if isinstance(at, ops.Tagged) else at.group + at.element


def _suits(source: Attribute, target: Attribute) -> bool:
    """Whether a value of one attribute may be a value of another."""
    given = set(source.vr.split(" or "))
    return any(vr not in _SUITED or not given.isdisjoint(_SUITED[vr] | _FREE) for vr in target.vr.split(" or "))


def _composed(rule: Bound, value: nodes.Composed, resolved: Resolved) -> Iterator[Diagnostic]:
    """Complain of composed text that cannot be written, whatever the values in it."""
    texts = [part.text for part in value.parts if isinstance(part, nodes.Literal)]
    target = attribute_of(rule.selector)
    if target is not None and rule.action.gives_value:
        if target.vr == "SQ":
            yield Diagnostic(TEXT_INTO_SEQUENCE, f"{target.keyword} is a sequence", value.span)
        elif target.vr in TEXT_VRS:
            longest, length = TEXT_VRS[target.vr].longest, sum(map(len, texts))
            if longest is not None and length > longest and not any("\\" in text or "=" in text for text in texts):
                message = f"the text is longer than {longest} characters, whatever stands for the names in braces"
                yield Diagnostic(LITERAL_TOO_LONG, message, value.span)
    promoted = any(one.selector == _CHARACTER_SET for one in resolved.rules)
    if not promoted and not all(text.isascii() for text in texts):
        message, hint = (
            "some character sets cannot encode these letters",
            'add REPLACE SpecificCharacterSet "ISO_IR 192"',
        )
        yield Diagnostic(BEYOND_ASCII, message, value.span, hint)


def _copied(rule: Bound, resolved: Resolved) -> Iterator[Diagnostic]:
    """Complain, once a rule, of identifying attributes whose values it writes into another attribute."""
    value = nodes.value_of(rule.statement)
    if not rule.action.gives_value or not isinstance(value, nodes.FromAttribute | nodes.Composed):
        return
    parts = value.parts if isinstance(value, nodes.Composed) else (value,)
    found = [
        write_target(part.at)
        for part in parts
        if isinstance(part, nodes.FromAttribute) and _identifies(resolved.read.get(part.at))
    ]
    if found:
        message = f"{listed(found)} {'identifies' if len(found) == 1 else 'identify'} the patient, and the rule copies"
        message += f" {'it' if len(found) == 1 else 'them'} in clear text"
        hint = "write a keyed pseudonym (deid_func:stable_hash) or a variable"
        yield Diagnostic(IDENTITY_COPIED, message, value.span, hint)


def _identifies(at: ops.AtPath | None) -> bool:
    """Whether an attribute may identify a person, as those of the Basic Profile and private ones may."""
    if at is None:
        return False
    attribute = attribute_of(at)
    if attribute is None:
        return isinstance(at.steps[-1].at, ops.PrivateBlock)
    has_text = attribute.vr != "SQ" and attribute.vr not in BINARY
    return has_text and attribute.pattern in IDENTIFYING and attribute.keyword not in CHARACTERISTICS


def appends(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC347: APPEND names an attribute that may have one more value."""
    for rule in resolved.rules:
        attribute = attribute_of(rule.selector)
        if not rule.action.appends or attribute is None or is_wide(rule.selector) or attribute.vr == "SQ":
            continue
        span = rule.statement.target.span
        if attribute.vr not in TEXT_VRS:
            message = f"{attribute.keyword} (VR {attribute.vr}) does not hold text"
            yield Diagnostic(codes.APPEND_TO_ONE, message, span, "use REPLACE or ADD to write all values")
        elif attribute.vm == "1" or not TEXT_VRS[attribute.vr].many:
            yield Diagnostic(codes.APPEND_TO_ONE, f"{attribute.keyword} holds one value", span, "use REPLACE or ADD")
