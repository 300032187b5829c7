"""Resolve the values of actions, and convert dates to timestamps."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from pydicom.valuerep import DT

from deidc.compat.logger import bot
from deidc.dicom.values.calendar import match_moment
from deidc.dicom.values.components import fit
from deidc.dicom.values.vrs import Kind, kind_of

_REFERENCE = re.compile(r"(var|func|deid_func):(.*)\Z", re.DOTALL)
_TIMESTAMP = "%Y-%m-%dT%H:%M:%SZ"


class Undefined(LookupError):
    """A variable or a function is not there; deid answers None, and the original value stays."""


def parse_value(
    dicom: Any,  # noqa: ANN401  # a Dataset, or nothing
    value: str,
    item: Mapping[str, Any] | None = None,
    field: Any = None,  # noqa: ANN401  # a DicomField, or a keyword
    funcs: Mapping[str, Callable[..., Any]] | None = None,
) -> Any:  # noqa: ANN401  # whatever stands there
    """Return what the value of an action stands for: a variable or the answer of a function of `item`, or text.

    Text for an element that exists is turned into what its VR holds. Raises Undefined for a variable or function that
    is not there, and ValueError for text that does not fit, both without the value.
    """
    found = _REFERENCE.match(value)
    if found is None:
        return _fitted(dicom, value, field)
    kind, rest = found.groups()
    name, _, extras = rest.partition(" ") if kind == "deid_func" else (rest, "", "")
    where: Mapping[str, Any] = (funcs if kind == "deid_func" else item) or {}
    if name not in where:
        raise Undefined(f"{kind}:{name} is not defined")
    match kind:
        case "var":
            return where[name]
        case "func":
            return where[name](dicom=dicom, value=value, field=field, item=item or {})
        case _:
            return where[name](dicom=dicom, value=value, field=field, item=item or {}, extras=extras)


def _fitted(dicom: Any, value: str, field: Any) -> Any:  # noqa: ANN401  # as above
    if isinstance(field, str):
        vr = dicom[field].VR if dicom is not None and field in dicom else None
    else:
        vr = getattr(getattr(field, "element", None), "VR", None)
    return value if vr is None else convert_value(field, vr, value)


def convert_value(field: object, VR: str, value: str) -> Any:  # noqa: ANN401, N803  # deid's name
    """Return text as what elements of a VR hold: a number, bytes, or the text. Raises ValueError if it does not fit."""
    del field
    fitted = fit(value, VR)
    choices = VR.split(" or ")
    return value if any(kind_of(one) is Kind.TEXT for one in choices) else fitted


def parse_keyvalue_pairs(pairs: str | None) -> dict[str, Any]:
    """Return the arguments of a function, like `days=5 stable=true`, by name; true, false, none and null are meant."""
    meant = {"true": True, "false": False, "none": None, "null": None}
    split = (pair.partition("=") for pair in (pairs or "").split() if "=" in pair)
    return {name: meant.get(value, value) for name, _, value in split}


def get_func(function_name: str) -> Callable[..., Any] | None:
    """Return the function of this module that has a name, or None."""
    known = (parse_value, parse_keyvalue_pairs, get_func, get_timestamp, convert_value)
    return {one.__name__: one for one in known}.get(function_name)


def get_timestamp(
    item_date: str | None,
    item_time: str | None = None,
    jitter_days: float | str | None = None,
    format: str | None = None,  # noqa: A002  # deid's name
) -> str | None:
    """Return a date and a time of day as one text, moved by days; None, after a warning, if there is no date.

    Date and time are as DICOM (PS3.5 6.2) or ISO 8601 has them, or both together as `format` says, and are written as
    `format` says (default: `2018-12-31T23:59:59Z`). Raises ValueError for anything else, where deid guesses.
    """
    form = _TIMESTAMP if format is None else format
    if item_date in ("", None):
        bot.warning("there is no date of which a timestamp could be made")
        return None
    moment = _moment(str(item_date).strip(), str(item_time or "").strip(), form)
    if jitter_days is not None:
        moment += timedelta(days=int(float(jitter_days)))
    return moment.strftime(form)


def _moment(day: str, time: str, form: str) -> datetime:
    found = match_moment(day + time)
    if found is not None and found["day"] is not None:
        moment = DT(day + time)
        return datetime.combine(moment.date(), moment.timetz())
    for read, text in (
        (datetime.fromisoformat, f"{day}T{time}" if time else day),
        (lambda both: datetime.strptime(both, form), day + time),
    ):
        try:
            return read(text)
        except ValueError:
            continue
    raise ValueError("the date and time are in no form that is known")
