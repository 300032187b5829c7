"""Fit values to a VR, and read the values of elements as text."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from numbers import Integral, Real

from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence as ItemSequence
from pydicom.valuerep import DA, DT, TM, PersonName

from deidc.dicom.values.vrs import (
    BINARY,
    FLOATS,
    INTEGERS,
    TEXT_VRS,
    Kind,
    Problem,
    Unfit,
    fit_text,
    float_in_range,
    in_range,
    kind_of,
    padded,
    text_choices,
)

# VRs that a number may be written to as text; a number is never a UID, a code string or a title.
_NUMERALS = frozenset({"DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UT"})
_LONGEST_DECIMAL_STRING = 16
_MOST_DIGITS = 64
_BINARY_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_LATIN_CONTROL = re.compile(rb"[\x80-\x9f]")


def fit(value: object, vr: str) -> object:
    """Return a value as pydicom writes it for a VR: text, a number, bytes, a list of those, items, or None.

    Text is read as `deidc.dicom.values.vrs.fit_text` says; numbers, dates, bytes and lists are taken where the VR can
    hold them. Nothing is turned into text that a VR does not write as text. None, the empty text and the
    empty list are the empty value. Raises `Unfit`.
    """
    if vr == "SQ":
        return _fit_items(value)
    choices = tuple(vr.split(" or ")) if isinstance(value, bytes | bytearray) else text_choices(vr)
    failures: list[Unfit] = []
    for choice in choices:
        try:
            values = _fit_all(value, choice)
        except Unfit as unfit:
            failures.append(unfit)
        else:
            return None if not values else values[0] if len(values) == 1 else values
    raise failures[0]


def _fit_items(value: object) -> ItemSequence:
    items = [] if value is None else [value] if isinstance(value, Dataset) else value
    if not isinstance(items, list | tuple | ItemSequence):
        raise Unfit(Problem.SEQUENCE, "a sequence holds items, not a value")
    if not all(isinstance(one, Dataset) for one in items):
        raise Unfit(Problem.SEQUENCE, "a sequence holds items and nothing else")
    return ItemSequence(list(items))


def _fit_all(value: object, vr: str) -> list[object]:
    """Return the values of an element; none for the empty value."""
    if isinstance(value, list | tuple | MultiValue):
        return _fit_many(value, vr)
    if value is None or (isinstance(value, bytes | bytearray) and not value and vr in BINARY):
        return []
    if isinstance(value, str | PersonName):
        return list(fit_text(str(value), vr))
    return [_fit_single(value, vr)]


def _fit_many(values: Sequence[object], vr: str) -> list[object]:
    fitted: list[object] = []
    for one in values:
        if isinstance(one, list | tuple | MultiValue):
            raise Unfit(Problem.TYPE, "a list in a list cannot be written")
        parts = _fit_all(one, vr)
        if len(parts) > 1:
            raise Unfit(Problem.FORM, "a value in a list has a backslash")
        if not parts and len(values) > 1 and kind_of(vr) is not Kind.TEXT:
            raise Unfit(Problem.FORM, "only text can have an empty value among others")
        fitted.extend(parts or ([""] if len(values) > 1 else []))
    if len(fitted) > 1 and (vr in BINARY or (vr in TEXT_VRS and not TEXT_VRS[vr].many)):
        raise Unfit(Problem.FORM, "the VR holds a single value")
    return fitted


def _fit_single(value: object, vr: str) -> object:
    match value:
        case bytes() | bytearray() if vr in BINARY:
            return _fit_bytes(bytes(value), vr)
        case date() | time() if vr in ("DA", "DT", "TM"):
            return _one_text(_moment_text(value, vr), vr)
        case bool():
            pass
        case Integral():
            return _fit_integer(int(value), vr)
        case Decimal() | Real():
            return _fit_number(value, vr)
    raise Unfit(Problem.TYPE, f"a {type(value).__name__} cannot be written to this VR")


def _one_text(text: str, vr: str) -> object:
    return fit_text(text, vr)[0]


def _fit_bytes(data: bytes, vr: str) -> bytes:
    word = BINARY[vr]
    if word > 2 and len(data) % word:
        raise Unfit(Problem.LENGTH, f"its length is not a multiple of {word} bytes")
    return padded(data, vr)


def _moment_text(value: date | time, vr: str) -> str:
    """Write a date, a time or both in the form of a VR that can hold it."""
    if isinstance(value, DA | DT | TM) and value.original_string and type(value).__name__ == vr:
        return value.original_string
    day = f"{value.year:04d}{value.month:02d}{value.day:02d}" if isinstance(value, date) else None
    clock = _clock_text(value) if isinstance(value, datetime | time) else None
    match vr, day, clock:
        case "DA", str(), _:
            return day
        case "TM", _, str():
            return clock
        case "DT", str(), _:
            return day + (clock or "") + (_offset_text(value) if isinstance(value, datetime) else "")
    raise Unfit(Problem.TYPE, f"a {type(value).__name__} cannot be written to this VR")


def _clock_text(value: datetime | time) -> str:
    fraction = f".{value.microsecond:06d}" if value.microsecond else ""
    return f"{value.hour:02d}{value.minute:02d}{value.second:02d}{fraction}"


def _offset_text(value: datetime) -> str:
    offset = value.utcoffset()
    if offset is None:
        return ""
    minutes = round(offset.total_seconds() / 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}{abs(minutes) % 60:02d}"


def _fit_integer(number: int, vr: str) -> object:
    if vr in INTEGERS:
        return in_range(number, vr)
    if vr == "AT":
        return in_range(number, "UL")
    # Python refuses to write numbers of thousands of digits.
    if abs(number) >= 10**_MOST_DIGITS:
        raise Unfit(Problem.RANGE, "it has too many digits")
    if vr in FLOATS:
        return float_in_range(float(number), vr)
    if vr in _NUMERALS:
        return _one_text(str(number), vr)
    raise Unfit(Problem.TYPE, "a number cannot be written to this VR")


def _fit_number(number: Decimal | Real, vr: str) -> object:
    """Fit a number that may have a fraction; whole ones may go where only integers can."""
    try:
        approximate = float(number)
    except (ValueError, OverflowError):  # a signalling NaN, a fraction beyond all floats
        approximate = math.nan
    if not math.isfinite(approximate):
        raise Unfit(Problem.RANGE, "it is not a finite number")
    if vr in FLOATS:
        return float_in_range(approximate, vr)
    exact = number if isinstance(number, Decimal) else Decimal(approximate)
    if abs(approximate) < 10.0**_LONGEST_DECIMAL_STRING and exact == exact.to_integral_value():
        return _fit_integer(int(exact), vr)
    if vr in INTEGERS or vr == "AT":
        raise Unfit(Problem.FORM, "it is not a whole number")
    if vr in _NUMERALS:
        text = str(number) if isinstance(number, Decimal) else repr(approximate)
        return _one_text(_shortened(approximate, text) if vr == "DS" else text, vr)
    raise Unfit(Problem.TYPE, "a number cannot be written to this VR")


def _shortened(number: float, text: str) -> str:
    """Write a number as a decimal string, rounded to as many digits as it has room for."""
    digits = _LONGEST_DECIMAL_STRING
    while len(text) > _LONGEST_DECIMAL_STRING:
        text = f"{number:.{digits}g}"
        digits -= 1
    return text


def text_components(value: object, vr: str) -> tuple[str, ...]:
    """Return the text of each value of an element, as it is written; nothing for items and bulk bytes.

    Padding around values is left out. Of an element with a single empty value there is nothing.
    """
    if value is None or vr == "SQ" or isinstance(value, ItemSequence | Dataset):
        return ()
    if isinstance(value, bytes | bytearray):
        return _text_in_bytes(bytes(value))
    if isinstance(value, list | tuple | MultiValue):
        texts = tuple(_text_of(one, vr) for one in value)
        return () if texts == ("",) else texts
    text = _text_of(value, vr)
    return (text,) if text else ()


def _text_of(value: object, vr: str) -> str:
    match value:
        case None:
            return ""
        case DA() | DT() | TM() if value.original_string:
            return value.original_string.strip(" \0")
        case date() | time():
            return _moment_text(value, vr if vr in ("DA", "TM") else "DT")
        case int() if vr == "AT":
            return f"({value >> 16:04X},{value & 0xFFFF:04X})"
    # DS and IS write the text that was read.
    return str(value).strip(" \0")


def _text_in_bytes(data: bytes) -> tuple[str, ...]:
    """Return the text in bytes of unknown meaning: UTF-8, or else Latin-1, without control characters."""
    data = data.rstrip(b" \0")
    if not data or _BINARY_CONTROL.search(data):
        return ()
    try:
        text = data.decode()
    except UnicodeDecodeError:
        if _LATIN_CONTROL.search(data):
            return ()
        text = data.decode("latin-1")
    return tuple(part.strip(" ") for part in text.split("\\"))
