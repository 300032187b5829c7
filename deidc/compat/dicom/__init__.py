"""deid's functions for DICOM objects run on deidc here."""

from __future__ import annotations

from importlib import import_module

from deidc.compat.dicom.fields import extract_sequence
from deidc.compat.dicom.header import get_identifiers, remove_private_identifiers, replace_identifiers
from deidc.compat.dicom.utils import get_files

__all__ = [
    "DicomCleaner",
    "clean_pixel_data",
    "extract_sequence",
    "get_files",
    "get_identifiers",
    "has_burned_pixels",
    "remove_private_identifiers",
    "replace_identifiers",
]

# Packages for pixels are loaded only by callers that use pixels.
_OF_PIXELS = ("DicomCleaner", "clean_pixel_data", "has_burned_pixels")
_SUBMODULES = ("actions", "fields", "filter", "groups", "header", "parser", "pixels", "tags", "utils", "validate")


def __getattr__(name: str) -> object:
    if name in _OF_PIXELS:
        return getattr(import_module("deidc.compat.dicom.pixels"), name)
    if name in _SUBMODULES:
        return import_module(f"deidc.compat.dicom.{name}")
    raise AttributeError(f"module 'deidc.compat.dicom' has no attribute {name!r}")
