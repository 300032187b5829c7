"""Compare values of elements with a number, a date, a time or an age that a text states."""

from __future__ import annotations

import re
from decimal import Decimal
from enum import StrEnum

from deidc.dicom.values.calendar import is_date, is_time, match_moment
from deidc.dicom.values.vrs import FLOATS, INTEGERS


class Measure(StrEnum):
    """What values are compared as.

    DATE is of DA and DT values, TIME of TM values, AGE of AS values. Dates and times are compared in the precision of
    the text that they are compared with.
    """

    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    AGE = "age"


class NotMeasured(ValueError):
    """A value is no number, date, time or age; the exception has nothing of the value."""


_NUMBERS = frozenset({*INTEGERS, *FLOATS, "IS", "DS"})
_BY_VR = {"DA": Measure.DATE, "DT": Measure.DATE, "TM": Measure.TIME, "AS": Measure.AGE}
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?\Z")
_AGE = re.compile(r"([0-9]{1,3})([DWMY])\Z")
_TIME = (
    r"(?P<hours>[0-9]{2})(?::?(?P<minutes>[0-9]{2})(?::?(?P<seconds>[0-9]{2})"
    r"(?:\.(?P<fraction>[0-9]{1,6})|(?P<millionths>[0-9]{6}))?)?)?"
)
_TIME_TEXT = re.compile(rf"{_TIME}\Z")
_DATE_TEXT = re.compile(
    r"(?P<year>[0-9]{4})(?P<separator>[-.]?)(?P<month>[0-9]{2})(?P=separator)(?P<day>[0-9]{2})"
    rf"(?:[T ]?{_TIME})?\Z"
)
# Sixteenths of a day, in which a month of 30.4375 days is a whole number.
_UNITS = {"D": 16, "W": 112, "M": 487, "Y": 5844}
_FRACTION = 6
_START_OF_DAY = "000000" + "0" * _FRACTION


def measure_of(vr: str) -> Measure | None:
    """Return what values of a VR, or of a choice of VRs, are compared as; None for text and bytes."""
    if set(vr.split(" or ")) <= _NUMBERS:
        return Measure.NUMBER
    return _BY_VR.get(vr)


def canonical(text: str, measure: Measure) -> str | None:
    """Return a number, date, time or age in the form that values are compared with, or None if it is none.

    Args:
        text: as a person writes it: `512`, `20200131`, `2020-01-31`, `2020-01-31T12:30`, `1230`, `12:30`, `18Y`.
        measure: what it is to be.

    Returns:
        A number as written; a date as `YYYYMMDD` with as much of a time behind it as the text states; a time from the
        hours on; an age as PS3.5 6.2 writes it.

    """
    text = text.strip()
    match measure:
        case Measure.NUMBER:
            return text if _NUMBER.match(text) else None
        case Measure.AGE:
            found = _AGE.match(text.upper())
            return f"{found[1]:0>3}{found[2]}" if found is not None else None
        case Measure.TIME:
            found = _TIME_TEXT.match(text)
            return _time_digits(found) if found is not None and _is_time(found) else None
        case Measure.DATE:
            found = _DATE_TEXT.match(text)
            if found is None or not is_date(found["year"] + found["month"] + found["day"]):
                return None
            day = found["year"] + found["month"] + found["day"]
            return day + _time_digits(found) if found["hours"] is None or _is_time(found) else None


def _time_digits(found: re.Match[str]) -> str:
    fraction = found["fraction"] or found["millionths"]
    return "".join(found[part] or "" for part in ("hours", "minutes", "seconds")) + (
        fraction.ljust(_FRACTION, "0") if fraction else ""
    )


def _is_time(found: re.Match[str]) -> bool:
    return is_time("".join(found[part] or "" for part in ("hours", "minutes", "seconds")))


def compare(value: str, than: str, measure: Measure) -> int:
    """Compare one value with a text of the canonical form.

    Args:
        value: the text of one value of an element, without padding.
        than: what `canonical` returned.
        measure: what both are.

    Returns:
        -1, 0 or 1 if the value is less than the text, equal or greater. A date or time that is less precise than the
        text counts as its beginning, and an offset from UTC is left out.

    Raises:
        NotMeasured: if the value is no number, date, time or age.

    """
    value = value.strip(" \0")
    match measure:
        case Measure.NUMBER:
            return _order(_number(value), _number(than))
        case Measure.AGE:
            return _order(_days(value), _days(than))
        case Measure.TIME | Measure.DATE:
            digits = _time(value) if measure is Measure.TIME else _moment(value)
            return _order(digits[: len(than)], than)


def _order(one: str | int | Decimal, other: str | int | Decimal) -> int:
    return 0 if one == other else -1 if one < other else 1  # type: ignore[operator]  # both are of one kind


def _number(text: str) -> Decimal:
    if _NUMBER.match(text) is None:
        raise NotMeasured
    return Decimal(text)


def _days(text: str) -> int:
    found = _AGE.match(text)
    if found is None:
        raise NotMeasured
    return int(found[1]) * _UNITS[found[2]]


def _time(text: str) -> str:
    found = _TIME_TEXT.match(text)
    if found is None or found["millionths"] is not None or not _is_time(found):
        raise NotMeasured
    return _time_digits(found).ljust(len(_START_OF_DAY), "0")


def _moment(text: str) -> str:
    found = match_moment(text)
    if found is None:
        day = canonical(text, Measure.DATE)  # with separators, as PS3.5 6.2 had them
        if day is None:
            raise NotMeasured
        return day.ljust(len("YYYYMMDD") + len(_START_OF_DAY), "0")
    time = (found["time"] or "").replace(".", "")
    day = found["year"] + (found["month"] or "01") + (found["day"] or "01")
    return (day + time).ljust(len("YYYYMMDD") + len(_START_OF_DAY), "0")
