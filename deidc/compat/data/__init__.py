"""Provide the data that comes with deid: its recipes as files, and the DICOM files of `deid-data`."""

from __future__ import annotations

from deidc.compat.recipes.files import FOLDER

data_base = str(FOLDER)


def get_dataset(dataset: str | None = None) -> str | None:
    """Return the folder of a data set of `deid-data` (`animals`, `dicom-cookies`, `humans`, `ultrasounds`), or None.

    Raises ValueError if `deid-data` is not installed.
    """
    try:
        from deid_data import data  # noqa: PLC0415  # a package of its own, asked for here only
    except ImportError:
        raise ValueError("the DICOM files are in a package of their own: pip install deid-data") from None
    found: str | None = data.get_dataset(dataset)
    return found
