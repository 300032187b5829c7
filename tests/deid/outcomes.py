"""Where one of the two has no result to compare: why deid stopped, and why deidc refused, each by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from pydicom import datadict

from tests.deid.deviations import lists_used
from tests.deid.elements import Element, Line, element_at, lines, section, selects
from tests.deid.sides import Compared

# What a text must look like to be a value of a VR, as PS3.5 6.2 has it; others take most texts.
_FORMS = {
    "DA": r"\d{8}", "TM": r"\d{2,6}(\.\d+)?", "DT": r"\d{4,14}(\.\d+)?([+-]\d{4})?", "AS": r"\d{3}[DWMY]",
    "UI": r"[\d.]+", "IS": r"-?\d+", "DS": r"-?[\d.]+", "US": r"\d+", "UL": r"\d+", "SS": r"-?\d+",
    "FL": r"-?[\d.]+", "FD": r"-?[\d.]+", "OB": r"\B", "OW": r"\B",
}  # fmt: skip
_LONGEST = {"LO": 64, "SH": 16, "CS": 16}
_DAY = re.compile(r"\d{4}([-.]?)(0[1-9]|1[0-2])\1(0[1-9]|[12]\d|3[01])$")


def _elements(compared: Compared) -> list[Element]:
    return [element_at(path, vr, compared.before) for path, (vr, _) in compared.before.items()]


def _named(compared: Compared, *actions: str, vr: str | None = None) -> list[tuple[Line, Element]]:
    """Return each line with one of these actions beside each element of the input that it names."""
    rules = [line for line in lines(compared.case.recipe) if line.action in actions]
    by_list = {"values:v", "fields:f"}
    return [
        (rule, element)
        for rule in rules
        for element in _elements(compared)
        if vr in (None, element.vr) and (rule.target in by_list or rule.names(element))
    ]


def _lacks_form(text: str, vr: str) -> bool:
    return not re.fullmatch(_FORMS.get(vr, ".*"), text) or len(text) > _LONGEST.get(vr, len(text))


def _at(fault: str) -> str:
    return fault.partition(" ")[2]


def _has_only(compared: Compared, *codes: str) -> bool:
    return bool(compared.ours.trouble) and {one.partition(" ")[0] for one in compared.ours.trouble} <= set(codes)


def _left_or_nonsense(compared: Compared, path: str, text: str) -> bool:
    """Whether deid kept what was there, wrote what is no value of the VR, or did not get that far."""
    if compared.theirs.elements is None:
        return True
    found = compared.theirs.elements.get(path)
    return found == compared.before.get(path) or found is None or found[1] == text


# ---- deidc refuses ------------------------------------------------------------------------------------------


def functions_copy_no_identifiers(one: Compared) -> bool:
    """func:patient returns P- and the Patient ID; deid's function sees what the line that changes it left."""
    number = one.before.get("00100020", ["", ""])[1].strip()
    changing = _named(one, "REMOVE", "BLANK", "REPLACE", "JITTER", "ADD")
    is_changed = any(element.path == "00100020" for _, element in changing)
    if not number or not is_changed or not _has_only(one, "DC938") or "func:patient" not in one.case.recipe:
        return False
    places = [_at(fault) for fault in one.ours.trouble]
    written = [one.theirs.elements.get(path, ["", ""])[1] for path in places] if one.theirs.elements else []
    return all(text.startswith("P-") for text in written)


def values_fit_or_nothing_is_written(one: Compared) -> bool:
    if not _has_only(one, "DC904"):
        return False
    return all(_misfits(one, _at(fault)) for fault in one.ours.trouble)


def _misfits(one: Compared, path: str) -> bool:
    element = element_at(path, one.before[path][0], one.before)
    for rule in lines(one.case.recipe):
        if rule.action == "REPLACE" and (rule.target == "fields:f" or rule.names(element)):
            if rule.value == "deid_func:suffix_uuid":
                made = len("__".join(datadict.keyword_for_tag(tag) for tag in element.tags)) + 37
                return made > _LONGEST[element.vr]
            if _lacks_form(rule.value, element.vr):
                return _left_or_nonsense(one, path, rule.value)
    return False


def text_is_checked_before_the_first_file(one: Compared) -> bool:
    """A literal for an attribute, or a VR, whose values do not look like that."""
    if not _has_only(one, "DC301", "DC313"):
        return False
    return any(
        _lacks_form("x" if rule.value == "deid_func:basic_uuid" else rule.value, _vr_of(rule.target))
        for rule in lines(one.case.recipe)
        if rule.action == "REPLACE"
    )


def _vr_of(target: str) -> str:
    if target.startswith("select:VR:"):
        return target[-2:]
    try:
        return datadict.dictionary_VR(target.rpartition("__")[2])
    except (KeyError, ValueError):
        return ""


def functions_must_give_a_value(one: Compared) -> bool:
    asked = {"DC902": "func:raises", "DC903": "func:nothing"}
    return bool(one.ours.trouble) and all(
        any(rule.value == asked.get(fault.partition(" ")[0]) for rule in lines(one.case.recipe))
        for fault in one.ours.trouble
    )


def dates_must_be_dates(one: Compared) -> bool:
    if not _has_only(one, "DC905"):
        return False
    return all(_is_no_date_to_shift(one, _at(fault)) for fault in one.ours.trouble)


def _is_no_date_to_shift(one: Compared, path: str) -> bool:
    vr, text = one.before[path]
    element = element_at(path, vr, one.before)
    if not any(line.action == "JITTER" and line.names(element) for line in lines(one.case.recipe)):
        return False
    # The last day of the calendar is a date, but there is none after it.
    return vr not in ("DA", "DT", "LO", "SH", "UT") or text == "99991231" or not _DAY.match(text)


def text_for_sequences(one: Compared) -> bool:
    """Text is written over a sequence; or a sequence, or a value of another kind, is to be shifted like text."""
    if _has_only(one, "DC304", "DC908"):
        return one.theirs.trouble == ("TypeError",) or not _named(one, "REPLACE", vr="SQ")
    if one.theirs.trouble != ("TypeError",):
        return False
    return bool(_named(one, "REPLACE", "JITTER", vr="SQ"))


# ---- deid stops ---------------------------------------------------------------------------------------------


def numbers_names_and_bytes_may_be_met(one: Compared) -> bool:
    """Numbers, person names and bytes among what is to be shifted."""
    return one.theirs.trouble == ("TypeError",) and any(_named(one, "JITTER", vr=vr) for vr in ("DS", "IS", "PN", "UN"))


def every_form_of_date(one: Compared) -> bool:
    """Partial dates, hours alone, and ranges, which PS3.5 and PS3.4 allow."""
    if one.theirs.trouble != ("ValueError",) or one.ours.elements is None:
        return False
    forms = r"\d{6}|\d{10}|\d{8}-\d{8}"
    met = [*_named(one, "JITTER", vr="DA"), *_named(one, "JITTER", vr="DT")]
    return any(re.fullmatch(forms, one.before[element.path][1]) for _, element in met)


def sequences_may_hold_themselves(one: Compared) -> bool:
    """An element in a sequence of its own tag, where deid loses its way."""
    if one.theirs.trouble != ("AttributeError",) or one.ours.elements is None:
        return False
    named = _named(one, "REMOVE", "BLANK", "REPLACE", "JITTER")
    return any(element.tag in element.tags[:-1] for _, element in named)


def values_are_text_not_patterns(one: Compared) -> bool:
    return one.theirs.trouble in (("error",), ("PatternError",)) and "values" in lists_used(one.case.recipe)


def values_leave_sequences_alone(one: Compared) -> bool:
    """A list collects a sequence; or deid finds a value in printed items, and writes over the sequence."""
    if one.theirs.trouble != ("TypeError",) or "values" not in lists_used(one.case.recipe):
        return False
    fields = [rule.partition(" ")[2] for rule in section(one.case.recipe, "%values v") if rule.startswith("FIELD")]
    sequences = [element for element in _elements(one) if element.vr == "SQ"]
    if any(selects(field, element) for field in fields for element in sequences):
        return True
    on_values = [line for line in lines(one.case.recipe) if line.target == "values:v"]
    return bool(sequences) and any(line.action in ("REPLACE", "JITTER") for line in on_values)


def add_takes_any_target(one: Compared) -> bool:
    """A tag in parentheses, a private element by its creator, a path."""
    if one.theirs.trouble not in (("ValueError",), ("AttributeError",)) or one.ours.elements is None:
        return False
    added = [line for line in lines(one.case.recipe) if line.action == "ADD" and re.search("[(_]", line.target)]
    made = [element_at(path, vr, one.ours.elements) for path, (vr, _) in one.ours.elements.items()]
    return any(
        one.ours.elements[element.path][1] == line.value
        for line in added
        for element in made
        if selects(line.target, element)
    ) or any("__" in line.target for line in added)


OUTCOMES: Mapping[str, Callable[[Compared], bool]] = MappingProxyType(
    {
        function.__name__.replace("_", "-"): function
        for function in (
            functions_must_give_a_value,
            functions_copy_no_identifiers,
            text_is_checked_before_the_first_file,
            values_fit_or_nothing_is_written,
            dates_must_be_dates,
            every_form_of_date,
            add_takes_any_target,
            values_are_text_not_patterns,
            values_leave_sequences_alone,
            text_for_sequences,
            numbers_names_and_bytes_may_be_met,
            sequences_may_hold_themselves,
        )
    }
)
