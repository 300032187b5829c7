"""DICOM files for tests: those that come with pydicom, and copies of them with other attributes."""

from __future__ import annotations

import io
from pathlib import Path

import pydicom
from pydicom import dcmread, dcmwrite

STATE_FOLDER = ".deidc"
FOLDER = Path(pydicom.__file__).parent / "data" / "test_files"


def shipped(name: str) -> Path:
    """Return a file of pydicom's; nothing is downloaded."""
    return next(FOLDER.rglob(name))


def copy_of(name: str, to: Path, **attributes: object) -> Path:
    """Write a file of pydicom's to `to`, with some attributes changed."""
    dataset = dcmread(shipped(name))
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    buffer = io.BytesIO()
    dcmwrite(buffer, dataset, enforce_file_format=False)
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_bytes(buffer.getvalue())
    return to


def tree_of(folder: Path) -> list[str]:
    """Return the files below a folder, hidden ones too, in sorted order; what runs keep for themselves left out."""
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(path.as_posix() for path in found if STATE_FOLDER not in path.parts)
