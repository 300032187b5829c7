"""What is found in real objects, by deid and by deidc.compat: the same, or a difference with a name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from tests.compat.dicom.calls import by_both
from tests.deid.cases import NAMES, SELECTORS, file

PAGE = Path(__file__).parents[3] / "docs" / "compat.md"
FILES = ("CT_small.dcm", "rtplan.dcm", "nested_priv_SQ.dcm", "ctbrain1.dcm", "liver_1frame.dcm", "test-SR.dcm")

Task = dict[str, Any]
Difference = Callable[[Task, Any, Any], bool]


def task(call: str, name: str, **more: object) -> Task:
    return {"call": call, "file": str(file(name)), **more}


# ---- differences: each predicate says for one question whether it accounts for two answers -------------------


def unknown_words_raise(one: Task, ours: Any, theirs: Any) -> bool:
    """A target, a keyword or a filter that does not exist."""
    return ours in ("CompileError", "ValueError") and any(word in str(one) for word in ("NoSuch", "fields:x"))


def each_value_is_split(one: Task, ours: Any, theirs: Any) -> bool:
    """deid splits the Python text of the list: brackets and quotes are in its parts."""
    return "SPLIT" in str(one) and {part.strip("[]',") for part in theirs} == {part.strip("',") for part in ours}


def sequences_have_no_value(one: Task, ours: Any, theirs: Any) -> bool:
    return "select:VR:SQ" in str(one) and ours == [] and theirs == "TypeError"


def any_value_counts(one: Task, ours: Any, theirs: Any) -> bool:
    """One of several values is as it is asked for; deid takes the Python text of the list."""
    return "ImageType" in one["question"] and ours != theirs


def tags_are_fields(one: Task, ours: Any, theirs: Any) -> bool:
    """deid compares the printed element, or finds none."""
    return any(str(word).startswith(("0x", "(")) for word in one["question"])


def zero_is_not_empty(one: Task, ours: Any, theirs: Any) -> bool:
    return "empty" in one["question"] and ours is False and theirs is True


def ends_with_means_the_end(one: Task, ours: Any, theirs: Any) -> bool:
    """deid asks whether the whole value is the end."""
    return "endsWith" in one["question"] and ours is True and theirs is False


DIFFERENCES: Mapping[str, Difference] = MappingProxyType(
    {
        function.__name__.replace("_", "-"): function
        for function in (
            unknown_words_raise,
            each_value_is_split,
            sequences_have_no_value,
            any_value_counts,
            tags_are_fields,
            zero_is_not_empty,
            ends_with_means_the_end,
        )
    }
)


def line(action: str, field: str, value: str | None = None) -> dict[str, str]:
    return {"action": action, "field": field, **({"value": value} if value else {})}


VALUES = (
    [line("FIELD", "PatientID")],
    [line("FIELD", "PatientName")],
    [line("SPLIT", "PatientName", 'by="^";minlength=4')],
    [line("SPLIT", "contains:Physician", 'by="^";minlength=3'), line("FIELD", "contains:Manufacturer")],
    [line("FIELD", "ImageType")],
    [line("SPLIT", "ImageType", 'by=" "')],
    [line("FIELD", "Rows")],
    [line("FIELD", "select:VR:UI")],
    [line("FIELD", "contains:Date")],
    [line("SPLIT", "00090010", 'by=" ";minlength=4')],
    [line("FIELD", "select:VR:PN")],
    [line("FIELD", "select:VR:SQ")],
    [line("FIELD", "PatientWeight")],
)
FIELDS = (
    [line("FIELD", "contains:Instance")],
    [line("FIELD", "PatientID"), line("FIELD", "StudyDate")],
    [line("FIELD", "00090010"), line("FIELD", "PatientID")],
    [line("FIELD", "BeamSequence__BeamName")],
    [line("FIELD", "(300A,00B0)__0__(300A,00C2)")],
    [line("FIELD", "contains:^.{3}[13579BDF]")],
)
KEYWORDS = (
    "Modality", "ImageType", "Manufacturer", "PatientName", "Rows", "PatientWeight", "StudyTime", "BurnedInAnnotation",
    "ReferencedStudySequence", "SliceThickness", "0x00080060",
)  # fmt: skip
ASKED = (
    ("contains", "CT"), ("contains", "^O"), ("contains", "^CT$"), ("notcontains", "SIEMENS"), ("equals", "ct"),
    ("equals", "ORIGINAL"), ("notequals", "CT"), ("missing", None), ("present", None), ("empty", None),
)  # fmt: skip
METHODS = ("contains", "notContains", "equals", "notEquals", "matches", "startsWith", "endsWith")

QUESTIONS = [[keyword, name, value] for keyword in KEYWORDS for name, value in ASKED]
TERMS = ("CT", "^GE", "SYSTEMS", "ORIGINAL", "12")
CALLED = [[name, keyword, term] for name in METHODS for keyword in KEYWORDS[:5] for term in TERMS]

TASKS: tuple[Task, ...] = (
    *(task("identifiers", name) for name in NAMES),
    *(task("identifiers", name, options={"expand_sequences": False}) for name in FILES),
    *(task("expanded", name, target=target) for name in FILES[:3] for target in (*SELECTORS, "NoSuch", "fields:x")),
    *(task("expanded", "ctbrain1.dcm", target=target) for target in ("Patient's Name", "Patient ID", "ALL")),
    *(task("values", name, actions=list(lines)) for name in FILES for lines in VALUES),
    *(task("fields", name, actions=list(lines)) for name in FILES for lines in FIELDS),
    *(task("filters", name, questions=QUESTIONS) for name in FILES),
    task("filters", "CT_small.dcm", questions=[["Modality", "NoSuch", "CT"]]),
    task("filters", "CT_small.dcm", questions=[["NoSuch", "missing", None]]),
    *(task("methods", name, questions=CALLED) for name in FILES),
    *(task("tags", name, keywords=["Modality", "PatientID", "OverlayData", "NoSuch", "patientid"]) for name in FILES),
)


def differing(one: Task, ours: dict[str, Any], theirs: dict[str, Any]) -> list[tuple[Task, Any, Any]]:
    """Return the questions of a task to which the answers differ."""
    mine, other = ours.get("found", ours.get("error")), theirs.get("found", theirs.get("error"))
    if mine == other:
        return []
    if "questions" in one and isinstance(mine, list) and isinstance(other, list):
        pairs = zip(one["questions"], mine, other, strict=True)
        return [({**one, "question": asked}, a, b) for asked, a, b in pairs if a != b]
    return [({**one, "question": []}, mine, other)]


def test_answers_are_equal_or_the_difference_has_a_name():
    """No answer differs without a named difference, and no named difference is without an answer."""
    used: set[str] = set()
    unnamed: list[str] = []
    for one, ours, theirs in by_both(TASKS):
        for question, a, b in differing(one, ours, theirs):
            name = next((name for name, accounts in DIFFERENCES.items() if accounts(question, a, b)), None)
            if name is None:
                unnamed.append(f"{question}\ndeidc.compat {a}\ndeid {b}")
            else:
                used.add(name)
    assert not unnamed, "\n".join(unnamed[:10])
    assert used == set(DIFFERENCES)


@pytest.mark.parametrize("name", DIFFERENCES)
def test_each_difference_is_told(name):
    """A named difference has its row on the page."""
    assert re.search(rf"^\| `{name}` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
