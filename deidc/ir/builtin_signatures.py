"""The functions that deidc brings along, as promises: what `deid_func:` may call and with which arguments."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from deidc.ir.signatures import Parameter, ParameterType, Result, Signature

_TEXT, _INT, _NUMBER = ParameterType.TEXT, ParameterType.INT, ParameterType.NUMBER
_FLAG, _SECRET, _TABLE = ParameterType.FLAG, ParameterType.SECRET, ParameterType.TABLE

_KEY = Parameter("key", _SECRET, required=True, about="the secret that makes results unguessable, from a variable")
_ROOT = Parameter("root", _TEXT, default="2.25.", about="the UID root that results begin with")

_ALL = (
    Signature("basic_uuid", (), Result.TEXT, random=True, about="a random UUID"),
    Signature("simple_uuid", (), Result.TEXT, random=True, about="the same as basic_uuid"),
    Signature("suffix_uuid", (), Result.TEXT, random=True, about="the attribute's name, a hyphen and a random UUID"),
    Signature(
        "dicom_uuid",
        (Parameter("org_root", _TEXT, default="2.25", about="the UID root that results begin with"),),
        Result.UID,
        random=True,
        about="a random UID",
    ),
    Signature(
        "pydicom_uuid",
        (
            Parameter("prefix", _TEXT, default="2.25.", about="the UID root that results begin with"),
            Parameter("stable_remapping", _FLAG, default="true", about="the same UID for the same original"),
        ),
        Result.UID,
        about="a UID made by pydicom, by default from an unkeyed hash of the original",
    ),
    Signature(
        "jitter",
        (
            Parameter("days", _INT, about="days to shift by; 1 if neither days nor years are given"),
            Parameter("years", _INT, about="years of 365 days to shift by"),
        ),
        Result.DATE,
        about="the element's dates, shifted",
    ),
    Signature("stable_uid", (_KEY, _ROOT), Result.UID, about="a UID that a key makes from the original"),
    Signature(
        "stable_hash",
        (
            _KEY,
            Parameter("length", _INT, default="16", about="characters of the result, prefix not counted"),
            Parameter("prefix", _TEXT, default="", about="text before the hash"),
        ),
        Result.TEXT,
        about="hexadecimal digits that a key makes from the original",
    ),
    Signature(
        "date_shift",
        (
            _KEY,
            Parameter("days", _INT, default="365", about="the largest shift in days; the smallest is 1"),
            Parameter("by", _TEXT, default="PatientID", about="the attribute that has one shift for each value"),
        ),
        Result.DAYS,
        about="a number of days into the past, one for each patient",
    ),
    Signature(
        "round",
        (Parameter("to", _NUMBER, default="1", about="the step that numbers are rounded to"),),
        Result.TEXT,
        about="the element's numbers, rounded",
    ),
    Signature(
        "truncate_date",
        (Parameter("to", _TEXT, default="year", about="year or month"),),
        Result.DATE,
        about="the element's dates, set to the first day of the year or month",
    ),
    Signature(
        "age_cap",
        (Parameter("max", _INT, default="89", about="the highest age in years that is left as it is"),),
        Result.TEXT,
        about="the element's age, ages above the cap set to the year after it",
    ),
    Signature(
        "lookup",
        (
            Parameter("table", _TABLE, required=True, about="a table, from a variable"),
            Parameter("column", _TEXT, required=True, about="the column to take the value from"),
            Parameter("key", _TEXT, default="PatientID", about="the attribute that names the row"),
        ),
        Result.ANY,
        about="a value from a table",
    ),
)

BUILTINS: Mapping[str, Signature] = MappingProxyType({one.name: one for one in _ALL})
