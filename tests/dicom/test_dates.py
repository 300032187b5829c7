"""Dates are shifted as they are written, or refused; nothing is guessed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deidc.dicom.values import dates
from deidc.dicom.values.dates import NotADate, OutOfRange, Precision

# A digit to Python, and to nobody else.
WIDE_DATE = "\N{FULLWIDTH DIGIT TWO}0240101"
DAYS = st.integers(-60_000, 60_000)
FULL_DATES = st.dates(date(1700, 1, 1), date(2400, 1, 1)).map(lambda one: one.strftime("%Y%m%d"))
TIMES = st.sampled_from(["", "07", "0730", "073015", "073015.5", "235960.123456"])
OFFSETS = st.sampled_from(["", "+0000", "-0500", "+1400", "-1200"])


@pytest.mark.parametrize(
    ("text", "days", "expected"),
    [
        ("20240228", 1, "20240229"),
        ("20230228", 1, "20230301"),
        ("20240101", -1, "20231231"),
        ("2024.01.31", 1, "20240201"),
        ("2024-01-31", 1, "20240201"),
        (" 20240131 ", 0, "20240131"),
        ("20240101-20240131", 1, "20240102-20240201"),
        ("20240101-", 1, "20240102-"),
        ("-20240101", 1, "-20240102"),
        ("2024-01-01-2024-01-31", 1, "20240102-20240201"),
        ("00010102", -1, "00010101"),
    ],
)
def test_da(text, days, expected):
    """DA values of any spelling come out as YYYYMMDD."""
    assert dates.shift_da(text, days) == expected


@pytest.mark.parametrize(
    ("text", "days", "expected"),
    [
        ("20240228", 1, "20240229"),
        ("20231231235959.999999+0100", 1, "20240101235959.999999+0100"),
        ("202312312359", 1, "202401012359"),
        ("2023123123", 1, "2024010123"),
        ("202312", 31, "202401"),
        ("202312", 30, "202312"),
        ("2023", 365, "2024"),
        ("2023", -1, "2022"),
        ("2023-0500", 365, "2024-0500"),
        ("1990-2000", 366, "1991-2001"),
        ("20240101-0500-20240102-0500", 1, "20240102-0500-20240103-0500"),
        ("2024-", 366, "2025-"),
        ("-20240101", 1, "-20240102"),
    ],
)
def test_dt(text, days, expected):
    """DT values keep precision, time, fraction and offset."""
    assert dates.shift_dt(text, days) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20231231", "20240101"),
        ("2023-12-31", "2024-01-01"),
        ("2023.12.31", "2024.01.01"),
        ("2023/12/31", "2024/01/01"),
        ("20231231101112", "20240101101112"),
        ("20231231101112.5+0100", "20240101101112.5+0100"),
        ("18500101", "18500102"),
        ("21991231", "22000101"),
        (" 20231231\0", "20240101"),
    ],
)
def test_date_shaped(text, expected):
    """Values of other VRs keep their shape."""
    assert dates.is_date_shaped(text)
    assert dates.shift_loose(text, 1) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2023",
        "202312",
        "2023-12.31",
        "12345678",
        "20231301",
        "20230229",
        "18491231",
        "22000101",
        "101112",
        "010M",
        "70.5",
        "4",
        "UNKNOWN",
        "seen:20230101",
        "X20230101",
        "20230101X",
        "\t20230101",
        "2023123110",
        "20231231101112+9900",
        "2023-12-31101112",
        "20231231250000",
        WIDE_DATE,
    ],
)
def test_not_date_shaped(text):
    """Ages, weights, times, identifiers and partial dates are no dates."""
    assert not dates.is_date_shaped(text)
    with pytest.raises(NotADate):
        dates.shift_loose(text, 1)


@pytest.mark.parametrize("shift", [dates.shift_da, dates.shift_dt])
@pytest.mark.parametrize(
    "text",
    [
        "UNKNOWN",
        "00000000",
        "20231301",
        "20230229",
        "-",
        "--",
        "",
        "2024010",
        WIDE_DATE,
        "20240101-x",
        "20240101--20240102",
    ],
)
def test_no_date(shift, text):
    """What is no date raises, and the words hold nothing of it."""
    with pytest.raises(NotADate) as caught:
        shift(text, 1)
    assert len(text) < 3 or text not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None or text not in repr(caught.value)


@pytest.mark.parametrize(
    ("shift", "text", "reason"),
    [
        (dates.shift_da, "soon", "the value is not a date"),
        (dates.shift_loose, "soon", "the value is not a date"),
        (dates.shift_dt, "soon", "the value is not a date and time"),
        (dates.shift_loose, "20231231250000", "the value is not a date and time"),
        (dates.shift_da, "20240230", "the value is not a date of the calendar"),
        (dates.shift_loose, "12345678", "the year of the value is implausible"),
        (dates.shift_dt, "99991231", "the shifted date is outside the calendar"),
    ],
)
def test_the_reason_is_told(shift, text, reason):
    """What is wrong with a value is said in words, which go into the refusal of the object."""
    with pytest.raises(dates.DateError) as caught:
        shift(text, 1)
    assert caught.value.reason == str(caught.value) == reason


@pytest.mark.parametrize("text", ["2023", "202301", "2023010112"])
def test_partial_values_are_no_da(text):
    """DA has no partial values."""
    with pytest.raises(NotADate):
        dates.shift_da(text, 1)


@pytest.mark.parametrize("shift", [dates.shift_da, dates.shift_dt, dates.shift_loose])
@pytest.mark.parametrize("days", [3_000_000, -3_000_000, 10**12])
def test_leaving_the_calendar(shift, days):
    """A date past the year 9999 or before the year 1 is refused, in ranges too."""
    with pytest.raises(OutOfRange):
        shift("20240101", days)
    if shift is not dates.shift_loose:
        with pytest.raises(OutOfRange):
            shift("20240101-20240102", days)


@given(FULL_DATES, TIMES, OFFSETS, DAYS)
def test_shifting_back_is_identity(day, time, offset, days):
    """A shift and its opposite give the full value back."""
    assert dates.shift_da(dates.shift_da(day, days), -days) == day
    value = day + time + (offset if time else "")
    assert dates.shift_dt(dates.shift_dt(value, days), -days) == value


@given(FULL_DATES, FULL_DATES, DAYS)
def test_differences_are_kept(first, second, days):
    """Two dates stay as far apart as they were, by Python's own calendar."""

    def day(text):
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))

    shifted_first, shifted_second = dates.shift_da(first, days), dates.shift_dt(second, days)
    assert day(shifted_second) - day(shifted_first) == day(second) - day(first)
    assert day(shifted_first) == day(first) + timedelta(days=days)


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), DAYS)
def test_a_partial_value_is_the_full_shift_cut(first_of, days):
    """Year and month are those of their first day, shifted."""
    month = first_of.replace(day=1)
    assert dates.shift_dt(f"{month:%Y%m}", days) == f"{month + timedelta(days=days):%Y%m}"
    year = month.replace(month=1)
    assert dates.shift_dt(f"{year:%Y}", days) == f"{year + timedelta(days=days):%Y}"


@given(st.text(max_size=30), DAYS)
def test_any_text_is_shifted_or_refused(text, days):
    """No text makes anything but a value or a DateError."""
    for shift in (dates.shift_da, dates.shift_dt, dates.shift_loose):
        try:
            shift(text, days)
        except dates.DateError:
            continue


@pytest.mark.parametrize(
    ("text", "to", "expected"),
    [
        ("20240315", Precision.YEAR, "20240101"),
        ("20240315", Precision.MONTH, "20240301"),
        ("2024.03.15", Precision.MONTH, "20240301"),
        ("20240315101112.5+0100", Precision.YEAR, "20240101"),
        ("20240315101112.5+0100", Precision.MONTH, "20240301"),
        ("202403", Precision.MONTH, "20240301"),
        ("202403", Precision.YEAR, "20240101"),
        ("2024", Precision.YEAR, "20240101"),
        ("2024", Precision.MONTH, "2024"),
        ("20240315-20240420", Precision.MONTH, "20240301-20240401"),
    ],
)
def test_truncation(text, to, expected):
    """Truncated dates are the first day of their year or month."""
    assert dates.truncate(text, to) == expected


@pytest.mark.parametrize("text", ["20240230", "soon", ""])
def test_truncation_of_what_is_no_date(text):
    """What is no date is not cut."""
    with pytest.raises(NotADate):
        dates.truncate(text, Precision.YEAR)
