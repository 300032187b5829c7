"""What an op fails on is taken out of the object where the host asks for that, by both engines alike."""

from __future__ import annotations

import io

import pytest
from pydicom import dcmread, dcmwrite
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag

from deidc import Cleaned, Effect, Functions, Machine, OnFailure, Refused, compile_recipe
from deidc.dicom.window import InMemory
from tests.running import dataset_of, file_dataset, program_as_deid

HEADER = "FORMAT dicom\n\n%header\n"
ROWS = Tag("Rows")


def raises(value: object) -> str:
    raise ValueError(str(value))


def object_with_items() -> Dataset:
    dataset = dataset_of(PatientID="ZQ outer", PatientName="ZQ^NAME", StudyDate="not a date", StudyID="7")
    dataset.RequestAttributesSequence = Sequence([dataset_of(PatientID="ZQ inner")])
    return file_dataset(dataset)


def both(recipe: str, on_failure: OnFailure = OnFailure.WITHDRAW) -> list[Dataset]:
    """Return what the Dataset engine and the stream engine make of an object, the latter twice, as it remembers."""
    functions = Functions.standard().with_function("raises", raises)
    machine = Machine.link(program_as_deid(f"{HEADER}{recipe}\n"), functions, on_failure=on_failure)
    given = object_with_items()
    outcome = machine.run(given)
    assert isinstance(outcome, Cleaned), outcome
    made, events = [outcome.dataset], outcome.events
    buffer = io.BytesIO()
    dcmwrite(buffer, given)
    for _ in range(2):
        streamed = machine.run_on_bytes(InMemory(buffer.getvalue()), lambda: given)
        assert not isinstance(streamed, Refused), streamed
        assert sorted(streamed.events) == sorted(events)
        made.append(dcmread(io.BytesIO(streamed.whole())))
    return made


@pytest.mark.parametrize(
    "rule",
    [
        "REPLACE PatientID var:nobody_gave_it",
        "REPLACE PatientID func:nobody_wrote_it",
        "REPLACE PatientID func:raises",
        "REPLACE PatientID deid_func:jitter days=var:nobody_gave_it",
        "REMOVE PatientID func:nobody_wrote_it",
    ],
)
def test_the_element_is_taken_out_at_every_depth(rule):
    """Nothing of it is left, and the rest of the object is there."""
    for cleaned in both(rule + "\nREPLACE PatientName X\n"):
        assert "PatientID" not in cleaned
        assert "PatientID" not in cleaned.RequestAttributesSequence[0]
        assert (cleaned.PatientName, cleaned.StudyID) == ("X", "7")


def test_what_is_no_date_is_taken_out():
    for cleaned in both("JITTER StudyDate 3"):
        assert "StudyDate" not in cleaned


def test_nothing_is_added_by_an_add_that_fails():
    for cleaned in both("ADD InstitutionName var:nobody_gave_it"):
        assert "InstitutionName" not in cleaned


def test_a_rule_that_is_not_reached_takes_nothing_out():
    """What KEEP protects stays, and so does what is not there to be replaced."""
    for cleaned in both("KEEP PatientID\nREPLACE PatientID func:raises\nREPLACE AccessionNumber var:nobody"):
        assert cleaned.PatientID == "ZQ outer"


def test_events_tell_of_it():
    machine = Machine.link(compile_recipe(HEADER + "REPLACE PatientID var:x\n"), on_failure=OnFailure.WITHDRAW)
    outcome = machine.run(object_with_items())
    assert isinstance(outcome, Cleaned)
    told = {event.path for event in outcome.events if event.effect is Effect.WITHDRAWN}
    assert told == {"00100020", "00400275[0].00100020"}
    given = machine.run(object_with_items(), {"x": "1"})
    assert isinstance(given, Cleaned)
    assert given.dataset.PatientID == "1"


def test_what_cannot_be_looked_at_refuses_still():
    """A list that cannot be filled says nothing of what would have been in it."""
    dataset = object_with_items()
    dataset._dict[ROWS] = RawDataElement(ROWS, "US", 1, b"\1", 0, False, True)
    recipe = "FORMAT dicom\n\n%values v\nFIELD Rows\n\n%header\nREMOVE values:v\n"
    machine = Machine.link(compile_recipe(recipe), on_failure=OnFailure.WITHDRAW)
    assert isinstance(machine.run(dataset), Refused)


def test_what_cannot_be_decoded_where_a_rule_must_is_taken_out():
    dataset = object_with_items()
    dataset._dict[ROWS] = RawDataElement(ROWS, "US", 1, b"\1", 0, False, True)
    machine = Machine.link(compile_recipe(HEADER + "REMOVE Rows equals:1\n"), on_failure=OnFailure.WITHDRAW)
    outcome = machine.run(dataset)
    assert isinstance(outcome, Cleaned)
    assert "Rows" not in outcome.dataset


@pytest.mark.parametrize(
    "rule", ["REMOVE PatientID func:silent", "REPLACE PatientID X if func:silent", "BLANK all func:silent"]
)
def test_a_predicate_without_an_answer(rule):
    """A predicate that returns None refuses the object; deid takes it for no, and so do programs made for deid."""
    program = program_as_deid(f"{HEADER}{rule}\n")
    functions = Functions.standard().with_function("silent", lambda: None)
    dataset = file_dataset(dataset_of(PatientID="ZQ"))
    refused = Machine.link(program, functions).run(dataset)
    assert isinstance(refused, Refused)
    assert {one.rule.code for one in refused.faults} == {"DC903"}
    left = Machine.link(program, functions, on_failure=OnFailure.WITHDRAW).run(dataset)
    assert isinstance(left, Cleaned)
    assert left.dataset.PatientID == "ZQ"


@pytest.mark.parametrize("rule", ["JITTER StudyDate var:days", "REPLACE StudyDate deid_func:jitter days=var:days"])
def test_a_shift_by_zero_as_deid_has_it(rule):
    """Where failures withdraw elements, a date that is shifted by zero days stays, as in deid."""
    machine = Machine.link(program_as_deid(f"{HEADER}{rule}\n"), on_failure=OnFailure.WITHDRAW)
    outcome = machine.run(file_dataset(dataset_of(StudyDate="20200101")), {"days": 0})
    assert isinstance(outcome, Cleaned)
    assert outcome.dataset.StudyDate == "20200101"
