"""Files written as a header by pydicom and pixel data behind it, which need never be in memory as a whole."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from pydicom import dcmwrite
from pydicom.dataset import Dataset, FileDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, ImplicitVRLittleEndian

_TAG = struct.pack("<HH", 0x7FE0, 0x0010)
_ITEM = struct.pack("<HH", 0xFFFE, 0xE000)
_END = struct.pack("<HHL", 0xFFFE, 0xE0DD, 0)
_UNDEFINED = 0xFFFFFFFF


def write_native(
    path: Path, dataset: FileDataset, frames: Iterable[bytes], *, vr: str = "OW", implicit: bool = False
) -> None:
    """Write a file with uncompressed pixel data; frames are written one after the other."""
    with path.open("wb") as file:
        file.write(header_bytes(dataset, ImplicitVRLittleEndian if implicit else ExplicitVRLittleEndian))
        start = file.tell()
        file.write(_native_header(vr, 0, implicit=implicit))
        length = sum(file.write(frame) for frame in frames)
        file.seek(start)
        file.write(_native_header(vr, length, implicit=implicit))


def write_encapsulated(path: Path, dataset: FileDataset, fragments: Iterable[bytes], syntax: UID) -> None:
    """Write a file with fragments of pixel data and an empty offset table (PS3.5 A.4)."""
    with path.open("wb") as file:
        file.write(header_bytes(dataset, syntax))
        _start_fragments(file)
        for fragment in fragments:
            file.write(_ITEM + struct.pack("<L", len(fragment)) + fragment)
        file.write(_END)


def write_sparse(path: Path, dataset: FileDataset, sizes: Iterable[int], syntax: UID) -> None:
    """Write a file whose fragments are holes: it has the length, and takes no room."""
    with path.open("wb") as file:
        file.write(header_bytes(dataset, syntax))
        _start_fragments(file)
        for size in sizes:
            file.write(_ITEM + struct.pack("<L", size))
            file.seek(size, io.SEEK_CUR)
        file.write(_END)


def header_bytes(dataset: FileDataset, syntax: UID) -> bytes:
    """Return the bytes of a file up to its pixel data."""
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    buffer = io.BytesIO()
    implicit = syntax == ImplicitVRLittleEndian
    dcmwrite(buffer, dataset, implicit_vr=implicit, little_endian=True, enforce_file_format=True)
    return buffer.getvalue()


def leave_lengths_open(dataset: Dataset) -> None:
    """Have sequences and items written with undefined length, at every depth."""
    for element in dataset:
        if element.VR == "SQ":
            element.is_undefined_length = True
            for item in element.value:
                item.is_undefined_length_sequence_item = True
                leave_lengths_open(item)


def _native_header(vr: str, length: int, *, implicit: bool) -> bytes:
    if implicit:
        return _TAG + struct.pack("<L", length)
    return _TAG + vr.encode("ascii") + struct.pack("<HL", 0, length)


def _start_fragments(file: BinaryIO) -> None:
    file.write(_TAG + b"OB" + struct.pack("<HL", 0, _UNDEFINED) + _ITEM + struct.pack("<L", 0))
