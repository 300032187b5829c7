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
from types import MappingProxyType

from pydicom.uid import generate_uid

from deidc.dicom.uids import is_registered
from deidc.dicom.values import dates
from deidc.patterns import compiled
from deidc.runtime.functions.arguments import (
    attribute_of,
    each_value,
    flag_of,
    root_of,
    secret_of,
    text_as_given,
    text_of,
    whole_of,
)
from deidc.runtime.functions.invocation import FunctionFault, Invocation
from deidc.runtime.functions.tables import Table, TableError

_LONGEST_UID = 64
_DAYS_IN_YEAR = 365
_OLDEST_CAP = 998
_AGE_UNITS_IN_YEAR = MappingProxyType({"D": 365, "W": 52, "M": 12, "Y": 1})
_EXACT = Context(prec=50, rounding=ROUND_HALF_UP)


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
    return (root_of(call, "org_root") + str(uuid.uuid4().int))[:_LONGEST_UID]


def _hashed_uid(prefix: str, original: str) -> str:
    """Return the UID that pydicom makes of one text: the digits of its SHA-512, as far as there is room."""
    return f"{prefix}{int(hashlib.sha512(original.encode()).hexdigest(), 16)}"[:_LONGEST_UID]


def pydicom_uuid(call: Invocation) -> str:
    """Return a UID by pydicom: the same for the same original, or random with stable_remapping=false.

    deid gives one constant UID for stable_remapping=false; here it is random, as its name says. Without a prefix
    (prefix=none) pydicom makes a random UID, in deid too.
    """
    if text_of(call, "prefix", "").lower() in ("none", "null"):
        return generate_uid(prefix=None)
    prefix = root_of(call, "prefix")
    if flag_of(call, "stable_remapping", default=True):
        return each_value(call, lambda original: _hashed_uid(prefix, original))
    return generate_uid(prefix=prefix, entropy_srcs=None)


# ---- keyed pseudonyms -----------------------------------------------------------------------------------


def stable_uid(call: Invocation) -> str:
    """Return a UID that a key makes from the original; UIDs that DICOM itself defines stay unchanged."""
    key, root = secret_of(call), root_of(call, "root")

    def changed(original: str) -> str:
        if is_registered(original):
            return original
        # 2.25 stands before UUIDs only, so the digest is made one: version 8, its contents being our own.
        made = uuid.UUID(bytes=_digest(key, "uid", original)[:16]).int
        made = made & ~(0xF << 76) | 0x8 << 76
        made = made & ~(0x3 << 62) | 0x2 << 62
        return (root + str(made))[:_LONGEST_UID]

    return each_value(call, changed)


def stable_hash(call: Invocation) -> str:
    """Return hexadecimal digits that a key makes from the original."""
    key, length, prefix = secret_of(call), whole_of(call, "length", 16, 4, 64), text_of(call, "prefix", "")
    return each_value(call, lambda original: prefix + _digest(key, "hash", original).hex()[:length])


def date_shift(call: Invocation) -> int:
    """Return a number of days into the past, the same for every object of a patient, never 0."""
    most = whole_of(call, "days", _DAYS_IN_YEAR, 1, 100 * _DAYS_IN_YEAR)
    number = int.from_bytes(_digest(secret_of(call), "days", attribute_of(call, "by", "PatientID"))[:16], "big")
    return -(1 + number % most)


def lookup(call: Invocation) -> str:
    """Return a cell of a table, in the row that an attribute of the object names."""
    table = call.arguments.get("table")
    if not isinstance(table, Table):
        raise FunctionFault("the variable is not a table")
    try:
        return table.value(attribute_of(call, "key", "PatientID"), text_of(call, "column", ""))
    except TableError as failure:
        raise FunctionFault(str(failure)) from None


# ---- dates and numbers ----------------------------------------------------------------------------------


def jitter(call: Invocation) -> str:
    """Return the element's dates, shifted by days and years of 365 days; by one day if neither is given."""
    days = whole_of(call, "days", 0 if "years" in call.arguments else 1, -9_999_999, 9_999_999)
    days += _DAYS_IN_YEAR * whole_of(call, "years", 0, -9999, 9999)
    if not days and call.refuses:
        raise FunctionFault("the dates would be shifted by zero days")
    shift = {"DA": dates.shift_da, "DT": dates.shift_dt}.get(call.field.vr, dates.shift_loose)
    return _each_date(call, lambda original: shift(original, days))


def truncate_date(call: Invocation) -> str:
    """Return the element's dates set to the first day of their year or month."""
    try:
        to = dates.Precision(text_of(call, "to", "year").lower())
    except ValueError:
        raise FunctionFault("to must be year or month") from None
    return _each_date(call, lambda original: dates.truncate(original, to))


def _each_date(call: Invocation, change: Callable[[str], str]) -> str:
    try:
        return each_value(call, change)
    except dates.DateError as failure:
        raise FunctionFault(failure.reason) from None


def round_number(call: Invocation) -> str:
    """Return the element's numbers rounded to the nearest multiple of a step, halves away from zero."""
    step = _decimal(text_of(call, "to", "1"), "to is not a number")
    if step <= 0:
        raise FunctionFault("to must be greater than 0")
    return each_value(call, lambda original: _rounded(_decimal(original, "the value is not a number"), step))


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
    cap = whole_of(call, "max", 89, 0, _OLDEST_CAP)

    def capped(age: str) -> str:
        if not re.fullmatch(r"[0-9]{3}[DWMY]", age):
            raise FunctionFault("the value is not an age")
        return f"{cap + 1:03d}Y" if int(age[:3]) // _AGE_UNITS_IN_YEAR[age[3]] > cap else age

    return each_value(call, capped)


def sub(call: Invocation) -> str:
    """Return the element's values with every part that fits a pattern replaced, in any case of letters.

    The pattern was judged when the program was verified: its search takes no unlimited time.
    """
    pattern = compiled(text_as_given(call, "pattern"))
    replacement = text_as_given(call, "with")
    try:
        return each_value(call, lambda original: pattern.sub(replacement, original))
    except (re.error, IndexError):
        raise FunctionFault("with refers to a group that the pattern does not have") from None
