"""Check the forms of DA, DT and TM values (PS3.5 6.2)."""

from __future__ import annotations

import re
from datetime import date

_DATE = re.compile(r"[0-9]{8}\Z")
_TIME = re.compile(r"([0-9]{2})(?:([0-9]{2})(?:([0-9]{2})(?:\.[0-9]{1,6})?)?)?\Z")
_OFFSET = re.compile(r"[+-](?:0[0-9]|1[0-4])[0-5][0-9]\Z")
_MOMENT = re.compile(
    r"(?P<year>[0-9]{4})(?:(?P<month>[0-9]{2})(?:(?P<day>[0-9]{2})(?P<time>[0-9]{2,6}(?:\.[0-9]{1,6})?)?)?)?"
    r"(?P<offset>[+-][0-9]{4})?\Z"
)


def is_day(year: str, month: str, day: str) -> bool:
    """Whether year, month and day, all digits, are a day of the calendar."""
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def is_date(text: str) -> bool:
    """Whether text is a DA value, `YYYYMMDD` of the calendar."""
    return _DATE.match(text) is not None and is_day(text[:4], text[4:6], text[6:])


def is_time(text: str) -> bool:
    """Whether text is a TM value: hours, with minutes, seconds and a fraction or without."""
    found = _TIME.match(text)
    if found is None:
        return False
    hours, minutes, seconds = found.groups()
    # Second 60 is a leap second.
    return int(hours) < 24 and int(minutes or 0) < 60 and int(seconds or 0) <= 60


def is_offset(text: str) -> bool:
    """Whether text is an offset from UTC, -1200 to +1400."""
    return _OFFSET.match(text) is not None and text != "-0000" and -1200 <= int(text) <= 1400


def match_moment(text: str) -> re.Match[str] | None:
    """Return the year, month, day, time and offset of a DT value of any precision, or None if it is none."""
    found = _MOMENT.match(text)
    if found is None or not is_day(found["year"], found["month"] or "01", found["day"] or "01"):
        return None
    well_formed = (found["time"] is None or is_time(found["time"])) and (
        found["offset"] is None or is_offset(found["offset"])
    )
    return found if well_formed else None


def is_datetime(text: str) -> bool:
    """Whether text is a DT value of any precision, with an offset or without."""
    return match_moment(text) is not None
