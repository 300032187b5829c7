"""Conditions: what counts as yes, what a value compares with, and that they ask about the input."""

from __future__ import annotations

import pytest

from deidc import Functions
from deidc.runtime.fold.conditions import is_true
from tests.running import clean, dataset_of, file_dataset

NO = [
    "",
    " ",
    "0",
    "false",
    "no",
    "none",
    "False",
    "FALSE",
    "No",
    "NO",
    "None",
    "NONE",
    " no ",
    0,
    0.0,
    False,
    None,
    [],
]
YES = ["1", "true", "yes", "Yes", "n", "nothing", "00", "-", 1, -1, 0.5, True, ["no"]]


@pytest.mark.parametrize(("value", "expected"), [(one, False) for one in NO] + [(one, True) for one in YES])
def test_what_counts_as_yes(value, expected):
    """The words that say no, in any case and with blanks around, are no, as empty and zero are; all else is yes."""
    assert is_true(value) is expected


@pytest.mark.parametrize(
    ("given", "left"),
    [("yes", False), ("TRUE", False), (1, False), ("no", True), ("None", True), ("", True), (0, True)],
)
@pytest.mark.parametrize("rule", ["REMOVE PatientID var:v", "REMOVE PatientID func:f", "REMOVE PatientID if func:f"])
def test_a_rule_acts_where_the_answer_is_yes(rule, given, left):
    """A variable or a function decides about a rule for each object."""
    functions = Functions.standard().with_function("f", lambda: given)
    supplied = {"v": given} if "var:" in rule else {}
    assert ("PatientID" in clean(rule, dataset_of(PatientID="1"), functions, **supplied)) is left


@pytest.mark.parametrize(
    ("condition", "acts"),
    [
        ("contains:ORIG", True),
        ("contains:primary", True),
        ("contains:^PRI", True),
        ("contains:AXIAL", False),
        ("notcontains:AXIAL", True),
        ("notcontains:PRIM", False),
        ("equals:PRIMARY", True),
        ("equals:primary", True),
        ("equals:PRIM", False),
        ("notequals:PRIM", True),
        ("notequals:Primary", False),
    ],
)
@pytest.mark.parametrize("from_file", [False, True], ids=["made", "read"])
def test_comparisons(condition, acts, from_file):
    """Some value of several is enough; a negated form holds where the plain one does not; case does not matter."""
    dataset = dataset_of(ImageType=["ORIGINAL", "PRIMARY"])
    cleaned = clean(f"BLANK ImageType {condition}", file_dataset(dataset) if from_file else dataset)
    assert (not cleaned.ImageType) is acts


@pytest.mark.parametrize(
    ("condition", "there", "empty", "absent"),
    [
        ("present:", "X", "X", None),
        ("empty:", "old", "X", None),
        ("missing:", "old", "", None),
        ("contains:o", "X", "", None),
        ("notcontains:o", "old", "X", None),
        ("equals:old", "X", "", None),
        ("notequals:old", "old", "X", None),
    ],
)
def test_states_of_the_input(condition, there, empty, absent):
    """A condition asks how the element is in the input; REPLACE makes none that is not there."""
    for before, after in (("old", there), ("", empty), (None, absent)):
        dataset = dataset_of({} if before is None else {"PatientID": before}, Modality="CT")
        assert clean(f"REPLACE PatientID X if {condition}", dataset).get("PatientID") == after


def test_conditions_do_not_see_what_rules_did():
    """The second rule finds in the input what the first one has overwritten."""
    cleaned = clean("BLANK PatientID\nREPLACE PatientID X if equals:17", dataset_of(PatientID="17"))
    assert cleaned.PatientID == "X"


def test_a_list_as_condition():
    """A condition on a list holds where the input value has in it what the list collected."""
    recipe = "FORMAT dicom\n%values ids\nFIELD PatientID\n%header\nBLANK PatientID\nREMOVE all values:ids\n"
    dataset = dataset_of(PatientID="17", ImageComments="seen 17", PatientComments="171")
    assert [element.keyword for element in clean(recipe, dataset)] == ["PatientComments"]
