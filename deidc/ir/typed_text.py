"""Whether the text of an argument or of a default is of the type that is promised."""

from __future__ import annotations

import math
import re
from typing import assert_never

from deidc.dicom.values.vrs import Unfit, fit_text
from deidc.ir.signatures import ParameterType
from deidc.patterns import BadPattern, compiled, is_slow
from deidc.vocabulary import VariableKind

_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")


def is_whole(text: str) -> bool:
    """Whether text is a whole number in decimal digits."""
    return _WHOLE.fullmatch(text) is not None


def is_number(text: str) -> bool:
    """Whether text is a finite decimal number; `nan`, `inf` and `1_000` are none."""
    if not text.isascii() or "_" in text:
        return False
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def argument_complaint(text: str | None, kind: ParameterType) -> str | None:
    """Return what is wrong with an argument, or None; `text` is None where it comes from a variable."""
    if text is None:
        return None if kind is not ParameterType.PATTERN else "must stand in the recipe, not in a variable"
    match kind:
        case ParameterType.PATTERN:
            return _pattern_complaint(text)
        case ParameterType.SECRET | ParameterType.TABLE:
            return "must come from a variable: write var:NAME"
        case ParameterType.INT:
            return None if is_whole(text) else "must be a whole number"
        case ParameterType.NUMBER:
            return None if is_number(text) else "must be a number"
        case ParameterType.FLAG:
            return None if text.lower() in ("true", "false") else "must be true or false"
        case ParameterType.TEXT | ParameterType.ATTRIBUTE:  # keywords are looked up where names are
            return None
        case _:
            assert_never(kind)


def _pattern_complaint(text: str) -> str | None:
    try:
        compiled(text)
    except BadPattern as failure:
        return f"does not compile: {failure.reason}"
    return "can match a text in too many ways" if is_slow(text) else None


def default_complaint(default: str | None, kind: VariableKind) -> str | None:
    """Return what is wrong with the default of a variable, or None."""
    if default is None:
        return None
    match kind:
        case VariableKind.SECRET | VariableKind.TABLE:
            return f"a {kind.value} cannot have a default"
        case VariableKind.INT:
            return None if is_whole(default) else "the default is not a whole number"
        case VariableKind.NUMBER:
            return None if is_number(default) else "the default is not a number"
        case VariableKind.DATE | VariableKind.UID:
            try:
                fit_text(default, "DA" if kind is VariableKind.DATE else "UI")
            except Unfit as failure:
                return f"the default is not a {kind.value}: {failure.reason}"
            return None
        case VariableKind.TEXT:
            return None
        case _:
            assert_never(kind)
