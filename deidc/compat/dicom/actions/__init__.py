"""deid's own functions, which recipes call by `deid_func:`, can be called from Python here."""

from __future__ import annotations

from deidc.compat.dicom.actions.jitter import jitter_timestamp, jitter_timestamp_func
from deidc.compat.dicom.actions.uids import basic_uuid, dicom_uuid, pydicom_uuid, suffix_uuid

__all__ = [
    "basic_uuid",
    "deid_funcs",
    "dicom_uuid",
    "jitter_timestamp",
    "jitter_timestamp_func",
    "pydicom_uuid",
    "suffix_uuid",
]

deid_funcs = {
    "jitter": jitter_timestamp_func,
    "dicom_uuid": dicom_uuid,
    "suffix_uuid": suffix_uuid,
    "basic_uuid": basic_uuid,
    "pydicom_uuid": pydicom_uuid,
}
