"""Data sets into files that are whole or absent."""

from __future__ import annotations

import io
import os
import secrets
import warnings
from pathlib import Path

from pydicom import dcmwrite
from pydicom.dataset import Dataset

from deidc.batch.reading import ReadFault
from deidc.codes import faults

TEMPORARY_PREFIX = ".deidc-"


def encode(dataset: Dataset) -> bytes | ReadFault:
    """Return the bytes of a data set, in the transfer syntax it has, or why it has none."""
    buffer = io.BytesIO()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dcmwrite(buffer, dataset, enforce_file_format=False)
    # pydicom raises whatever its writers stumble over; the text may quote values, so only the type is told.
    except Exception as failure:  # noqa: BLE001
        return ReadFault(faults.NOT_WRITTEN, f"the object cannot be encoded ({type(failure).__name__})")
    return buffer.getvalue()


def write_whole(path: Path, data: bytes, *, overwrite: bool, fsync: bool) -> ReadFault | None:
    """Write a file under another name in its folder and rename it; return why it was not written, if so.

    Without `overwrite` a file that is there stays, even one that appears while this one is written.
    """
    temporary = path.parent / f"{TEMPORARY_PREFIX}{secrets.token_hex(8)}.part"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("xb") as file:
            file.write(data)
            if fsync:
                file.flush()
                os.fsync(file.fileno())
        if overwrite:
            temporary.replace(path)
        else:
            # A hard link fails where the name exists; a rename would replace it.
            os.link(temporary, path)
            temporary.unlink()
    except FileExistsError:
        _discard(temporary)
        return ReadFault(faults.OUTPUT_EXISTS, "the output exists already")
    except OSError as failure:
        _discard(temporary)
        return ReadFault(faults.NOT_WRITTEN, f"the output cannot be written: {failure.strerror}")
    return None


def _discard(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return
