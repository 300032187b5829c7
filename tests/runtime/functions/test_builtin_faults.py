"""What deidc's own functions cannot do, and how they say so."""

from __future__ import annotations

import pytest

from deidc.runtime.functions.invocation import FunctionFault
from tests.runtime.functions.calling import CODES, KEY, call

WHOLE = "is no whole number from"


@pytest.mark.parametrize(
    ("name", "value", "arguments", "expected"),
    [
        ("stable_uid", "SECRET", {}, "the key is no text"),
        ("stable_uid", "SECRET", {"key": ""}, "the key is empty"),
        ("stable_uid", "SECRET", {"key": " "}, "the key is empty"),
        ("stable_uid", "SECRET", {"key": CODES}, "the key is no text"),
        ("stable_uid", "SECRET", {"key": KEY, "root": "1.02"}, "root is no UID root of fewer than 40 characters"),
        ("stable_hash", "SECRET", {"key": KEY, "length": "3"}, f"length {WHOLE} 4 to 64"),
        ("stable_hash", "SECRET", {"key": KEY, "length": "65"}, f"length {WHOLE} 4 to 64"),
        ("stable_hash", "SECRET", {"key": KEY, "length": "many"}, f"length {WHOLE} 4 to 64"),
        ("stable_hash", "SECRET", {"key": KEY, "prefix": None}, "prefix is no text"),
        ("date_shift", "SECRET", {"key": KEY, "days": "0"}, f"days {WHOLE} 1 to 36500"),
        ("date_shift", "SECRET", {"key": KEY, "days": "36501"}, f"days {WHOLE} 1 to 36500"),
        ("date_shift", "SECRET", {"key": KEY, "days": "9" * 5000}, f"days {WHOLE} 1 to 36500"),
        ("date_shift", "SECRET", {"key": KEY, "by": "StudyID"}, "the object has no StudyID"),
        ("date_shift", "SECRET", {"key": KEY, "by": "NoSuchKeyword"}, "by is no keyword"),
        ("date_shift", "SECRET", {"key": KEY, "by": "OverlayData"}, "by is no keyword"),
        ("date_shift", "SECRET", {"key": KEY, "by": "walk"}, "by is no keyword"),
        ("pydicom_uuid", "SECRET", {"stable_remapping": "perhaps"}, "stable_remapping is neither true nor false"),
        ("jitter", "SECRET", {}, "the value is not in the form of a date"),
        ("jitter", "20240101", {"days": "1.5"}, f"days {WHOLE} -9999999 to 9999999"),
        ("jitter", "20240101", {"days": True}, "days is no text"),
        ("jitter", "20240101", {"days": "9999999"}, "the shifted date is outside the calendar"),
        ("truncate_date", "SECRET", {}, "the value is not in the form of a date"),
        ("truncate_date", "20240101", {"to": "week"}, "to is neither year nor month"),
        ("round", "SECRET", {}, "the value is no number"),
        ("round", "NaN", {}, "the value is no number"),
        ("round", "1e300", {}, "the value has too many digits"),
        ("round", "5", {"to": "0"}, "to is no number above 0"),
        ("round", "5", {"to": "-1"}, "to is no number above 0"),
        ("round", "5", {"to": "Infinity"}, "to is no number"),
        ("round", "5", {"to": "one"}, "to is no number"),
        ("age_cap", "SECRET", {}, "the value is no age"),
        ("age_cap", "034Y", {"max": "999"}, f"max {WHOLE} 0 to 998"),
        ("lookup", "SECRET", {"column": "code"}, "the variable is no table"),
        ("lookup", "SECRET", {"table": {"P1": {}}, "column": "code"}, "the variable is no table"),
        ("lookup", "SECRET", {"table": CODES, "column": "nothing"}, "the table has no column 'nothing'"),
        ("lookup", "SECRET", {"table": CODES}, "the table has no column ''"),
        (
            "lookup",
            "SECRET",
            {"table": CODES, "column": "code", "key": "PatientName"},
            "the table has no row for this object",
        ),
        ("lookup", "SECRET", {"table": CODES, "column": "code", "key": "StudyID"}, "the object has no StudyID"),
    ],
)
def test_what_cannot_be_done_is_said(name, value, arguments, expected):
    """A failure is a FunctionFault, which names the argument or the attribute and holds no data."""
    with pytest.raises(FunctionFault) as caught:
        call(name, value, **arguments)
    assert caught.value.reason == str(caught.value) == expected
