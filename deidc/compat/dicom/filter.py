"""Evaluate one criterion of a label on a top-level attribute of an object."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from pydicom.dataset import Dataset
from pydicom.tag import BaseTag, Tag

from deidc.dicom import dictionary
from deidc.ir import ops
from deidc.ir.program import Needs, Program
from deidc.runtime.fold.frame import Frame
from deidc.runtime.fold.plan import Plan
from deidc.runtime.fold.questions import Questions
from deidc.runtime.fold.toplevel import OfDataset
from deidc.vocabulary import Comparison, FormatName, Join, State

# A keyword, a tag like `0x00080060` or `(0008,0060)`, or a number that is one.
Name: TypeAlias = str | int


def apply_filter(dicom: Dataset, field: Name, filter_name: str, value: str | None = None) -> bool:
    """Ask one question of an object: contains, notcontains, equals, notequals, missing, present, empty.

    `field` is a keyword, or a tag such as `0x00080060`. Raises ValueError for another question, and for a field that
    is neither.
    """
    name = filter_name.lower().strip()
    if name in _STATES:
        return _ask(dicom, field, ops.InState(_STATES[name]))
    if name in _COMPARISONS:
        return _ask(dicom, field, ops.Compared(_COMPARISONS[name], str(value)))
    raise ValueError(f"there is no filter {filter_name!r}")


_STATES = {one.value: one for one in State}
_COMPARISONS = {one.value: one for one in Comparison}


def _ask(dicom: Dataset, field: Name, that: ops.Compared | ops.InState) -> bool:
    """Return the answer of the machine that runs labels."""
    at = ops.AtPath((ops.PathStep(ops.Tagged(_digits(field)), None),))
    plan = Plan(Program(FormatName.DICOM, (), Needs(), ()))
    return Questions(Frame(dicom, OfDataset(dicom), {}), plan).ask(ops.Test(Join.AND, at, that))


def _digits(field: Name) -> str:
    if isinstance(field, str):
        attribute = dictionary.find_keyword(field)
        if attribute is not None and not attribute.repeating:
            return attribute.pattern
        plain = re.fullmatch(r"(?:0[xX])?\(?([0-9A-Fa-f]{4}),? ?([0-9A-Fa-f]{4})\)?", field.strip())
        if plain is None:
            raise ValueError(f"{field!r} is no keyword and no tag")
        return (plain[1] + plain[2]).upper()
    return f"{BaseTag(Tag(field)):08X}"


# ---- the methods that deid gives to pydicom's Dataset -----------------------------------------------------


def equals(self: Dataset, field: Name, term: object) -> bool:
    """Whether a value of the field is this text; case and blanks around do not count."""
    return equalsBase(self, field, term)


def notEquals(self: Dataset, field: Name, term: object) -> bool:  # noqa: N802  # deid's name
    """Whether no value of the field is this text."""
    return equalsBase(self, field, term, not_equals=True)


def missing(self: Dataset, field: Name) -> bool:
    """Whether the object lacks the field."""
    return apply_filter(self, field, "missing")


def empty(self: Dataset, field: Name) -> bool:
    """Whether the field is there with zero length."""
    return apply_filter(self, field, "empty")


def contains(self: Dataset, field: Name, expression: object) -> bool:
    """Whether a regular expression is found in a value of the field; case does not count."""
    return compareBase(self, field, expression, re.search)


def notContains(self: Dataset, field: Name, expression: object) -> bool:  # noqa: N802  # deid's name
    """Whether a regular expression is found in no value of the field."""
    return not contains(self, field, expression)


def matches(self: Dataset, field: Name, expression: object) -> bool:
    """Whether a regular expression fits the beginning of a value of the field."""
    return compareBase(self, field, expression, re.match)


def startsWith(self: Dataset, field: Name, term: object) -> bool:  # noqa: N802  # deid's name
    """Whether a value of the field begins with what a regular expression fits."""
    return compareBase(self, field, f"^(?:{term})", re.search)


def endsWith(self: Dataset, field: Name, term: object) -> bool:  # noqa: N802  # deid's name
    """Whether a value of the field ends with what a regular expression fits."""
    return compareBase(self, field, f"(?:{term})$", re.search)


def equalsBase(  # noqa: N802  # deid's name
    self: Dataset, field: Name, term: object, ignore_case: bool = True, not_equals: bool = False
) -> bool:
    """Whether a value of the field is this text, or with `not_equals` whether none is."""
    if ignore_case:
        return _ask(self, field, ops.Compared(Comparison.EQUALS, str(term))) != not_equals
    return (str(term) in _texts(self, field)) != not_equals


def compareBase(  # noqa: N802  # deid's name
    self: Dataset, field: Name, expression: object, func: Callable[..., object], ignore_case: bool = True
) -> bool:
    """Whether `func`, which is `re.search` or `re.match`, finds a regular expression in a value of the field."""
    pattern = f"^(?:{expression})" if func is re.match else str(expression)
    if func in (re.search, re.match) and ignore_case:
        return _ask(self, field, ops.Compared(Comparison.CONTAINS, pattern))
    return any(func(str(expression), text) for text in _texts(self, field))


def _texts(dicom: Dataset, field: Name) -> tuple[str, ...]:
    element = OfDataset(dicom).find(int(_digits(field), 16))
    return () if element is None else element.components


_METHODS = (
    equals, notEquals, missing, empty, contains, notContains, matches, startsWith, endsWith, equalsBase, compareBase
)  # fmt: skip


def install() -> None:
    """Give pydicom's Dataset the methods that deid gives it: `dicom.contains("Modality", "CT")`.

    deid does so when it is imported. A method that is there already stays.
    """
    for method in _METHODS:
        if not hasattr(Dataset, method.__name__):
            setattr(Dataset, method.__name__, method)
