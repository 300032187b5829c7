"""DC3xx: values, patterns and amounts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from deidc.codes import values as codes
from deidc.codes.privacy import LITERAL_FOR_MANY
from deidc.diagnostics import Diagnostic, Edit, Fix, Rule
from deidc.grammar import nodes
from deidc.ir import ops
from deidc.ir.checks.coverage import attribute_of, covers, is_wide, names
from deidc.ir.dictionary import Attribute, attributes, is_private
from deidc.ir.identifiers import FEW_VALUES, INSTANCE_UIDS, LINKING_UIDS, ONLY_IN_ITEMS
from deidc.ir.names import Bound, BoundCriterion, Resolved
from deidc.ir.vrs import ALL_VRS, DATES, TEXT_VRS, Problem, Unfit, fit_text

CHARACTER_SET = ops.Tagged("00080005")
_ROOT = re.compile(r"[0-9]+(\.(0|[1-9][0-9]*))*\.?\Z")
_LONGEST_ROOT = 40


def literals(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC301-DC304, DC310: a literal is a value of the attribute it is written to."""
    for rule in resolved.rules:
        match rule.statement:
            case nodes.Add(_, nodes.Literal() as literal) | nodes.Replace(_, nodes.Literal() as literal):
                attribute = attribute_of(rule.selector)
                if rule.selector != CHARACTER_SET and attribute is not None:
                    yield from _literal(literal, attribute)
            case _:
                pass


def _literal(literal: nodes.Literal, attribute: Attribute) -> Iterator[Diagnostic]:
    if attribute.vr == "SQ":
        message = f"{attribute.keyword} is a sequence"
        yield Diagnostic(codes.TEXT_INTO_SEQUENCE, message, literal.span, "REMOVE or BLANK it, or name what is inside")
        return
    try:
        fit_text(literal.text, attribute.vr)
    except Unfit as failure:
        rule = codes.LITERAL_TOO_LONG if failure.problem is Problem.LENGTH else codes.LITERAL_UNFIT
        message = f"the text is no value of {attribute.keyword} (VR {attribute.vr}): {failure.reason}"
        yield Diagnostic(rule, message, literal.span)
        return
    if attribute.vr == "CS" and literal.text != literal.text.upper():
        capitals = literal.text.upper()
        fix = Fix.safe("write it in capitals", Edit(literal.span, capitals if " " not in capitals else f'"{capitals}"'))
        yield Diagnostic(codes.CODE_CASE, f"{attribute.keyword} holds capitals", literal.span, None, fix)
    if "\\" in literal.text and attribute.vm == "1" and _parts(attribute.vr):
        yield Diagnostic(codes.MANY_INTO_ONE, f"{attribute.keyword} holds one value", literal.span)


def _parts(vr: str) -> bool:
    return vr not in TEXT_VRS or TEXT_VRS[vr].many


def jitters(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC305-DC307: JITTER shifts dates by a whole number of days."""
    for rule in resolved.rules:
        if not isinstance(rule.statement, nodes.Jitter):
            continue
        attribute = attribute_of(rule.selector)
        if attribute is not None and attribute.vr not in DATES:
            message = f"{attribute.keyword} (VR {attribute.vr}) holds no date"
            yield Diagnostic(codes.JITTER_NO_DATE, message, rule.statement.target.span)
        days = rule.statement.days
        if isinstance(days, nodes.Literal):
            if not re.fullmatch(r"[+-]?\d{1,7}", days.text, re.ASCII):
                yield Diagnostic(codes.JITTER_AMOUNT, "the amount is no whole number of days", days.span)
            elif int(days.text) == 0:
                yield Diagnostic(codes.JITTER_ZERO, "the dates are shifted by no days", days.span)


def additions(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC308-DC309: ADD names one attribute whose VR is known."""
    for rule in resolved.rules:
        statement = rule.statement
        if not isinstance(statement, nodes.Add) or rule.selector is None:
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
                yield Diagnostic(codes.ADD_UNKNOWN, "the dictionary does not know the attribute's VR", span)
            case ops.Tagged():
                pass
            case ops.PrivateBlock(group, _, element) if "X" in group + element:
                yield Diagnostic(codes.ADD_TO_MANY, "the tag has wildcards", span)
            case ops.PrivateBlock():
                pass
            case _:
                yield Diagnostic(codes.ADD_TO_MANY, "ADD makes one attribute", span, "REPLACE changes those that exist")


def lists(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC311-DC312: lists do not collect what everybody's files hold."""
    for one in resolved.lists:
        if one.kind is not nodes.ListKind.VALUES:
            continue
        for member in one.members:
            if isinstance(member.line, nodes.Split) and member.line.minimum < 3:
                message = f"parts of {member.line.minimum} characters are taken"
                yield Diagnostic(codes.SHORT_PARTS, message, member.line.span, "add minlength=3 or more")
            attribute = attribute_of(member.selector)
            if attribute is not None and attribute.keyword in FEW_VALUES:
                message = f"{attribute.keyword} has few different values"
                yield Diagnostic(codes.COMMON_VALUES, message, member.line.span)


# ---- functions ------------------------------------------------------------------------------------------


def functions(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC313-DC318: built-in functions make values that are of use where they are written."""
    for rule in resolved.rules:
        match rule.statement:
            case nodes.Add(_, nodes.BuiltinRef() as call) | nodes.Replace(_, nodes.BuiltinRef() as call):
                yield from _call(rule, call)
            case nodes.Add(_, nodes.Literal() as literal) | nodes.Replace(_, nodes.Literal() as literal):
                attribute = attribute_of(rule.selector)
                if attribute is not None and attribute.keyword in INSTANCE_UIDS and literal.text:
                    message = f"every object gets the same {attribute.keyword}"
                    yield Diagnostic(codes.SAME_UID, message, literal.span)
            case _:
                pass


def _call(rule: Bound, call: nodes.BuiltinRef) -> Iterator[Diagnostic]:
    attribute = attribute_of(rule.selector)
    given = {one.key: one.value for one in call.arguments}
    if call.name in ("basic_uuid", "simple_uuid", "suffix_uuid") and attribute is not None and attribute.vr == "UI":
        hint = "write deid_func:pydicom_uuid, or deid_func:stable_uid key=var:NAME"
        yield Diagnostic(codes.UUID_INTO_UID, f"{attribute.keyword} holds UIDs", call.span, hint)
    stable = given.get("stable_remapping")
    if call.name == "pydicom_uuid" and isinstance(stable, nodes.Literal) and stable.text.lower() == "false":
        yield Diagnostic(codes.NOT_STABLE, "deid 0.4.13 writes one constant UID", stable.span)
    elif call.name == "dicom_uuid" and attribute is not None and attribute.keyword in LINKING_UIDS:
        message = f"{attribute.keyword} links objects, and each file gets another"
        yield Diagnostic(codes.RANDOM_UID, message, call.span)
    # The prefix of a stable_hash is any text.
    roots = () if call.name == "stable_hash" else ("org_root", "prefix", "root")
    for key in roots:
        root = given.get(key)
        if isinstance(root, nodes.Literal) and root.text.lower() != "none" and not _is_root(root.text):
            yield Diagnostic(codes.BAD_ROOT, "the root is no UID with room behind it", root.span)
    if call.name == "jitter" and "years" in given and "days" not in given:
        yield Diagnostic(codes.YEARS_ONLY, "deid 0.4.13 adds one day", call.span, "add days=0")


def _is_root(text: str) -> bool:
    return _ROOT.match(text) is not None and len(text) <= _LONGEST_ROOT


def character_set(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC327: an object's character set is left alone, or promoted to one that holds all letters."""
    for rule in resolved.rules:
        if rule.selector != CHARACTER_SET:
            continue
        match rule.statement:
            case nodes.Add(_, nodes.Literal(text) as value) | nodes.Replace(_, nodes.Literal(text) as value, ()):
                if text not in ops.CHARACTER_SETS:
                    hint = 'write "ISO_IR 192"'
                    yield Diagnostic(codes.CHARACTER_SET, "objects are promoted to ISO_IR 192 only", value.span, hint)
            case nodes.Add(_, value) | nodes.Replace(_, value):
                yield Diagnostic(codes.CHARACTER_SET, "the character set is a literal without conditions", value.span)
            case _:
                pass


# ---- patterns -------------------------------------------------------------------------------------------


def patterns(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC319-DC322: a pattern selects what its author means."""
    for target, selector in _targets(resolved):
        if isinstance(target, nodes.Expander) and isinstance(selector, ops.Matching):
            yield from _pattern(target, selector, resolved)


def _targets(resolved: Resolved) -> Iterator[tuple[nodes.Target, ops.Selector | None]]:
    for rule in resolved.rules:
        yield rule.statement.target, rule.selector
    for one in resolved.lists:
        for member in one.members:
            yield member.line.target, member.selector


def _pattern(target: nodes.Expander, selector: ops.Matching, resolved: Resolved) -> Iterator[Diagnostic]:
    span = target.span
    if "[13579]" in target.pattern:
        fix = Fix.unsafe("write select:private", Edit(span, "select:private"))
        yield Diagnostic(codes.ODD_DIGITS, "the pattern misses groups that end in B, D or F", span, None, fix)
    elif _has_empty_alternative(target.pattern):
        yield Diagnostic(codes.EMPTY_ALTERNATIVE, "an alternative of the pattern is empty", span)
    elif re.search(r"\\[DSWBZA]", target.pattern):
        yield Diagnostic(codes.CAPITAL_ESCAPE, "deid 0.4.13 reads the escape in lower case", span)
    elif not selector.negated and not covers(selector, resolved) and _means_keyword(target.pattern):
        yield Diagnostic(codes.PATTERN_FITS_NOTHING, "the pattern fits no attribute", span)


def _means_keyword(pattern: str) -> bool:
    """Whether a pattern is plain letters, as keywords are; others may mean private elements."""
    return re.fullmatch(r"[A-Za-z]{3,}", pattern) is not None


def _has_empty_alternative(pattern: str) -> bool:
    return re.search(r"(^|[^\\])(\|\||\|$|\(\||\|\))|^\|", pattern) is not None


# ---- criteria -------------------------------------------------------------------------------------------


def criteria(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC323-DC326: a criterion can hold for some object."""
    for label in resolved.labels:
        for line in label.lines:
            for bound in line.criteria:
                yield from _criterion(bound)


def _criterion(bound: BoundCriterion) -> Iterator[Diagnostic]:
    criterion = bound.criterion
    attribute = attribute_of(bound.selector)
    if attribute is not None and attribute.keyword in ONLY_IN_ITEMS and isinstance(criterion.target, nodes.Keyword):
        message = f"{attribute.keyword} occurs in items of sequences only"
        yield Diagnostic(codes.ONLY_NESTED, message, criterion.target.span, f"write Sequence__{attribute.keyword}")
    text = criterion.value
    if text is None:
        return
    match criterion.operator:
        case nodes.TextOperator.EQUALS | nodes.TextOperator.NOTEQUALS if "|" in text:
            hint = f"write contains with ^({text})$"
            yield Diagnostic(codes.ALTERNATION_IN_EQUALS, "equals knows no alternatives", criterion.span, hint)
        case nodes.TextOperator.CONTAINS | nodes.TextOperator.NOTCONTAINS if re.search(r"[A-Za-z]\+[A-Za-z]", text):
            yield Diagnostic(codes.PLUS_IN_PATTERN, "+ repeats the letter before it", criterion.span)
        case _:
            if attribute is not None and _never_has(attribute, criterion.operator, text):
                message = f"{attribute.keyword} has no such value"
                yield Diagnostic(codes.NOT_A_TERM, message, criterion.span)


def _never_has(attribute: Attribute, operator: nodes.TextOperator | nodes.StateOperator, text: str) -> bool:
    if attribute.keyword == "Modality":
        return re.fullmatch(r"MRI|PET|CAT|XR|XRAY|PET/CT|ULTRASOUND", text, re.IGNORECASE) is not None
    if operator in (nodes.TextOperator.EQUALS, nodes.TextOperator.NOTEQUALS) and attribute.vr in (
        "US",
        "UL",
        "SS",
        "SL",
        "IS",
    ):
        return re.fullmatch(r"[+-]?\d+", text.strip()) is None
    return False


def wide_literals(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC415: a literal that a wide rule writes fits every attribute it reaches."""
    for rule in resolved.rules:
        match rule.statement:
            case nodes.Replace(_, nodes.Literal() as literal) if is_wide(rule.selector):
                yield from _wide_literal(rule, literal, resolved, LITERAL_FOR_MANY)
            case _:
                pass


def _wide_literal(rule: Bound, literal: nodes.Literal, resolved: Resolved, code: Rule) -> Iterator[Diagnostic]:
    if isinstance(rule.selector, ops.OfVR) and rule.selector.vrs == ("SQ",):
        yield Diagnostic(codes.TEXT_INTO_SEQUENCE, "sequences hold items", literal.span)
        return
    reached = covers(rule.selector, resolved)
    if not reached:
        return
    unfit = _unfit_vrs(literal.text) | frozenset({"SQ"})
    missed = frozenset(one.pattern for one in attributes() if one.pattern in reached and one.vr in unfit)
    if missed:
        message = f"{names(missed)} cannot hold the text"
        yield Diagnostic(code, message, rule.statement.target.span, "name the VR: select:VR:XX", None)


def _unfit_vrs(text: str) -> frozenset[str]:
    unfit: set[str] = set()
    for vr in ALL_VRS:
        try:
            fit_text(text, vr)
        except Unfit:
            unfit.add(vr)
    return frozenset(unfit)
