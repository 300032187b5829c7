"""DC305-DC307, DC311-DC318, DC328-DC330: amounts, variables, lists, and what built-in functions make."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from deidc.codes import values as codes
from deidc.diagnostics import Diagnostic
from deidc.dicom.dictionary import Attribute, find_keyword
from deidc.dicom.values.vrs import ALL_VRS, BINARY, DATES, FLOATS, INTEGERS
from deidc.grammar import nodes
from deidc.ir import ops
from deidc.ir.builtin_functions import BUILTIN_FUNCTIONS, BUILTINS
from deidc.ir.checks.coverage import attribute_of, covers, names
from deidc.ir.identifiers import FEW_VALUES, LINKING_UIDS
from deidc.ir.resolving.resolved import Bound, Resolved
from deidc.ir.signatures import Result
from deidc.vocabulary import ListKind, VariableKind

_ROOT = re.compile(r"[0-9]+(\.(0|[1-9][0-9]*))*\.?\Z")
_LONGEST_ROOT = 40
_NUMBERS = frozenset({*INTEGERS, *FLOATS, "DS", "IS"})
_MOMENTS = frozenset({*DATES, "TM", "AS"})
_SHORT = frozenset({"SH", "AE", "CS"})
_NO_TEXT = frozenset({"SQ", "AT", *(BINARY.keys() - {"UN"})})
_UUIDS = frozenset({"basic_uuid", "simple_uuid", "suffix_uuid"})
# VRs that cannot hold what a function makes.
_UNFIT_RESULTS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        **dict.fromkeys(_UUIDS, _NUMBERS | _MOMENTS | _SHORT | _NO_TEXT),
        "stable_hash": _NUMBERS | _MOMENTS | _NO_TEXT | {"UI"},
        **dict.fromkeys(("dicom_uuid", "pydicom_uuid", "stable_uid"), _NUMBERS | _MOMENTS | _SHORT | _NO_TEXT),
        **dict.fromkeys(
            ("jitter", "truncate_date"), _NUMBERS - {"IS"} | _NO_TEXT | {"TM", "AS", "UI", "CS", "AE", "PN", "UR"}
        ),
        "age": _NUMBERS | DATES | _NO_TEXT | {"TM", "UI", "PN", "UR"},
        "sub": _NO_TEXT,
        **dict.fromkeys(("shift_moment", "round_moment"), ALL_VRS - {"DA", "DT", "TM", "UN"}),
        "round": _MOMENTS | _NO_TEXT | {"UI", "PN", "UR"},
        "age_cap": _NUMBERS | DATES | _NO_TEXT | {"TM", "UI", "PN", "UR"},
    }
)
_UNFIT_VARIABLES: Mapping[VariableKind, frozenset[str]] = MappingProxyType(
    {
        VariableKind.DATE: _NUMBERS - {"IS", "DS"} | _NO_TEXT | {"TM", "AS", "UI"},
        VariableKind.UID: _NUMBERS | _MOMENTS | _NO_TEXT | {"CS"},
        VariableKind.INT: _MOMENTS | _NO_TEXT | {"UI"},
        VariableKind.NUMBER: _MOMENTS | _NO_TEXT | {"UI"},
        VariableKind.TEXT: frozenset({"SQ"}),
    }
)
_NO_DAYS = frozenset({VariableKind.DATE, VariableKind.UID})

_CALENDAR = 3652058  # days from 0001-01-01 to 9999-12-31, the dates that DICOM can write (PS3.5 6.2)
_DIGITS = 7


def jitters(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC305-DC307, DC329: JITTER shifts dates by a whole number of days."""
    for rule in resolved.rules:
        days = nodes.value_of(rule.statement)
        if days is None or not rule.action.shifts:
            continue
        attribute = attribute_of(rule.selector)
        if attribute is not None and attribute.vr not in DATES:
            message = f"{attribute.keyword} (VR {attribute.vr}) does not hold a date"
            yield Diagnostic(codes.JITTER_NO_DATE, message, rule.statement.target.span)
        elif isinstance(rule.selector, ops.OfVR) and set(rule.selector.vrs) <= _NUMBERS | {
            "TM",
            "AS",
            "PN",
            "SQ",
            "UI",
        }:
            message = f"attributes of VR {' or '.join(rule.selector.vrs)} do not hold dates"
            yield Diagnostic(codes.JITTER_NO_DATE, message, rule.statement.target.span, "write select:VR:DA|DT")
        yield from _amount(days)


def _amount(days: nodes.Value) -> Iterator[Diagnostic]:
    match days:
        case nodes.Literal(text) if not re.fullmatch(r"[+-]?\d+", text, re.ASCII):
            hint = "write a whole number, like 30 or -30"
            yield Diagnostic(codes.JITTER_AMOUNT, "the amount is not a whole number of days", days.span, hint)
        case nodes.Literal(text) if len(text.lstrip("+-0")) > _DIGITS or abs(int(text)) > _CALENDAR:
            message = f"no date can be shifted by more than {_CALENDAR} days"
            yield Diagnostic(codes.JITTER_AMOUNT, message, days.span, "write a smaller number, like 30 or -30")
        case nodes.Literal(text) if int(text) == 0:
            yield Diagnostic(codes.JITTER_ZERO, "the dates are shifted by zero days", days.span)
        case nodes.BuiltinRef(name) if name in BUILTINS and BUILTINS[name].result not in (Result.DAYS, Result.ANY):
            hint = f"write REPLACE with deid_func:{name}, or JITTER with deid_func:date_shift"
            yield Diagnostic(codes.FUNCTION_UNFIT, f"{name} does not return a number of days", days.span, hint)
        case _:
            pass


def lists(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC311-DC312: lists do not collect what everybody's files hold."""
    few = frozenset(known.pattern for key in FEW_VALUES if (known := find_keyword(key)) is not None)
    for one in resolved.lists:
        if one.kind is not ListKind.VALUES:
            continue
        for member in one.members:
            if isinstance(member.line, nodes.Split) and member.line.minimum < 2:
                message = "SPLIT produces parts of one character"
                yield Diagnostic(codes.SHORT_PARTS, message, member.line.span, "add minlength=2 or more")
            common = covers(member.selector, resolved) & few
            if common:
                message = f"{names(common)} {'have' if len(common) > 1 else 'has'} few different values"
                yield Diagnostic(codes.COMMON_VALUES, message, member.line.span)


# ---- variables and functions ----------------------------------------------------------------------------


def variables(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC328, DC330: a variable that is written is of a type that the attribute can hold, and no secret."""
    for rule in resolved.rules:
        match nodes.value_of(rule.statement):
            case nodes.VarRef() as used if rule.action.gives_value:
                yield from _variable(rule, used, resolved)
            case nodes.Composed(parts):
                for part in parts:
                    if isinstance(part, nodes.VarRef):
                        yield from _hidden(part, resolved)
            case nodes.VarRef(name) as used if rule.action.shifts:
                declared = resolved.variables.get(name)
                if declared is not None and (declared.type in _NO_DAYS or _is_hidden(declared)):
                    message = f"a {declared.type.value} is not a number of days"
                    yield Diagnostic(codes.VARIABLE_UNFIT, message, used.span)
            case _:
                pass


def _variable(rule: Bound, used: nodes.VarRef, resolved: Resolved) -> Iterator[Diagnostic]:
    declared = resolved.variables.get(used.name)
    if used.name in resolved.secrets or (declared is not None and _is_hidden(declared)):
        yield from _hidden(used, resolved)
        return
    if declared is None:
        return
    attribute = attribute_of(rule.selector)
    if attribute is not None and attribute.vr in _UNFIT_VARIABLES[declared.type]:
        message = f"a {declared.type.value} is not a valid value of {attribute.keyword} (VR {attribute.vr})"
        yield Diagnostic(codes.VARIABLE_UNFIT, message, used.span)


def _hidden(used: nodes.VarRef, resolved: Resolved) -> Iterator[Diagnostic]:
    """Complain of a variable that cannot be written, whatever the attribute."""
    declared = resolved.variables.get(used.name)
    if used.name in resolved.secrets or (declared is not None and declared.type is VariableKind.SECRET):
        hint = "use secrets only for key= of functions"
        yield Diagnostic(codes.SECRET_WRITTEN, f"var:{used.name} is a secret", used.span, hint)
    elif declared is not None and declared.type is VariableKind.TABLE:
        hint = f"write deid_func:lookup table=var:{used.name} column=NAME"
        yield Diagnostic(codes.VARIABLE_UNFIT, "a table is not a value", used.span, hint)


def _is_hidden(variable: nodes.Variable) -> bool:
    return variable.type in (VariableKind.SECRET, VariableKind.TABLE)


def functions(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC313-DC318, DC329, DC338: built-in functions make values that are of use where they are written."""
    for rule in resolved.rules:
        match nodes.value_of(rule.statement):
            case nodes.BuiltinRef() as call if rule.action.gives_value:
                yield from _result(rule, call)
                yield from _arguments(rule, call)
            case _:
                pass


def _result(rule: Bound, call: nodes.BuiltinRef) -> Iterator[Diagnostic]:
    attribute = attribute_of(rule.selector)
    vrs = {attribute.vr} if attribute is not None else set[str]()
    if isinstance(rule.selector, ops.OfVR):
        vrs = set(rule.selector.vrs)
    what = attribute.keyword if attribute is not None else f"VR {' or '.join(sorted(vrs))}"
    if call.name in _UUIDS and "UI" in vrs:
        hint = "write deid_func:pydicom_uuid, or deid_func:stable_uid key=var:NAME"
        yield Diagnostic(codes.UUID_INTO_UID, f"{what} holds UIDs", call.span, hint)
    elif call.name == "date_shift":
        message = "date_shift returns a number of days, which only JITTER can use"
        yield Diagnostic(codes.FUNCTION_UNFIT, message, call.span, "write JITTER")
    elif vrs and vrs <= _UNFIT_RESULTS.get(call.name, frozenset()):
        yield Diagnostic(codes.FUNCTION_UNFIT, f"{what} cannot hold the result of {call.name}", call.span)
    elif rule.action.creates and _is_of_original(call) and not _is_random(call):
        message = f"{call.name} derives its result from the element's own value"
        yield Diagnostic(codes.NOTHING_TO_DERIVE, message, call.span, "write REPLACE")
    elif call.name == "stable_hash" and vrs and vrs <= _SHORT and _hash_length(call) > 16:
        message = f"{what} holds 16 characters, but the function returns {_hash_length(call)}"
        yield Diagnostic(codes.FUNCTION_UNFIT, message, call.span, "reduce length=")


def _is_of_original(call: nodes.BuiltinRef) -> bool:
    """Whether a function changes what the element holds; the others have their result from elsewhere."""
    function = BUILTIN_FUNCTIONS.get(call.name)
    return function is not None and function.depends.is_of_element


def _hash_length(call: nodes.BuiltinRef) -> int:
    given = {one.key: one.value.text for one in call.arguments if isinstance(one.value, nodes.Literal)}
    length = given.get("length", "16")
    return len(given.get("prefix", "")) + (int(length) if re.fullmatch(r"\d{1,4}", length, re.ASCII) else 16)


def _arguments(rule: Bound, call: nodes.BuiltinRef) -> Iterator[Diagnostic]:
    attribute = attribute_of(rule.selector)
    given = {one.key: one.value for one in call.arguments}
    stable = given.get("stable_remapping")
    if call.name == "pydicom_uuid" and isinstance(stable, nodes.Literal) and stable.text.lower() == "false":
        yield Diagnostic(codes.NOT_STABLE, "deid 0.4.13 writes one constant UID", stable.span)
    elif call.name == "dicom_uuid" and _links(attribute):
        assert attribute is not None
        message = f"{attribute.keyword} links objects, but each file gets another UID"
        yield Diagnostic(codes.RANDOM_UID, message, call.span)
    for key in ("org_root", "prefix", "root"):
        root = given.get(key)
        if call.name == "stable_hash" or not isinstance(root, nodes.Literal):
            continue
        is_no_prefix = call.name == "pydicom_uuid" and root.text.lower() in ("none", "null")
        if not is_no_prefix and not _is_root(root.text):
            yield Diagnostic(codes.BAD_ROOT, "the root is not a valid UID, or is too long for a suffix", root.span)
    if call.name == "jitter" and "years" in given and "days" not in given:
        yield Diagnostic(codes.YEARS_ONLY, "deid 0.4.13 adds one day", call.span, "add days=0")


def _is_random(call: nodes.BuiltinRef) -> bool:
    """Return whether a call of pydicom_uuid returns a UID that is independent of the original."""
    given = {one.key: one.value.text.lower() for one in call.arguments if isinstance(one.value, nodes.Literal)}
    if call.name != "pydicom_uuid":
        return False
    return given.get("stable_remapping") == "false" or given.get("prefix") in ("none", "null")


def _links(attribute: Attribute | None) -> bool:
    return attribute is not None and attribute.keyword in LINKING_UIDS


def _is_root(text: str) -> bool:
    return _ROOT.match(text) is not None and len(text) <= _LONGEST_ROOT
