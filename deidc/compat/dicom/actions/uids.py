"""deid's functions that make identifiers."""

from __future__ import annotations

from typing import Any

from deidc.compat.dicom.actions.calling import call
from deidc.compat.objects.field import DicomField


def basic_uuid(item: object, value: object, field: DicomField | str, **kwargs: Any) -> str:  # noqa: ANN401
    """Return a random UUID."""
    del item, value
    return call("basic_uuid", field, kwargs.get("extras"))


def pydicom_uuid(item: object, value: object, field: DicomField | str, **kwargs: Any) -> str:  # noqa: ANN401
    """Return a UID that pydicom makes of the field's value; a random one with `stable_remapping=false` in `extras`.

    `prefix=` is the root, 2.25. if it is not given. Raises ActionFailed.
    """
    del item, value
    return call("pydicom_uuid", field, kwargs.get("extras"))


def suffix_uuid(item: object, value: object, field: DicomField | str, **kwargs: Any) -> str:  # noqa: ANN401
    """Return the name of the field in lower case, a hyphen and a random UUID."""
    del item, value
    return call("suffix_uuid", field, kwargs.get("extras"))


def dicom_uuid(item: object, value: object, field: DicomField | str, dicom: object = None, **kwargs: Any) -> str:  # noqa: ANN401
    """Return a random UID under the root `org_root=` of `extras`, 2.25 if it is not given. Raises ActionFailed."""
    del item, value, dicom
    return call("dicom_uuid", field, kwargs.get("extras"))
