"""What rules of one text do to what another text left: bases, includes, the recipe."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from deidc import Cleaned, Functions, Machine, compile_recipe
from deidc.ir.library import FoundRecipe, NotFound
from deidc.source import Source
from tests.keys import KEY
from tests.running import dataset_of

ABSENT = object()


class Texts:
    """A library of one base."""

    def __init__(self, text: str) -> None:
        self.text = text

    def find(self, reference: str, beside: str | None) -> FoundRecipe | NotFound:
        return FoundRecipe(Source(reference, self.text))


def after(base: str, recipe: str, dataset: Dataset, functions: Functions | None = None) -> Dataset:
    """Clean an object by a recipe that includes a base."""
    head = "FORMAT dicom\n\n%vars\nVAR key secret\n\n%header\n"
    text = f'FORMAT dicom\n\n%include "base"\n\n%header\n{recipe}\n'
    program = compile_recipe(Source("recipe", text), library=Texts(f"{head}REMOVE StationName\n{base}\n"))
    machine = Machine.link(program, functions, variables={one.name: KEY for one in program.needs.variables})
    outcome = machine.run(dataset)
    assert isinstance(outcome, Cleaned), outcome
    return outcome.dataset


def date_after(base: str, recipe: str) -> object:
    cleaned = after(base, recipe, dataset_of(StudyDate="20200515"))
    return cleaned.StudyDate if "StudyDate" in cleaned else ABSENT


BASES = (
    "BLANK StudyDate",
    "REPLACE StudyDate 19000101",
    "JITTER StudyDate 400",
    "REMOVE StudyDate",
    "BLANK select:VR:DA",
    "BLANK select:role:date",
    "REPLACE endswith:Date 19000101",
    "ADD StudyDate 19000101",
    "REMOVE StudyDate\nADD StudyDate 18500101",
)


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize(
    ("recipe", "left"),
    [
        ("JITTER StudyDate 1", "20200516"),
        ("REPLACE StudyDate deid_func:truncate_date to=month", "20200501"),
        ("REPLACE StudyDate deid_func:jitter days=-1", "20200514"),
        ("JITTER StudyDate 1\nJITTER StudyDate 2", "20200518"),
        ("REPLACE StudyDate 20010101\nJITTER StudyDate 1", "20010102"),
        ("BLANK StudyDate\nJITTER StudyDate 1", ""),
        ("JITTER select:VR:DA 10\nJITTER StudyDate 1", "20200526"),
    ],
)
def test_a_rule_that_names_its_attribute_reads_the_input(base, recipe, left):
    """Whatever a base made of it, the rules of the recipe find what they would find without the base."""
    assert date_after(base, recipe) == left
    alone = after("", recipe, dataset_of(StudyDate="20200515"))
    assert alone.StudyDate == left


@pytest.mark.parametrize(
    "base", ["BLANK PatientID", "REPLACE PatientID ANON", "REMOVE PatientID", "BLANK select:VR:LO"]
)
def test_an_included_blank_does_not_turn_all_pseudonyms_into_one(base):
    """Two patients have two pseudonyms, and a function of the caller sees the original."""
    seen: list[str] = []

    def pseudonym(field: Any) -> str:
        seen.append(str(field.element.value))
        return f"P{seen[-1]}"

    functions = Functions.standard().with_function("own", pseudonym)
    made = {
        after(base, "REPLACE PatientID deid_func:stable_hash key=var:key", dataset_of(PatientID=patient)).PatientID
        for patient in ("17", "18")
    }
    assert len(made) == 2
    assert after(base, "REPLACE PatientID func:own", dataset_of(PatientID="17"), functions).PatientID == "P17"
    assert set(seen) == {"17"}


@pytest.mark.parametrize("wide", ["JITTER endswith:Date 1", "JITTER select:role:date 1", "JITTER all 1"])
@pytest.mark.parametrize(
    ("base", "left"),
    [
        ("BLANK StudyDate", ""),
        ("REPLACE StudyDate 19000101", "19000101"),
        ("JITTER StudyDate 400", "20210619"),
        ("REMOVE StudyDate", ABSENT),
    ],
)
def test_a_wide_rule_leaves_what_an_earlier_text_names(wide, base, left):
    """A rule for many attributes never derives anew what a rule that names the attribute wrote, emptied or removed."""
    assert date_after(base, wide) == left
    assert date_after(base, wide.replace("JITTER", "REPLACE").replace(" 1", " deid_func:jitter days=1")) == left


@pytest.mark.parametrize(
    ("base", "wide", "left"),
    [
        ("REPLACE StudyDate 19000101", "REPLACE endswith:Date 19500101", "19500101"),
        ("REPLACE StudyDate 19000101", "BLANK endswith:Date", ""),
        ("REPLACE StudyDate 19000101", "REMOVE endswith:Date", "19000101"),
        ("BLANK StudyDate", "REMOVE endswith:Date", ABSENT),
        ("REMOVE StudyDate", "REPLACE endswith:Date 19500101", "19500101"),
        ("JITTER endswith:Date 1", "REMOVE StudyDate", "20200516"),
    ],
)
def test_literal_and_other_rules_follow_the_grid(base, wide, left):
    """Where nothing is derived, texts one behind another are as one."""
    assert date_after(base, wide) == left


def test_a_kept_attribute_stays_kept():
    """KEEP of a base holds off what names the attribute, in every text."""
    assert date_after("KEEP StudyDate", "KEEP PatientName\nJITTER endswith:Date 1") == "20200515"


LINES = tuple(
    f"{word} {target}{value}"
    for target, (word, value) in itertools.product(
        ("StudyDate", "select:VR:DA", "endswith:Date", "select:role:date"),
        (("BLANK", ""), ("REMOVE", ""), ("REPLACE", " 19990909"), ("JITTER", " 3")),
    )
)


@given(st.lists(st.sampled_from(LINES), min_size=1, max_size=3, unique=True))
def test_value_is_the_input_value_whatever_a_base_does(base):
    """A function that a rule calls for the attribute it names sees the value of the input."""
    assert date_after("\n".join(base), "REPLACE StudyDate deid_func:truncate_date to=month") == "20200501"
