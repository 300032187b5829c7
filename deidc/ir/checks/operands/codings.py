"""DC343-DC346: codes are written to code sequences, and their parts belong together."""

from __future__ import annotations

from collections.abc import Iterator

from deidc.codes import operands as codes
from deidc.codes.values import BEYOND_ASCII
from deidc.diagnostics import Diagnostic
from deidc.dicom.values.coding import Code, complaints_about, dicom_meanings, dicom_value
from deidc.grammar import nodes
from deidc.ir import ops
from deidc.ir.checks.coverage import attribute_of, is_wide
from deidc.ir.resolving.resolved import Bound, Resolved

_DICOM = "DCM"
_CHARACTER_SET = ops.Tagged("00080005")


def codings(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC343-DC346: a code stands in a code sequence, fits its attributes, and means what it states."""
    promoted = any(rule.selector == _CHARACTER_SET for rule in resolved.rules)
    for rule in resolved.rules:
        match nodes.value_of(rule.statement):
            case nodes.Codes(listed) as value:
                yield from _place(rule, value)
                for one in listed:
                    yield from _code(one)
                    if not one.meaning.isascii() and not promoted:
                        message = "some character sets cannot encode these letters"
                        hint = 'add REPLACE SpecificCharacterSet "ISO_IR 192"'
                        yield Diagnostic(BEYOND_ASCII, message, one.span, hint)
            case _:
                pass


def _place(rule: Bound, value: nodes.Codes) -> Iterator[Diagnostic]:
    attribute = attribute_of(rule.selector)
    if rule.action.shifts:
        yield Diagnostic(codes.CODE_MISPLACED, "a code is not a number of days", value.span)
    elif is_wide(rule.selector):
        yield Diagnostic(codes.CODE_MISPLACED, "a code is written to one sequence", value.span, "name the sequence")
    elif attribute is not None and attribute.vr != "SQ":
        message = f"{attribute.keyword} (VR {attribute.vr}) is not a sequence"
        yield Diagnostic(codes.CODE_MISPLACED, message, value.span)


def _code(node: nodes.Code) -> Iterator[Diagnostic]:
    code = Code(node.value, node.scheme, node.version, node.meaning)
    complaints = list(complaints_about(code))
    for complaint in complaints:
        yield Diagnostic(codes.CODE_UNFIT, complaint, node.span)
    if not complaints and code.scheme == _DICOM:
        yield from _of_dicom(code, node)


def _of_dicom(code: Code, node: nodes.Code) -> Iterator[Diagnostic]:
    known = dicom_meanings(code.value)
    if code.meaning.strip().casefold() in (one.casefold() for one in known):
        return
    value = dicom_value(code.meaning)
    if known:
        hint = f"the meaning of {code.value} is {known[0]!r}"
        hint += f"; this is the meaning of {value}" if value is not None else ""
        message = f"the code {code.value} of DICOM has another meaning"
        yield Diagnostic(codes.CODE_MEANING, message, node.span, hint)
    elif value is not None:
        message = f"the meaning is that of the code {value} of DICOM"
        yield Diagnostic(codes.CODE_MEANING, message, node.span, f"write code:{value},{_DICOM}")
    else:
        message = f"DICOM's own coding scheme has no code {code.value}"
        yield Diagnostic(codes.CODE_UNKNOWN, message, node.span)
