"""Files into data sets, strictly: what is not whole is refused, what is no DICOM is told apart."""

from __future__ import annotations

import io
import struct
import warnings
from pathlib import Path

from attrs import frozen
from pydicom import dcmread
from pydicom.dataelem import RawDataElement
from pydicom.dataset import FileDataset
from pydicom.errors import InvalidDicomError

from deidc.codes import faults
from deidc.diagnostics import Rule

PREAMBLE = 128
_UNDEFINED = 0xFFFFFFFF
_SEQUENCE_DELIMITERS = (b"\xfe\xff\xdd\xe0", b"\xff\xfe\xe0\xdd")


@frozen
class ReadFault:
    """Why a file was not read, in words without data."""

    rule: Rule
    message: str


def read_file(path: Path) -> tuple[FileDataset, bytes] | ReadFault:
    """Return the data set of a file and the file's bytes, or why there is none."""
    try:
        data = path.read_bytes()
    except OSError as failure:
        return ReadFault(faults.UNREADABLE, f"the file cannot be read: {failure.strerror}")
    if not data:
        return ReadFault(faults.EMPTY_FILE, "the file is empty")
    dataset = read_bytes(data)
    return dataset if isinstance(dataset, ReadFault) else (dataset, data)


def read_bytes(data: bytes) -> FileDataset | ReadFault:
    """Return the data set in the bytes of a file, or why there is none.

    A file without preamble and prefix is taken if it begins like a data set (PS3.10 7.1 asks for them, old files
    lack them).
    """
    headless = data[PREAMBLE : PREAMBLE + 4] != b"DICM"
    if headless and not _begins_like_dataset(data):
        return ReadFault(faults.NOT_DICOM, "the file has no DICOM prefix")
    stream = _Watched(data)
    try:
        with warnings.catch_warnings():
            # pydicom warns with values of the file in the text; what is wrong is told by the outcome.
            warnings.simplefilter("ignore")
            dataset = dcmread(stream, force=headless)
    except InvalidDicomError:
        return ReadFault(faults.NOT_DICOM, "the file is no DICOM file")
    except (EOFError, struct.error):
        return ReadFault(faults.TRUNCATED, "the file ends within an element")
    # pydicom raises whatever its parsing stumbles over; none of it says more than that the file is damaged.
    except Exception as failure:  # noqa: BLE001
        return ReadFault(faults.UNREADABLE, f"the file cannot be decoded ({type(failure).__name__})")
    if not dataset:
        return ReadFault(faults.TRUNCATED if not headless else faults.NOT_DICOM, "the file holds no data set")
    return (
        dataset
        if _is_whole(dataset, stream, data)
        else ReadFault(faults.TRUNCATED, "the file ends before its last element does")
    )


class _Watched(io.BytesIO):
    """A stream that remembers whether more was asked for than there is."""

    starved = False

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        # Asking once for the next tag at the very end is how a reader learns that it is the end.
        if (size is not None and size > 0 and 0 < len(data) < size) or (size is not None and size > 8 and not data):
            self.starved = True
        return data


def _is_whole(dataset: FileDataset, stream: _Watched, data: bytes) -> bool:
    if stream.starved and not _is_deflated(dataset):
        return False
    last = max(dataset.keys())
    element = dataset.get_item(last)
    if isinstance(element, RawDataElement):
        if element.length == _UNDEFINED:
            return any(one in data[-64:] or one in data for one in _SEQUENCE_DELIMITERS)
        return len(element.value or b"") == element.length
    return True


def _is_deflated(dataset: FileDataset) -> bool:
    syntax = str(getattr(dataset.file_meta, "TransferSyntaxUID", ""))
    return syntax == "1.2.840.10008.1.2.1.99"


def _begins_like_dataset(data: bytes) -> bool:
    """Whether bytes begin with an element of group 2 or 8, explicit or implicit VR, little or big endian."""
    if len(data) < 8:
        return False
    for order in ("<", ">"):
        group, element, length = struct.unpack(f"{order}HHL", data[:8])
        if group in (0x0002, 0x0008) and element <= 0x2112:
            explicit = data[4:6].isalpha() and data[4:6].isupper()
            return bool(explicit or 8 + length <= len(data))
    return False
