"""A function that copies an identifier which a rule changes refuses the object."""

from __future__ import annotations

import pytest

from deidc import Cleaned, Functions, Machine, OnFailure, Refused
from tests.running import dataset_of, file_dataset, program_as_deid

NAME, NUMBER = "Zqname^Quilla", "ZQ4711"


def outcome_of(rules: str, result: object, on_failure: OnFailure = OnFailure.REFUSE) -> Cleaned | Refused:
    dataset = file_dataset(dataset_of(PatientName=NAME, PatientID=NUMBER, StudyID="7", AccessionNumber="12"))
    functions = Functions.standard().with_function("copies", lambda: result)
    machine = Machine.link(program_as_deid(f"FORMAT dicom\n\n%header\n{rules}\n"), functions, on_failure=on_failure)
    return machine.run(dataset)


@pytest.mark.parametrize("rule", ["REMOVE PatientID", "REPLACE PatientID x", "BLANK startswith:Patient"])
@pytest.mark.parametrize("result", [NUMBER, f"of {NUMBER}", f"x\\{NUMBER}", NUMBER.lower(), ["x", NUMBER]])
@pytest.mark.parametrize("action", ["REPLACE StudyDescription", "ADD ImageComments"])
def test_a_number_that_a_rule_changes(rule, result, action):
    """As a whole or as a word, in any case, in one of several values; the message has no data."""
    dataset = "ADD StudyDescription x\n" if "Study" in action else ""
    outcome = outcome_of(f"{rule}\n{dataset}{action} func:copies", result)
    assert isinstance(outcome, Refused)
    assert [one.rule.code for one in outcome.faults] == ["DC938"]
    assert outcome.faults[0].message == "copies returned a value of PatientID, which the recipe changes"


@pytest.mark.parametrize("result", [NAME, "seen by Quilla", "ZQNAME"])
def test_parts_of_a_name(result):
    """A part of the name in a text names the patient."""
    outcome = outcome_of("REMOVE select:VR:PN\nREPLACE StudyID func:copies", result)
    assert isinstance(outcome, Refused)
    assert [one.rule.code for one in outcome.faults] == ["DC938"]


@pytest.mark.parametrize(
    ("rules", "result"),
    [
        ("REMOVE StudyDate\nREPLACE StudyID func:copies", NUMBER),  # no rule is about the number
        ("KEEP PatientID\nREMOVE startswith:Patient\nREPLACE StudyID func:copies", NUMBER),
        ("REMOVE PatientName\nREPLACE PatientID func:copies", NUMBER),  # its own value
        ("REMOVE PatientID\nREPLACE StudyID func:copies", f"{NUMBER}0"),  # another number
        ("REMOVE AccessionNumber\nREPLACE StudyID func:copies", "12"),  # too short to mean something
        ("REMOVE PatientID\nREPLACE StudyID func:copies", "pseudonym"),
    ],
)
def test_what_is_written(rules, result):
    """Values that no rule changes, the own value, and what only looks alike."""
    outcome = outcome_of(rules, result)
    assert isinstance(outcome, Cleaned), outcome


def test_deid_writes_it():
    """Programs made for deid write what their functions return."""
    outcome = outcome_of("REMOVE PatientID\nREPLACE StudyID func:copies", NUMBER, OnFailure.WITHDRAW)
    assert isinstance(outcome, Cleaned)
    assert outcome.dataset.StudyID == NUMBER
