"""What deid 0.4.13 does with lines of labels as they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from attrs import frozen

from deidc.dicom import dictionary
from deidc.dicom.dictionary import Attribute
from deidc.grammar import nodes
from deidc.migration import behaviours as told
from deidc.migration.behaviours import Behaviour
from deidc.migration.changes import Reason
from deidc.migration.deid.operands import attribute_of
from deidc.migration.deid.targets import is_keyword
from deidc.migration.deid.words import rest_of_line, shown
from deidc.vocabulary import Comparison, Join, State

_TEXT = ("contains", "notcontains", "equals", "notequals")
_STATE = ("missing", "present", "empty")
_NEGATIVE = (Comparison.NOTCONTAINS, Comparison.NOTEQUALS, State.MISSING)
_NUMBERS = frozenset({"US", "SS", "UL", "SL", "UV", "SV", "FL", "FD", "IS", "DS"})
_REGION = re.compile(r"(?:ctp)?(?:keep)?coordinates", re.IGNORECASE)


@frozen
class Taken:
    """One criterion as deid takes it; `value` is what it compares with, None if that slipped to another criterion."""

    word: str
    field: str
    value: str | None


Criteria: TypeAlias = Sequence[Taken] | None  # None where deid stops


# ---- criteria -------------------------------------------------------------------------------------------


def criteria_reasons(line: nodes.CriteriaLine, text: str, *, first: bool) -> Iterator[Reason]:
    """Yield what deid does with a line of criteria other than what it says; `first` of its label."""
    rest = rest_of_line(text, line.span.start)
    if not first and line.criteria[0].join is Join.OR:
        yield Reason(told.LINES_BY_AND, "deid joins the line by and")
    taken = taken_criteria(rest)
    if taken is None:
        yield Reason(told.CRITERION_STOPS, "deid stops at the line")
    elif len(taken) != len(line.criteria):
        yield _joined_reason(line, taken)
    else:
        for criterion, read in zip(line.criteria, taken, strict=True):
            yield from _criterion_reasons(criterion, read)


def taken_criteria(line: str) -> Criteria:
    """Return the criteria that deid finds in a line, with the value that it compares each with."""
    rest = re.sub(r"^(?:\+|\|\|)", "", line.strip()).strip()
    found: list[tuple[str, str]] = []
    values: list[str] = []
    left: str | None = rest
    while left is not None:
        part, left = _cut(left)
        word, blank, behind = part.partition(" ")
        field, second, value = behind.partition(" ")
        if not blank or word.lower().strip() not in (*_TEXT, *_STATE):
            return None
        if word.lower().strip() in _STATE:
            field = behind.strip()
        elif not second:
            return None
        else:
            values.append(value.strip())
        found.append((word.lower().strip(), field.strip()))
    given = [*values, *(None for _ in found)]
    return [Taken(word, field, value or None) for (word, field), value in zip(found, given, strict=False)]


def _cut(text: str) -> tuple[str, str | None]:
    """Return the first criterion of a line and the rest, which is one only if it has a word of a criterion in it."""
    at = re.search(r"\|\||\+", text)
    if at is None:
        return text.strip(), None
    rest = text[at.end() :]
    if any(word in rest for word in (*_TEXT, *_STATE)):
        return text[: at.start()].strip(), rest.strip()
    return text.strip(), None


def _joined_reason(line: nodes.CriteriaLine, taken: Sequence[Taken]) -> Reason:
    last = taken[-1].value or ""
    if "||" in last and taken[-1].word == "contains":
        return Reason(told.ALWAYS_HOLDS, "deid takes the second criterion for a pattern that fits everything")
    if line.criteria[-1].operator in _NEGATIVE:
        return Reason(told.ALWAYS_HOLDS, "deid takes the second criterion for a part of the value")
    return Reason(told.NEVER_HOLDS, "deid takes the second criterion for a part of the value")


def _criterion_reasons(criterion: nodes.Criterion, read: Taken) -> Iterator[Reason]:
    negative = criterion.operator in _NEGATIVE
    behaviour = told.ALWAYS_HOLDS if negative else told.NEVER_HOLDS
    attribute = attribute_of(criterion.target)
    printed = re.fullmatch(r"0x[0-9a-f]{8}", read.field, re.IGNORECASE) is not None
    if printed and attribute is not None and not attribute.pattern.startswith("0002"):
        if criterion.operator in (Comparison.EQUALS, Comparison.NOTEQUALS):
            yield Reason(behaviour, f"deid compares with the printed element, so {read.word} {_sense(negative)}")
        elif isinstance(criterion.operator, Comparison):
            yield Reason(told.TAG_IS_PRINTED, "deid searches the printed element, tag and name included")
    elif not _finds(read.field, criterion.target):
        yield Reason(behaviour, f"deid finds no attribute by {shown(read.field)!r}, so {read.word} {_sense(negative)}")
    if read.value != criterion.value and isinstance(criterion.operator, Comparison):
        yield Reason(behaviour, f"deid compares with {_what(read.value)}, so {read.word} {_sense(negative)}")
    elif attribute is not None and attribute.vm != "1" and _is_about_one(criterion):
        yield _list_reason(criterion, attribute, behaviour)
    if attribute is not None and criterion.operator is State.EMPTY and _is_number(attribute):
        yield Reason(told.ZERO_IS_EMPTY, "the number 0 is empty to deid")


def _is_number(attribute: Attribute) -> bool:
    return bool(_NUMBERS & set(attribute.vr.split(" or ")))


def _list_reason(criterion: nodes.Criterion, attribute: Attribute, behaviour: Behaviour) -> Reason:
    """Return what deid does with a criterion about one of several values."""
    if attribute.vm.startswith("1"):
        return Reason(told.LIST_IS_PRINTED, "where there are several values, deid compares with the printed list")
    sense = _sense(behaviour is told.ALWAYS_HOLDS)
    return Reason(behaviour, f"deid compares with the printed list of values, so {criterion.operator.value} {sense}")


def _sense(negative: bool) -> str:
    return "always holds" if negative else "never holds"


def _what(value: str | None) -> str:
    return repr(shown(value)) if value is not None else "nothing"


def _finds(field: str, target: nodes.Target) -> bool:
    """Whether deid finds the attribute that a criterion names: by keyword, as PS3.6 spells it, at the top level."""
    if not isinstance(target, nodes.Keyword):
        return False
    found = dictionary.find_keyword(field)
    if found is None or found.keyword != field or found.repeating or not is_keyword(field):
        return False
    return not found.pattern.startswith("0002")


def _is_about_one(criterion: nodes.Criterion) -> bool:
    """Whether a criterion is about one value of several as a whole, or its beginning or end."""
    text = criterion.value or ""
    match criterion.operator:
        case Comparison.EQUALS | Comparison.NOTEQUALS:
            return True
        case Comparison.CONTAINS | Comparison.NOTCONTAINS:
            return text.startswith("^") or text.endswith("$")
        case _:
            return False


# ---- regions --------------------------------------------------------------------------------------------


def region_reasons(line: nodes.RegionLine, text: str) -> Iterator[Reason]:
    """Yield what deid does with a region other than what it says."""
    rest = rest_of_line(text, line.span.start).strip()
    found = _REGION.match(rest)
    if found is None:  # there is an invisible character in the word, which deid reads as part of it
        yield Reason(told.CRITERION_SKIPPED, "deid does not know the word with the invisible character")
        return
    word, told_region = found[0], rest[found.end() :].strip()
    when = "when the recipe is loaded" if line.ctp else "when it cleans an image"
    if word != word.lower():
        yield Reason(told.REGION_STOPS, f"deid stops {when}, because {word} is not in small letters")
    elif not _is_read(line, told_region):
        yield Reason(told.REGION_STOPS, f"deid stops {when}, because it cannot read the region")
    if isinstance(line.region, nodes.FromSequence):
        if not _finds(told_region[len("from:") :], line.region.target):
            nothing = told.KEEPS_NO_REGION if line.keep else told.FINDS_NO_REGION
            yield Reason(nothing, "deid finds no sequence by this name, and no regions")
        yield Reason(told.REGIONS_OF_FIRST, "deid takes the regions of the first image for all that follow")


def _is_read(line: nodes.RegionLine, region: str) -> bool:
    match line.region:
        case nodes.Box(numbers):
            parts = region.split(",")
            return all(re.fullmatch(r"\s*\d+\s*", one) for one in parts) and tuple(map(int, parts)) == numbers
        case nodes.WholeImage():
            return region == "all" or (not line.ctp and region.lower() == "all")
        case nodes.FromSequence():
            return not line.ctp and "#" not in region
        case nodes.FoundText():
            return False
