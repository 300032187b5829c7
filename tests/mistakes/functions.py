"""Functions of a caller, as people write them: some do what they should, some do not."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any


def fixed(item: Any, value: Any, field: Any, dicom: Any) -> str:
    return "FIXED"


def forgot_to_return(item: Any, value: Any, field: Any, dicom: Any) -> None:
    str(field.element.value).upper()


def returns_nothing_for_private(item: Any, value: Any, field: Any, dicom: Any) -> bool | None:
    return None if field.element.tag.is_private else False


def raises(item: Any, value: Any, field: Any, dicom: Any) -> str:
    raise KeyError(str(field.element.value))


def ends_the_program(item: Any, value: Any, field: Any, dicom: Any) -> str:
    sys.exit(0)


def tidied(item: Any, value: Any, field: Any, dicom: Any) -> str:
    return str(field.element.value).strip()


def is_private(item: Any, value: Any, field: Any, dicom: Any) -> bool:
    return bool(field.element.tag.is_private)


def never(item: Any, value: Any, field: Any, dicom: Any) -> bool:
    return False


def patient_of(item: Any, value: Any, field: Any, dicom: Any) -> str:
    return "of " + str(dicom.get("PatientID", ""))


def study_of(item: Any, value: Any, field: Any, dicom: Any) -> str:
    return "Study of " + dicom.PatientName.given_name


FUNCTIONS: Mapping[str, Callable[..., object]] = MappingProxyType(
    {
        one.__name__: one
        for one in (
            fixed,
            forgot_to_return,
            returns_nothing_for_private,
            raises,
            ends_the_program,
            tidied,
            is_private,
            never,
            patient_of,
            study_of,
        )
    }
)
