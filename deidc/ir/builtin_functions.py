"""deidc's own functions, a row each: what `deid_func:` may call, with which arguments, and what it promises.

A function is added by a row here and by the function that the row names in `deidc.runtime.functions`.
The compiler reads the rows alone; the implementations are found when a machine is linked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from attrs import frozen

from deidc.ir import ops
from deidc.ir.ops import Call
from deidc.ir.signatures import Dependence, Parameter, ParameterType, Result, Signature


@frozen
class Builtin:
    """One of deidc's own functions.

    Attributes:
        signature: its name, its parameters and the kind of its result.
        implementation: the name of the Python function in `deidc.runtime.functions.builtins` or `.moments`.
        depends: what its result depends on besides its arguments.
        varies_with: arguments with which its result depends on more than `depends` says.

    """

    signature: Signature
    implementation: str
    depends: Dependence = Dependence.UNKNOWN
    varies_with: frozenset[str] = frozenset()


_TEXT, _INT, _NUMBER = ParameterType.TEXT, ParameterType.INT, ParameterType.NUMBER
_FLAG, _SECRET, _TABLE = ParameterType.FLAG, ParameterType.SECRET, ParameterType.TABLE
_PATTERN, _ATTRIBUTE = ParameterType.PATTERN, ParameterType.ATTRIBUTE

_KEY = Parameter("key", _SECRET, required=True, about="the secret key, from a variable")
_WITH = Parameter("with", _ATTRIBUTE, about="the attribute that has the time of the date, or the date of the time")
_ROOT = Parameter("root", _TEXT, default="2.25.", about="the UID root of the results")

_ROWS = (
    Builtin(
        Signature("basic_uuid", (), Result.TEXT, random=True, about="a random UUID"),
        "basic_uuid",
    ),
    Builtin(
        Signature("simple_uuid", (), Result.TEXT, random=True, about="an alias of basic_uuid"),
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
            (Parameter("org_root", _TEXT, default="2.25", about="the UID root of the results"),),
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
                Parameter("prefix", _TEXT, default="2.25.", about="the UID root of the results"),
                Parameter("stable_remapping", _FLAG, default="true", about="whether equal originals get equal UIDs"),
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
                Parameter("days", _INT, about="days to shift by; 1 if both days and years are absent"),
                Parameter("years", _INT, about="years of 365 days to shift by"),
            ),
            Result.DATE,
            about="the element's dates, shifted",
        ),
        "jitter",
        Dependence.ELEMENT,
    ),
    Builtin(
        Signature("stable_uid", (_KEY, _ROOT), Result.UID, about="a UID derived from the original with a key"),
        "stable_uid",
        Dependence.ELEMENT,
    ),
    Builtin(
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
        "stable_hash",
        Dependence.ELEMENT,
    ),
    Builtin(
        Signature(
            "date_shift",
            (
                _KEY,
                Parameter("days", _INT, default="365", about="the largest shift in days; the smallest is 1"),
                Parameter(
                    "by", _ATTRIBUTE, default="PatientID", about="the attribute whose value determines the shift"
                ),
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
            (Parameter("max", _INT, default="89", about="the highest age in years that stays unchanged"),),
            Result.TEXT,
            about="the element's age; ages above the cap become the cap plus one year",
        ),
        "age_cap",
        Dependence.ELEMENT,
    ),
    Builtin(
        Signature(
            "age",
            (
                Parameter(
                    "birth", _ATTRIBUTE, default="PatientBirthDate", about="the attribute with the date of birth"
                ),
                Parameter("at", _ATTRIBUTE, default="StudyDate", about="the attribute with the date of the age"),
                Parameter("unit", _TEXT, default="auto", about="Y, M, W, D, or auto for the one that suits the age"),
                Parameter("max", _INT, default="89", about="the highest age in years; above, it is the year after"),
            ),
            Result.TEXT,
            about="the age between two dates of the object",
        ),
        "age",
        Dependence.OBJECT,
    ),
    Builtin(
        Signature(
            "sub",
            (
                Parameter("pattern", _PATTERN, required=True, about="a regular expression for the part to replace"),
                Parameter("with", _TEXT, required=True, about="what is written there; \\1 is the first group"),
            ),
            Result.TEXT,
            about="the element's values with a part replaced",
        ),
        "sub",
        Dependence.ELEMENT,
    ),
    Builtin(
        Signature(
            "shift_moment",
            (
                Parameter("by", _NUMBER, required=True, about="how much to shift by"),
                Parameter("unit", _TEXT, default="days", about="days, hours, minutes or seconds"),
                _WITH,
            ),
            Result.DATE,
            about="the element's dates or times, shifted together beyond midnight",
        ),
        "shift_moment",
        Dependence.LEVEL,
    ),
    Builtin(
        Signature(
            "round_moment",
            (Parameter("to", _INT, required=True, about="the minutes to round to, 1 to 1440"), _WITH),
            Result.DATE,
            about="the element's times and the dates beside them, rounded",
        ),
        "round_moment",
        Dependence.LEVEL,
    ),
    Builtin(
        Signature(
            "lookup",
            (
                Parameter("table", _TABLE, required=True, about="a table, from a variable"),
                Parameter("column", _TEXT, required=True, about="the column to take the value from"),
                Parameter("key", _ATTRIBUTE, default="PatientID", about="the attribute that names the row"),
            ),
            Result.ANY,
            about="a value from a table",
        ),
        "lookup",
        Dependence.OBJECT,
    ),
)


def takes_own_value(call: Call) -> bool:
    """Return whether a function may use the value of the element that it is called for; a caller's function may."""
    row = BUILTIN_FUNCTIONS.get(call.name) if call.builtin else None
    return row is None or not (row.signature.random or row.depends is Dependence.OBJECT)


BUILTIN_FUNCTIONS: Mapping[str, Builtin] = MappingProxyType({one.signature.name: one for one in _ROWS})
BUILTINS: Mapping[str, Signature] = MappingProxyType({name: one.signature for name, one in BUILTIN_FUNCTIONS.items()})


def secret_variables_of(program_ops: Iterable[ops.Op]) -> frozenset[str]:
    """Return the variables that built-in functions take as secrets."""
    return frozenset(
        argument.value.name
        for op in program_ops
        for call in ops.operands_of(op)
        if isinstance(call, ops.Call) and call.builtin
        for argument in call.arguments
        if isinstance(argument.value, ops.Var) and _takes_secret(call.name, argument.key)
    )


def _takes_secret(function: str, key: str) -> bool:
    signature = BUILTINS.get(function)
    parameter = signature.parameter(key) if signature is not None else None
    return parameter is not None and parameter.type is _SECRET
