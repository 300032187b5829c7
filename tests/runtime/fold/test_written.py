"""What is written: the VR where the dictionary leaves a choice, empty values, and lists within lists."""

from __future__ import annotations

import pytest
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag
from pydicom.uid import ImplicitVRLittleEndian

from tests.running import clean, dataset_of, file_dataset, written

SMALLEST, LUT_DATA = 0x00280106, 0x00283006


def implicit(tag: int, data: bytes) -> Dataset:
    """An object from a file in implicit VR, where the dictionary has to say what the VR is."""
    dataset = file_dataset(dataset_of(PatientID="1", PixelRepresentation=0), ImplicitVRLittleEndian)
    dataset._dict[Tag(tag)] = RawDataElement(Tag(tag), None, len(data), data, 0, True, True)
    return dataset


@pytest.mark.parametrize(
    ("rule", "tag", "given", "vr", "value"),
    [
        ("REPLACE SmallestImagePixelValue 5", SMALLEST, None, "US", 5),
        ("REPLACE SmallestImagePixelValue -5", SMALLEST, None, "SS", -5),
        ("REPLACE SmallestImagePixelValue var:v", SMALLEST, -5, "SS", -5),
        ("REPLACE SmallestImagePixelValue var:v", SMALLEST, [5, -5], "SS", [5, -5]),
        ("REPLACE SmallestImagePixelValue var:v", SMALLEST, [5, 6], "US", [5, 6]),
        ("BLANK SmallestImagePixelValue", SMALLEST, None, "US", None),
        ("REPLACE LUTData var:v", LUT_DATA, b"ab", "OW", b"ab"),
        ("REPLACE LUTData var:v", LUT_DATA, [1, 2], "US", [1, 2]),
        ("BLANK LUTData", LUT_DATA, None, "US", None),
    ],
)
def test_a_choice_of_vrs(rule, tag, given, vr, value):
    """Of the VRs that the dictionary allows the value takes one that can hold it: SS only below zero, OW for bytes."""
    variables = {} if given is None else {"v": given}
    cleaned = clean(rule, implicit(tag, b"\7\0"), **variables)
    assert (cleaned[tag].VR, cleaned[tag].value) == (vr, value)
    assert written(cleaned)


EMPTIED = ["PatientID", "Rows", "RealWorldValueSlope", "FrameIncrementPointer"]


@pytest.mark.parametrize(
    ("rule", "keyword"),
    [("BLANK {}", one) for one in [*EMPTIED, "OtherPatientIDsSequence"]] + [('REPLACE {} ""', one) for one in EMPTIED],
)
@pytest.mark.parametrize("from_file", [False, True], ids=["made", "read"])
def test_an_empty_value_has_no_length(rule, keyword, from_file):
    """BLANK and the empty text leave an element of zero length, whatever its VR."""
    values = {
        "PatientID": "1",
        "Rows": 5,
        "RealWorldValueSlope": 0.5,
        "FrameIncrementPointer": 0x00181063,
        "OtherPatientIDsSequence": Sequence([dataset_of(PatientID="1")]),
    }
    dataset = dataset_of({keyword: values[keyword]}, StudyID="s")
    cleaned = clean(rule.format(keyword), file_dataset(dataset) if from_file else dataset)
    assert cleaned[keyword].is_empty
    alone = dataset_of({keyword: [] if keyword.endswith("Sequence") else None}, StudyID="s")
    assert written(Dataset(dict(cleaned.items()))) == written(alone)


@pytest.mark.parametrize(
    ("lists", "gone"),
    [
        ("%fields a\nFIELD StudyID\n%fields b\nFIELD fields:a", {"StudyID"}),
        ("%fields a\nFIELD values:ids\n%fields b\nFIELD fields:a", {"PatientID", "StudyID"}),
        (
            "%fields a\nFIELD values:ids\n%fields b\nFIELD fields:a\nFIELD Modality",
            {"PatientID", "StudyID", "Modality"},
        ),
        (
            "%fields a\nFIELD Modality\n%fields b\nFIELD fields:a\nFIELD values:ids",
            {"Modality", "PatientID", "StudyID"},
        ),
        ("%fields b\nFIELD OtherPatientIDsSequence__1__Modality", set()),
    ],
)
@pytest.mark.parametrize("from_file", [False, True], ids=["made", "read"])
def test_lists_of_lists(lists, gone, from_file):
    """A list of fields may be filled from another: its members are those of both."""
    dataset = dataset_of(PatientID="17", StudyID="seen 17", Modality="CT", PatientName="A^B", InstanceNumber=None)
    dataset.OtherPatientIDsSequence = Sequence([dataset_of(Modality="MR"), dataset_of(Modality="MR")])
    recipe = f"FORMAT dicom\n%values ids\nFIELD PatientID\n{lists}\n%header\nREMOVE fields:b\n"
    cleaned = clean(recipe, file_dataset(dataset) if from_file else dataset)
    assert {element.keyword for element in dataset} - {element.keyword for element in cleaned} == gone
