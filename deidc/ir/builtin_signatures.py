"""The functions that deidc brings along, as promises: what `deid_func:` may call and with which arguments."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from deidc.ir.signatures import Parameter, ParameterType, Result, Signature

_TEXT, _INT, _NUMBER = ParameterType.TEXT, ParameterType.INT, ParameterType.NUMBER
_FLAG, _SECRET, _TABLE = ParameterType.FLAG, ParameterType.SECRET, ParameterType.TABLE

_KEY = Parameter("key", _SECRET, required=True, about="the secret key, from a variable")
_ROOT = Parameter("root", _TEXT, default="2.25.", about="the UID root of the results")

_ALL = (
    Signature("basic_uuid", (), Result.TEXT, random=True, about="a random UUID"),
    Signature("simple_uuid", (), Result.TEXT, random=True, about="an alias of basic_uuid"),
    Signature("suffix_uuid", (), Result.TEXT, random=True, about="the attribute's name, a hyphen and a random UUID"),
    Signature(
        "dicom_uuid",
        (Parameter("org_root", _TEXT, default="2.25", about="the UID root of the results"),),
        Result.UID,
        random=True,
        about="a random UID",
    ),
    Signature(
        "pydicom_uuid",
        (
            Parameter("prefix", _TEXT, default="2.25.", about="the UID root of the results"),
            Parameter("stable_remapping", _FLAG, default="true", about="whether equal originals get equal UIDs"),
        ),
        Result.UID,
        about="a UID made by pydicom, by default from an unkeyed hash of the original",
    ),
    Signature(
        "jitter",
        (
            Parameter("days", _INT, about="days to shift by; 1 if both days and years are absent"),
            Parameter("years", _INT, about="years of 365 days to shift by"),
        ),
        Result.DATE,
        about="the element's dates, shifted",
    ),
    Signature("stable_uid", (_KEY, _ROOT), Result.UID, about="a UID derived from the original with a key"),
    Signature(
        "stable_hash",
        (
            _KEY,
            Parameter("length", _INT, default="16", about="characters of the result, without the prefix"),
            Parameter("prefix", _TEXT, default="", about="text before the hash"),
        ),
        Result.TEXT,
        about="hexadecimal digits derived from the original with a key",
    ),
    Signature(
        "date_shift",
        (
            _KEY,
            Parameter("days", _INT, default="365", about="the largest shift in days; the smallest is 1"),
            Parameter("by", _TEXT, default="PatientID", about="the attribute whose value determines the shift"),
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
        (Parameter("max", _INT, default="89", about="the highest age in years that stays unchanged"),),
        Result.TEXT,
        about="the element's age; ages above the cap become the cap plus one year",
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
