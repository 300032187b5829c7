"""Guards: rules and sections that act only on objects that fit, by both engines."""

from __future__ import annotations

import pytest
from pydicom.dataset import Dataset, FileDataset

from deidc import Cleaned, Machine, Refused
from deidc.batch.inputs.reading import read_bytes
from deidc.batch.outputs.writing import encode
from deidc.codes import faults
from deidc.dicom.window import InMemory
from deidc.runtime.fold import guards
from tests.running import dataset_of, file_dataset, machine_for

CT, MR = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4"


def an_object(**more: object) -> FileDataset:
    """A CT image of one patient, with whatever a test changes in it."""
    given = {
        "SOPClassUID": CT,
        "SOPInstanceUID": "1.2.3",
        "Modality": "CT",
        "StudyDate": "20200131",
        "StudyTime": "1230",
        "AcquisitionDateTime": "20200131123000.5+0100",
        "PatientName": "Doe^Jane",
        "PatientID": "17",
        "PatientAge": "018M",
        "PatientWeight": "70.50",
        "ImageType": ["ORIGINAL", "PRIMARY"],
        "Rows": 512,
        **more,
    }
    return file_dataset(dataset_of(given))


def outcomes(machine: Machine, dataset: FileDataset) -> list[Dataset | Refused]:
    """What both engines make of an object."""
    data = encode(dataset)
    assert isinstance(data, bytes)
    by_dataset = machine.run(dataset)
    by_stream = machine.run_on_bytes(InMemory(data), lambda: dataset)
    if isinstance(by_stream, Refused):
        return [by_dataset.dataset if isinstance(by_dataset, Cleaned) else by_dataset, by_stream]
    streamed = read_bytes(by_stream.whole())
    assert isinstance(streamed, Dataset)
    return [by_dataset.dataset if isinstance(by_dataset, Cleaned) else by_dataset, streamed]


def cleaned(machine: Machine, dataset: FileDataset) -> list[Dataset]:
    """What both engines make of an object that neither refuses."""
    found = outcomes(machine, dataset)
    assert not any(isinstance(one, Refused) for one in found)
    return [one for one in found if isinstance(one, Dataset)]


def acts(recipe: str, dataset: FileDataset) -> bool:
    """Whether a recipe that may remove the patient's name does so; both engines agree."""
    found = {"PatientName" not in one for one in outcomes(machine_for(recipe), dataset) if isinstance(one, Dataset)}
    assert len(found) == 1
    return found.pop()


@pytest.mark.parametrize(
    ("guard", "holds"),
    [
        ("Modality equals ct", True),
        ("Modality notequals CT", False),
        ("Modality = MR", False),
        ("Modality != MR", True),
        ("Modality contains ^C", True),
        ("ImageType equals PRIMARY", True),
        ("SOPClassUID equals CTImageStorage", True),
        ('SOPClassUID equals "CT Image Storage"', True),
        ("SOPClassUID equals MRImageStorage", False),
        ("TransferSyntaxUID equals ExplicitVRLittleEndian", True),
        ("StationName missing", True),
        ("StationName present", False),
        ("StationName equals X", False),
        ("StationName notequals X", True),
        ("Rows >= 512", True),
        ("Rows > 512", False),
        ("Rows = 512.0", True),
        ("Rows equals 5.12e2", True),
        ("Columns < 5", False),
        ("Columns != 5", True),
        ("PatientWeight = 70.5", True),
        ("StudyDate < 2020-02-01", True),
        ("StudyDate <= 20200131", True),
        ("StudyDate < 20200131", False),
        ("AcquisitionDateTime = 20200131", True),
        ("AcquisitionDateTime > 20200131", False),
        ("AcquisitionDateTime > 202001311229", True),
        ("AcquisitionDateTime >= 2020-01-31T12:30:00.5", True),
        ("StudyTime >= 12", True),
        ("StudyTime < 12:31", True),
        ("StudyTime > 123000", False),
        ("PatientAge < 2Y", True),
        ("PatientAge >= 547D", True),
        ("RequestAttributesSequence__AccessionNumber equals A2", True),
        ("RequestAttributesSequence__0__AccessionNumber equals A2", False),
        ('(0009,"ACME",01) = 7', True),
        ('(0009,"ACME",02) present', False),
        ("Modality equals CT and Rows < 5", False),
        ("Modality equals MR or Rows > 5", True),
    ],
)
def test_a_rule_acts_on_objects_that_fit(guard: str, holds: bool):
    """Each operator holds as it is documented, behind a rule and behind %header."""
    dataset = an_object(RequestAttributesSequence=[dataset_of(AccessionNumber="A1"), dataset_of(AccessionNumber="A2")])
    dataset.private_block(0x0009, "ACME", create=True).add_new(1, "IS", "7")
    assert acts(f"REMOVE PatientName when {guard}", dataset) == holds
    assert acts(f"%header when {guard}\nREMOVE PatientName", dataset) == holds


def test_guards_of_a_section_and_of_a_rule_must_both_hold():
    """The guard behind %header is one of every rule of the section, up to the next section."""
    recipe = "%header when Modality equals CT\nREMOVE PatientName when Rows > 5\n%header\nREMOVE PatientID\n"
    for dataset, goes in ((an_object(), True), (an_object(Rows=5), False), (an_object(Modality="MR"), False)):
        assert acts(recipe, dataset) == goes
        assert all("PatientID" not in one for one in cleaned(machine_for(recipe), dataset))


def test_guards_read_the_input():
    """What rules make of an attribute has no influence on guards about it."""
    for recipe in (
        "REMOVE Modality\nREMOVE PatientName when Modality equals CT",
        "REPLACE Modality OT\nREMOVE PatientName when Modality equals CT",
    ):
        assert acts(recipe, an_object())


@pytest.mark.parametrize(
    ("guard", "given", "rule"),
    [
        ("StudyDate < 20200101", {"StudyDate": "unknown"}, faults.NOT_A_DATE),
        ("PatientAge < 018Y", {"PatientAge": "young"}, faults.NOT_A_DATE),
        ("PatientWeight > 5", {"PatientWeight": "heavy"}, faults.VALUE_UNFIT),
    ],
)
def test_what_cannot_be_compared_refuses_the_object(guard: str, given: dict[str, str], rule: object):
    """A value that is no date or number leaves open whether the rule is to act, so the object is not written."""
    dataset = an_object()
    for keyword, text in given.items():
        dataset[keyword]._value = text
    for outcome in outcomes(machine_for(f"REMOVE PatientName when {guard}"), dataset):
        assert isinstance(outcome, Refused)
        assert [fault.rule for fault in outcome.faults] == [rule]
        assert not any(text in str(outcome) for text in given.values())


def test_a_test_behind_a_decisive_one_is_not_evaluated():
    """What does not matter any more cannot refuse an object."""
    dataset = an_object()
    dataset["StudyDate"]._value = "unknown"
    assert not acts("REMOVE PatientName when Modality equals MR and StudyDate < 20200101", dataset)
    assert acts("REMOVE PatientName when Modality equals CT or StudyDate < 20200101", dataset)


def test_every_kind_of_rule_takes_a_guard():
    """A rule whose guard does not hold does nothing, whatever its action."""
    rules = (
        "ADD StationName X", "APPEND ImageType X", "BLANK PatientName", "DESCEND RequestAttributesSequence",
        "JITTER StudyDate 5", "KEEP PatientID", "REPLACE PatientID X", "REMOVE PatientName",
        "ADD ReferencedStudySequence__StudyDate 20200101",
    )  # fmt: skip
    dataset = an_object(RequestAttributesSequence=[dataset_of(AccessionNumber="A1")])
    unchanged = outcomes(machine_for("KEEP all"), dataset)
    for rule in rules:
        assert outcomes(machine_for(f"KEEP Manufacturer\n{rule} when Modality equals MR"), dataset) == unchanged


def test_keep_and_spared_rules_follow_their_guards():
    """A guarded KEEP keeps, and a guarded REPLACE spares from REMOVE, only where the guard holds."""
    recipe = (
        "KEEP PatientID when Modality equals CT\nREMOVE PatientID\n"
        "REPLACE PatientName X when Modality equals CT\nREMOVE PatientName"
    )
    for one in cleaned(machine_for(recipe), an_object()):
        assert (one.PatientID, one.PatientName) == ("17", "X")
    for one in cleaned(machine_for(recipe), an_object(Modality="MR")):
        assert "PatientID" not in one
        assert "PatientName" not in one


def test_objects_of_several_kinds_share_one_machine(monkeypatch: pytest.MonkeyPatch):
    """Whatever was cleaned before, an object is cleaned by the rules whose guards hold for it; plans are few."""
    monkeypatch.setattr(guards, "MOST_PLANS", 3)
    machine = machine_for("\n".join(f"REMOVE PatientName when Rows = {size}" for size in range(8)))
    for turn in range(3):
        for size in range(12):
            for one in cleaned(machine, an_object(Rows=size)):
                assert ("PatientName" in one) == (size > 7), (turn, size)


def test_the_trace_says_that_a_guard_does_not_hold():
    """`deidc why` can name the rules that are left out."""
    machine = machine_for("REMOVE PatientName when Modality equals MR\nREMOVE PatientID")
    [number] = machine.trace(an_object()).left_out
    assert machine.program.origins[number].line == 4
    assert machine.trace(an_object(Modality="MR")).left_out == frozenset()
