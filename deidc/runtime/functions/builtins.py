"""deidc's own functions are implemented here; `deidc.ir.builtin_functions` has a row for each.

Those that change the element's value do so value by value, and leave an empty one empty. What a function
cannot do raises FunctionFault.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import uuid
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from functools import lru_cache
from types import MappingProxyType

from pydicom.uid import generate_uid

from deidc.dicom import dictionary
from deidc.dicom.values import dates
from deidc.dicom.values.vrs import Unfit, fit_text
from deidc.runtime.functions.invocation import FunctionFault, Invocation
from deidc.runtime.functions.tables import Table, TableError

# UIDs of DICOM's own, as PS3.6 has them. Some devices make instance UIDs below its root; their steps are longer.
_DEFINED = re.compile(r"1\.2\.840\.10008(?:\.[0-9]{1,4}){1,9}")
_LONGEST_UID = 64
_LONGEST_ROOT = 40
_DAYS_IN_YEAR = 365
_OLDEST_CAP = 998
_AGE_UNITS_IN_YEAR = MappingProxyType({"D": 365, "W": 52, "M": 12, "Y": 1})
_EXACT = Context(prec=50, rounding=ROUND_HALF_UP)


# ---- arguments ------------------------------------------------------------------------------------------


def _text(call: Invocation, key: str, default: str) -> str:
    given = call.arguments.get(key, default)
    if isinstance(given, str | int | float | Decimal) and not isinstance(given, bool):
        return str(given).strip()
    raise FunctionFault(f"{key} is not text")


def _whole(call: Invocation, key: str, default: int, low: int, high: int) -> int:
    text = _text(call, key, str(default))
    if re.fullmatch(r"[+-]?[0-9]{1,9}", text) and low <= int(text) <= high:
        return int(text)
    raise FunctionFault(f"{key} is not a whole number from {low} to {high}")


def _flag(call: Invocation, key: str, *, default: bool) -> bool:
    given = call.arguments.get(key, default)
    match given.strip().lower() if isinstance(given, str) else given:
        case True | "true" | "yes" | "1":
            return True
        case False | "false" | "no" | "0":
            return False
        case _:
            raise FunctionFault(f"{key} must be true or false")


def _secret(call: Invocation) -> bytes:
    key = call.arguments.get("key")
    data = key.encode("utf-8", "surrogatepass") if isinstance(key, str) else key
    if not isinstance(data, bytes):
        raise FunctionFault("the key is not text")
    if not data.strip():
        raise FunctionFault("the key is empty")
    return data


def _root(call: Invocation, key: str) -> str:
    """Return a UID root with a full stop at its end."""
    root = _text(call, key, "2.25.").removesuffix(".")
    if not _is_root(root):
        raise FunctionFault(f"{key} is not a UID root of fewer than {_LONGEST_ROOT} characters")
    return root + "."


@lru_cache(maxsize=64)
def _is_root(text: str) -> bool:
    try:
        return fit_text(text, "UI") != () and len(text) < _LONGEST_ROOT
    except Unfit:
        return False


# ---- values of the object -------------------------------------------------------------------------------


def _each(call: Invocation, change: Callable[[str], str]) -> str:
    """Apply a change to each value of the element; empty values stay empty."""
    return "\\".join(change(one) if one else one for one in call.field.texts())


def _attribute(call: Invocation, key: str) -> str:
    """Return the text of the attribute of the input that an argument names; it must have a value."""
    keyword = _text(call, key, "PatientID")
    known = dictionary.find_keyword(keyword)
    if known is None or known.repeating:
        raise FunctionFault(f"{key} is not a keyword")
    text = "\\".join(call.attribute(int(known.pattern, 16)))
    if not text:
        raise FunctionFault(f"the object has no {known.keyword}")
    return text


def _digest(key: bytes, purpose: str, text: str) -> bytes:
    """Return a keyed digest; digests of one text for two purposes reveal nothing of each other."""
    message = f"deidc {purpose}\0{text}".encode("utf-8", "surrogatepass")
    return hmac.new(key, message, hashlib.sha256).digest()


# ---- random identifiers ---------------------------------------------------------------------------------


def basic_uuid(_call: Invocation) -> str:
    """Return a random UUID."""
    return str(uuid.uuid4())


def suffix_uuid(call: Invocation) -> str:
    """Return the name of the attribute in lower case, a hyphen and a random UUID, as deid makes it."""
    return f"{call.field.name.lower()}-{uuid.uuid4()}"


def dicom_uuid(call: Invocation) -> str:
    """Return a random UID under a root; deid's default root is no UID, here it is 2.25."""
    return (_root(call, "org_root") + str(uuid.uuid4().int))[:_LONGEST_UID]


def _hashed_uid(prefix: str, original: str) -> str:
    """Return the UID that pydicom makes of one text: the digits of its SHA-512, as far as there is room."""
    return f"{prefix}{int(hashlib.sha512(original.encode()).hexdigest(), 16)}"[:_LONGEST_UID]


def pydicom_uuid(call: Invocation) -> str:
    """Return a UID by pydicom: the same for the same original, or random with stable_remapping=false.

    deid gives one constant UID for stable_remapping=false; here it is random, as its name says. Without a prefix
    (prefix=none) pydicom makes a random UID, in deid too.
    """
    if _text(call, "prefix", "").lower() in ("none", "null"):
        return generate_uid(prefix=None)
    prefix = _root(call, "prefix")
    if _flag(call, "stable_remapping", default=True):
        return _each(call, lambda original: _hashed_uid(prefix, original))
    return generate_uid(prefix=prefix, entropy_srcs=None)


# ---- keyed pseudonyms -----------------------------------------------------------------------------------


def stable_uid(call: Invocation) -> str:
    """Return a UID that a key makes from the original; UIDs that DICOM itself defines stay unchanged."""
    key, root = _secret(call), _root(call, "root")

    def changed(original: str) -> str:
        if _DEFINED.fullmatch(original):
            return original
        # 2.25 stands before UUIDs only, so the digest is made one: version 8, its contents being our own.
        made = uuid.UUID(bytes=_digest(key, "uid", original)[:16]).int
        made = made & ~(0xF << 76) | 0x8 << 76
        made = made & ~(0x3 << 62) | 0x2 << 62
        return (root + str(made))[:_LONGEST_UID]

    return _each(call, changed)


def stable_hash(call: Invocation) -> str:
    """Return hexadecimal digits that a key makes from the original."""
    key, length, prefix = _secret(call), _whole(call, "length", 16, 4, 64), _text(call, "prefix", "")
    return _each(call, lambda original: prefix + _digest(key, "hash", original).hex()[:length])


def date_shift(call: Invocation) -> int:
    """Return a number of days into the past, the same for every object of a patient, never 0."""
    most = _whole(call, "days", _DAYS_IN_YEAR, 1, 100 * _DAYS_IN_YEAR)
    number = int.from_bytes(_digest(_secret(call), "days", _attribute(call, "by"))[:16], "big")
    return -(1 + number % most)


def lookup(call: Invocation) -> str:
    """Return a cell of a table, in the row that an attribute of the object names."""
    table = call.arguments.get("table")
    if not isinstance(table, Table):
        raise FunctionFault("the variable is not a table")
    try:
        return table.value(_attribute(call, "key"), _text(call, "column", ""))
    except TableError as failure:
        raise FunctionFault(str(failure)) from None


# ---- dates and numbers ----------------------------------------------------------------------------------


def jitter(call: Invocation) -> str:
    """Return the element's dates, shifted by days and years of 365 days; by one day if neither is given."""
    days = _whole(call, "days", 0 if "years" in call.arguments else 1, -9_999_999, 9_999_999)
    days += _DAYS_IN_YEAR * _whole(call, "years", 0, -9999, 9999)
    shift = {"DA": dates.shift_da, "DT": dates.shift_dt}.get(call.field.vr, dates.shift_loose)
    return _each_date(call, lambda original: shift(original, days))


def truncate_date(call: Invocation) -> str:
    """Return the element's dates set to the first day of their year or month."""
    try:
        to = dates.Precision(_text(call, "to", "year").lower())
    except ValueError:
        raise FunctionFault("to must be year or month") from None
    return _each_date(call, lambda original: dates.truncate(original, to))


def _each_date(call: Invocation, change: Callable[[str], str]) -> str:
    try:
        return _each(call, change)
    except dates.DateError as failure:
        raise FunctionFault(failure.reason) from None


def round_number(call: Invocation) -> str:
    """Return the element's numbers rounded to the nearest multiple of a step, halves away from zero."""
    step = _decimal(_text(call, "to", "1"), "to is not a number")
    if step <= 0:
        raise FunctionFault("to must be greater than 0")
    return _each(call, lambda original: _rounded(_decimal(original, "the value is not a number"), step))


def _decimal(text: str, complaint: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise FunctionFault(complaint) from None
    if not number.is_finite():
        raise FunctionFault(complaint)
    return number


def _rounded(number: Decimal, step: Decimal) -> str:
    try:
        steps = _EXACT.divide(number, step).quantize(Decimal(1), context=_EXACT)
        multiple = _EXACT.multiply(steps, step)
    except InvalidOperation:
        raise FunctionFault("the value has too many digits") from None
    if multiple == 0:
        return "0"
    return format(multiple.normalize(_EXACT), "f")


def age_cap(call: Invocation) -> str:
    """Return the element's age; an age above the cap becomes the year after the cap (89 gives 090Y)."""
    cap = _whole(call, "max", 89, 0, _OLDEST_CAP)

    def capped(age: str) -> str:
        if not re.fullmatch(r"[0-9]{3}[DWMY]", age):
            raise FunctionFault("the value is not an age")
        return f"{cap + 1:03d}Y" if int(age[:3]) // _AGE_UNITS_IN_YEAR[age[3]] > cap else age

    return _each(call, capped)
