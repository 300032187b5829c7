"""Check what each value representation can hold (PS3.5 table 6.2-1), as pure functions of text.

`fit_text` has two callers: the checker, for literals of a recipe, and the runtime, for every text that it
writes. What does not fit is `Unfit`, whose words never quote the value. Lengths are in characters.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

from attrs import field, frozen

from deidc.dicom.values.calendar import is_date, is_datetime, is_time

Component: TypeAlias = str | int | float | bytes


class Problem(StrEnum):
    """Why a value is no value of a VR."""

    FORM = "form"
    LENGTH = "length"
    RANGE = "range"
    CHARACTERS = "characters"
    SEQUENCE = "sequence"
    TYPE = "type"


class Unfit(ValueError):
    """A value does not fit a VR; `reason` says why without quoting it."""

    def __init__(self, problem: Problem, reason: str) -> None:
        self.problem = problem
        self.reason = reason
        super().__init__(reason)

    def __reduce__(self) -> tuple[type[Unfit], tuple[Problem, str]]:
        return (Unfit, (self.problem, self.reason))


class Kind(StrEnum):
    """What the values of a VR are."""

    TEXT = "text"
    NUMBER = "number"
    TAG = "tag"
    BINARY = "binary"
    SEQUENCE = "sequence"


class Repertoire(StrEnum):
    """Which characters a text VR can hold."""

    DEFAULT = "default"  # ASCII, whatever the object says
    EXTENDED = "extended"  # what Specific Character Set says
    EXTENDED_LINES = "extended lines"  # the same, with tabs and line ends


@frozen
class TextVR:
    """A VR of text.

    Attributes:
        longest: the most characters of one value (of one component group for PN), None for no limit.
        many: whether a backslash separates values.
        repertoire: the characters it can hold.
        form: returns what is wrong with the form of a value, or None.
        leading: whether blanks at the beginning are part of the value.

    """

    longest: int | None
    many: bool
    repertoire: Repertoire
    form: Callable[[str], str | None] = field(repr=False)
    leading: bool = False


_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CONTROL_BUT_LINES = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_UI = re.compile(r"(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*))*\Z")
_IS = re.compile(r"[+-]?[0-9]+\Z")
_DS = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\Z")
_AS = re.compile(r"[0-9]{3}[DWMY]\Z")
_CS = re.compile(r"[A-Z0-9 _\\]*\Z")
_URI = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+\Z")
_AT = re.compile(r"(?:\(([0-9a-fA-F]{4}), ?([0-9a-fA-F]{4})\)|([0-9a-fA-F]{4}),?([0-9a-fA-F]{4}))\Z")

# More digits than any integer VR can hold; Python refuses to read numbers of thousands of digits.
_MOST_DIGITS = 40


def _any_form(_text: str) -> str | None:
    return None


def _person_name(text: str) -> str | None:
    groups = text.split("=")
    if len(groups) > 3:
        return "a person name has at most three component groups"
    if any(group.count("^") > 4 for group in groups):
        return "a person name has at most five components"
    return None


def _integer_string(text: str) -> str | None:
    if not _IS.match(text):
        return "it is not a whole number"
    if len(text) <= _MOST_DIGITS and -(2**31) <= int(text) < 2**31:
        return None
    return "it is outside the range of an integer string"


def _matching(pattern: re.Pattern[str], expected: str) -> Callable[[str], str | None]:
    return lambda text: None if pattern.match(text) else f"it is not {expected}"


def _holding(test: Callable[[str], bool], expected: str) -> Callable[[str], str | None]:
    return lambda text: None if test(text) else f"it is not {expected}"


def is_code(text: str) -> bool:
    """Whether every character of a text, in capitals, is one of code strings (PS3.5 6.2)."""
    return _CS.match(text.upper()) is not None


_DEFAULT, _EXTENDED, _LINES = Repertoire.DEFAULT, Repertoire.EXTENDED, Repertoire.EXTENDED_LINES

TEXT_VRS: Mapping[str, TextVR] = MappingProxyType(
    {
        "AE": TextVR(16, True, _DEFAULT, _any_form),
        "AS": TextVR(4, True, _DEFAULT, _matching(_AS, "an age like 034Y")),
        # PS3.5 6.2 has capitals, digits, blanks and _ only; what devices and documented recipes write has hyphens
        # and more, so that is a warning (DC339), and no reason to refuse an object.
        "CS": TextVR(16, True, _DEFAULT, _any_form),
        "DA": TextVR(8, True, _DEFAULT, _holding(is_date, "a date like 20200131")),
        "DS": TextVR(16, True, _DEFAULT, _matching(_DS, "a decimal number")),
        "DT": TextVR(26, True, _DEFAULT, _holding(is_datetime, "a date and time like 20200131235900")),
        "IS": TextVR(12, True, _DEFAULT, _integer_string),
        "LO": TextVR(64, True, _EXTENDED, _any_form, leading=True),
        "LT": TextVR(10240, False, _LINES, _any_form, leading=True),
        "PN": TextVR(64, True, _EXTENDED, _person_name, leading=True),
        "SH": TextVR(16, True, _EXTENDED, _any_form, leading=True),
        "ST": TextVR(1024, False, _LINES, _any_form, leading=True),
        "TM": TextVR(13, True, _DEFAULT, _holding(is_time, "a time like 235900")),
        "UC": TextVR(None, True, _EXTENDED, _any_form, leading=True),
        "UI": TextVR(64, True, _DEFAULT, _matching(_UI, "a UID")),
        "UR": TextVR(None, False, _DEFAULT, _matching(_URI, "a URI"), leading=True),
        "UT": TextVR(None, False, _LINES, _any_form, leading=True),
    }
)
INTEGERS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "US": (0, 2**16 - 1),
        "SS": (-(2**15), 2**15 - 1),
        "UL": (0, 2**32 - 1),
        "SL": (-(2**31), 2**31 - 1),
        "UV": (0, 2**64 - 1),
        "SV": (-(2**63), 2**63 - 1),
    }
)
LARGEST_FLOAT32 = 3.4028234663852886e38
FLOATS: Mapping[str, float] = MappingProxyType({"FL": LARGEST_FLOAT32, "FD": math.inf})
# The bytes of one word; the length of a value is a multiple of it, and even (PS3.5 7.1.1).
BINARY: Mapping[str, int] = MappingProxyType({"OB": 2, "UN": 2, "OW": 2, "OF": 4, "OL": 4, "OD": 8, "OV": 8})
DATES = frozenset({"DA", "DT"})
CHARSET_VRS = frozenset(vr for vr, facts in TEXT_VRS.items() if facts.repertoire is not _DEFAULT)
ALL_VRS = frozenset({*TEXT_VRS, *INTEGERS, *FLOATS, *BINARY, "AT", "SQ"})


def kind_of(vr: str) -> Kind:
    """Return what the values of a single VR are. Raises Unfit for what is no VR."""
    if vr in TEXT_VRS:
        return Kind.TEXT
    if vr in INTEGERS or vr in FLOATS:
        return Kind.NUMBER
    if vr in BINARY:
        return Kind.BINARY
    if vr == "AT":
        return Kind.TAG
    if vr == "SQ":
        return Kind.SEQUENCE
    raise Unfit(Problem.TYPE, "the element's VR is not a VR of DICOM")


def text_choices(vr: str) -> tuple[str, ...]:
    """Return the VRs that text may be read as, where the dictionary leaves a choice (`US or SS or OW`).

    Bytes are no choice where numbers are: text that is not a number would become bytes without meaning.
    """
    choices = tuple(vr.split(" or "))
    numeric = tuple(one for one in choices if one in INTEGERS)
    return numeric or choices


def fit_text(text: str, vr: str) -> tuple[Component, ...]:
    """Return the values that text stands for in a VR; the empty text is no value.

    A backslash separates values where the VR can have several. Blanks that do not count in the VR are dropped,
    code strings are upper-cased, text of binary VRs is UTF-8. Of a choice of VRs the first that fits is
    taken. Raises Unfit.
    """
    failures: list[Unfit] = []
    for choice in text_choices(vr):
        try:
            return _fit_one_vr(text, choice)
        except Unfit as unfit:
            failures.append(unfit)
    raise failures[0]


def _fit_one_vr(text: str, vr: str) -> tuple[Component, ...]:
    match kind_of(vr):
        case Kind.SEQUENCE:
            raise Unfit(Problem.SEQUENCE, "a sequence holds items, not text")
        case Kind.TEXT:
            facts = TEXT_VRS[vr]
            parts = text.split("\\") if facts.many else [text]
            fitted = tuple(_fit_text_value(part, vr, facts) for part in parts)
            return () if fitted == ("",) else fitted
        case Kind.NUMBER if text.strip():
            read = _read_float if vr in FLOATS else _read_integer
            return tuple(read(part, vr) for part in text.split("\\"))
        case Kind.TAG if text.strip():
            return tuple(_read_tag(part) for part in text.split("\\"))
        case Kind.BINARY if text:
            return (padded(_utf8(text), vr),)
        case _:
            return ()


def _fit_text_value(text: str, vr: str, facts: TextVR) -> str:
    text = text.rstrip(" ") if facts.leading else text.strip(" ")
    if vr == "UI":
        text = text.rstrip("\0 ")
    elif vr == "CS" and text.isascii():
        text = text.upper()
    if text == "":
        return text
    _check_characters(text, facts.repertoire)
    complaint = facts.form(text)
    if complaint is not None:
        raise Unfit(Problem.FORM, complaint)
    _check_length(text, vr, facts.longest)
    return text


def _check_characters(text: str, repertoire: Repertoire) -> None:
    if repertoire is Repertoire.DEFAULT and not text.isascii():
        raise Unfit(Problem.CHARACTERS, "it has characters outside ASCII")
    control = _CONTROL_BUT_LINES if repertoire is Repertoire.EXTENDED_LINES else _CONTROL
    if control.search(text):
        raise Unfit(Problem.CHARACTERS, "it has control characters")
    if _SURROGATE.search(text):
        raise Unfit(Problem.CHARACTERS, "it has characters that cannot be encoded")


def _check_length(text: str, vr: str, longest: int | None) -> None:
    if longest is None:
        return
    if vr == "PN":
        if any(len(group) > longest for group in text.split("=")):
            raise Unfit(Problem.LENGTH, f"a component group has more than {longest} characters")
    elif len(text) > longest:
        raise Unfit(Problem.LENGTH, f"it has more than {longest} characters")


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise Unfit(Problem.CHARACTERS, "it has characters that cannot be encoded") from None


def padded(data: bytes, vr: str) -> bytes:
    """Return bytes made a multiple of the word of a binary VR with NUL at the end."""
    return data + b"\0" * (-len(data) % BINARY[vr])


def _read_integer(text: str, vr: str) -> int:
    text = text.strip()
    if not _IS.match(text):
        raise Unfit(Problem.FORM, "it is not a whole number")
    if len(text) > _MOST_DIGITS:
        raise Unfit(Problem.RANGE, "it has more digits than the VR can hold")
    return in_range(int(text), vr)


def in_range(number: int, vr: str) -> int:
    """Return the number if the VR can hold it. Raises Unfit."""
    low, high = INTEGERS[vr]
    if not low <= number <= high:
        raise Unfit(Problem.RANGE, f"it is outside {low} to {high}")
    return number


def _read_float(text: str, vr: str) -> float:
    text = text.strip()
    if not _DS.match(text):
        raise Unfit(Problem.FORM, "it is not a number")
    return float_in_range(float(text), vr)


def float_in_range(number: float, vr: str) -> float:
    """Return the number if the VR can hold it. Raises Unfit."""
    if not math.isfinite(number):
        raise Unfit(Problem.RANGE, "it is not a finite number")
    if abs(number) > FLOATS[vr]:
        raise Unfit(Problem.RANGE, "it is too large for a float of 32 bits")
    return number


def _read_tag(text: str) -> int:
    found = _AT.match(text.strip())
    if found is None:
        raise Unfit(Problem.FORM, "it is not a tag like (0010,0020)")
    return int("".join(part for part in found.groups() if part), 16)
