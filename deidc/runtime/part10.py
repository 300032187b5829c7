"""A file as PS3.10 7.1 has it: preamble, prefix, file meta information, data set."""

from __future__ import annotations

from io import BytesIO

from attrs import frozen
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filebase import DicomBytesIO
from pydicom.filereader import read_dataset
from pydicom.filewriter import write_file_meta_info
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    MediaStorageDirectoryStorage,
)

from deidc.ir.vrs import ALL_VRS
from deidc.runtime.dataset import Elements
from deidc.runtime.layout import Buffer, Encoding, skip_file_meta
from deidc.runtime.stream import Unsuited

PREAMBLE = 128
PREFIX = b"DICM"
_LETTERS = frozenset(vr.encode("ascii") for vr in ALL_VRS)


@frozen
class FileBytes:
    """The parts of a file: its file meta information, where its data set begins, and how that is laid out."""

    preamble: bytes
    meta: Dataset
    start: int
    layout: Encoding


def opened(data: Buffer) -> FileBytes:
    """Return the parts of a file. Raises Unsuited, NotWhole or Damaged."""
    if data[PREAMBLE : PREAMBLE + 4] != PREFIX:
        raise Unsuited("the file has no preamble")
    begin = PREAMBLE + len(PREFIX)
    start = skip_file_meta(data, begin)
    meta = read_dataset(BytesIO(data[begin:start]), is_implicit_VR=False, is_little_endian=True)
    if meta.get("MediaStorageSOPClassUID") == MediaStorageDirectoryStorage:
        raise Unsuited("the file is a directory of others")
    layout = _layout_of(meta)
    letters = data[start + 4 : start + 6]
    if (letters in _LETTERS) is layout.implicit:
        raise Unsuited("the data set is not in the transfer syntax that the file names")
    return FileBytes(data[:PREAMBLE], meta, start, layout)


def _layout_of(meta: Dataset) -> Encoding:
    syntax = meta.get("TransferSyntaxUID")
    if not syntax or not isinstance(syntax, str):
        raise Unsuited("the file names no transfer syntax")
    if syntax == DeflatedExplicitVRLittleEndian:
        raise Unsuited("the data set is deflated")
    return Encoding(implicit=syntax == ImplicitVRLittleEndian, little=syntax != ExplicitVRBigEndian)


def head(meta: Elements) -> bytes:
    """Return an empty preamble, the prefix, and file meta information with what PS3.10 7.1 asks for."""
    complete = FileMetaDataset()
    complete._dict = meta
    if "FileMetaInformationVersion" not in complete:
        complete.FileMetaInformationVersion = b"\x00\x01"
    complete.FileMetaInformationGroupLength = 0  # the writer computes it where it stands
    buffer = DicomBytesIO()
    buffer.write(bytes(PREAMBLE) + PREFIX)
    write_file_meta_info(buffer, complete, enforce_standard=False)
    return buffer.getvalue()
