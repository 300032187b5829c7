"""Blank the regions of a result in one object: in the bytes of its file, and in its pixels as an array."""

from __future__ import annotations

import copy
import struct
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from typing import Any, Protocol

import numpy as np
from attrs import frozen
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.datadict import keyword_for_tag
from pydicom.dataset import Dataset
from pydicom.pixels.decoders.base import get_decoder
from pydicom.pixels.utils import as_pixel_options, pixel_array
from pydicom.uid import UID, ExplicitVRLittleEndian, ImplicitVRLittleEndian, JPEGBaseline8Bit, JPEGExtended12Bit

from deidc.batch.inputs.sources import OpenedBytes
from deidc.batch.outputs.content import Content, Ranges
from deidc.codes import faults
from deidc.compat.objects.deadlines import ObjectRefused
from deidc.compat.objects.inputs import InMemory, Input, opened
from deidc.compat.objects.outputs import content_of_dataset
from deidc.dicom.edits import Span
from deidc.dicom.layout import Damaged, Layout
from deidc.dicom.part10 import opened as parts_of
from deidc.dicom.part10 import syntax_of as syntax_in
from deidc.dicom.window import NotWhole, Unsuited, Window
from deidc.guarded import guarded
from deidc.ir.ops import Rectangle, WholeImage
from deidc.pixels.blanking.whole_objects import Blanked, NothingToBlank, Painting, Storage, blank_bytes
from deidc.runtime.outcome import Fault, Refused, Region

Pixels = NDArray[Any]


class Source(Ranges, Protocol):
    """The bytes of an object, to be read in ranges."""


@frozen
class BlankedFile:
    """The file of an object after its regions were blanked; `account` is None if none of its pixels was in one."""

    content: Content
    account: Blanked | None


def painting_of(results: Mapping[str, Any]) -> Painting:
    """Return the regions of a result, painted in its order. Raises ValueError for what is no result."""
    told = results.get("results")
    if not isinstance(told, list | tuple):
        raise ValueError("this is not the result of one object")  # as for all other shapes
    return Painting(tuple(_region(*pair) for one in told for pair in _pairs(one.get("coordinates") or ())))


def _pairs(coordinates: Iterable[Any]) -> Iterator[tuple[object, object]]:
    for pair in coordinates:
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            raise _no_coordinates()
        value, where = pair
        yield from ((value, one) for one in (where if isinstance(where, list | tuple) else [where]))


def _region(value: object, where: object) -> Region:
    if value not in (0, 1) or not isinstance(where, str):
        raise _no_coordinates()
    if where.strip().lower() == "all":
        return Region(bool(value), (WholeImage(),))
    try:
        x0, y0, x1, y1 = (int(one) for one in where.split(","))
    except ValueError:
        raise _no_coordinates() from None
    if not (0 <= x0 <= x1 and 0 <= y0 <= y1):
        raise _no_coordinates()
    return Region(bool(value), (Rectangle(x0, y0, x1, y1),))


def _no_coordinates() -> ValueError:
    return ValueError("coordinates are [0 or 1, 'all' or 'x0,y0,x1,y1'], left before right and top before bottom")


@contextmanager
def source_of(given: Input, *, force: bool) -> Iterator[Source]:
    """Open the bytes of an input; an object in memory is encoded, and not changed. Raises as `inputs.opened`."""
    if not isinstance(given, InMemory):
        with opened(given, force=force) as source:
            yield source.opened
        return
    try:
        twin = copy.copy(given.dataset)
        if hasattr(twin, "file_meta"):
            twin.file_meta = copy.deepcopy(twin.file_meta)
        data = content_of_dataset(twin).whole()
    except OSError as failure:
        raise ObjectRefused((Fault(faults.ELEMENT_UNDECODABLE, str(failure)),)) from None
    yield OpenedBytes(data)


def as_it_is(source: Source) -> Content:
    """Return the bytes of an object unchanged."""
    return Content(lambda: (Span(0, source.size),), source)


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn what is wrong with a file into ObjectRefused."""
    try:
        yield
    except Unsuited as reason:
        raise ObjectRefused((Fault(faults.PIXELS_NOT_UNDERSTOOD, str(reason)),)) from None
    except (NotWhole, Damaged):
        raise ObjectRefused((Fault(faults.PIXELS_NOT_UNDERSTOOD, "the file is damaged"),)) from None


def syntax_of(source: Source) -> str:
    """Return the transfer syntax of an object. Raises ObjectRefused."""
    with _refusing():
        return parts_of(Window(source)).syntax


def blanked(source: Source, painting: Painting, storage: Storage) -> BlankedFile:
    """Blank regions in the bytes of an object, frame by frame when they are written. Raises ObjectRefused."""
    with _refusing():
        found = blank_bytes(source, painting, storage)
    if isinstance(found, Refused):
        raise ObjectRefused(found.faults)
    if isinstance(found, NothingToBlank):
        return BlankedFile(as_it_is(source), None)
    return BlankedFile(Content(found.pieces, source), found.account)


def pixels_of(content: Content, *, fix_interpretation: bool) -> Pixels:
    """Return the pixels of an object as pydicom does, colour as RGB. Raises ObjectRefused.

    With `fix_interpretation`, native pixels that are called YBR_FULL_422 and are too many for it are taken for RGB.
    """
    buffer = BytesIO()
    for chunk in content.chunks():
        buffer.write(chunk)
    buffer.seek(0)
    with guarded() as guard:
        pixels = _array_of(buffer, fix_interpretation=fix_interpretation)
    if guard.kind:
        message = f"the pixels cannot be decoded ({guard.kind})"
        raise ObjectRefused((Fault(faults.FRAME_UNDECODABLE, message),))
    return pixels if pixels.flags.writeable and pixels.flags.aligned else pixels.copy()


def _array_of(buffer: BytesIO, *, fix_interpretation: bool) -> Pixels:
    """Return the pixels of a file; native ones stay in its memory, for frames of a cine are many."""
    header = dcmread(buffer, force=True, stop_before_pixels=True)
    if "TransferSyntaxUID" not in header.file_meta:
        implicit, little = header.original_encoding
        header.file_meta.TransferSyntaxUID = UID(syntax_in(Layout(implicit=bool(implicit), little=bool(little))))
    syntax = header.file_meta.TransferSyntaxUID
    if syntax not in (ExplicitVRLittleEndian, ImplicitVRLittleEndian):
        buffer.seek(0)
        dataset = dcmread(buffer, force=True)
        dataset.file_meta.TransferSyntaxUID = syntax
        return np.asarray(pixel_array(dataset, decoding_plugin=_plugin(syntax)))
    tag, value = _native_value(buffer, syntax)
    if fix_interpretation and _is_wrong_name(header, len(value)):
        header.PhotometricInterpretation = "RGB"
    options: dict[str, Any] = {**as_pixel_options(header), "pixel_keyword": keyword_for_tag(tag), "view_only": True}
    return np.asarray(get_decoder(syntax).as_array(value, **options)[0])


def _native_value(buffer: BytesIO, syntax: UID) -> tuple[int, memoryview]:
    """Return the tag and the value of native pixel data, which a buffer stands at."""
    is_implicit = syntax == ImplicitVRLittleEndian
    header = buffer.read(8 if is_implicit else 12)
    group, element = struct.unpack("<HH", header[:4])
    (length,) = struct.unpack("<L", header[-4:])
    at = buffer.tell()
    value = buffer.getbuffer()[at : at + length]
    if len(value) < length:
        raise ValueError("the pixel data is cut off")
    return group << 16 | element, value


def _plugin(syntax: UID) -> str:
    """Return what decodes lossy JPEG when it is blanked, where decoders differ; else what pydicom takes."""
    if syntax in (JPEGBaseline8Bit, JPEGExtended12Bit) and "pillow" in get_decoder(syntax).available_plugins:
        return "pillow"
    return ""


def _is_wrong_name(header: Dataset, length: int) -> bool:
    """Whether native pixels have as many bytes as colour that is not shared, and the name of one that is."""
    frames = int(header.get("NumberOfFrames") or 1)
    full = header.Rows * header.Columns * 3 * header.BitsAllocated // 8 * frames
    return header.get("PhotometricInterpretation") == "YBR_FULL_422" and bool(length >= full)
