"""What each VR can hold, and that a refusal never quotes the value."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deidc.dicom.values.vrs import ALL_VRS, BINARY, INTEGERS, TEXT_VRS, Kind, Problem, Unfit, fit_text, kind_of

# Digits to Python, and to nobody else.
WIDE_DATE = "\N{FULLWIDTH DIGIT TWO}0240101"
ARABIC_NUMBER = "\N{ARABIC-INDIC DIGIT THREE}"

FITS = [
    ("AE", "STORE_SCP", ("STORE_SCP",)),
    ("AE", " A  ", ("A",)),
    ("AS", "034Y", ("034Y",)),
    ("AT", "(0010,0020)", (0x00100020,)),
    ("AT", "0010,0020\\60003000", (0x00100020, 0x60003000)),
    ("CS", "derived\\primary ", ("DERIVED", "PRIMARY")),
    ("CS", "A" * 16, ("A" * 16,)),
    ("CS", "ct-special", ("CT-SPECIAL",)),
    ("CS", "", ()),
    ("DA", "20240229", ("20240229",)),
    ("DA", "20240101\\20250101", ("20240101", "20250101")),
    ("DS", "1.5e-3\\-7", ("1.5e-3", "-7")),
    ("DS", ".5", (".5",)),
    ("DT", "2024", ("2024",)),
    ("DT", "20240229235960.123456+1400", ("20240229235960.123456+1400",)),
    ("FD", "1e300", (1e300,)),
    ("FL", "-0.5\\2", (-0.5, 2.0)),
    ("IS", "-2147483648", ("-2147483648",)),
    ("IS", "1\\\\3", ("1", "", "3")),
    ("LO", "x" * 64, ("x" * 64,)),
    ("LO", " a b ", (" a b",)),
    ("LO", "   ", ()),
    ("LO", "山" * 64, ("山" * 64,)),
    ("LT", "a\\b\r\n\tc", ("a\\b\r\n\tc",)),
    ("OB", "ab", (b"ab",)),
    ("OB", "abc", (b"abc\0",)),
    ("OF", "ab", (b"ab\0\0",)),
    ("OB", "ü", ("ü".encode(),)),
    ("PN", "Yamada^Tarou=山田^太郎=やまだ^たろう", ("Yamada^Tarou=山田^太郎=やまだ^たろう",)),
    ("PN", "=".join(["x" * 64] * 3), ("=".join(["x" * 64] * 3),)),
    ("SH", "é" * 16, ("é" * 16,)),
    ("SS", "-32768", (-32768,)),
    ("ST", "x" * 1024, ("x" * 1024,)),
    ("SV", "-9223372036854775808", (-(2**63),)),
    ("TM", "235960.999999", ("235960.999999",)),
    ("TM", "23", ("23",)),
    ("UC", "x" * 5000, ("x" * 5000,)),
    ("UI", "1.2.840.10008.1.2\\2.25.0", ("1.2.840.10008.1.2", "2.25.0")),
    ("UI", "1." + "2" * 62, ("1." + "2" * 62,)),
    ("UL", "4294967295", (4294967295,)),
    ("UR", "https://example.invalid/a?b=c#d", ("https://example.invalid/a?b=c#d",)),
    ("US", "65535\\0", (65535, 0)),
    ("US", "", ()),
    ("UT", "x" * 20000, ("x" * 20000,)),
    ("US or SS", "5", (5,)),
    ("US or SS", "-5", (-5,)),
    ("US or SS or OW", "7", (7,)),
    ("OB or OW", "ab", (b"ab",)),
]

REFUSED = [
    ("AE", "x" * 17, Problem.LENGTH),
    ("AE", "Köln", Problem.CHARACTERS),
    ("AS", "34Y", Problem.FORM),
    ("AS", "034y", Problem.FORM),
    ("AT", "(0018,0020", Problem.FORM),
    ("AT", "PatientID", Problem.FORM),
    ("CS", "A" * 17, Problem.LENGTH),
    ("CS", "straße", Problem.CHARACTERS),
    ("CS", "\u0131", Problem.CHARACTERS),
    ("DA", "20230229", Problem.FORM),
    ("DA", "2024.01.01", Problem.FORM),
    ("DA", "00000101", Problem.FORM),
    ("DA", "date_shift", Problem.FORM),
    ("DA", WIDE_DATE, Problem.CHARACTERS),
    ("DS", "1.234567890123456", Problem.LENGTH),
    ("DS", "1,5", Problem.FORM),
    ("DS", "nan", Problem.FORM),
    ("DT", "202413", Problem.FORM),
    ("DT", "2024010199", Problem.FORM),
    ("DT", "20240101+9900", Problem.FORM),
    ("FD", "inf", Problem.FORM),
    ("FD", "1e999", Problem.RANGE),
    ("FL", "1e39", Problem.RANGE),
    ("IS", "2147483648", Problem.FORM),
    ("IS", "1.0", Problem.FORM),
    ("IS", "9" * 5000, Problem.FORM),
    ("IS", "+000000000001", Problem.LENGTH),
    ("LO", "x" * 65, Problem.LENGTH),
    ("LO", "a\nb", Problem.CHARACTERS),
    ("LO", "a\x1b(Bb", Problem.CHARACTERS),
    ("LO", "a\x85b", Problem.CHARACTERS),
    ("LO", "\ud800", Problem.CHARACTERS),
    ("OB", "\ud800", Problem.CHARACTERS),
    ("PN", "x" * 65, Problem.LENGTH),
    ("PN", "a=b=c=d", Problem.FORM),
    ("PN", "a^b^c^d^e^f", Problem.FORM),
    ("SH", "x" * 17, Problem.LENGTH),
    ("SQ", "ANONYMIZED", Problem.SEQUENCE),
    ("SQ", "", Problem.SEQUENCE),
    ("ST", "x" * 1025, Problem.LENGTH),
    ("LT", "x" * 10241, Problem.LENGTH),
    ("LT", "a\0b", Problem.CHARACTERS),
    ("TM", "240000", Problem.FORM),
    ("TM", "12:30:00", Problem.FORM),
    ("UI", "duid", Problem.FORM),
    ("UI", "1.02", Problem.FORM),
    ("UI", "1..2", Problem.FORM),
    ("UI", "1." + "2" * 63, Problem.LENGTH),
    ("UR", "not a uri", Problem.FORM),
    ("UR", "http://a\\http://b", Problem.FORM),
    ("US", "70000", Problem.RANGE),
    ("US", "1_000", Problem.FORM),
    ("US", "1\\", Problem.FORM),
    ("US", ARABIC_NUMBER, Problem.FORM),
    ("US", "9" * 5000, Problem.RANGE),
    ("US or SS", "70000", Problem.RANGE),
    ("US or SS or OW", "text", Problem.FORM),
    ("ZZ", "text", Problem.TYPE),
]


@pytest.mark.parametrize(("vr", "text", "values"), FITS)
def test_text_that_fits(vr, text, values):
    """Text stands for these values."""
    assert fit_text(text, vr) == values


@pytest.mark.parametrize(("vr", "text", "problem"), REFUSED)
def test_text_that_does_not_fit(vr, text, problem):
    """Text is refused for this reason, in words that do not quote it."""
    with pytest.raises(Unfit) as caught:
        fit_text(text, vr)
    assert caught.value.problem is problem
    if len(text) > 3:
        assert text not in caught.value.reason
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.problem, again.reason) == (problem, caught.value.reason)


def test_the_vrs_are_those_of_the_standard():
    """The table has the 34 VRs of PS3.5 and no others."""
    text = "AE AS CS DA DS DT IS LO LT PN SH ST TM UC UI UR UT"
    other = "AT FD FL OB OD OF OL OV OW SL SQ SS SV UL UN US UV"
    assert frozenset(f"{text} {other}".split()) == ALL_VRS
    assert frozenset(text.split()) == TEXT_VRS.keys()
    assert {kind_of(vr) for vr in ALL_VRS} == set(Kind)


@given(st.sampled_from(sorted(ALL_VRS - {"SQ"})), st.text(max_size=80))
def test_any_text_fits_or_is_unfit(vr, text):
    """No text makes anything but values or Unfit, and what fits, fits again as it is."""
    try:
        values = fit_text(text, vr)
    except Unfit:
        return
    if vr in TEXT_VRS:
        assert fit_text("\\".join(values), vr) == values
    elif vr in BINARY:
        assert all(len(one) % BINARY[vr] == 0 for one in values)


@given(st.sampled_from(sorted(INTEGERS)), st.integers())
def test_integers_fit_within_their_bits(vr, number):
    """A number fits if the bits of the VR can hold it."""
    bits = {"US": 16, "SS": 16, "UL": 32, "SL": 32, "UV": 64, "SV": 64}[vr]
    low, high = (0, 2**bits) if vr[0] == "U" else (-(2 ** (bits - 1)), 2 ** (bits - 1))
    try:
        assert fit_text(str(number), vr) == (number,)
        assert low <= number < high
    except Unfit:
        assert not low <= number < high
