"""Dates and times of day move together, as a clock and a calendar do."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deidc.dicom.dictionary import find_keyword, partner_of
from deidc.dicom.values.dates import NotADate, OutOfRange
from deidc.dicom.values.moments import DAY, MINUTE, NoTime, moved_date, moved_moment, moved_time, round_to, shift_by

moments = st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1))
amounts = st.timedeltas(timedelta(days=-4000), timedelta(days=4000))


@given(moments, amounts)
def test_a_date_and_its_time_are_one_moment(moment, amount):
    """What becomes of a date and of the time beside it is what becomes of the moment."""
    day, time = f"{moment:%Y%m%d}", f"{moment:%H%M%S.%f}"
    move = shift_by(amount // timedelta(microseconds=1))
    after = moment + amount
    assert moved_date(day, time, move) == f"{after:%Y%m%d}"
    assert moved_time(time, day, move) == f"{after:%H%M%S.%f}"
    assert moved_moment(day + time, move) == f"{after:%Y%m%d%H%M%S.%f}"


@given(moments, st.integers(1, 24 * 60))
def test_rounding_is_to_the_nearest_multiple_behind_midnight(moment, minutes):
    """A rounded moment is a multiple of the step behind midnight, or the next midnight, and no other is nearer."""
    day, time = f"{moment:%Y%m%d}", f"{moment:%H%M%S.%f}"
    move = round_to(minutes * MINUTE)
    rounded = datetime.strptime(
        moved_date(day, time, move) + moved_time(time, day, move), "%Y%m%d%H%M%S.%f"
    )  # DICOM has no zone here
    assert abs(rounded - moment) <= timedelta(minutes=minutes) / 2
    midnight = datetime(moment.year, moment.month, moment.day)
    assert (rounded - midnight) % timedelta(minutes=minutes) == timedelta(0)
    assert moved_moment(day + time, move) == f"{rounded:%Y%m%d%H%M%S.%f}"


@pytest.mark.parametrize(
    ("time", "day", "amount", "expected"),
    [
        ("233000", "20201231", 45 * MINUTE, "001500"),
        ("2330", "20201231", 45 * MINUTE, "0015"),
        ("23", None, 45 * MINUTE, "23"),
        ("233000.5", None, 45 * MINUTE, "001500.5"),
        ("000000", "20200301", -MINUTE, "235900"),
        ("235960", "20161231", 0, "000000"),
    ],
)
def test_a_time_keeps_its_precision(time, day, amount, expected):
    """Hours stay hours and a fraction a fraction; second 60 is the first of the next minute."""
    assert moved_time(time, day, shift_by(amount)) == expected


@pytest.mark.parametrize(
    ("text", "amount", "expected"),
    [
        ("20200229233000.25-0500", 45 * MINUTE, "20200301001500.25-0500"),
        ("2020022923", 60 * MINUTE, "2020030100"),
        ("20200229", 36 * 60 * MINUTE, "20200301"),
        ("202002", -DAY, "202001"),
        ("2020", -DAY, "2019"),
    ],
)
def test_a_moment_keeps_its_precision(text, amount, expected):
    """A partial date and time stays as partial as it is, and keeps its offset."""
    assert moved_moment(text, shift_by(amount)) == expected


def test_a_date_without_a_time_is_moved_by_days_only():
    """Without its time, whether a date goes beyond midnight is not known."""
    assert moved_date("20200301", None, shift_by(-DAY)) == "20200229"
    assert moved_date("20200301", "", shift_by(366 * DAY)) == "20210302"
    assert moved_date("20200301", None, round_to(30 * MINUTE)) == "20200301"
    with pytest.raises(NoTime):
        moved_date("20200301", None, shift_by(MINUTE))


@pytest.mark.parametrize("text", ["", "24", "12:00", "1260", "noon", "120000.1234567"])
def test_what_is_no_time(text):
    """Nothing is guessed of what is no time."""
    with pytest.raises(NotADate):
        moved_time(text, None, shift_by(0))


def test_the_calendar_ends():
    """There is no date before the year 1 or after the year 9999."""
    for day, amount in (("00010101", -DAY), ("99991231", DAY)):
        with pytest.raises(OutOfRange):
            moved_date(day, "12", shift_by(amount))
        with pytest.raises(OutOfRange):
            moved_moment(day, shift_by(amount))


@pytest.mark.parametrize(
    ("keyword", "partner"),
    [
        ("StudyDate", "StudyTime"),
        ("StudyTime", "StudyDate"),
        ("DateOfSecondaryCapture", "TimeOfSecondaryCapture"),
        ("ScheduledProcedureStepStartDate", "ScheduledProcedureStepStartTime"),
        ("PatientBirthTime", "PatientBirthDate"),
        ("LastMenstrualDate", None),
    ],
)
def test_partners(keyword, partner):
    """The partner of a date is the time with its name, and the other way round."""
    attribute = find_keyword(keyword)
    assert attribute is not None
    found = partner_of(attribute)
    assert (found.keyword if found is not None else None) == partner
