"""Where deidc means to differ from deid 0.4.13: each deviation by name, and what it accounts for.

A predicate decides from the recipe, the object before and what either program made of it. None asks deidc why.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cached_property
from types import MappingProxyType

from attrs import define

from tests.deid.elements import Element, Line, ancestors, dictionary_vr, element_at, is_exact, lines
from tests.deid.lists import Values, is_kept, is_member, member_tags, values_of
from tests.deid.objects import PREAMBLE, Elements
from tests.deid.sides import Compared

_ITEM_TAG = "feff00e0"
_DATE = re.compile(r"(?:18[5-9]|19\d|20\d|21\d)\d([-./]?)\d\d\1\d\d(\d{6}(\.\d{1,6})?)?([+-]\d{4})?$")
_FOLLOWING = {"00020002": "00080016", "00020003": "00080018"}
_SENDERS = ("00020016", "00020017", "00020018", "00020026", "00020027", "00020028", "00020100", "00020102")
_IDENTIFYING_VRS = ("UI", "DA", "DT", "TM", "AS", "PN")
_RULES_THAT_TAKE = ("REMOVE", "BLANK")


@define(eq=False, slots=False)
class Difference:
    """One element that the two left differently: what it was, and what either made of it."""

    compared: Compared
    path: str

    @property
    def recipe(self) -> str:
        return self.compared.case.recipe

    @property
    def input(self) -> Elements:
        return self.compared.before

    @property
    def before(self) -> list[str] | None:
        return self.input.get(self.path)

    @property
    def ours(self) -> list[str] | None:
        assert self.compared.ours.elements is not None
        return self.compared.ours.elements.get(self.path)

    @property
    def theirs(self) -> list[str] | None:
        assert self.compared.theirs.elements is not None
        return self.compared.theirs.elements.get(self.path)

    @cached_property
    def element(self) -> Element:
        """The element, as it is in the input, or as deidc or deid made it."""
        vr = next(one[0] for one in (self.before, self.ours, self.theirs) if one is not None)
        return element_at(self.path, vr, self.input)

    @cached_property
    def family(self) -> list[Element]:
        """The element and the sequences it is in."""
        return [self.element, *ancestors(self.element, self.input)]

    @cached_property
    def rules(self) -> list[Line]:
        """Lines of the header that name the element, or a sequence it is in, lists aside."""
        return [line for line in lines(self.recipe) if any(line.names(one) for one in self.family)]

    def has(self, *actions: str, exact: bool = False) -> bool:
        """Whether a line with one of these actions names the element or a sequence it is in."""
        return any(rule.action in actions and (not exact or is_exact(rule.target)) for rule in self.rules)

    @cached_property
    def values(self) -> Values:
        return values_of(self.recipe, self.input)


def lists_used(recipe: str) -> set[str]:
    """Return `values` and `fields` as far as lines of the header select by them."""
    return {line.target.partition(":")[0] for line in lines(recipe)} & {"values", "fields"}


# ---- surroundings of the object ---------------------------------------------------------------------------


def file_meta_rebuilt(one: Difference) -> bool:
    ours = one.compared.ours.elements
    assert ours is not None
    if one.path in _FOLLOWING:
        source = ours.get(_FOLLOWING[one.path])
        if _FOLLOWING[one.path] not in one.input and one.ours is not None and one.ours != one.before:
            return any(
                line.startswith("REPLACE") and line.split()[-1] == one.ours[1] for line in one.recipe.splitlines()
            )
        return one.ours == (source if source and source[1] else None)
    if one.path == "00020012":
        return one.ours is not None and one.ours[1].startswith("2.25.")
    if one.path == "00020013":
        return one.ours == ["SH", "DEIDC"]
    return one.path in _SENDERS and one.ours is None


def preamble_cleared(one: Difference) -> bool:
    return one.path == PREAMBLE and one.ours is None and one.theirs == one.before


def creators_follow_their_block(one: Difference) -> bool:
    assert one.compared.ours.elements is not None
    if not one.element.is_creator or one.has("REMOVE", "BLANK", "REPLACE", "JITTER", exact=True):
        return False
    low = one.path[-2:]
    block = [path for path in one.compared.ours.elements if path[:-4] == one.path[:-4] and path[-4:-2] == low]
    if one.ours == one.before:
        return bool(block) or not one.has("REMOVE")
    return one.ours is None and not block and one.theirs is not None


def character_set_protected(one: Difference) -> bool:
    return one.element.tag == 0x00080005 and one.ours == one.before and not one.has("REPLACE", "ADD", exact=True)


def ambiguous_vr(one: Difference) -> bool:
    """A VR that the dictionary leaves open, in an object whose encoding does not tell it."""
    if one.ours is None or one.theirs is None or one.ours[1] != one.theirs[1]:
        return False
    return {one.ours[0], one.theirs[0]} == {"US", "SS"} and not one.element.private


def vr_by_dictionary(one: Difference) -> bool:
    """An element that a rule by VR names by the VR that the dictionary gives it, and not by its VR in the file."""
    known = next((vr for element in one.family if (vr := dictionary_vr(element)) in _IDENTIFYING_VRS), None)
    wanted = {
        line.target[len("select:VR:") :].upper() for line in lines(one.recipe) if line.target.startswith("select:VR")
    }
    return one.theirs == one.before and known in wanted and known != one.element.vr


# ---- KEEP -------------------------------------------------------------------------------------------------


def keep_at_every_depth(one: Difference) -> bool:
    if one.ours != one.before or one.theirs == one.before:
        return False
    listed = [line for line in lines(one.recipe) if line.action == "KEEP" and line.target.startswith("fields:")]
    if listed and is_member(one.element, one.recipe):
        return True
    # What deid compares with is the tag of each kept element, nested ones included, by its whole uid.
    return one.element.nested and is_kept(one.element, one.recipe, one.input)


def keep_spares_no_namesakes(one: Difference) -> bool:
    if one.theirs != one.before or is_kept(one.element, one.recipe, one.input):
        return False
    top = (element_at(path, vr, one.input) for path, (vr, _) in one.input.items() if "." not in path)
    kept = {other.tag for other in top if is_kept(other, one.recipe, one.input)}
    return any(element.nested and element.tag in kept for element in one.family)


# ---- dates ------------------------------------------------------------------------------------------------


def _is_shifted(one: Difference) -> bool:
    if one.before is None:
        return False
    by_list = any(line.action == "JITTER" and ":" in line.target for line in lines(one.recipe)) and bool(
        lists_used(one.recipe)
    )
    return one.has("JITTER") or by_list


def _components(value: list[str] | None) -> list[str]:
    return [] if value is None else value[1].split("\\")


def precision_kept(one: Difference) -> bool:
    if not _is_shifted(one) or one.ours is None or one.theirs is None or one.element.vr != "DT":
        return False
    return [_with_all_digits(text) for text in _components(one.ours)] == _components(one.theirs)


def _with_all_digits(text: str) -> str:
    found = re.match(r"(\d{8})(\d{0,6})(?:\.(\d+))?([+-]\d{4})?$", text)
    if found is None:
        return ""
    day, time, fraction, offset = found.groups()
    return f"{day}{time:0<6}.{fraction or '':0<6}{offset or ''}"


def shape_kept(one: Difference) -> bool:
    if not _is_shifted(one) or one.ours is None or one.theirs is None or one.element.vr in ("DA", "DT"):
        return False
    ours, theirs = _components(one.ours), _components(one.theirs)
    return any(map(_DATE.match, ours)) and [*map(_in_a_row, ours)] == [*map(_in_a_row, theirs)]


def _in_a_row(text: str) -> str:
    """Return the day of a date, without a time and what stands between its parts; other text as it is."""
    return re.sub("[-./]", "", text)[:8] if _DATE.match(text) else text


def partial_dates_not_completed(one: Difference) -> bool:
    if not _is_shifted(one) or one.before is None or one.ours is None:
        return False
    return one.element.vr == "DT" and all(
        re.match(r"\d{4}(\d\d)?$", text) for text in [*_components(one.before), *_components(one.ours)]
    )


def only_dates_shifted(one: Difference) -> bool:
    if not _is_shifted(one) or one.before is None or one.element.vr in ("DA", "DT"):
        return False
    times_and_numbers = one.element.vr in ("TM", "AS", "DS", "US", "FD", "UI", "PN", "CS", "AE", "UR", "SQ")
    # What is not shifted is not spared from REMOVE either.
    left = one.ours == one.before or (one.ours is None and one.has("REMOVE"))
    return left and (times_and_numbers or not any(_DATE.match(text) for text in _components(one.before)))


# ---- lists ------------------------------------------------------------------------------------------------


def values_are_words(one: Difference) -> bool:
    if "values" not in lists_used(one.recipe):
        return False
    for element in one.family:
        before = one.input.get(element.path)
        if before is not None:
            theirs = one.values.hit_by_deid(*before)
            if theirs is None or theirs != one.values.hit_by_deidc(*before):
                return True
    return False


def lists_read_the_input(one: Difference) -> bool:
    """The list would hit, or miss, the element as rules before left it; or a kept element fills the list."""
    if "values" not in lists_used(one.recipe):
        return False
    written = [line for line in lines(one.recipe) if line.action != "KEEP"]
    earlier = any(
        line.names(element) or line.target in ("values:v", "fields:f")
        for position, line in enumerate(written)
        for element in one.family
        if any(later.target == "values:v" for later in written[position + 1 :])
    )
    before = one.before or ["", ""]
    return earlier or (one.values.hit_by_deidc(*before) and not one.values.raw >= one.values.words)


def fields_are_members(one: Difference) -> bool:
    if "fields" not in lists_used(one.recipe) or is_member(one.element, one.recipe):
        return False
    tags = member_tags(one.recipe, one.input)
    return any(element.tag in tags and not is_member(element, one.recipe) for element in one.family)


# ---- values that are written ------------------------------------------------------------------------------


def functions_read_the_input(one: Difference) -> bool:
    """`func:patient` asks for Patient ID, which another rule writes or takes away."""
    if not any(rule.value == "func:patient" for rule in one.rules):
        return False
    patient, was = (
        elements.get("00100020", ["", ""])[1] for elements in (one.compared.theirs.elements or {}, one.input)
    )
    return patient != was and one.ours is not None and one.ours[1] == f"P-{was}"


def empty_has_no_pseudonym(one: Difference) -> bool:
    if one.before is None or one.ours is None or one.ours[1] or one.theirs is None or one.element.vr != "UI":
        return False
    was_empty = not one.before[1] or one.has("BLANK") or "values" in lists_used(one.recipe)
    return was_empty and any(rule.value.startswith("deid_func:pydicom_uuid") for rule in one.rules)


def uids_are_valid(one: Difference) -> bool:
    return (
        one.ours is not None
        and one.theirs is not None
        and one.ours[1].startswith("2.25.")
        and one.theirs[1].startswith("anonymous-organization.")
        and any(rule.value == "deid_func:dicom_uuid" for rule in one.rules)
    )


def days_and_years(one: Difference) -> bool:
    """The two differ by one day where only years are given."""
    if one.ours is None or one.theirs is None or not any("years=" in rule.value for rule in one.rules):
        return False
    return int(one.theirs[1]) - int(one.ours[1]) == 1 and not any("days=" in rule.value for rule in one.rules)


def added_with_its_vr(one: Difference) -> bool:
    return (
        one.ours is not None
        and one.theirs is not None
        and one.theirs[0] == "ST"
        and one.ours[1] == one.theirs[1]
        and any(rule.action == "ADD" and re.fullmatch("[0-9A-Fa-f]{8}", rule.target) for rule in one.rules)
    )


def hidden_sequences(one: Difference) -> bool:
    """In, or itself, an element of unknown VR that holds a sequence."""
    unknown = [path for path, (vr, value) in one.input.items() if vr == "UN" and value.startswith(_ITEM_TAG)]
    return any(one.path == path or one.path.startswith(f"{path}[") for path in unknown)


ELEMENTS: Mapping[str, Callable[[Difference], bool]] = MappingProxyType(
    {
        function.__name__.replace("_", "-"): function
        for function in (
            preamble_cleared,
            file_meta_rebuilt,
            creators_follow_their_block,
            character_set_protected,
            hidden_sequences,
            ambiguous_vr,
            vr_by_dictionary,
            keep_at_every_depth,
            keep_spares_no_namesakes,
            precision_kept,
            shape_kept,
            partial_dates_not_completed,
            only_dates_shifted,
            functions_read_the_input,
            empty_has_no_pseudonym,
            uids_are_valid,
            days_and_years,
            added_with_its_vr,
            fields_are_members,
            values_are_words,
            lists_read_the_input,
        )
    }
)
