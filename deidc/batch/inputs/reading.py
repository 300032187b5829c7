"""Read files into data sets strictly: a file that is not whole is refused, one that is not DICOM is reported so."""

from __future__ import annotations

import io
from pathlib import Path

from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.tag import BaseTag

from deidc.batch.inputs.archives import Shelf
from deidc.batch.inputs.faults import ReadFault
from deidc.batch.inputs.sources import MEMBER_LIMIT, LocalFile, NotOpened, Source, open_source
from deidc.codes import faults
from deidc.dicom.datasets import Elements, declare_layout, read_level, table
from deidc.dicom.layout import Damaged, layout_of_item
from deidc.dicom.limits import LIMITS, BeyondLimit, Limits
from deidc.dicom.part10 import META_LAYOUT, NotDicom, Opened, parts
from deidc.dicom.values.decoding import raw_element
from deidc.dicom.walk import elements
from deidc.dicom.window import InMemory, NotWhole, Reader, Window
from deidc.runtime.outcome import fault_beyond


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


def read_bytes(data: bytes, limits: Limits = LIMITS) -> FileDataset | ReadFault:
    """Return the data set in the bytes of a file, or why there is none; see `read_object`."""
    return read_object(InMemory(data), limits)


def read_object(reader: Reader, limits: Limits = LIMITS) -> FileDataset | ReadFault:
    """Return the data set of a file, or why there is none.

    deidc's own walk finds the elements (docs/reading.md); pydicom decodes their values when they are needed. No value
    is read before all headers are, so a file that is cut off is refused by its headers alone.
    Raises what the reader raises.
    """
    try:
        file = parts(Window(reader), limits)
        dataset = _read(file)
    except NotDicom:
        return ReadFault(faults.NOT_DICOM, "the file has no DICOM prefix")
    except NotWhole:
        return ReadFault(faults.TRUNCATED, "the file ends within an element")
    except Damaged as damage:
        return ReadFault(faults.UNREADABLE, f"the file is damaged: {damage}")
    except BeyondLimit as failure:
        fault = fault_beyond(failure)
        return ReadFault(fault.rule, fault.message)
    if not table(dataset):
        return ReadFault(faults.TRUNCATED, "the file has no data set")
    if file.is_directory:
        return ReadFault(faults.MEDIA_DIRECTORY, "the file is a DICOMDIR")
    return dataset


def _read(file: Opened) -> FileDataset:
    """Return the data set of an opened file. Raises NotWhole and Damaged."""
    layout = file.layout
    walked = layout_of_item(file.window, file.start, layout) if file.is_contradictory else layout
    placed = list(elements(file.window, file.start, file.window.size, walked))
    level = read_level(file.window, placed, layout)
    meta = FileMetaDataset()
    meta.update(_meta_elements(file))
    made = FileDataset(
        io.BytesIO(),
        level.elements,
        preamble=file.preamble or None,
        file_meta=meta,
        is_implicit_VR=layout.implicit,
        is_little_endian=layout.little,
    )
    declare_layout(made, layout, None)
    return made


def _meta_elements(file: Opened) -> Elements:
    window = Window(InMemory(file.meta))
    found: Elements = {}
    for one in elements(window, 0, window.size, META_LAYOUT):
        found[BaseTag(one.tag)] = raw_element(one.header, window[one.header.value_at : one.value_end], META_LAYOUT)
    return dict(sorted(found.items()))
