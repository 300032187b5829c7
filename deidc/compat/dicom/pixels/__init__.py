"""deid's functions for burned-in text are here: `has_burned_pixels`, `clean_pixel_data` and `DicomCleaner`."""

from __future__ import annotations

from deidc.compat.dicom.pixels.clean import DicomCleaner, clean_pixel_data
from deidc.compat.dicom.pixels.detect import has_burned_pixels

__all__ = ["DicomCleaner", "clean_pixel_data", "has_burned_pixels"]
