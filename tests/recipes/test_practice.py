"""The recipes in `examples/practice` on a real image: what comes out was written by hand, from PS3 and the calendar."""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping
from pathlib import Path

import pytest
from attrs import field, frozen
from pydicom import dcmread, dcmwrite
from pydicom.dataset import Dataset

from deidc import CleanedContent, clean_bytes, link_recipe
from tests.files import shipped
from tests.recipes.test_recipes import RECIPES, source_of

PRACTICE = "examples/practice"
NAMES = sorted(path.stem for path in (RECIPES / PRACTICE).glob("*.deid"))
ABSENT = "absent"
CHANGED = "there, with another value than in the input"


@frozen
class Scan:
    """An object as a site sends it, and what its recipe makes of it.

    Attributes:
        recipe: the name of the recipe.
        given: elements that the object has in addition: path, VR, value; a value of None takes the element away.
        expected: values of elements of the output by path; ABSENT where there is none, CHANGED where a key makes it.
        variables: variables of the run.

    """

    recipe: str
    given: tuple[tuple[str, str, str | int | None], ...]
    expected: Mapping[str, str]
    variables: Mapping[str, object] = field(factory=dict)


CODES = "DeidentificationMethodCodeSequence"
SCANS = (
    Scan(
        "method-codes",
        (
            (f"{CODES}[0].CodeValue", "SH", "113107"),
            (f"{CODES}[0].CodingSchemeDesignator", "SH", "DCM"),
            (
                f"{CODES}[0].CodeMeaning",
                "LO",
                "Retain Longitudinal Temporal Information Modified Dates Option",
            ),
        ),
        {
            CODES: "2 items",
            f"{CODES}[0].CodeValue": "113107",
            f"{CODES}[1].CodeValue": "113100",
            f"{CODES}[1].CodingSchemeDesignator": "DCM",
            f"{CODES}[1].CodeMeaning": "Basic Application Confidentiality Profile",
            "PatientName": "",
        },
    ),
    # From 17 April 1931 to 19 January 2004 are 72 years and 9 months; to 16 April 2021, 89 years less one day of 90.
    Scan(
        "age-from-dates",
        (("PatientBirthDate", "DA", "19310417"), ("PatientAge", "AS", None)),
        {"PatientAge": "072Y", "PatientBirthDate": ABSENT, "PatientID": ""},
    ),
    Scan(
        "age-from-dates",
        (("PatientBirthDate", "DA", "19310417"), ("StudyDate", "DA", "20210416")),
        {"PatientAge": "089Y"},
    ),
    Scan(
        "age-from-dates",
        (("PatientBirthDate", "DA", "19310417"), ("StudyDate", "DA", "20250416")),
        {"PatientAge": "090Y"},
    ),
    Scan(
        "age-from-dates",
        (("PatientBirthDate", "DA", "20040105"), ("PatientAge", "AS", "000Y")),
        {"PatientAge": "014D"},
    ),
    Scan(
        "composed-ids",
        (("SeriesDescription", "LO", "Doe, second look"), ("BodyPartExamined", "CS", "HEAD")),
        {
            "PatientID": "07-0123",
            "PatientName": "07-0123",
            "OtherPatientIDsSequence[1].PatientID": "07-0123",
            "StudyID": "0123-O",
            "SeriesDescription": "CT HEAD 5.000000 mm",
        },
        {"site": "07", "subject": "0123"},
    ),
    # 31 hours before 2004-01-19 00:30 is 2004-01-17 17:30; the series began the evening before, and still does.
    Scan(
        "times-with-dates",
        (
            ("StudyTime", "TM", "003000"),
            ("SeriesDate", "DA", "20040118"),
            ("SeriesTime", "TM", "235959.25"),
            ("AcquisitionDateTime", "DT", "20040301063000+0100"),
        ),
        {
            "StudyDate": "20040117",
            "StudyTime": "173000",
            "SeriesDate": "20040117",
            "SeriesTime": "165959.25",
            "AcquisitionDateTime": "20040228" + "233000+0100",
        },
        {"hours": -31},
    ),
    Scan(
        "part-of-a-text",
        (
            ("StudyDescription", "LO", "CT head, see ACC123456 of 2003"),
            ("ImageComments", "LT", "call +44 20 7946 0958 with results"),
            ("SeriesDescription", "LO", "CT head of Mrs Doe"),
        ),
        {
            "StudyDescription": "CT head, see [number] of 2003",
            "ImageComments": "call [telephone] with results",
            "SeriesDescription": "CT",
        },
    ),
    Scan(
        "codes-in-items",
        (("RequestedProcedureDescription", "LO", "CT head, Mrs Doe"),),
        {
            "RequestedProcedureDescription": "CT of the head",
            "ProcedureCodeSequence": "1 items",
            "ProcedureCodeSequence[0].CodeValue": "24725-4",
            "ProcedureCodeSequence[0].CodingSchemeDesignator": "LN",
            "ConsentForClinicalTrialUseSequence": "1 items",
            "ConsentForClinicalTrialUseSequence[0].ConsentForDistributionFlag": "YES",
            "ConsentForClinicalTrialUseSequence[0].DistributionType": "NAMED_PROTOCOL",
        },
    ),
    Scan(
        "shift-by-attribute",
        (("ClinicalTrialTimePointID", "LO", "-19"), ("AcquisitionDateTime", "DT", "20040301063000")),
        {
            "StudyDate": "20031231",
            "SeriesDate": "19970411",
            "AcquisitionDateTime": "20040211063000",
            "ClinicalTrialTimePointID": ABSENT,
        },
    ),
    # A device wrote a UID and a date as text, and a SOP class that is DICOM's own; (0010,9999) is in no edition.
    Scan(
        "by-role",
        (
            ("SeriesInstanceUID", "LO", "1.2.3.4"),
            ("SeriesDate", "LO", "19970430"),
            ("ReferencedImageSequence[0].ReferencedSOPClassUID", "UI", "1.2.840.10008.5.1.4.1.1.2"),
            ("ReferencedImageSequence[0].ReferencedSOPInstanceUID", "UI", "1.2.3.5"),
            ("(0010,9999)", "LO", "Doe"),
        ),
        {
            "SOPClassUID": "1.2.840.10008.5.1.4.1.1.2",
            "SOPInstanceUID": CHANGED,
            "SeriesInstanceUID": CHANGED,
            "SeriesDate": CHANGED,
            "StudyDate": CHANGED,
            "ReferencedImageSequence[0].ReferencedSOPClassUID": "1.2.840.10008.5.1.4.1.1.2",
            "ReferencedImageSequence[0].ReferencedSOPInstanceUID": CHANGED,
            "StudyTime": "072730",
            "(0010,9999)": ABSENT,
            "(0009,1002)": ABSENT,
        },
        {"key": "q8dB3vZk2nTy7LxWm4RcHs0a"},
    ),
    Scan(
        "modalities",
        (("ImageComments", "LT", "seen with Mrs Doe"), ("Rows", "US", 512)),
        {
            "PatientName": ABSENT,
            "PatientID": "",
            "ImageComments": "seen with Mrs Doe",
            "SeriesDescription": ABSENT,
            "(0009,1002)": "CT01",
        },
    ),
    Scan(
        "modalities",
        (("SeriesDescription", "LO", "of Mrs Doe"), ("Rows", "US", 512), ("StudyDate", "DA", "19891231")),
        {"SeriesDescription": "CT, large matrix", "StudyDescription": ABSENT},
    ),
    Scan(
        "modalities",
        (
            ("Modality", "CS", "US"),
            ("SOPClassUID", "UI", "1.2.840.10008.5.1.4.1.1.7"),
            ("ImageComments", "LT", "seen with Mrs Doe"),
            ("SeriesDescription", "LO", "liver"),
            ("(6000,4000)", "LT", "drawn by Dr Roe"),
        ),
        {
            "ImageComments": ABSENT,
            "SeriesDescription": "liver",
            "(6000,4000)": ABSENT,
            "(0009,1002)": ABSENT,
            "StudyDescription": "e+1",
        },
    ),
    # (0019,1023) is the table speed in the block of GEMS_ACQU_01; the object is not of Siemens.
    Scan(
        "site-private",
        (("(0051,0010)", "LO", "SIEMENS MR HEADER"), ("(0051,100C)", "LO", "FoV 300*300")),
        {"(0019,0010)": "GEMS_ACQU_01", "(0019,1023)": "5.000000", "(0019,1002)": ABSENT, "(0009,1002)": ABSENT},
    ),
    Scan("site-private", (("Manufacturer", "LO", "Philips"),), {"(0019,1023)": ABSENT, "(0019,0010)": ABSENT}),
    Scan(
        "conditional-keep",
        (("SeriesDescription", "LO", "T1 ax"), ("StudyDescription", "LO", "head of Mrs Doe")),
        {"SeriesDescription": "T1 ax", "StudyDescription": ABSENT, "ImageComments": ABSENT},
    ),
    Scan("conditional-keep", (("SeriesDescription", "LO", "T1 ax Doe"),), {"SeriesDescription": ABSENT}),
    Scan(
        "clean-items",
        (
            ("RequestAttributesSequence[0].ScheduledProcedureStepDescription", "LO", "head of Mrs Doe"),
            ("RequestAttributesSequence[0].ScheduledProcedureStepStartDate", "DA", "20040119"),
            ("RequestAttributesSequence[0].ReferencedStudySequence[0].PatientID", "LO", "1CT1"),
        ),
        {
            "RequestAttributesSequence": "1 items",
            "RequestAttributesSequence[0].ScheduledProcedureStepDescription": ABSENT,
            "RequestAttributesSequence[0].ScheduledProcedureStepStartDate": "20040119",
            "RequestAttributesSequence[0].ReferencedStudySequence": ABSENT,
            "OtherPatientIDsSequence": ABSENT,
        },
    ),
    Scan(
        "only-where-missing",
        (("StudyID", "SH", ""), ("BodyPartExamined", "CS", None), ("Laterality", "CS", "L")),
        {"StudyID": "none", "BodyPartExamined": "UNKNOWN", "Laterality": "L", "PatientName": ABSENT},
    ),
    Scan(
        "only-where-missing",
        (("Laterality", "CS", None), ("BodyPartExamined", "CS", "")),
        {"StudyID": "1CT1", "BodyPartExamined": "UNKNOWN", "Laterality": "U"},
    ),
    Scan(
        "exceptions",
        (("PatientWeight", "DS", "71.5"),),
        {
            "KVP": "120",
            "ExposureTime": "1601",
            "SliceThickness": "5.000000",
            "ScanOptions": ABSENT,
            "TableHeight": ABSENT,
            "PatientWeight": ABSENT,
            "SliceLocation": ABSENT,
            "RescaleSlope": "1",
            "PatientName": ABSENT,
            "ImagePositionPatient": "[-158.135803, -179.035797, -75.699997]",
        },
    ),
)


@pytest.mark.parametrize("scan", SCANS, ids=lambda one: one.recipe)
def test_a_recipe_of_practice_does_what_it_says(scan: Scan):
    """Each element has the value that was written by hand."""
    data = input_of(scan)
    outcome = clean_bytes(link_recipe(source_of(f"{PRACTICE}/{scan.recipe}"), variables=scan.variables), data)
    assert isinstance(outcome, CleanedContent), outcome
    before, after = dcmread(io.BytesIO(data)), dcmread(io.BytesIO(outcome.data))
    found = {path: text_at(after, path) for path in scan.expected}
    made = {path for path, text in scan.expected.items() if text == CHANGED}
    assert not [path for path in made if found[path] in (ABSENT, "", text_at(before, path))]
    assert {**found, **dict.fromkeys(made, CHANGED)} == scan.expected


def test_every_recipe_of_practice_is_tried():
    """There are at least twelve, and none without an object."""
    assert len(NAMES) >= 12
    assert {scan.recipe for scan in SCANS} == set(NAMES)


def test_the_page_lists_every_recipe_of_practice():
    """docs/recipes.md names each."""
    page = (Path(__file__).parents[2] / "docs" / "recipes.md").read_text(encoding="utf-8")
    assert [name for name in NAMES if f"`{name}`" not in page] == []


def input_of(scan: Scan) -> bytes:
    """Return the bytes of the image with the elements of a scan."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset = dcmread(shipped("CT_small.dcm"))
        for path, vr, value in scan.given:
            holder, last = _holder(dataset, path)
            if value is None:
                holder.pop(last, None)
            else:
                holder.add_new(last, vr, value)
        buffer = io.BytesIO()
        dcmwrite(buffer, dataset)
    return buffer.getvalue()


def _holder(dataset: Dataset, path: str) -> tuple[Dataset, str | int]:
    """Return the data set that holds an element, made where it is missing, and its keyword or tag."""
    *way, last = path.split(".")
    for step in way:
        keyword, _, number = step.rstrip("]").partition("[")
        items = list(dataset.get(keyword) or ())
        items.extend(Dataset() for _ in range(int(number) + 1 - len(items)))
        setattr(dataset, keyword, items)
        dataset = items[int(number)]
    return dataset, int(last[1:5] + last[6:10], 16) if last.startswith("(") else last


def text_at(dataset: Dataset, path: str) -> str:
    """Return the value of an element as text, the number of items of a sequence, or that it is absent."""
    *way, last = path.split(".")
    for step in way:
        keyword, _, number = step.rstrip("]").partition("[")
        dataset = dataset[keyword].value[int(number)]
    tag = int(last[1:5] + last[6:10], 16) if last.startswith("(") else last
    if tag not in dataset:
        return ABSENT
    element = dataset[tag]
    if element.VR == "SQ":
        return f"{len(element.value)} items"
    return "" if element.value is None else str(element.value)
