"""deidc's own functions, a row each: what `deid_func:` may call, with which arguments, and what it promises.

A function is added by a row here and by the function that the row names in `deidc.runtime.functions.builtins`.
The compiler reads the rows alone; the implementations are found when a machine is linked.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from attrs import frozen

from deidc.ir.signatures import Dependence, Parameter, ParameterType, Result, Signature


@frozen
class Builtin:
    """One of deidc's own functions.

    Attributes:
        signature: its name, its parameters and the kind of its result.
        implementation: the name of the Python function in `deidc.runtime.functions.builtins`.
        depends: what its result depends on besides its arguments.
        varies_with: arguments with which its result depends on more than `depends` says.

    """

    signature: Signature
    implementation: str
    depends: Dependence = Dependence.UNKNOWN
    varies_with: frozenset[str] = frozenset()


_TEXT, _INT, _NUMBER = ParameterType.TEXT, ParameterType.INT, ParameterType.NUMBER
_FLAG, _SECRET, _TABLE = ParameterType.FLAG, ParameterType.SECRET, ParameterType.TABLE

_KEY = Parameter("key", _SECRET, required=True, about="the secret that makes results unguessable, from a variable")
_ROOT = Parameter("root", _TEXT, default="2.25.", about="the UID root that results begin with")

_ROWS = (
    Builtin(
        Signature("basic_uuid", (), Result.TEXT, random=True, about="a random UUID"),
        "basic_uuid",
    ),
    Builtin(
        Signature("simple_uuid", (), Result.TEXT, random=True, about="the same as basic_uuid"),
        "basic_uuid",
    ),
    Builtin(
        Signature(
            "suffix_uuid", (), Result.TEXT, random=True, about="the attribute's name, a hyphen and a random UUID"
        ),
        "suffix_uuid",
    ),
    Builtin(
        Signature(
            "dicom_uuid",
            (Parameter("org_root", _TEXT, default="2.25", about="the UID root that results begin with"),),
            Result.UID,
            random=True,
            about="a random UID",
        ),
        "dicom_uuid",
    ),
    Builtin(
        Signature(
            "pydicom_uuid",
            (
                Parameter("prefix", _TEXT, default="2.25.", about="the UID root that results begin with"),
                Parameter("stable_remapping", _FLAG, default="true", about="the same UID for the same original"),
            ),
            Result.UID,
            about="a UID made by pydicom, by default from an unkeyed hash of the original",
        ),
        "pydicom_uuid",
        Dependence.ELEMENT,
        varies_with=frozenset({"stable_remapping", "prefix"}),
    ),
    Builtin(
        Signature(
            "jitter",
            (
                Parameter("days", _INT, about="days to shift by; 1 if neither days nor years are given"),
                Parameter("years", _INT, about="years of 365 days to shift by"),
            ),
            Result.DATE,
            about="the element's dates, shifted",
        ),
        "jitter",
        Dependence.ELEMENT,
    ),
    Builtin(
        Signature("stable_uid", (_KEY, _ROOT), Result.UID, about="a UID that a key makes from the original"),
        "stable_uid",
        Dependence.ELEMENT,
    ),
    Builtin(
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
        "stable_hash",
        Dependence.ELEMENT,
    ),
    Builtin(
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
        "date_shift",
        Dependence.OBJECT,
    ),
    Builtin(
        Signature(
            "round",
            (Parameter("to", _NUMBER, default="1", about="the step that numbers are rounded to"),),
            Result.TEXT,
            about="the element's numbers, rounded",
        ),
        "round_number",
        Dependence.ELEMENT,
    ),
    Builtin(
        Signature(
            "truncate_date",
            (Parameter("to", _TEXT, default="year", about="year or month"),),
            Result.DATE,
            about="the element's dates, set to the first day of the year or month",
        ),
        "truncate_date",
        Dependence.ELEMENT,
    ),
    Builtin(
        Signature(
            "age_cap",
            (Parameter("max", _INT, default="89", about="the highest age in years that is left as it is"),),
            Result.TEXT,
            about="the element's age, ages above the cap set to the year after it",
        ),
        "age_cap",
        Dependence.ELEMENT,
    ),
    Builtin(
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
        "lookup",
        Dependence.OBJECT,
    ),
)

BUILTIN_FUNCTIONS: Mapping[str, Builtin] = MappingProxyType({one.signature.name: one for one in _ROWS})
BUILTINS: Mapping[str, Signature] = MappingProxyType({name: one.signature for name, one in BUILTIN_FUNCTIONS.items()})
