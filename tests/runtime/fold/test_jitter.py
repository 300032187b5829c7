"""JITTER: what is a date and shifted, what is none and stays or refuses, and by how many days."""

from __future__ import annotations

import pytest
from pydicom.dataset import Dataset

from deidc import Cleaned, Functions, Refused
from tests.running import clean, dataset_of, fault_codes, file_dataset, run


@pytest.fixture(params=[lambda dataset: dataset, file_dataset], ids=["made", "read"])
def as_input(request):
    return request.param


@pytest.mark.parametrize(
    ("target", "keyword", "before", "after"),
    [
        ("StudyDate", "StudyDate", "20191231", "20200101"),
        ("StudyDate", "StudyDate", "20191231-20200101", "20200101-20200102"),
        (
            "DateOfSecondaryCapture",
            "DateOfSecondaryCapture",
            ["20191231", "", "20200101"],
            ["20200101", "", "20200102"],
        ),
        ("AcquisitionDateTime", "AcquisitionDateTime", "20191231101112.5", "20200101101112.5"),
        ("endswith:StudyID", "StudyID", "2019-12-31", "2020-01-01"),
        ("all", "InstanceNumber", "20191231", 20200101),
        ("all", "OtherPatientIDs", ["20191231", "x", ""], ["20200101", "x", ""]),
        ("endswith:ID", "StudyID", "20191231", "20200101"),
        ("endswith:ID", "StudyID", "17", "17"),
        ("endswith:ID", "StudyID", "", ""),
        ("contains:Number", "InstanceNumber", "17", 17),
        ("all", "PatientName", "20191231", "20191231"),
        ("all", "StudyTime", "101112", "101112"),
        ("all", "PatientAge", "034Y", "034Y"),
        ("all", "Rows", 512, 512),
        ("StudyDate", "StudyDate", "", ""),
    ],
)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_what_is_shifted(target, keyword, before, after, as_input):
    """Dates of any text VR are shifted; a rule that sweeps over others leaves what is no date."""
    cleaned = clean(f"JITTER {target} 1", as_input(dataset_of({keyword: before})))
    assert (cleaned[keyword].value or "") == after


def private(vr: str, value: object) -> Dataset:
    dataset = dataset_of(PatientID="1")
    dataset.private_block(0x0009, "UNKNOWN TO ALL", create=True).add_new(0x01, vr, value)
    return dataset


@pytest.mark.parametrize(
    ("vr", "before", "after"),
    [("LO", "20191231", "20200101"), ("DA", "20191231", "20200101"), ("UN", b"20191231", b"20200101")],
)
def test_private_dates_are_shifted(vr, before, after, as_input):
    """A private element that is named is shifted if it looks like a date, even where its VR is unknown."""
    cleaned = clean('JITTER (0009,"UNKNOWN TO ALL",01) 1', as_input(private(vr, before)))
    assert cleaned[0x00091001].value == after


@pytest.mark.parametrize(
    ("vr", "value", "message"),
    [
        ("PN", "DOE^JOHN", "only dates can be shifted"),
        ("TM", "101112", "only dates can be shifted"),
        ("US", 5, "only dates can be shifted"),
        ("LO", "soon", "the value is not a date"),
        ("UN", b"soon", "the value is not a date"),
        ("DA", "00000000", "the value is not a date of the calendar"),
        ("DT", "soon", "the value is not a date and time"),
    ],
)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_what_is_named_must_be_a_date(vr, value, message, as_input):
    """A rule that names its attribute refuses the object where there is no date, rather than leave what is there."""
    outcome = run('JITTER (0009,"UNKNOWN TO ALL",01) 1', as_input(private(vr, value)))
    assert isinstance(outcome, Refused)
    assert [(one.rule.code, one.message, one.path) for one in outcome.faults] == [("DC905", message, "00091001")]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (1, "20200102"),
        (-1, "20191231"),
        (2.0, "20200103"),
        ("1", "20200102"),
        (" -1 ", "20191231"),
        ("+1", "20200102"),
        (1.5, None),
        ("1.5", None),
        ("many", None),
        ("", None),
        (True, None),
        ([1], None),
    ],
)
def test_days_of_functions_and_variables(days, expected):
    """Days are a whole number, as a number or as text; anything else refuses the object."""
    dataset = dataset_of(StudyDate="20200101")
    functions = Functions().with_function("f", lambda: days)
    for outcome in (
        run("JITTER StudyDate var:days", dataset, days=days),
        run("JITTER StudyDate func:f", dataset, functions),
    ):
        if expected is not None:
            assert isinstance(outcome, Cleaned)
            assert outcome.dataset.StudyDate == expected
        else:
            assert isinstance(outcome, Refused)
            assert fault_codes(outcome) == ["DC904"]
            assert outcome.faults[0].message == "the number of days is not a whole number"


@pytest.mark.parametrize(
    ("rules", "left"),
    [
        ("REMOVE all\nJITTER endswith:ID 1", {"StudyID": "20200102"}),
        ("REMOVE all\nJITTER all 1", {"StudyID": "20200102", "StudyDate": "20200102"}),
        ("REMOVE all\nREPLACE endswith:ID X if equals:17", {"PatientID": "X"}),
        ("REMOVE all\nREPLACE endswith:ID X if values:ids", {"PatientID": "X"}),
        ("REMOVE values:ids\nREPLACE endswith:ID X if equals:20200101", {"StudyID": "X", "StudyDate": "20200101"}),
    ],
)
def test_remove_spares_what_is_rewritten_and_nothing_else(rules, left, as_input):
    """REMOVE leaves an element to a rule that writes it; where that rule does not act the element goes."""
    dataset = as_input(dataset_of(StudyID="20200101", PatientID="17", StudyDate="20200101"))
    cleaned = clean(f"FORMAT dicom\n%values ids\nFIELD PatientID\n%header\n{rules}\n", dataset)
    assert {element.keyword: element.value for element in cleaned} == left


@pytest.mark.parametrize(
    ("rules", "days"),
    [
        ("JITTER StudyDate var:days", 0),
        ("JITTER StudyDate var:days", "-0"),
        ("JITTER select:VR:DA var:days", 0),
        ("JITTER StudyDate 3\nJITTER contains:^StudyDate$ var:days", -3),
        ("JITTER StudyDate var:days\nJITTER contains:^StudyDate$ 2\nJITTER startswith:StudyD 1", -3),
        ("JITTER StudyDate func:none", 1),
        ("JITTER StudyDate from:SeriesNumber", 1),
    ],
)
def test_shifts_that_add_up_to_nothing_refuse_the_object(rules, days):
    """What only the object shows to be zero would leave the original date; the message has no data."""
    dataset = dataset_of(StudyDate="20200101", SeriesNumber="0")
    outcome = run(rules, dataset, Functions().with_function("none", lambda: 0), days=days)
    assert isinstance(outcome, Refused)
    message = "the date is shifted by zero days in all"
    assert [(one.rule.code, one.message, one.path) for one in outcome.faults] == [("DC937", message, "00080020")]


@pytest.mark.parametrize(
    ("rules", "date"),
    [
        ("JITTER StudyDate var:days\nREPLACE StudyDate 19000101", "19000101"),
        ("JITTER StudyDate var:days\nBLANK StudyDate", ""),
        ("JITTER StudyDate var:days\nJITTER contains:^StudyDate$ 2", "20200103"),
    ],
)
def test_a_shift_by_zero_under_another_rule(rules, date):
    """A date that is written anew, emptied or shifted on does not stay."""
    outcome = run(rules, dataset_of(StudyDate="20200101"), days=0)
    assert isinstance(outcome, Cleaned)
    assert (outcome.dataset.StudyDate or "") == date
