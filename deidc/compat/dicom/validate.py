"""Find out which files are DICOM files."""

from __future__ import annotations

import os
from collections.abc import Sequence

from pydicom import dcmread

from deidc.compat.logger import bot
from deidc.guarded import guarded

FileName = str | os.PathLike[str]


def validate_dicoms(dcm_files: FileName | Sequence[FileName], force: bool = False) -> list[FileName]:
    """Return the files that pydicom can read, up to the pixels; log a warning for each other one.

    The warning has the number of the file and not its name, which may be that of a patient. With `force`, files that
    lack the DICOM prefix are taken, too.
    """
    files = [dcm_files] if isinstance(dcm_files, str | os.PathLike) else list(dcm_files)
    valid: list[FileName] = []
    for number, one in enumerate(files, 1):
        if is_dicom(one, force=force):
            valid.append(one)
        else:
            bot.warning(f"file {number} of {len(files)} cannot be read as DICOM, and is left out")
    return valid


def is_dicom(path: FileName, *, force: bool) -> bool:
    """Whether pydicom can read a file, up to the pixels."""
    # Opening a pipe would wait for a writer.
    if not os.path.isfile(path):
        return False
    with guarded() as guard:
        dcmread(path, force=force, stop_before_pixels=True)
    return not guard.kind
