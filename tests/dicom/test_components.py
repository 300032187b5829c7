"""What `fit` accepts, pydicom writes and reads back; all else is Unfit, and never turned into text."""

from __future__ import annotations

import io
import math
import struct
import warnings
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import config, dcmread, dcmwrite
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence
from pydicom.tag import Tag
from pydicom.uid import UID
from pydicom.valuerep import DA, DT, IS, TM, DSdecimal, DSfloat, PersonName

from deidc.dicom.values.components import fit, text_components
from deidc.dicom.values.decoding import raw_components
from deidc.dicom.values.vrs import ALL_VRS, TEXT_VRS, Problem, Unfit

UTF8 = ("UTF8",)


def read_back(value: object, vr: str) -> Dataset:
    """Write a value that was fitted in a file of its own, and read it."""
    dataset = Dataset()
    dataset.SpecificCharacterSet = "ISO_IR 192"
    # The tag is private, so that the VR is what is written and nothing else.
    # Code strings may have characters that PS3.5 6.2 does not know, of which the checker warns (DC339).
    mode = config.IGNORE if vr == "CS" else config.RAISE
    dataset.add(DataElement(0x00191001, vr, value, validation_mode=mode))
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        dcmwrite(buffer, dataset, implicit_vr=False, little_endian=True)
        buffer.seek(0)
        return dcmread(buffer, force=True)


def as_read(value: object, vr: str) -> object:
    """Return what a fitted value must read back as."""
    if value is None:
        return None
    if isinstance(value, list):
        return [as_read(one, vr) for one in value]
    if vr == "FL" and isinstance(value, float):
        return struct.unpack("<f", struct.pack("<f", value))[0]
    return value


def plain(element: DataElement) -> object:
    """Return the value of an element that was read in the plain types that `fit` gives."""
    value = element.value
    if value is None or (isinstance(value, str | bytes | PersonName) and len(value) == 0):
        return None
    if isinstance(value, MultiValue):
        return [_plain_one(one) for one in value]
    return _plain_one(value)


def _plain_one(value: object) -> object:
    if isinstance(value, DSfloat | DSdecimal | IS | PersonName | UID):
        return str(value)
    return value


TEXTS = {
    "AS": st.from_regex(r"[0-9]{3}[DWMY]", fullmatch=True),
    "CS": st.text("ABC_ 019", max_size=16),
    "AE": st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=16),
    "DA": st.dates().map(lambda one: one.isoformat().replace("-", "")),
    "DT": st.datetimes().map(lambda one: one.isoformat(timespec="microseconds").translate({45: "", 84: "", 58: ""})),
    "TM": st.times().map(lambda one: one.isoformat(timespec="microseconds").replace(":", "")),
    "DS": st.floats(allow_nan=False, allow_infinity=False).map(lambda one: f"{one:.6g}"),
    "IS": st.integers(-(2**31), 2**31 - 1).map(str),
    "UI": st.lists(st.integers(0, 10**9), min_size=2, max_size=5).map(lambda arcs: ".".join(map(str, arcs))),
    "UR": st.from_regex(r"https?://[a-z0-9.]{1,20}/[a-z?=&#]{0,20}", fullmatch=True),
    "AT": st.integers(0, 0xFFFFFFFF).map(lambda tag: f"({tag >> 16:04x},{tag & 0xFFFF:04X})"),
}
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
VALUES = st.one_of(
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.decimals(),
    st.binary(max_size=12),
    st.dates(),
    st.datetimes(timezones=st.just(UTC) | st.none()),
    st.times(),
    ANY_TEXT,
    st.none(),
)


@st.composite
def vrs_and_values(draw):
    """A VR, and a value that may well fit it: text of its form, or any object, or several of either."""
    vr = draw(st.sampled_from(sorted(ALL_VRS - {"SQ"})))
    texts = TEXTS.get(vr, st.integers(0, 99).map(str) if vr not in TEXT_VRS else ANY_TEXT)
    one = texts | VALUES
    return vr, draw(one | st.lists(one, max_size=3) | st.lists(texts, min_size=2, max_size=3).map("\\".join))


@given(vrs_and_values())
def test_what_fits_is_written_and_read_back(given_pair):
    """Whatever `fit` accepts, pydicom writes without a complaint, and reads back equal."""
    vr, value = given_pair
    try:
        fitted = fit(value, vr)
    except Unfit:
        return
    element = read_back(fitted, vr)[0x00191001]
    assert vr == element.VR
    expected = as_read(fitted, vr)
    assert plain(element) == expected
    again = fit(fitted, vr)
    assert again == fitted


@given(vrs_and_values())
def test_raw_and_decoded_text_agree(given_pair):
    """The text of an element is the same from its bytes and from its value."""
    vr, value = given_pair
    try:
        fitted = fit(value, vr)
    except Unfit:
        return
    dataset = read_back(fitted, vr)
    raw = dataset.get_item(0x00191001)
    # pydicom reads elements of zero length at once.
    from_bytes = raw_components(raw, vr, UTF8) if isinstance(raw, RawDataElement) else ()
    assert text_components(dataset[0x00191001].value, vr) == from_bytes


@pytest.mark.parametrize(
    ("vr", "value", "expected"),
    [
        ("LO", None, None),
        ("LO", "", None),
        ("LO", [], None),
        ("US", [None], None),
        ("LO", ["a", None], ["a", ""]),
        ("LO", ["a"], "a"),
        ("LO", 17, "17"),
        ("LO", 70.5, "70.5"),
        ("LO", 10**20, "1" + "0" * 20),
        ("PN", PersonName("A^B"), "A^B"),
        ("UI", UID("1.2.3"), "1.2.3"),
        ("IS", 5.0, "5"),
        ("IS", IS("05"), "5"),
        ("DS", 0.1 + 0.2, "0.3"),
        ("DS", 1 / 3, "0.33333333333333"),
        ("DS", -1 / 3e200, "-3.33333333e-201"),
        ("DS", 5.0, "5"),
        ("DS", 1e16, "1e+16"),
        ("DS", 2e16, "2e+16"),
        ("IS", 5000.0, "5000"),
        ("LO", 0.1 + 0.2, "0.30000000000000004"),
        ("LO", Fraction(1, 3), "0.3333333333333333"),
        ("UV", Decimal(2**53 + 1), 2**53 + 1),
        ("DS", Decimal("1.50"), "1.50"),
        ("US", 5.0, 5),
        ("US", Decimal(5), 5),
        ("FD", 5, 5.0),
        ("FD", Fraction(1, 2), 0.5),
        ("AT", Tag(0x00100020), 0x00100020),
        ("DA", date(5, 1, 2), "00050102"),
        ("DA", datetime(2024, 1, 2, 3, 4), "20240102"),
        ("DA", 20240102, "20240102"),
        ("DT", date(2024, 1, 2), "20240102"),
        ("DT", datetime(2024, 1, 2, 3, 4, 5, 6), "20240102030405.000006"),
        (
            "DT",
            datetime(2024, 1, 2, tzinfo=timezone(timedelta(hours=-3, minutes=-30))),
            "20240102000000-0330",
        ),
        ("DT", datetime(2024, 1, 2, tzinfo=timezone(timedelta(hours=14))), "20240102000000+1400"),
        ("DT", datetime(2024, 1, 2, tzinfo=timezone(timedelta(hours=5, minutes=30))), "20240102000000+0530"),
        ("DT", datetime(2024, 1, 2, tzinfo=timezone(timedelta(minutes=-30))), "20240102000000-0030"),
        ("DT", datetime(2024, 1, 2, tzinfo=UTC), "20240102000000+0000"),
        ("DT", DT("2024"), "2024"),
        ("DA", DT("20240102030405"), "20240102"),
        ("DA", DA(date(2024, 1, 2)), "20240102"),
        ("TM", time(3, 4), "030400"),
        ("TM", TM("0304"), "0304"),
        ("TM", datetime(2024, 1, 2, 3, 4), "030400"),
        ("OB", b"abc", b"abc\0"),
        ("OB", b"", None),
        ("OB", [b"ab"], b"ab"),
        ("LT", ["a\\b"], "a\\b"),
        ("OW", bytearray(b"ab"), b"ab"),
        ("US or SS", [-1, 5], [-1, 5]),
        ("US or SS or OW", b"ab", b"ab"),
        ("OB or OW", b"ab", b"ab"),
    ],
)
def test_objects_that_fit(vr, value, expected):
    """Objects of these types are written as this."""
    fitted = fit(value, vr)
    assert fitted == expected
    assert type(fitted) is type(expected)


@pytest.mark.parametrize(
    ("vr", "value", "problem"),
    [
        ("LO", True, Problem.TYPE),
        ("US", True, Problem.TYPE),
        ("LO", b"bytes", Problem.TYPE),
        ("LO", {"a": 1}, Problem.TYPE),
        ("LO", {"a"}, Problem.TYPE),
        ("LO", object(), Problem.TYPE),
        ("LO", Dataset(), Problem.TYPE),
        ("LO", Sequence([Dataset()]), Problem.TYPE),
        ("LO", [["a"]], Problem.TYPE),
        ("LO", ["a\\b"], Problem.FORM),
        ("LO", date(2024, 1, 1), Problem.TYPE),
        ("LO", 1j, Problem.TYPE),
        pytest.param("LO", 10**5000, Problem.RANGE, id="digits"),
        ("UI", 5, Problem.TYPE),
        ("CS", 5, Problem.TYPE),
        ("DA", time(20, 23, 12), Problem.TYPE),
        ("DT", time(20, 23, 12), Problem.TYPE),
        ("TM", date(2024, 1, 1), Problem.TYPE),
        ("IS", 5.5, Problem.FORM),
        ("US", 5.5, Problem.FORM),
        ("AT", 5.5, Problem.FORM),
        ("IS", 1e17, Problem.FORM),
        ("CS", 5.5, Problem.TYPE),
        ("US", [1, None], Problem.FORM),
        ("US", 65536, Problem.RANGE),
        ("US", float("nan"), Problem.RANGE),
        ("US", Decimal("1e1000000"), Problem.RANGE),
        ("FD", math.inf, Problem.RANGE),
        ("DS", Decimal("sNaN"), Problem.RANGE),
        ("DS", Fraction(10**400), Problem.RANGE),
        ("FD", 10**400, Problem.RANGE),
        ("DS", Decimal("NaN"), Problem.RANGE),
        ("DS", 10**20, Problem.LENGTH),
        ("US or SS", [-1, 40000], Problem.RANGE),
        ("US or SS or OW", "text", Problem.FORM),
        ("OB", [b"ab", b"cd"], Problem.FORM),
        ("OB", 5, Problem.TYPE),
        ("OD", b"abc", Problem.LENGTH),
        ("LT", ["a", "b"], Problem.FORM),
        ("SQ", "text", Problem.SEQUENCE),
        ("SQ", [1], Problem.SEQUENCE),
    ],
)
def test_objects_that_do_not_fit(vr, value, problem):
    """Objects of these types are never turned into text."""
    with pytest.raises(Unfit) as caught:
        fit(value, vr)
    assert caught.value.problem is problem


@pytest.mark.parametrize(
    ("vr", "value", "reason"),
    [
        ("SQ", "text", "a sequence holds items, not a value"),
        ("SQ", [1], "a sequence holds items and nothing else"),
        ("LO", [["a"]], "a list in a list cannot be written"),
        ("LO", ["a\\b"], "a value in a list has a backslash"),
        ("US", [1, None], "only text can have an empty value among others"),
        ("LT", ["a", "b"], "the VR holds a single value"),
        ("LO", {"a"}, "a set cannot be written to this VR"),
        ("DA", time(20, 23, 12), "a time cannot be written to this VR"),
        ("UI", 5, "a number cannot be written to this VR"),
        ("UI", 5.5, "a number cannot be written to this VR"),
        ("OD", b"abc", "its length is not a multiple of 8 bytes"),
        pytest.param("LO", 10**5000, "it has too many digits", id="digits"),
        ("FD", math.inf, "it is not a finite number"),
        ("IS", 5.5, "it is not a whole number"),
        ("US", 5.5, "it is not a whole number"),
    ],
)
def test_the_reason_is_told(vr, value, reason):
    """What is wrong with a value is said in words, which go into the refusal of the object."""
    with pytest.raises(Unfit) as caught:
        fit(value, vr)
    assert caught.value.reason == reason


def test_items():
    """A sequence takes items, one item, or nothing."""
    item = Dataset()
    item.PatientID = "1"
    assert fit([item], "SQ") == fit(item, "SQ") == fit(Sequence([item]), "SQ") == Sequence([item])
    assert fit(None, "SQ") == fit([], "SQ") == Sequence([])
