"""Read the stored values of the frames of a file, one frame in memory at a time."""

from __future__ import annotations

from typing import Any

import numpy as np
from attrs import define, field, frozen
from numpy.typing import NDArray

from deidc.dicom.layout import PIXEL_DATA, UNDEFINED
from deidc.dicom.part10 import Opened, opened
from deidc.dicom.walk import PlacedElement, elements
from deidc.dicom.window import Reader, Window
from deidc.pixels.frames import fragments
from deidc.pixels.frames.codecs import decoded
from deidc.pixels.frames.fragments import Encapsulated, encapsulated
from deidc.pixels.frames.image import Image, image_of_object, not_understood
from deidc.pixels.frames.native import as_long_as_it_is, in_other_order
from deidc.runtime.fold.toplevel import OfBytes

Values = NDArray[Any]


@frozen(eq=False)
class Samples:
    """The values of a frame: rows, columns and, of colour, three samples; and how they are to be understood."""

    values: Values = field(repr=False)
    image: Image


@define(eq=False)
class StoredFrames:
    """The frames of one file, each read when it is needed; construct it with `StoredFrames.of`.

    Attributes:
        image: how the pixels lie in the file.
        top: the attributes of the object.

    """

    image: Image
    top: OfBytes = field(repr=False)
    _file: Opened = field(repr=False)
    _place: PlacedElement = field(repr=False)
    _source: Encapsulated | None = field(repr=False)

    @classmethod
    def of(cls, reader: Reader) -> StoredFrames | None:
        """Return the frames of a file; None if it has no pixels.

        Raises Trouble (DC971) if they cannot be found in the bytes, Unsuited for what is no DICOM file, NotWhole or
        Damaged where the bytes are cut off, and OSError of the reader.
        """
        file, there, top = _opened(reader)
        image = image_of_object(top, there)
        if image is None:
            return None
        place = there[image.tag]
        if place.header.length != UNDEFINED:
            return cls(as_long_as_it_is(image, file.window, place), top, file, place, None)
        if image.tag != PIXEL_DATA or image.allocated == 1:
            raise not_understood("pixels of this kind are not compressed", image.tag)
        offsets, lengths = top.find(fragments.OFFSETS), top.find(fragments.LENGTHS)
        source = encapsulated(file.window, place.header.value_at, image.frames, offsets, lengths)
        return cls(image, top, file, place, source)

    def __len__(self) -> int:
        return self.image.frames

    @property
    def little(self) -> bool:
        """Whether values of several bytes have the lowest first."""
        return self._file.layout.little

    def samples(self, frame: int) -> Samples:
        """Return a frame, counted from 0. Raises IndexError, Trouble (DC972), NotWhole and OSError."""
        if not 0 <= frame < len(self):
            raise IndexError(frame)
        if self._source is None:
            return Samples(self._native(frame), self.image)
        data = self._source.frames[frame].encoded(self._file.window)
        one = decoded(data, self.image, self._file.syntax)
        cells = one.pixels.view(f"<u{one.image.allocated // 8}")
        return Samples(_valued(cells, one.image), one.image)

    def _native(self, frame: int) -> Values:
        image = self.image
        cells = self._cells(frame)
        if image.is_subsampled:
            pairs = cells.reshape(image.rows, image.columns // 2, 4)
            whole = np.empty((image.rows, image.columns, 3), dtype=cells.dtype)
            whole[:, :, 0] = pairs[:, :, :2].reshape(image.rows, image.columns)
            whole[:, :, 1:] = np.repeat(pairs[:, :, 2:], 2, axis=1)
            return _valued(whole, image)
        if image.samples == 1:
            return _valued(cells.reshape(image.rows, image.columns), image)
        if image.planar:
            return _valued(np.moveaxis(cells.reshape(image.samples, image.rows, image.columns), 0, -1), image)
        return _valued(cells.reshape(image.rows, image.columns, image.samples), image)

    def _cells(self, frame: int) -> Values:
        """Return the cells of a native frame in the order of the bytes; of single bits, one byte for each."""
        image = self.image
        is_swapped = not self.little and image.allocated in (1, 8) and self._place.header.vr == b"OW"
        unit = 16 if is_swapped else 8  # bits that are read together
        first = frame * image.frame_bits
        begin, end = first // unit * unit, -(-(first + image.frame_bits) // unit) * unit
        at = self._place.header.value_at
        # The last word of words is whole, since values have an even length.
        data = np.frombuffer(self._file.window[at + begin // 8 : at + end // 8], np.uint8)
        if is_swapped:
            data = in_other_order(data)
        if image.allocated == 1:
            return np.unpackbits(data, bitorder="little")[first - begin :][: image.frame_bits]
        own = data[(first - begin) // 8 :][: image.frame_bits // 8]
        kind = "f" if image.is_float else "u"
        return own.view(f"{'<' if self.little else '>'}{kind}{image.allocated // 8}")


def image_in(reader: Reader) -> Image | None:
    """Return how the pixels of a file lie; None if it has none. They are not looked at. Raises as `StoredFrames.of`."""
    _, there, top = _opened(reader)
    return image_of_object(top, there)


def _opened(reader: Reader) -> tuple[Opened, dict[int, PlacedElement], OfBytes]:
    file = opened(Window(reader))
    there = {one.header.tag: one for one in elements(file.window, file.start, file.window.size, file.layout)}
    return file, there, OfBytes(file)


def _valued(cells: Values, image: Image) -> Values:
    """Return what cells stand for: the bits of their values, with their sign (PS3.5 8.1.1); colour has none."""
    width = 8 * cells.dtype.itemsize
    is_signed = image.signed and image.samples == 1
    if image.is_float or (image.stored == width and not is_signed):
        return cells
    # What is above the value is shifted out, and what is below it too, with the sign coming after if there is one.
    top = cells << (width - 1 - image.high)
    return (top.view(f"i{cells.dtype.itemsize}") if is_signed else top) >> (width - image.stored)
