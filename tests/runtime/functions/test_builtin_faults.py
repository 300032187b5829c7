"""What deidc's own functions cannot do, and how they say so."""

from __future__ import annotations

import pytest

from deidc.runtime.functions.invocation import FunctionFault
from tests.runtime.functions.calling import CODES, KEY, call

WHOLE = "is not a whole number from"


@pytest.mark.parametrize(
    ("name", "value", "arguments", "expected"),
    [
        ("stable_uid", "SECRET", {}, "the key is not text"),
        ("stable_uid", "SECRET", {"key": ""}, "the key is empty"),
        ("stable_uid", "SECRET", {"key": " "}, "the key is empty"),
        ("stable_uid", "SECRET", {"key": CODES}, "the key is not text"),
        ("stable_uid", "SECRET", {"key": KEY, "root": "1.02"}, "root is not a UID root of fewer than 40 characters"),
        ("stable_hash", "SECRET", {"key": KEY, "length": "3"}, f"length {WHOLE} 4 to 64"),
        ("stable_hash", "SECRET", {"key": KEY, "length": "65"}, f"length {WHOLE} 4 to 64"),
        ("stable_hash", "SECRET", {"key": KEY, "length": "many"}, f"length {WHOLE} 4 to 64"),
        ("stable_hash", "SECRET", {"key": KEY, "prefix": None}, "prefix is not text"),
        ("date_shift", "SECRET", {"key": KEY, "days": "0"}, f"days {WHOLE} 1 to 36500"),
        ("date_shift", "SECRET", {"key": KEY, "days": "36501"}, f"days {WHOLE} 1 to 36500"),
        ("date_shift", "SECRET", {"key": KEY, "days": "9" * 5000}, f"days {WHOLE} 1 to 36500"),
        ("date_shift", "SECRET", {"key": KEY, "by": "StudyID"}, "the object has no value of StudyID"),
        ("date_shift", "SECRET", {"key": KEY, "by": "NoSuchKeyword"}, "by is not a keyword"),
        ("date_shift", "SECRET", {"key": KEY, "by": "OverlayData"}, "by is not a keyword"),
        ("date_shift", "SECRET", {"key": KEY, "by": "walk"}, "by is not a keyword"),
        ("pydicom_uuid", "SECRET", {"stable_remapping": "perhaps"}, "stable_remapping must be true or false"),
        ("jitter", "SECRET", {}, "the value is not a date"),
        ("jitter", "20240101", {"days": "1.5"}, f"days {WHOLE} -9999999 to 9999999"),
        ("jitter", "20240101", {"days": True}, "days is not text"),
        ("jitter", "20240101", {"days": "9999999"}, "the shifted date is outside the calendar"),
        ("truncate_date", "SECRET", {}, "the value is not a date"),
        ("truncate_date", "20240101", {"to": "week"}, "to must be year or month"),
        ("round", "SECRET", {}, "the value is not a number"),
        ("round", "NaN", {}, "the value is not a number"),
        ("round", "1e300", {}, "the value has too many digits"),
        ("round", "5", {"to": "0"}, "to must be greater than 0"),
        ("round", "5", {"to": "-1"}, "to must be greater than 0"),
        ("round", "5", {"to": "Infinity"}, "to is not a number"),
        ("round", "5", {"to": "one"}, "to is not a number"),
        ("age_cap", "SECRET", {}, "the value is not an age"),
        ("age_cap", "034Y", {"max": "999"}, f"max {WHOLE} 0 to 998"),
        ("lookup", "SECRET", {"column": "code"}, "the variable is not a table"),
        ("lookup", "SECRET", {"table": {"P1": {}}, "column": "code"}, "the variable is not a table"),
        ("lookup", "SECRET", {"table": CODES, "column": "nothing"}, "the table has no column 'nothing'"),
        ("lookup", "SECRET", {"table": CODES}, "the table has no column ''"),
        (
            "lookup",
            "SECRET",
            {"table": CODES, "column": "code", "key": "PatientName"},
            "the table has no row for this object",
        ),
        (
            "lookup",
            "SECRET",
            {"table": CODES, "column": "code", "key": "StudyID"},
            "the object has no value of StudyID",
        ),
    ],
)
def test_what_cannot_be_done_is_said(name, value, arguments, expected):
    """A failure is a FunctionFault, which names the argument or the attribute and holds no data."""
    with pytest.raises(FunctionFault) as caught:
        call(name, value, **arguments)
    assert caught.value.reason == str(caught.value) == expected
