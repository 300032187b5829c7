"""Values in the reference: what text fits a VR, what text an element holds, and what a shifted date is."""

from __future__ import annotations

import re
from datetime import date, timedelta

from pydicom.dataelem import DataElement

LONGEST = {"AE": 16, "AS": 4, "CS": 16, "DA": 8, "DS": 16, "DT": 26, "IS": 12, "LO": 64, "LT": 10240, "PN": 64,
           "SH": 16, "ST": 1024, "TM": 13, "UI": 64}  # fmt: skip
TIME = r"(?:[01]\d|2[0-3])(?:[0-5]\d(?:(?:[0-5]\d|60)(?:\.\d{1,6})?)?)?"
OFFSET = r"(?:\+(?:0\d|1[0-3])[0-5]\d|\+1400|-(?!0000)(?:0\d|1[01])[0-5]\d|-1200)"
FORMS = {
    "AS": r"\d{3}[DWMY]",
    "DA": r"\d{8}",
    "DS": r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?",
    "DT": rf"\d{{4}}(?:\d\d(?:\d\d(?:{TIME})?)?)?{OFFSET}?",
    "IS": r"[+-]?\d+",
    "TM": TIME,
    "UI": r"(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*))*",
}
ASCII = {*FORMS, "AE", "CS", "UR"}
ONE_VALUE = {"LT", "ST", "UT", "UR"}
NUMBERS = {"US": (0, 0xFFFF), "SS": (-0x8000, 0x7FFF), "UL": (0, 0xFFFFFFFF), "SL": (-0x80000000, 0x7FFFFFFF)}
CODECS = {"": "ascii", "ISO_IR 6": "ascii", "ISO_IR 100": "latin-1", "ISO_IR 192": "utf-8"}

ONE_DAY = r"\d{8}|\d{4}\.\d\d\.\d\d|\d{4}-\d\d-\d\d"
LOOSE_DAY = re.compile(rf"(\d{{4}})(?:([./-])(\d\d)\2(\d\d)|(\d\d)(\d\d)((?=\d{{6}}){TIME}(?:{OFFSET})?)?)", re.ASCII)


class Refusal(Exception):
    """The object cannot be cleaned as the recipe says."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def texts_of(element: DataElement) -> list[str]:
    """The text of each value, without padding."""
    value = element.value
    if element.VR == "SQ" or value is None:
        return []
    if isinstance(value, bytes):
        text = value.rstrip(b" \0").decode("latin-1")
        return text.split("\\") if text.isascii() and text.isprintable() and text else []
    values = list(value) if element.VM > 1 else [value]
    if element.VR == "AT":
        return [f"({int(one) >> 16:04X},{int(one) & 0xFFFF:04X})" for one in values]
    texts = [str(one if one is not None else "").strip(" \0") for one in values]
    return texts if texts != [""] else []


def fitted(text: str, vr: str, charset: str) -> list[object]:
    """The values that text stands for in a VR; raises Refusal."""
    if vr in NUMBERS or vr in ("FL", "FD"):
        return [_number(part.strip(), vr) for part in text.split("\\")] if text.strip() else []
    if vr == "AT":
        return [_tag(part.strip()) for part in text.split("\\")] if text.strip() else []
    if vr in ("UN", "OB", "OW"):
        data = text.encode()
        return [data + b"\0" * (len(data) % 2)] if data else []
    parts = [text] if vr in ONE_VALUE else text.split("\\")
    values = [_one_text(part, vr) for part in parts]
    try:
        "".join(values).encode(CODECS[charset])
    except UnicodeEncodeError:
        raise Refusal("DC906") from None
    return list(values) if values != [""] else []


def _one_text(text: str, vr: str) -> str:
    text = text.strip(" ") if vr in ASCII and vr != "UR" else text.rstrip(" ")
    text = text.upper() if vr == "CS" and text.isascii() else text
    if text == "":
        return text
    groups = text.split("=") if vr == "PN" else [text]
    lines = "\t\n\f\r" if vr in ("LT", "ST", "UT") else ""
    fits = (
        all(len(group) <= LONGEST.get(vr, len(group)) for group in groups)
        and (vr != "PN" or (len(groups) <= 3 and all(group.count("^") <= 4 for group in groups)))
        and (vr not in ASCII or text.isascii())
        and (vr not in FORMS or re.fullmatch(FORMS[vr], text, re.ASCII) is not None)
        and (vr not in ("DA", "DT") or is_day(text[:4], text[4:6] or "01", text[6:8] or "01"))
        and (vr != "IS" or -(2**31) <= int(text) < 2**31)
        and all(one.isprintable() or one in lines for one in text)
    )
    if not fits:
        raise Refusal("DC904")
    return text


def _number(text: str, vr: str) -> int | float:
    whole = vr in NUMBERS
    if not re.fullmatch(FORMS["IS"] if whole else FORMS["DS"], text, re.ASCII):
        raise Refusal("DC904")
    if not whole:
        return float(text)
    low, high = NUMBERS[vr]
    if not low <= int(text) <= high:
        raise Refusal("DC904")
    return int(text)


def _tag(text: str) -> int:
    found = re.fullmatch(r"\(([0-9a-fA-F]{4}), ?([0-9a-fA-F]{4})\)|([0-9a-fA-F]{4}),?([0-9a-fA-F]{4})", text)
    if found is None:
        raise Refusal("DC904")
    return int("".join(part for part in found.groups() if part), 16)


# ---- dates ----------------------------------------------------------------------------------------------


def is_day(year: str, month: str, day: str) -> bool:
    try:
        return bool(date(int(year), int(month), int(day)))
    except ValueError:
        return False


def is_date_shaped(text: str) -> bool:
    """Whether a whole value looks like a date of a likely year."""
    found = LOOSE_DAY.fullmatch(text)
    if found is None:
        return False
    return 1850 <= int(found[1]) <= 2199 and is_day(found[1], found[3] or found[5], found[4] or found[6])


def shifted(text: str, vr: str, days: int) -> str:
    """A value with its date, or the dates of its range, so many days later; raises Refusal."""
    if text == "":
        return text
    if vr not in ("DA", "DT"):
        found = LOOSE_DAY.fullmatch(text)
        assert found is not None
        moved = _later(found[1], found[3] or found[5], found[4] or found[6], days)
        separator = found[2] or ""
        return f"{moved[:4]}{separator}{moved[4:6]}{separator}{moved[6:]}{found[7] or ''}"
    one, shift = (ONE_DAY, _shifted_day) if vr == "DA" else (FORMS["DT"], _shifted_moment)
    # What can be read as one value is one; with a hyphen, also as a range.
    ways = [re.fullmatch(f"({one})()", text, re.ASCII), re.fullmatch(rf"({one})?\s*-\s*({one})?", text, re.ASCII)]
    for number, found in enumerate(ways):
        if found is None or (not found[1] and not found[2]):
            continue
        ends = [end and shift(end, days) for end in (found[1] or "", found[2] or "")]
        if None not in ends:
            return "-".join(str(end) for end in ends) if number else str(ends[0])
    raise Refusal("DC905")


def _shifted_day(text: str, days: int) -> str | None:
    digits = re.sub("[.-]", "", text)
    if not is_day(digits[:4], digits[4:6], digits[6:]):
        return None
    return _later(digits[:4], digits[4:6], digits[6:], days)


def _shifted_moment(text: str, days: int) -> str | None:
    found = re.fullmatch(r"(\d{4})(\d\d)?(\d\d)?(.*)", text, re.ASCII)
    assert found is not None
    year, month, day, rest = found.groups()
    if not is_day(year, month or "01", day or "01"):
        return None
    precision = 8 if day else 6 if month else 4
    return _later(year, month or "01", day or "01", days)[:precision] + rest


def _later(year: str, month: str, day: str, days: int) -> str:
    try:
        moved = date(int(year), int(month), int(day)) + timedelta(days=days)
    except OverflowError:
        raise Refusal("DC905") from None
    return f"{moved.year:04d}{moved.month:02d}{moved.day:02d}"
