"""Find fields by their values."""

from __future__ import annotations

from collections.abc import Iterable

from pydicom.valuerep import PersonName

from deidc.compat.objects.field import DicomField
from deidc.dicom.values.decoding import Undecodable
from deidc.runtime.fold.frame import Collected, Holdings


def holding(values: Iterable[object], fields: Iterable[DicomField]) -> list[DicomField]:
    """Return the fields that hold one of these values, as a rule with `values:NAME` finds them."""
    held = Holdings.of(tuple(_collected(one) for one in values))
    return [field for field in fields if held.held_by(_components(field))]


def _collected(value: object) -> Collected:
    return Collected(str(value), True) if isinstance(value, PersonName) else Collected.given(str(value))


def _components(field: DicomField) -> tuple[str, ...]:
    try:
        return field.input.components
    except Undecodable:
        return ()
