"""Recognize dates in the forms of DICOM, shift them by days, and cut them to a precision.

A shift never guesses: what is not of the form PS3.5 6.2 gives (with the old `YYYY.MM.DD` and the common
`YYYY-MM-DD`) raises a `DateError`, whose words hold nothing of the value.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum

from deidc.dicom.values.calendar import is_offset, is_time, match_moment

_DA = re.compile(r"([0-9]{4})([.-]?)([0-9]{2})\2([0-9]{2})\Z")
_LOOSE = re.compile(
    r"([0-9]{4})(?:([./-])([0-9]{2})\2([0-9]{2})"
    r"|([0-9]{2})([0-9]{2})(?:([0-9]{6}(?:\.[0-9]{1,6})?)([+-][0-9]{4})?)?)\Z"
)

# Outside these years a number of eight digits in free text is more likely an identifier than a date.
FIRST_LIKELY_YEAR = 1850
LAST_LIKELY_YEAR = 2199


class DateError(ValueError):
    """A value cannot be shifted; `reason` says why and nothing of the value."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class NotADate(DateError):
    """A value is no date."""


class OutOfRange(DateError):
    """A shifted date would be before the year 1 or after the year 9999."""


class Precision(StrEnum):
    """What is left of a truncated date."""

    YEAR = "year"
    MONTH = "month"


def _calendar_date(year: str, month: str, day: str) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise NotADate("the value is not a date of the calendar") from None


def _moved(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        raise OutOfRange("the shifted date is outside the calendar") from None


def compact(day: date) -> str:
    """Return a day as a DA value, `YYYYMMDD`."""
    return f"{day.year:04d}{day.month:02d}{day.day:02d}"


def read_day(text: str) -> date:
    """Return the day of a DA value; raises NotADate."""
    found = _DA.match(text)
    if found is None:
        raise NotADate("the value is not a date")
    year, _, month, day = found.groups()
    return _calendar_date(year, month, day)


def _each_end(text: str, change: Callable[[str], str]) -> str:
    """Change one value, or both ends of a range `a-b`, `a-` or `-b` (PS3.4 C.2.2.2.5)."""
    text = text.strip(" \0")
    try:
        return change(text)
    except NotADate:
        for hyphen in re.finditer("-", text):
            first, last = text[: hyphen.start()].strip(), text[hyphen.end() :].strip()
            if not first and not last:
                continue
            try:
                return f"{first and change(first)}-{last and change(last)}"
            except NotADate:
                continue
        raise


def shift_da(text: str, days: int) -> str:
    """Return a DA value, or a range, shifted by days, as `YYYYMMDD`."""
    return _each_end(text, lambda one: compact(_moved(read_day(one), days)))


def shift_dt(text: str, days: int) -> str:
    """Return a DT value, or a range, shifted by days, in the precision, with the fraction and offset it had.

    Of a partial value the first day of its year or month is shifted, and the result cut to its precision.
    """
    return _each_end(text, lambda one: _shift_moment(one, days))


def _shift_moment(text: str, days: int) -> str:
    found = match_moment(text)
    if found is None:
        raise NotADate("the value is not a date and time")
    year, month, day, time, offset = found.groups()
    moved = compact(_moved(_calendar_date(year, month or "01", day or "01"), days))
    precision = 8 if day else 6 if month else 4
    return moved[:precision] + (time or "") + (offset or "")


def is_date_shaped(text: str) -> bool:
    """Whether a whole value of any VR looks like a date, or a date with a time, of a likely year."""
    try:
        _read_loose(text)
    except NotADate:
        return False
    return True


def shift_loose(text: str, days: int) -> str:
    """Return a date-shaped value of any VR shifted by days, in the shape it had."""
    day, separator, rest = _read_loose(text)
    moved = _moved(day, days)
    return f"{moved.year:04d}{separator}{moved.month:02d}{separator}{moved.day:02d}{rest}"


def _read_loose(text: str) -> tuple[date, str, str]:
    """Return the day of a date-shaped value, what stands between its parts, and time and offset behind it."""
    found = _LOOSE.match(text.strip(" \0"))
    if found is None:
        raise NotADate("the value is not a date")
    year, separator, month, day, plain_month, plain_day, time, offset = found.groups()
    if not FIRST_LIKELY_YEAR <= int(year) <= LAST_LIKELY_YEAR:
        raise NotADate("the year of the value is implausible")
    if (time is not None and not is_time(time)) or (offset is not None and not is_offset(offset)):
        raise NotADate("the value is not a date and time")
    whole = _calendar_date(year, month or plain_month, day or plain_day)
    return whole, separator or "", (time or "") + (offset or "")


def truncate(text: str, to: Precision) -> str:
    """Return a DA or DT value, or a range, set to the first day of its year or month.

    Time and offset are dropped. A DT value that has no month does not get one.
    """
    return _each_end(text, lambda one: _truncate_one(one, to))


def _truncate_one(text: str, to: Precision) -> str:
    found = match_moment(text)
    if found is None:
        day = read_day(text)
    else:
        day = _calendar_date(found["year"], found["month"] or "01", "01")
        if found["month"] is None and to is Precision.MONTH:
            return f"{day.year:04d}"
    month = 1 if to is Precision.YEAR else day.month
    return f"{day.year:04d}{month:02d}01"
