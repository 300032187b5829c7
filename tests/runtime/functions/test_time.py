"""Ages between two dates, dates and times moved together, and parts of texts replaced: by recipes, in both engines."""

from __future__ import annotations

import pytest
from pydicom.sequence import Sequence

from deidc import CompileError
from tests.running import dataset_of, fault_codes, machine_for, run
from tests.runtime.both_engines import cleaned

AGES = {
    ("20200301", "20200301", ""): "000D",
    ("20200301", "20200328", ""): "027D",
    ("20200301", "20200329", ""): "004W",
    ("20200301", "20200531", ""): "013W",
    ("20200301", "20200601", ""): "003M",
    ("20200301", "20220228", ""): "023M",
    ("20200301", "20220301", ""): "002Y",
    ("19600229", "20200228", ""): "059Y",
    ("19600229", "20200229", ""): "060Y",
    ("19300102", "20200101", ""): "089Y",
    ("19300101", "20200101", ""): "090Y",
    ("19000101", "20200101", ""): "090Y",
    ("19000101", "20200101", "max=120"): "120Y",
    ("19300101", "20200101", "unit=M"): "090Y",
    ("20100101", "20200101", "unit=M"): "120M",
    ("20200101", "20200301", "unit=W"): "008W",
    ("20200101", "20200301", "unit=d"): "060D",
    ("1960.02.29", "20200229", "unit=Y"): "060Y",
}


@pytest.mark.parametrize(("birth", "study", "arguments"), AGES)
def test_an_age(birth, study, arguments):
    """An age is counted as on a calendar, and above the cap it is the year after the cap."""
    dataset = dataset_of(PatientBirthDate=birth, StudyDate=study, PatientAge="")
    after = cleaned(f"REMOVE PatientBirthDate\nADD PatientAge deid_func:age {arguments}", dataset)
    assert after.PatientAge == AGES[birth, study, arguments]
    assert "PatientBirthDate" not in after


def test_an_age_at_another_date():
    """The attributes may be others; of a date with a time the date counts."""
    dataset = dataset_of(PatientBirthDate="20000102", AcquisitionDateTime="20200101235959.9+0100")
    assert cleaned("ADD PatientAge deid_func:age at=AcquisitionDateTime", dataset).PatientAge == "019Y"


@pytest.mark.parametrize(
    ("arguments", "values"),
    [
        ("", {"StudyDate": "20200101"}),
        ("", {"StudyDate": "20200101", "PatientBirthDate": ""}),
        ("", {"StudyDate": "20200101", "PatientBirthDate": "20200102"}),
        ("", {"StudyDate": "20200101", "PatientBirthDate": "1960"}),
        ("unit=D", {"StudyDate": "20200101", "PatientBirthDate": "20100101"}),
    ],
)
def test_no_age(arguments, values):
    """Without two dates in order there is no age, and an age that does not fit is none."""
    assert fault_codes(run(f"ADD PatientAge deid_func:age {arguments}", dataset_of(values))) == ["DC902"]


SHIFT = "REPLACE StudyDate deid_func:shift_moment {0}\nREPLACE StudyTime deid_func:shift_moment {0}"
ROUND = "REPLACE StudyDate deid_func:round_moment to={0}\nREPLACE StudyTime deid_func:round_moment to={0}"


@pytest.mark.parametrize(
    ("rules", "before", "after"),
    [
        (SHIFT.format("by=45 unit=minutes"), ("20201231", "233000"), ("20210101", "001500")),
        (SHIFT.format("by=-1.5 unit=hours"), ("20200301", "0100"), ("20200229", "2330")),
        ("REPLACE StudyDate deid_func:shift_moment by=-10", ("20200301", "010203.5"), ("20200220", "010203.5")),
        ("REPLACE StudyDate deid_func:shift_moment by=-10", ("20200301", ""), ("20200220", "")),
        (SHIFT.format("by=86399 unit=seconds"), ("20200229", "000001"), ("20200301", "000000")),
        (SHIFT.format("by=var:hours unit=hours"), ("20200229", "120000"), ("20200301", "150000")),
        (ROUND.format(60), ("20201231", "233000"), ("20210101", "000000")),
        (ROUND.format(15), ("20201231", "2322"), ("20201231", "2315")),
        (ROUND.format(1440), ("20200101", "120000"), ("20200102", "000000")),
    ],
)
def test_a_date_and_its_time_move_together(rules, before, after):
    """Both attributes call the function, each reads the other from the input, and both go beyond midnight."""
    dataset = dataset_of(StudyDate=before[0], StudyTime=before[1])
    done = cleaned(rules, dataset, hours="27")
    assert (done.StudyDate, done.StudyTime or "") == after


def test_in_every_item():
    """The partner is that of the same item."""
    items = [
        dataset_of(ScheduledProcedureStepStartDate="20201231", ScheduledProcedureStepStartTime=time)
        for time in ("233000", "120000")
    ]
    rules = "\n".join(
        f"REPLACE ScheduledProcedureStepStart{which} deid_func:shift_moment by=1 unit=hours"
        for which in ("Date", "Time")
    )
    done = cleaned(rules, dataset_of(StudyDate="19990101", RequestAttributesSequence=Sequence(items)))
    found = [
        (one.ScheduledProcedureStepStartDate, one.ScheduledProcedureStepStartTime)
        for one in done.RequestAttributesSequence
    ]
    assert found == [("20210101", "003000"), ("20201231", "130000")]


def test_many_dates_and_times():
    """Dates and times of several values belong together in order."""
    dataset = dataset_of(DateOfLastCalibration=["20200101", "20200102"], TimeOfLastCalibration=["233000", "120000"])
    rules = "\n".join(
        f"REPLACE {which}OfLastCalibration deid_func:shift_moment by=1 unit=hours" for which in ("Date", "Time")
    )
    done = cleaned(rules, dataset)
    assert list(done.DateOfLastCalibration) == ["20200102", "20200102"]
    assert list(done.TimeOfLastCalibration) == ["003000", "130000"]
    dataset.TimeOfLastCalibration = "120000"
    assert fault_codes(run(rules, dataset)) == ["DC902", "DC902"]


def test_another_partner():
    """with= names the attribute that belongs to the element."""
    dataset = dataset_of(ContentDate="20201231", AcquisitionTime="233000")
    rules = "REPLACE ContentDate deid_func:shift_moment by=1 unit=hours with=AcquisitionTime"
    assert cleaned(rules, dataset).ContentDate == "20210101"


def test_a_date_and_time_in_one():
    """A DT value has both."""
    dataset = dataset_of(AcquisitionDateTime="20201231233000.5+0100")
    rules = "REPLACE AcquisitionDateTime deid_func:shift_moment by=1 unit=hours"
    assert cleaned(rules, dataset).AcquisitionDateTime == "20210101003000.5+0100"


@pytest.mark.parametrize(
    "values",
    [
        {"StudyDate": "20200101"},
        {"StudyDate": "20200101", "StudyTime": "noon"},
        {"StudyDate": "2020", "StudyTime": "120000"},
        {"StudyDate": "99991231", "StudyTime": "235959"},
    ],
)
def test_what_cannot_be_moved_refuses_the_object(values):
    """Without its time, a date is not moved by hours; what is no date or time is not moved at all."""
    outcome = run("REPLACE StudyDate deid_func:shift_moment by=1 unit=hours", dataset_of(values))
    assert fault_codes(outcome) == ["DC902"]


@pytest.mark.parametrize(
    ("arguments", "before", "after"),
    [
        ('pattern="\\d+" with=N', "Room 12, bed 3", "Room N, bed N"),
        ('pattern="smith" with=""', "CHEST for Smith", "CHEST for "),
        ('pattern="^(\\w+) .*$" with="\\1"', "CHEST for Smith", "CHEST"),
        ('pattern="x" with=y', "CHEST", "CHEST"),
        ('pattern="a" with=b', "", ""),
    ],
)
def test_a_part_of_a_text_is_replaced(arguments, before, after):
    """Every part that fits the pattern is replaced, in any case of letters."""
    done = cleaned(f"REPLACE StudyDescription deid_func:sub {arguments}", dataset_of(StudyDescription=before))
    assert (done.StudyDescription or "") == after.rstrip()


def test_each_value_by_itself():
    """A pattern does not reach beyond a value."""
    done = cleaned(
        'REPLACE ImageType deid_func:sub pattern="^P.*$" with=X', dataset_of(ImageType=["ORIGINAL", "PRIMARY"])
    )
    assert list(done.ImageType) == ["ORIGINAL", "X"]


@pytest.mark.parametrize("pattern", ["(a+)+$", "(", "(x|x)*y"])
def test_a_pattern_that_may_hang_is_not_compiled(pattern):
    """A pattern is judged before the first file, wherever the program comes from."""
    with pytest.raises(CompileError):
        machine_for(f'REPLACE StudyDescription deid_func:sub pattern="{pattern}" with=x')


def test_a_pattern_is_no_variable():
    """What a run supplies is not judged, so it is no pattern."""
    with pytest.raises(CompileError):
        machine_for("REPLACE StudyDescription deid_func:sub pattern=var:pattern with=x", pattern="(a+)+$")
