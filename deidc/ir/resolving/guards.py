"""Look up the names in guards, and decide how each test compares: as text, as numbers, or as dates and times."""

from __future__ import annotations

import re

from deidc.codes import names as codes
from deidc.codes import values
from deidc.diagnostics import Edit, Fix
from deidc.dicom import dictionary
from deidc.dicom.uids import registered_uid, uid_keywords
from deidc.dicom.values.measures import Measure, canonical, measure_of
from deidc.grammar import nodes
from deidc.ir import ops
from deidc.ir.resolving.lookup import Lookup
from deidc.ir.resolving.resolved import BoundGiven, BoundGuard
from deidc.vocabulary import Comparison, Relation, State

_RELATIONS = {Comparison.EQUALS: Relation.EQUAL, Comparison.NOTEQUALS: Relation.UNEQUAL}
_COMPARISONS = {Relation.EQUAL: Comparison.EQUALS, Relation.UNEQUAL: Comparison.NOTEQUALS}
_UID = re.compile(r"[0-9.]+\Z")
_FORMS = {
    Measure.NUMBER: "a number, like 512",
    Measure.DATE: "a date, like 20200131 or 2020-01-31",
    Measure.TIME: "a time, like 1230 or 12:30",
    Measure.AGE: "an age, like 018Y",
}


def bound_guard(lookup: Lookup, guard: nodes.Guard) -> BoundGuard:
    """Return a guard with its names looked up; complain of each that nothing stands behind."""
    return BoundGuard(guard, tuple(_bound(lookup, one) for one in guard.tests))


def _bound(lookup: Lookup, given: nodes.Given) -> BoundGiven:
    selector = lookup.selector(given.target)
    match selector:
        case ops.Tagged() | ops.PrivateBlock():
            at = ops.AtPath((ops.PathStep(selector, None),))
        case ops.AtPath():
            at = selector
        case _:
            return BoundGiven(given, None, None)
    return BoundGiven(given, at, _that(lookup, given, _vr_of(at)))


def _vr_of(at: ops.AtPath) -> str | None:
    """Return the VR that the dictionary has for the attribute at the end of a path; None for one it does not know."""
    match at.steps[-1].at:
        case ops.Tagged(pattern):
            keyword = dictionary.pattern_keyword(pattern)
            attribute = dictionary.find_keyword(keyword) if keyword else None
            return attribute.vr if attribute is not None else None
        case ops.PrivateBlock(group, creator, element) if "X" not in group + element:
            return dictionary.private_vr(int(f"{group}10{element}", 16), creator)
        case _:
            return None


def _that(lookup: Lookup, given: nodes.Given, vr: str | None) -> ops.Compared | ops.InState | ops.Related | None:
    operator, text = given.operator, given.value or ""
    if isinstance(operator, State):
        return ops.InState(operator)
    measure = _measure(text) if vr is None else measure_of(vr)
    if isinstance(operator, Relation):
        comparison = _COMPARISONS.get(operator)
        if measure is None and comparison is not None:
            return _equal(lookup, given, vr, comparison)
        return _related(lookup, given, vr, measure, operator)
    relation = _RELATIONS.get(operator)
    if relation is None:
        return ops.Compared(operator, text)
    # An attribute that no dictionary knows is compared as it is written: as text.
    than = canonical(text, measure) if vr is not None and measure is not None else None
    if measure is not None and than is not None:
        return ops.Related(relation, measure, than)
    return _equal(lookup, given, vr, operator)


def _measure(text: str) -> Measure | None:
    """Return what a text can be compared as where no dictionary knows the attribute."""
    return next((one for one in (Measure.NUMBER, Measure.DATE, Measure.AGE) if canonical(text, one) is not None), None)


def _related(
    lookup: Lookup, given: nodes.Given, vr: str | None, measure: Measure | None, operator: Relation
) -> ops.Related | None:
    if measure is None:
        what = f"values of VR {vr} have no order" if vr is not None else "the value is neither a number nor a date"
        lookup.say(values.NOT_COMPARABLE, what, given.span, "write equals, contains or another operator for text")
        return None
    than = canonical(given.value or "", measure)
    if than is None:
        message = f"the value is not {_FORMS[measure].partition(',')[0]}"
        lookup.say(values.NOT_COMPARABLE, message, given.span, f"write {_FORMS[measure]}")
        return None
    return ops.Related(operator, measure, than)


def _equal(lookup: Lookup, given: nodes.Given, vr: str | None, operator: Comparison) -> ops.Compared | None:
    text = given.value or ""
    if vr != "UI" or _UID.match(text):
        return ops.Compared(operator, text)
    uid = registered_uid(text)
    if uid is not None:
        return ops.Compared(operator, uid)
    near = lookup.guesses.among(text, uid_keywords())
    hint = f"did you mean {near}?" if near else "write a UID, or its keyword in PS3.6 annex A, like CTImageStorage"
    source, end = given.span.source, given.span.end
    fix = None
    if near is not None and not text.endswith(("'", '"')):
        place = type(given.span)(source, end - len(text), end)
        fix = Fix.unsafe(f"write {near}", Edit(place, near))
    lookup.say(codes.UNKNOWN_UID, f"DICOM registers no UID named {text[:64]}", given.span, hint, fix)
    return None
