"""Encode data sets and write them into files that are whole or absent."""

from __future__ import annotations

import io
from pathlib import Path

from pydicom import dcmwrite
from pydicom.dataset import FileDataset, FileMetaDataset

from deidc.batch.inputs.faults import ReadFault
from deidc.batch.inputs.silencing import without_warnings
from deidc.batch.outputs.atomic import write_atomically
from deidc.batch.outputs.content import Content, InputShrank
from deidc.codes import faults
from deidc.dicom.layout import Layout
from deidc.dicom.part10 import PREAMBLE, syntax_of
from deidc.dicom.window import NotWhole
from deidc.guarded import guarded


def encode(dataset: FileDataset) -> bytes | ReadFault:
    """Return the bytes of a data set, in the transfer syntax it has, or why it has none.

    Elements that pydicom did not decode keep their bytes. The file meta information of `dataset` gets what it lacks
    of PS3.10 7.1; group lengths outside it, which PS3.5 7.2 retires, are left out.
    """
    buffer = io.BytesIO()
    with guarded() as guard, without_warnings():
        _complete_file_meta(dataset)
        dcmwrite(buffer, dataset, enforce_file_format=False)
    if guard.kind:
        return ReadFault(faults.NOT_WRITTEN, f"the object cannot be encoded ({guard.kind})")
    return buffer.getvalue()


def _complete_file_meta(dataset: FileDataset) -> None:
    meta = getattr(dataset, "file_meta", None)
    if meta is None:
        meta = dataset.file_meta = FileMetaDataset()
    if "TransferSyntaxUID" not in meta:
        implicit, little = dataset.original_encoding
        meta.TransferSyntaxUID = syntax_of(Layout(implicit=bool(implicit), little=bool(little)))
    if "FileMetaInformationVersion" not in meta:
        meta.FileMetaInformationVersion = b"\x00\x01"
    meta.FileMetaInformationGroupLength = 0  # the writer computes it where it stands
    if not dataset.preamble:
        dataset.preamble = b"\x00" * PREAMBLE


def write_whole(path: Path, content: Content, *, overwrite: bool, fsync: bool, token: str = "") -> int | ReadFault:
    """Write a file whole; return its size, or why it was not written. See `write_atomically`.

    Where `content` takes ranges of an input, what its reading raises passes through.
    """
    try:
        return write_atomically(path, content, overwrite=overwrite, fsync=fsync, token=token)
    except FileExistsError:
        return ReadFault(faults.OUTPUT_EXISTS, "the output already exists")
    except (InputShrank, NotWhole):
        return ReadFault(faults.UNREADABLE, "the input was truncated while it was read")
    except OSError as failure:
        return ReadFault(faults.NOT_WRITTEN, f"the output cannot be written: {failure.strerror}")
