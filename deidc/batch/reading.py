"""Files into data sets, strictly: what is not whole is refused, what is no DICOM is told apart."""

from __future__ import annotations

import io
import struct
import warnings
from pathlib import Path

from attrs import frozen
from pydicom import dcmread
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset, FileDataset
from pydicom.errors import InvalidDicomError
from pydicom.uid import DeflatedExplicitVRLittleEndian, MediaStorageDirectoryStorage

from deidc.batch.archives import Shelf
from deidc.batch.sources import MEMBER_LIMIT, LocalFile, NotOpened, Source, open_source
from deidc.codes import faults
from deidc.diagnostics import Rule
from deidc.runtime.layout import (
    Damaged,
    Encoding,
    inflated,
    skip_file_meta,
    top_level_tags,
)
from deidc.runtime.part10 import PREAMBLE, PREFIX, begins_like_data_set
from deidc.runtime.window import NotWhole


@frozen
class ReadFault:
    """Why a file was not read, or its output not written, in words without data."""

    rule: Rule
    message: str


def bytes_of(source: Path | Source, shelf: Shelf | None = None, member_limit: int = MEMBER_LIMIT) -> bytes | ReadFault:
    """Return the bytes of a source, or why there are none."""
    try:
        with open_source(
            LocalFile(source) if isinstance(source, Path) else source, shelf or Shelf(), member_limit
        ) as opened:
            data = opened.whole()
    except NotOpened as failure:
        return ReadFault(failure.rule, failure.message)
    return data or ReadFault(faults.EMPTY_FILE, "the file is empty")


def read_file(
    source: Path | Source, shelf: Shelf | None = None, member_limit: int = MEMBER_LIMIT
) -> FileDataset | ReadFault:
    """Return the data set of a file or another source, or why there is none."""
    data = bytes_of(source, shelf, member_limit)
    return data if isinstance(data, ReadFault) else read_bytes(data)


def read_bytes(data: bytes) -> FileDataset | ReadFault:
    """Return the data set in the bytes of a file, or why there is none.

    A file without preamble and prefix is taken if it begins like a data set (PS3.10 7.1 asks for them, old files
    lack them).
    """
    headless = data[PREAMBLE : PREAMBLE + len(PREFIX)] != PREFIX
    if headless and not begins_like_data_set(data[:8], len(data)):
        return ReadFault(faults.NOT_DICOM, "the file has no DICOM prefix")
    try:
        with warnings.catch_warnings():
            # pydicom warns with values of the file in the text; what is wrong is told by the outcome.
            warnings.simplefilter("ignore")
            dataset = dcmread(io.BytesIO(data), force=headless)
            is_directory = dataset.file_meta.get("MediaStorageSOPClassUID") == MediaStorageDirectoryStorage
        seen = frozenset(_tags(data, 0 if headless else PREAMBLE + len(PREFIX), dataset))
    except InvalidDicomError:
        return ReadFault(faults.NOT_DICOM, "the file is not a DICOM file")
    except (EOFError, struct.error, NotWhole):
        return ReadFault(faults.TRUNCATED, "the file ends within an element")
    except Damaged:
        return ReadFault(faults.UNREADABLE, "the file is damaged")
    # pydicom raises whatever its parsing stumbles over; none of it says more than that the file is damaged.
    except Exception as failure:  # noqa: BLE001
        return ReadFault(faults.UNREADABLE, f"the file cannot be decoded ({type(failure).__name__})")
    if not seen:
        return ReadFault(faults.TRUNCATED, "the file has no data set")
    if seen != dataset.keys():
        return ReadFault(faults.UNREADABLE, "a part of the file cannot be decoded")
    if is_directory:
        return ReadFault(faults.MEDIA_DIRECTORY, "the file is a DICOMDIR")
    _keep_empty_values_raw(dataset)
    return dataset


def _tags(data: bytes, start: int, dataset: FileDataset) -> set[int]:
    """Return the tags of the top level, read without pydicom. Raises NotWhole or Damaged."""
    at = skip_file_meta(data, start)
    implicit, little = dataset.original_encoding
    encoding = Encoding(implicit=bool(implicit), little=little is not False)
    if dataset.file_meta.get("TransferSyntaxUID") == DeflatedExplicitVRLittleEndian:
        return set(top_level_tags(inflated(data, at), 0, encoding))
    return set(top_level_tags(data, at, encoding))


def _keep_empty_values_raw(dataset: Dataset) -> None:
    """Give raw elements without a value zero bytes, or pydicom writes them with a VR it looks up."""
    for tag, element in dataset._dict.items():
        if isinstance(element, RawDataElement) and element.value is None and element.length == 0:
            dataset._dict[tag] = element._replace(value=b"")
