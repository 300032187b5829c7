"""Read the arguments of a call of one of deidc's own functions, and the values that the call is about.

What cannot be read raises FunctionFault.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache

from deidc.dicom import dictionary
from deidc.dicom.values.vrs import Unfit, fit_text
from deidc.runtime.functions.invocation import FunctionFault, Invocation

_LONGEST_ROOT = 40


def text_of(call: Invocation, key: str, default: str) -> str:
    """Return an argument as text. Raises FunctionFault."""
    given = call.arguments.get(key, default)
    if isinstance(given, str | int | float | Decimal) and not isinstance(given, bool):
        return str(given).strip()
    raise FunctionFault(f"{key} is not text")


def text_as_given(call: Invocation, key: str) -> str:
    """Return an argument as text, blanks at its ends included. Raises FunctionFault."""
    given = call.arguments.get(key)
    if not isinstance(given, str):
        raise FunctionFault(f"{key} is not text")
    return given


def whole_of(call: Invocation, key: str, default: int, low: int, high: int) -> int:
    """Return an argument as a whole number within bounds. Raises FunctionFault."""
    text = text_of(call, key, str(default))
    if re.fullmatch(r"[+-]?[0-9]{1,9}", text) and low <= int(text) <= high:
        return int(text)
    raise FunctionFault(f"{key} is not a whole number from {low} to {high}")


def flag_of(call: Invocation, key: str, *, default: bool) -> bool:
    """Return an argument that is true or false. Raises FunctionFault."""
    given = call.arguments.get(key, default)
    match given.strip().lower() if isinstance(given, str) else given:
        case True | "true" | "yes" | "1":
            return True
        case False | "false" | "no" | "0":
            return False
        case _:
            raise FunctionFault(f"{key} must be true or false")


def secret_of(call: Invocation) -> bytes:
    """Return the bytes of the argument `key`. Raises FunctionFault."""
    key = call.arguments.get("key")
    data = key.encode("utf-8", "surrogatepass") if isinstance(key, str) else key
    if not isinstance(data, bytes):
        raise FunctionFault("the key is not text")
    if not data.strip():
        raise FunctionFault("the key is empty")
    return data


def root_of(call: Invocation, key: str) -> str:
    """Return a UID root with a full stop at its end."""
    root = text_of(call, key, "2.25.").removesuffix(".")
    if not _is_root(root):
        raise FunctionFault(f"{key} is not a UID root of fewer than {_LONGEST_ROOT} characters")
    return root + "."


@lru_cache(maxsize=64)
def _is_root(text: str) -> bool:
    try:
        return fit_text(text, "UI") != () and len(text) < _LONGEST_ROOT
    except Unfit:
        return False


def each_value(call: Invocation, change: Callable[[str], str]) -> str:
    """Apply a change to each value of the element; empty values stay empty."""
    return "\\".join(change(one) if one else one for one in call.field.texts())


def attribute_of(call: Invocation, key: str, default: str) -> str:
    """Return the text of the attribute of the input that an argument names; it must have a value."""
    keyword = text_of(call, key, default)
    known = dictionary.find_keyword(keyword)
    if known is None or known.repeating:
        raise FunctionFault(f"{key} is not a keyword")
    text = "\\".join(call.attribute(int(known.pattern, 16)))
    if not text:
        raise FunctionFault(f"the object has no value of {known.keyword}")
    return text
