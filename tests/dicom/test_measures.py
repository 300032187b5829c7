"""Values compared with what a person writes: numbers, dates, times and ages."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deidc.dicom.values.measures import Measure, NotMeasured, canonical, compare, measure_of

NUMBER, DATE, TIME, AGE = Measure.NUMBER, Measure.DATE, Measure.TIME, Measure.AGE


@pytest.mark.parametrize(
    ("text", "measure", "expected"),
    [
        ("512", NUMBER, "512"),
        (" -1.5e3 ", NUMBER, "-1.5e3"),
        ("1,5", NUMBER, None),
        ("0x10", NUMBER, None),
        ("nan", NUMBER, None),
        ("٣", NUMBER, None),
        ("1e99999", NUMBER, None),
        ("20200131", DATE, "20200131"),
        ("2020-01-31", DATE, "20200131"),
        ("2020.01.31", DATE, "20200131"),
        ("2020-01.31", DATE, None),
        ("20200231", DATE, None),
        ("2020", DATE, None),
        ("2020-01-31T12:30", DATE, "202001311230"),
        ("2020-01-31 12:30:05.25", DATE, "20200131123005250000"),
        ("2020-01-31T25", DATE, None),
        ("12", TIME, "12"),
        ("12:30", TIME, "1230"),
        ("123059.5", TIME, "123059500000"),
        ("24", TIME, None),
        ("18Y", AGE, "018Y"),
        ("018m", AGE, "018M"),
        ("18", AGE, None),
    ],
)
def test_what_a_person_writes_has_one_form(text: str, measure: Measure, expected: str | None):
    """A text is brought into the form that values are compared with, which stays as it is, or is none of the kind."""
    assert canonical(text, measure) == expected
    if expected is not None:
        assert canonical(expected, measure) == expected


@pytest.mark.parametrize(
    ("value", "than", "measure", "order"),
    [
        ("512.0", "512", NUMBER, 0),
        (" 3", "12", NUMBER, -1),
        ("0.1", "1e-1", NUMBER, 0),
        ("-5", "-6", NUMBER, 1),
        ("20200131", "20200131", DATE, 0),
        ("2020.01.30", "20200131", DATE, -1),
        ("20200131235959", "20200131", DATE, 0),
        ("20200131", "2020013112", DATE, -1),
        ("2020", "20200101", DATE, 0),
        ("20200131120000.5-0500", "20200131120000500000", DATE, 0),
        ("12", "1200", TIME, 0),
        ("123000.000001", "123000", TIME, 0),
        ("1159", "12", TIME, -1),
        ("012M", "001Y", AGE, 0),
        ("090D", "013W", AGE, -1),
    ],
)
def test_values_are_compared_in_the_precision_of_the_text(value: str, than: str, measure: Measure, order: int):
    """A value is less than a text, equal or greater; what the text does not state is not compared."""
    assert compare(value, than, measure) == order


@pytest.mark.parametrize(
    ("value", "measure"),
    [
        ("", NUMBER),
        ("inf", NUMBER),
        ("1_0", NUMBER),
        ("20201301", DATE),
        ("2020-1-1", DATE),
        ("noon", TIME),
        ("120000123456", TIME),
        ("202001012359", TIME),
        ("5", AGE),
    ],
)
def test_what_is_no_value_of_the_kind_is_not_compared(value: str, measure: Measure):
    """The exception has nothing of the value."""
    with pytest.raises(NotMeasured) as failure:
        compare(value, {NUMBER: "1", DATE: "20200101", TIME: "12", AGE: "001Y"}[measure], measure)
    assert str(failure.value) == ""


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3), st.integers())
def test_numbers_are_ordered_as_numbers(one: Decimal, other: int):
    """The order of texts is that of the numbers they stand for."""
    order = (one > other) - (one < other)
    assert compare(f"{one:f}", str(other), NUMBER) == order


@pytest.mark.parametrize(
    ("vr", "expected"),
    [
        ("US", NUMBER),
        ("US or SS", NUMBER),
        ("DS", NUMBER),
        ("DT", DATE),
        ("TM", TIME),
        ("AS", AGE),
        ("LO", None),
        ("UI", None),
        ("US or OW", None),
    ],
)
def test_a_vr_says_what_its_values_are(vr: str, expected: Measure | None):
    """Numbers, dates, times and ages are compared as such; a choice of VRs only if all of them hold numbers."""
    assert measure_of(vr) is expected
