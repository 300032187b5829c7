"""Functions of a caller, in the shape that deid calls them: both programs get these."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any


def fixed(item: Any, value: Any, field: Any, dicom: Any) -> str:
    return "FIXED"


def length(item: Any, value: Any, field: Any, dicom: Any) -> str:
    return str(len(str(field.element.value)))


def patient(item: Any, value: Any, field: Any, dicom: Any) -> str:
    return "P-" + str(dicom.get("PatientID", ""))


def told(item: Any, value: Any, field: Any, dicom: Any) -> str:
    return f"{value} {item['id']}"


def named(item: Any, value: Any, field: Any, dicom: Any) -> str:
    return str(field.element.keyword)


def empty(item: Any, value: Any, field: Any, dicom: Any) -> str:
    return ""


def nothing(item: Any, value: Any, field: Any, dicom: Any) -> None:
    return None


def raises(item: Any, value: Any, field: Any, dicom: Any) -> str:
    raise ValueError("as told")


def week(item: Any, value: Any, field: Any, dicom: Any) -> int:
    return 7


def is_private(item: Any, value: Any, field: Any, dicom: Any) -> bool:
    return bool(field.element.tag.is_private)


def never(item: Any, value: Any, field: Any, dicom: Any) -> bool:
    return False


CALLABLES: Mapping[str, Callable[..., object]] = MappingProxyType(
    {
        one.__name__: one
        for one in (fixed, length, patient, told, named, empty, nothing, raises, week, is_private, never)
    }
)
VARIABLES: Mapping[str, object] = MappingProxyType({"id": "A-17", "days": 5, "on": "1", "off": "", "many": ["A", "B"]})
