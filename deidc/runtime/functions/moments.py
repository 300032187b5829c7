"""deidc's own functions about time: the age between two dates, and dates moved together with their times."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from types import MappingProxyType

from deidc.dicom import dictionary
from deidc.dicom.values import moments
from deidc.dicom.values.dates import DateError, read_day
from deidc.runtime.functions.arguments import attribute_of, each_value, text_of, whole_of
from deidc.runtime.functions.invocation import FunctionFault, Invocation

_OLDEST_CAP = 998
_MOST_OF_A_UNIT = 999
_MICROSECONDS: Mapping[str, int] = MappingProxyType(
    {"days": moments.DAY, "hours": 60 * moments.MINUTE, "minutes": moments.MINUTE, "seconds": 1_000_000}
)
_MOST_DAYS = 9_999_999
# From these ages on, in days and in months, `unit=auto` counts in the next larger unit.
_FIRST_IN_WEEKS, _FIRST_IN_MONTHS, _FIRST_IN_YEARS = 28, 3, 24


# ---- ages -----------------------------------------------------------------------------------------------


def age(call: Invocation) -> str:
    """Return the age at one date of who was born at another, as PS3.5 writes it (VR AS); capped as by age_cap."""
    cap = whole_of(call, "max", 89, 0, _OLDEST_CAP)
    unit = text_of(call, "unit", "auto").upper()
    if unit not in ("AUTO", "Y", "M", "W", "D"):
        raise FunctionFault("unit must be auto, Y, M, W or D")
    born, then = _day(call, "birth", "PatientBirthDate"), _day(call, "at", "StudyDate")
    if then < born:
        raise FunctionFault("the date of birth is behind the other date")
    months = (then.year - born.year) * 12 + then.month - born.month - (then.day < born.day)
    if months // 12 > cap:
        return f"{cap + 1:03d}Y"
    days = (then - born).days
    counted = {"D": days, "W": days // 7, "M": months, "Y": months // 12}
    unit = _unit(days, months) if unit == "AUTO" else unit
    if counted[unit] > _MOST_OF_A_UNIT:
        raise FunctionFault(f"the age has more than {_MOST_OF_A_UNIT} of the unit {unit}")
    return f"{counted[unit]:03d}{unit}"


def _unit(days: int, months: int) -> str:
    if days < _FIRST_IN_WEEKS:
        return "D"
    if months < _FIRST_IN_MONTHS:
        return "W"
    return "M" if months < _FIRST_IN_YEARS else "Y"


def _day(call: Invocation, key: str, default: str) -> date:
    """Return the day of the attribute that an argument names; of a DT value the first eight digits."""
    text = attribute_of(call, key, default)
    try:
        return read_day(text[:8] if text[:8].isdigit() else text)
    except DateError:
        raise FunctionFault(f"the attribute of {key} does not hold a date") from None


# ---- moments --------------------------------------------------------------------------------------------


def shift_moment(call: Invocation) -> str:
    """Return the element's dates, times or both, shifted; a date and the time beside it go beyond midnight together."""
    unit = text_of(call, "unit", "days").lower()
    if unit not in _MICROSECONDS:
        raise FunctionFault("unit must be days, hours, minutes or seconds")
    try:
        amount = Fraction(text_of(call, "by", "")) * _MICROSECONDS[unit]
    except (ValueError, ZeroDivisionError):
        raise FunctionFault("by is not a number") from None
    if abs(amount) > _MOST_DAYS * moments.DAY:
        raise FunctionFault(f"by is more than {_MOST_DAYS} days")
    if not round(amount) and call.refuses:
        raise FunctionFault("by is zero, so nothing would be shifted")
    return _moved(call, moments.shift_by(round(amount)))


def round_moment(call: Invocation) -> str:
    """Return the element's times, and the dates beside them, rounded to a number of minutes behind midnight."""
    step = whole_of(call, "to", 0, 1, moments.DAY // moments.MINUTE) * moments.MINUTE
    return _moved(call, moments.round_to(step))


def _moved(call: Invocation, move: moments.Move) -> str:
    """Return the values of the element moved, each with the value of the other attribute of its moment."""
    match call.field.vr:
        case "DT":
            return _without_data(lambda: each_value(call, lambda text: moments.moved_moment(text, move)))
        case "DA":
            return _without_data(lambda: _moved_beside(call, lambda text, time: moments.moved_date(text, time, move)))
        case "TM":
            return _without_data(lambda: _moved_beside(call, lambda text, day: moments.moved_time(text, day, move)))
        case _:
            raise FunctionFault("only values of VR DA, TM and DT are moments")


def _without_data(moved: Callable[[], str]) -> str:
    try:
        return moved()
    except DateError as failure:
        raise FunctionFault(failure.reason) from None


def _moved_beside(call: Invocation, moved: Callable[[str, str | None], str]) -> str:
    own, beside = call.field.texts(), _beside(call)
    if not any(own):
        return ""
    if any(beside) and len(beside) != len(own):
        raise FunctionFault("there are not as many dates as times")
    partners: list[str | None] = list(beside) if any(beside) else [None] * len(own)
    return "\\".join(moved(one, other) if one else one for one, other in zip(own, partners, strict=True))


def _beside(call: Invocation) -> tuple[str, ...]:
    """Return the values of the other attribute of a moment, which the input has beside the element."""
    given = text_of(call, "with", "")
    own = dictionary.find_keyword(call.field.name.rpartition("__")[2])
    partner = dictionary.find_keyword(given) if given else dictionary.partner_of(own) if own is not None else None
    if partner is None or partner.repeating:
        if given:
            raise FunctionFault("with is not a keyword")
        return ()
    return call.sibling(int(partner.pattern, 16))
