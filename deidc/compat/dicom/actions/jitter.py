"""deid's functions that shift dates."""

from __future__ import annotations

from typing import Any

from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

from deidc.compat.dicom.actions.calling import ActionFailed, call
from deidc.compat.objects.field import DicomField
from deidc.ir import ops
from deidc.ir.program import Needs, Program
from deidc.runtime.machine import Machine
from deidc.runtime.outcome import Refused
from deidc.vocabulary import FormatName


def jitter_timestamp(field: DicomField, value: int | str) -> str | None:
    """Return the dates of a field shifted by days, values separated by backslashes; None for a field without a value.

    The field's own element stays. Raises ActionFailed for what is no date, and ValueError for days that are no whole
    number.
    """
    days = value if isinstance(value, int) else int(value)
    if not field.element.value:
        return None
    dataset = Dataset()
    dataset[field.element.tag] = field.element
    tag = int(field.element.tag)
    shift = ops.Jitter(ops.Tagged(f"{tag:08X}"), ops.Days(days))
    outcome = Machine.link(Program(FormatName.DICOM, (shift,), Needs(), ())).run(dataset)
    if isinstance(outcome, Refused):
        raise ActionFailed("; ".join(fault.message for fault in outcome.faults))
    shifted = outcome.dataset[tag].value
    return "\\".join(map(str, shifted)) if isinstance(shifted, list | MultiValue) else str(shifted)


def jitter_timestamp_func(item: object, value: object, field: DicomField, **kwargs: Any) -> str:  # noqa: ANN401
    """Return the dates of a field shifted by `days=` and `years=` of `extras`; by one day if neither is given.

    Raises ActionFailed for what is no date.
    """
    del item, value
    return call("jitter", field, kwargs.get("extras"))
