"""Burned-in identity as deid's users ask for it: `has_burned_pixels`."""

from __future__ import annotations

from deidc.compat.dicom.pixels.detect import has_burned_pixels

__all__ = ["has_burned_pixels"]
