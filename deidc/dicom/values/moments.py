"""Move a date and its time of day together: what goes beyond midnight goes on to the next day.

Moments are counted in microseconds. A date (DA) and a time (TM) are two values of one moment, and each is moved with
the other in view; a DT value has both. Values keep the precision, the fraction and the offset that they have.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from deidc.dicom.values.calendar import is_time, match_moment
from deidc.dicom.values.dates import DateError, NotADate, OutOfRange, compact, read_day

DAY = 24 * 60 * 60 * 1_000_000
MINUTE = 60 * 1_000_000
Move = Callable[[int], int]

_TIME = re.compile(r"([0-9]{2})([0-9]{2})?([0-9]{2})?(?:\.([0-9]{1,6}))?\Z")


class NoTime(DateError):
    """A date cannot be moved by less than a day, because its time is not known."""


def shift_by(amount: int) -> Move:
    """Return the move by a number of microseconds."""
    return lambda moment: moment + amount


def round_to(step: int) -> Move:
    """Return the move to the nearest multiple of a number of microseconds behind midnight; halves go on."""

    def move(moment: int) -> int:
        day, behind = divmod(moment, DAY)
        return day * DAY + (behind + step // 2) // step * step

    return move


def moved_time(time: str, day: str | None, move: Move) -> str:
    """Return a TM value moved with its date; without one it stays within 24 hours. Raises DateError."""
    moment = _microseconds(time) + (read_day(day).toordinal() * DAY if day else 0)
    return _written_time(move(moment) % DAY, time)


def moved_date(day: str, time: str | None, move: Move) -> str:
    """Return a DA value moved with its time.

    Raises DateError; NoTime where the time decides about the date and is not known.
    """
    midnight = read_day(day).toordinal() * DAY
    if not time:
        if move(midnight) % DAY:
            raise NoTime("the date has no time beside it, and is moved by less than a day")
        return compact(_day_of(move(midnight)))
    return compact(_day_of(move(midnight + _microseconds(time))))


def moved_moment(text: str, move: Move) -> str:
    """Return a DT value moved; of a partial one the first moment is moved. Raises DateError."""
    found = match_moment(text)
    if found is None:
        raise NotADate("the value is not a date and time")
    midnight = date(int(found["year"]), int(found["month"] or 1), int(found["day"] or 1)).toordinal() * DAY
    time = found["time"] or ""
    moment = move(midnight + (_microseconds(time) if time else 0))
    precision = 8 if found["day"] else 6 if found["month"] else 4
    written = _written_time(moment % DAY, time) if time else ""
    return compact(_day_of(moment))[:precision] + written + (found["offset"] or "")


def _microseconds(time: str) -> int:
    found = _TIME.match(time)
    if found is None or not is_time(time):
        raise NotADate("the value is not a time")
    hours, minutes, seconds, fraction = found.groups()
    whole = (int(hours) * 60 + int(minutes or 0)) * 60 + int(seconds or 0)
    return whole * 1_000_000 + int((fraction or "").ljust(6, "0"))


def _written_time(behind: int, like: str) -> str:
    """Return a time of day in the precision of another."""
    whole, micro = divmod(behind, 1_000_000)
    clock = f"{whole // 3600:02d}{whole // 60 % 60:02d}{whole % 60:02d}"
    return f"{clock}.{micro:06d}"[: len(like)]


def _day_of(moment: int) -> date:
    try:
        return date.fromordinal(moment // DAY)
    except (ValueError, OverflowError):
        raise OutOfRange("the moved date is outside the calendar") from None
