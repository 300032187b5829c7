"""DC301-DC304, DC339, DC308-DC310, DC316, DC327, DC334, DC415: what literals say, and where they go."""

from __future__ import annotations

from collections.abc import Iterator

from deidc.codes import values as codes
from deidc.codes.privacy import LITERAL_FOR_MANY
from deidc.diagnostics import Diagnostic, Edit, Fix
from deidc.dicom.dictionary import Attribute, attributes, is_private
from deidc.dicom.values.vrs import ALL_VRS, TEXT_VRS, Problem, Unfit, fit_text, is_code
from deidc.grammar import nodes
from deidc.ir import ops
from deidc.ir.checks.coverage import attribute_of, covers, is_wide, names
from deidc.ir.checks.rule_table import is_unconditional
from deidc.ir.identifiers import INSTANCE_UIDS
from deidc.ir.resolving.resolved import Bound, Resolved

CHARACTER_SET = ops.Tagged("00080005")


def literals(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC301-DC304, DC339, DC310, DC316, DC334, DC415: a literal is a value of every attribute it is written to."""
    promoted = any(rule.selector == CHARACTER_SET for rule in resolved.rules)
    for rule in resolved.rules:
        match nodes.value_of(rule.statement):
            case nodes.Literal() as literal if rule.action.gives_value:
                if rule.selector == CHARACTER_SET:
                    continue
                if is_wide(rule.selector):
                    yield from _wide(rule, literal, resolved)
                else:
                    attribute = attribute_of(rule.selector)
                    if attribute is not None:
                        yield from _exact(literal, attribute)
                if not literal.text.isascii() and not promoted:
                    message = "some character sets cannot encode these letters"
                    hint = 'add REPLACE SpecificCharacterSet "ISO_IR 192"'
                    yield Diagnostic(codes.BEYOND_ASCII, message, literal.span, hint)
            case _:
                pass


def _exact(literal: nodes.Literal, attribute: Attribute) -> Iterator[Diagnostic]:
    if attribute.vr == "SQ":
        message = f"{attribute.keyword} is a sequence"
        yield Diagnostic(
            codes.TEXT_INTO_SEQUENCE, message, literal.span, "REMOVE or BLANK it, or name an attribute inside"
        )
        return
    try:
        fit_text(literal.text, attribute.vr)
    except Unfit as failure:
        rule = codes.LITERAL_TOO_LONG if failure.problem is Problem.LENGTH else codes.LITERAL_UNFIT
        message = f"the text is not a valid value of {attribute.keyword} (VR {attribute.vr}): {failure.reason}"
        yield Diagnostic(rule, message, literal.span)
        return
    if attribute.keyword in INSTANCE_UIDS and literal.text:
        yield Diagnostic(codes.SAME_UID, f"every object gets the same {attribute.keyword}", literal.span)
    if attribute.vr == "CS" and not is_code(literal.text):
        message = f"{attribute.keyword} can hold capitals, digits, blanks and _"
        yield Diagnostic(codes.CODE_CHARACTERS, message, literal.span)
    if attribute.vr == "CS" and literal.text != literal.text.upper():
        capitals = literal.text.upper()
        fix = Fix.safe("write it in capitals", Edit(literal.span, f'"{capitals}"' if " " in capitals else capitals))
        yield Diagnostic(codes.CODE_CASE, f"{attribute.keyword} holds capitals", literal.span, f"write {capitals}", fix)
    if "\\" in literal.text and attribute.vm == "1" and _parts(attribute.vr):
        yield Diagnostic(codes.MANY_INTO_ONE, f"{attribute.keyword} holds one value", literal.span)


def _parts(vr: str) -> bool:
    """Whether a backslash parts values of a VR."""
    return vr not in TEXT_VRS or TEXT_VRS[vr].many


def _wide(rule: Bound, literal: nodes.Literal, resolved: Resolved) -> Iterator[Diagnostic]:
    if rule.action.creates:
        return
    unfit = _unfit_vrs(literal.text)
    if isinstance(rule.selector, ops.OfVR):
        if rule.selector.vrs == ("SQ",):
            yield Diagnostic(codes.TEXT_INTO_SEQUENCE, "sequences hold items", literal.span)
            return
        if set(rule.selector.vrs) <= unfit:
            message = f"the text is not a valid value of VR {' or '.join(rule.selector.vrs)}"
            yield Diagnostic(codes.LITERAL_UNFIT, message, literal.span)
            return
    if isinstance(rule.selector, ops.Everything | ops.Matching):
        unfit -= {"SQ"}  # the rule leaves a sequence to its items then
    reached = covers(rule.selector, resolved)
    missed = frozenset(one.pattern for one in attributes() if one.vr in unfit) & reached
    if missed:
        message = f"{names(missed)} cannot hold the text"
        yield Diagnostic(LITERAL_FOR_MANY, message, rule.statement.target.span, "name the VR: select:VR:XX")
    instance = frozenset(one.pattern for one in attributes() if one.keyword in INSTANCE_UIDS) & reached
    if instance and not missed:
        yield Diagnostic(codes.SAME_UID, f"every object gets the same {names(instance)}", literal.span)


def _unfit_vrs(text: str) -> frozenset[str]:
    unfit: set[str] = set()
    for vr in ALL_VRS:
        try:
            fit_text(text, vr)
        except Unfit:
            unfit.add(vr)
    return frozenset(unfit)


def additions(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC308-DC309: ADD names one attribute whose VR is known."""
    for rule in resolved.rules:
        statement = rule.statement
        if not rule.action.creates or rule.selector is None:
            continue
        span = statement.target.span
        last = rule.selector.steps[-1].at if isinstance(rule.selector, ops.AtPath) else rule.selector
        match last:
            case ops.Tagged(pattern) if "X" in pattern:
                yield Diagnostic(codes.ADD_TO_MANY, "the tag has wildcards", span)
            case ops.Tagged(pattern) if is_private(int(pattern, 16)):
                hint = f'write ({pattern[:4]},"CREATOR",{pattern[6:]})'
                yield Diagnostic(codes.ADD_UNKNOWN, "a private element needs its creator", span, hint)
            case ops.Tagged() if attribute_of(last) is None:
                yield Diagnostic(codes.ADD_UNKNOWN, "the attribute's VR is not in the dictionary", span)
            case ops.Tagged():
                pass
            case ops.PrivateBlock(group, _, element) if "X" in group + element:
                yield Diagnostic(codes.ADD_TO_MANY, "the tag has wildcards", span)
            case ops.PrivateBlock():
                pass
            case _:
                yield Diagnostic(
                    codes.ADD_TO_MANY,
                    f"{rule.action.word.value} makes one attribute",
                    span,
                    "use REPLACE to change attributes that exist",
                )


def character_set(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC327: an object's character set is left alone, or promoted to one that holds all letters."""
    for rule in resolved.rules:
        if rule.selector != CHARACTER_SET or not rule.action.writes:
            continue
        match nodes.value_of(rule.statement):
            case nodes.Literal(text) as value if is_unconditional(rule):
                if text not in ops.CHARACTER_SETS:
                    hint = 'write "ISO_IR 192"'
                    yield Diagnostic(
                        codes.CHARACTER_SET, "objects can only be promoted to ISO_IR 192", value.span, hint
                    )
            case None:
                pass
            case value:
                yield Diagnostic(
                    codes.CHARACTER_SET, "the character set must be a literal without conditions or guard", value.span
                )
