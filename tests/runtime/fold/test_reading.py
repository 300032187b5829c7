"""Values of other attributes of the input: at the top, in items, in private blocks, composed, and as days."""

from __future__ import annotations

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from tests.properties.test_engines import assert_one_meaning
from tests.running import dataset_of, file_dataset, machine_for, written
from tests.runtime.both_engines import cleaned, refused


def an_object() -> Dataset:
    """An object with something to read at every place."""
    dataset = dataset_of(
        PatientID="ID-7",
        PatientSex="F",
        PatientWeight="71.5",
        Modality="CT",
        ImageType=["A", "B"],
        Rows=512,
        InstanceNumber="-3",
        StudyDate="20200301",
        AccessionNumber="",
        StudyDescription="old",
        PixelData=b"\0\1",
        RequestAttributesSequence=Sequence(
            [dataset_of(StudyID="1", Modality="MR"), dataset_of(StudyID="2", Modality="MR")]
        ),
    )
    dataset["PixelData"].VR = "OW"
    dataset.private_block(0x0009, "OTHER", create=True).add_new(0x01, "LO", "other")
    dataset.private_block(0x0009, "ACME", create=True).add_new(0x01, "LO", "secret")
    return dataset


READ = {
    "Modality": "CT",
    "(0008,0060)": "CT",
    '"Patient\'s Sex"': "F",
    '(0009,"ACME",01)': "secret",
    "(0009,'acme',01)": "secret",
    "(0009,1101)": "secret",
    "ImageType": "A\\B",
    "Rows": "512",
    "PatientWeight": "71.5",
    "AccessionNumber": "",
    "RequestAttributesSequence[1].StudyID": "2",
    "RequestAttributesSequence__0__(0020,0010)": "1",
    "RequestAttributesSequence__Modality": "MR",
    "MediaStorageSOPInstanceUID": "1.2.3",
}


@pytest.mark.parametrize("attribute", READ)
def test_the_value_of_an_attribute(attribute):
    """A bare attribute is that at the top level or of the file meta information, a path leads to one in items."""
    done = cleaned(f"REPLACE InstitutionalDepartmentName X\nADD OtherPatientIDs from:{attribute}", an_object())
    value = done.OtherPatientIDs
    assert ("\\".join(value) if not isinstance(value, str) else value) == READ[attribute]


def test_it_is_the_value_of_the_input():
    """What rules do to the attribute does not change what is read of it."""
    rules = "REPLACE Modality MR\nREMOVE PatientSex\n"
    done = cleaned(rules + "ADD StudyDescription from:Modality\nADD SeriesDescription from:PatientSex", an_object())
    assert (done.StudyDescription, done.SeriesDescription, done.Modality) == ("CT", "F", "MR")


COMPOSED = {
    '"{PatientSex}-{var:site}"': "F-S1",
    '"{var:site}"': "S1",
    '"{(0008,0060)}{PatientSex}"': "CTF",
    '"{RequestAttributesSequence[1].StudyID}{AccessionNumber}."': "2.",
    "'{(0009,\"ACME\",01)}'": "secret",
    '"{{{Modality}}}"': "{CT}",
    '"{{Modality}}"': "{Modality}",
    '"{Modality}\\\\{PatientSex}"': "CT\\F",
    "'\"{Modality}\"'": '"CT"',
}


@pytest.mark.parametrize("text", COMPOSED)
def test_composed_text(text):
    """Names in braces of quoted text stand for values, doubled braces for themselves."""
    done = cleaned(f"ADD OtherPatientIDs {text.replace(chr(92) * 2, chr(92))}", an_object(), site="S1")
    value = done.OtherPatientIDs
    assert ("\\".join(value) if not isinstance(value, str) else value) == COMPOSED[text]


def test_in_items():
    """Each element that a rule selects gets the same value."""
    done = cleaned('REPLACE Modality "{PatientSex}{Modality}"', an_object())
    assert (done.Modality, [item.Modality for item in done.RequestAttributesSequence]) == ("FCT", ["FCT", "FCT"])


def test_a_number_of_days():
    """JITTER shifts by what another attribute holds."""
    assert cleaned("JITTER StudyDate from:InstanceNumber", an_object()).StudyDate == "20200227"


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("ADD StudyDescription from:SeriesDescription", "DC933"),
        ("ADD StudyDescription from:RequestAttributesSequence[2].StudyID", "DC933"),
        ('ADD StudyDescription from:(0009,"NEW",01)', "DC933"),
        ('ADD StudyDescription "{SeriesDescription}"', "DC933"),
        ("ADD StudyDescription from:RequestAttributesSequence__StudyID", "DC934"),
        ('ADD StudyDescription "{ImageType}"', "DC904"),
        ("ADD AccessionNumber from:MediaStorageSOPClassUID", "DC904"),
        ("JITTER StudyDate from:PatientWeight", "DC904"),
        ("JITTER StudyDate from:AccessionNumber", "DC904"),
        ("ADD StudyDescription from:(0010,9999)", "DC933"),
    ],
)
def test_what_refuses_the_object(rule, code):
    """A value that is absent, not the only one, or does not fit is not guessed."""
    assert refused(rule, an_object()) == [code]


def test_a_variable_that_is_no_text():
    """A part of a text is text or a number."""
    assert cleaned('ADD StudyDescription "{var:n}"', an_object(), n=7).StudyDescription == "7"
    assert refused('ADD StudyDescription "{var:n}"', an_object(), n=b"7") == ["DC904"]


def test_many_objects_each_with_its_own():
    """What is remembered of one object is not written into another."""
    machine = machine_for('REPLACE StudyDescription "{Modality}"\nADD SeriesDescription from:Modality')
    for modality in ("CT", "MR", "CT", "US", "MR"):
        dataset = an_object()
        dataset.Modality = modality
        assert assert_one_meaning(machine, written(file_dataset(dataset))) == "the same bytes"


def test_a_guard_spares_objects_without_the_attribute():
    """A rule that is guarded by the presence of the attribute leaves objects without it unchanged."""
    rules = "REPLACE StudyDescription from:SeriesDescription when SeriesDescription present"
    assert cleaned(rules, an_object()).StudyDescription == "old"
    dataset = an_object()
    dataset.SeriesDescription = "axial"
    assert cleaned(rules, dataset).StudyDescription == "axial"


def test_a_guard_makes_no_items():
    """ADD by path under a guard that does not hold makes nothing."""
    rules = "ADD BeamSequence__ControlPointSequence__GantryAngle 5 when Modality equals MR"
    assert "BeamSequence" not in cleaned(rules, an_object())
    assert cleaned(rules.replace("MR", "CT"), an_object()).BeamSequence[0].ControlPointSequence[0].GantryAngle == 5
