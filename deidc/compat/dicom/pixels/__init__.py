"""Burned-in identity as deid's users ask for it: `has_burned_pixels` and `DicomCleaner`."""

from __future__ import annotations

from deidc.compat.dicom.pixels.clean import DicomCleaner
from deidc.compat.dicom.pixels.detect import has_burned_pixels

__all__ = ["DicomCleaner", "has_burned_pixels"]
