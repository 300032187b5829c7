"""ADD where there is nothing yet: a value or a refusal, in the items that are meant, and never an orphan."""

from __future__ import annotations

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from deidc import Refused
from tests.running import clean, dataset_of, fault_codes, file_dataset, run


@pytest.fixture(params=[lambda dataset: dataset, file_dataset], ids=["made", "read"])
def as_input(request):
    return request.param


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("ADD StudyID X", "X"),
        ("ADD StudyID X\nREMOVE StudyID", None),
        ("ADD StudyID X\nBLANK StudyID", ""),
        ("ADD StudyID X\nREPLACE StudyID Y", "Y"),
        ("REPLACE StudyID Y", None),
        ("BLANK StudyID", None),
        ("REMOVE all\nADD StudyID X", "X"),
        ("KEEP all\nADD StudyID X", "X"),
    ],
)
def test_later_rules_meet_what_was_added(rules, expected, as_input):
    """An attribute that the input lacks is there for the rules after ADD, and for no rule before it."""
    cleaned = clean(rules, as_input(dataset_of(PatientID="17")))
    assert (cleaned.get("StudyID", None) if "StudyID" in cleaned else None) == expected


@pytest.mark.parametrize(("value", "code"), [(70000, "DC904"), ("many", "DC904")])
@pytest.mark.parametrize("target", ["Rows", "OtherPatientIDsSequence__0__Rows"])
def test_what_cannot_be_added_refuses_the_object(target, value, code, as_input):
    """A value that does not fit is a fault at the place where it would have stood."""
    dataset = as_input(dataset_of(OtherPatientIDsSequence=Sequence([dataset_of(PatientID="1")])))
    outcome = run(f"ADD {target} var:v", dataset, v=value)
    assert isinstance(outcome, Refused)
    path = "00101002[0].00280010" if "__" in target else "00280010"
    assert [(fault.rule.code, fault.path) for fault in outcome.faults] == [(code, path)]


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("OtherPatientIDsSequence__IssuerOfPatientID", ["X", "X"]),
        ("OtherPatientIDsSequence__0__IssuerOfPatientID", ["X", None]),
        ("OtherPatientIDsSequence__1__IssuerOfPatientID", [None, "X"]),
        ("OtherPatientIDsSequence__2__IssuerOfPatientID", [None, None, "X"]),
        ("OtherPatientIDsSequence[4].IssuerOfPatientID", [None, None, None, None, "X"]),
    ],
)
def test_only_the_items_that_are_meant(target, expected, as_input):
    """A number in a path is the item, counted from 0, which is made if it is not there; without one all are meant."""
    dataset = dataset_of(OtherPatientIDsSequence=Sequence([dataset_of(PatientID="1"), dataset_of(PatientID="2")]))
    cleaned = clean(f"ADD {target} X", as_input(dataset))
    assert [item.get("IssuerOfPatientID") for item in cleaned.OtherPatientIDsSequence] == expected


def private() -> Dataset:
    dataset = dataset_of(PatientID="17")
    dataset.private_block(0x0009, "ACME", create=True).add_new(0x01, "LO", "secret")
    return dataset


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ('ADD (0009,"ACME",03) X', {0x00090010: "ACME", 0x00091001: "secret", 0x00091003: "X"}),
        ('REMOVE all\nADD (0009,"ACME",03) X', {0x00090010: "ACME", 0x00091003: "X"}),
        ('ADD (0009,"ACME",03) X\nREMOVE 00090010', {0x00090010: "ACME", 0x00091001: "secret", 0x00091003: "X"}),
        ('REMOVE all\nADD (0009,"NEW",03) X', {0x00090011: "NEW", 0x00091103: "X"}),
        (
            'REMOVE all\nADD (0009,"NEW",03) X\nADD (0009,"new",04) Y',
            {0x00090011: "NEW", 0x00091103: "X", 0x00091104: "Y"},
        ),
        ('REMOVE all\nADD (000B,"ACME",00) X', {0x000B0010: "ACME", 0x000B1000: "X"}),
        ('REMOVE all\nADD (000B,"ACME",FF) X', {0x000B0010: "ACME", 0x000B10FF: "X"}),
        ("REMOVE all\nREPLACE select:private X", {0x00090010: "ACME", 0x00091001: "X"}),
    ],
)
def test_a_private_element_has_its_creator(rules, expected, as_input):
    """What is private is written in a block that a creator reserves (PS3.5 7.8.1), whatever happens to others."""
    cleaned = clean(rules, as_input(private()))
    assert {int(tag): cleaned[tag].value for tag in cleaned.keys() if tag.is_private} == expected


def test_some_items_are_rewritten_and_some_go():
    """REMOVE spares what another rule writes, item by item."""
    items = Sequence([dataset_of(PatientID="1"), dataset_of(PatientID="2")])
    rules = "REMOVE PatientID\nREPLACE OtherPatientIDsSequence__0__PatientID X"
    cleaned = clean(rules, dataset_of(PatientID="17", OtherPatientIDsSequence=items))
    assert "PatientID" not in cleaned
    assert [item.get("PatientID") for item in cleaned.OtherPatientIDsSequence] == ["X", None]


@pytest.mark.parametrize(
    ("kind", "gone"),
    [
        ("private", {0x00090010, 0x00091001}),
        ("overlay", {0x60003000, 0x601E3000}),
        ("curve", {0x50003000, 0x50FE3000}),
    ],
)
def test_kinds_of_groups(kind, gone):
    """Odd groups are private, 60xx overlays and 50xx curves where xx is even (PS3.5 7.6, 7.8)."""
    dataset = private()
    for tag in (0x60003000, 0x601E3000, 0x50003000, 0x50FE3000, 0x40003000, 0x61003000):
        dataset.add_new(tag, "OB", b"ab")
    cleaned = clean(f"REMOVE select:{kind}", dataset)
    assert {int(tag) for tag in dataset.keys()} - {int(tag) for tag in cleaned.keys()} == gone


@pytest.mark.parametrize(
    ("lists", "left"),
    [
        ("%fields f\nFIELD values:ids\n%values more\nFIELD fields:f", {"Modality"}),
        ("%fields f\nFIELD StudyID\n%values more\nFIELD fields:f", {"Modality", "PatientID", "ImageComments"}),
    ],
)
def test_values_of_the_members_of_a_list(lists, left, as_input):
    """A list of values may be filled from the members of another list, which may need a third."""
    dataset = dataset_of(PatientID="17", StudyID="17 study", ImageComments="of 17", Modality="CT")
    cleaned = clean(
        f"FORMAT dicom\n%values ids\nFIELD PatientID\n{lists}\n%header\nREMOVE values:more\n", as_input(dataset)
    )
    assert {element.keyword for element in cleaned} == left


def test_a_group_without_a_free_block_refuses_the_object():
    """There are 240 blocks in a group (PS3.5 7.8.1); where all are taken, nothing can be added."""
    dataset = dataset_of(StudyID="1")
    for place in range(0x10, 0x100):
        dataset.add_new(0x00990000 | place, "LO", f"CREATOR {place}")
    assert fault_codes(run('ADD (0099,"NEW",01) x', dataset)) == ["DC910"]
    del dataset[0x00990080]
    added = clean('ADD (0099,"NEW",01) x', dataset)
    assert (added[0x00990080].value, added[0x00998001].value) == ("NEW", "x")
