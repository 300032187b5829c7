"""Blank frames of native pixel data in the bytes of an object."""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd
from typing import TypeAlias

import numpy as np
from attrs import define, evolve, field, frozen
from numpy.typing import NDArray

from deidc.dicom.layout import PIXEL_DATA
from deidc.dicom.splicing import Change
from deidc.dicom.walk import PlacedElement
from deidc.dicom.window import Window
from deidc.pixels.frames.image import Image, not_understood
from deidc.pixels.frames.masks import FrameMasks, Mask, bands, rectangles

Areas: TypeAlias = tuple[tuple[int, int, int, int], ...]


@frozen
class Band:
    """Rows in which something is blanked, and the rectangles of them in which everything is, counted from the first."""

    first: int
    last: int
    rectangles: Areas
    is_full: bool


def _bands_of(mask: Mask) -> Iterator[Band]:
    every = rectangles(mask)
    for first, last in bands(mask):
        here = tuple((top - first, bottom - first, x0, x1) for top, bottom, x0, x1 in every if first <= top < last)
        yield Band(first, last, here, bool(mask[first:last].all()))


@define(eq=False)
class Native:
    """The frames of an image in a range of the input that begins at `start`.

    Attributes:
        black: the bits of a black pixel, one number for each sample; unused for floating point numbers.
        swapped: whether bytes are in pairs of which the second comes first (PS3.5 8.1.1: words in big endian).

    """

    image: Image
    masks: FrameMasks
    black: tuple[int, ...]
    window: Window = field(repr=False)
    start: int
    little: bool
    swapped: bool
    _areas: tuple[Mask, tuple[Band, ...]] | None = field(init=False, default=None, repr=False)
    _black_rows: tuple[tuple[int, int | None], bytes] | None = field(init=False, default=None, repr=False)

    def changes(self) -> Iterator[Change]:
        """Yield what changes, frame after frame. Raises NotWhole and OSError."""
        if self.image.allocated == 1 or self.swapped or self.image.is_float:
            return self._by_groups()
        return self._by_bands()

    # ---- rows of whole bytes ----------------------------------------------------------------------------

    def _by_bands(self) -> Iterator[Change]:
        """Yield changes of the rows in which something is blanked; the others are never read."""
        frame_bytes = self.image.frame_bits // 8
        planes: tuple[int | None, ...] = tuple(range(self.image.samples)) if self.image.planar else (None,)
        for frame in range(self.image.frames):
            areas = self._areas_of(self.masks.of(frame))
            for number, plane in enumerate(planes):
                begin = self.start + frame * frame_bytes + number * (frame_bytes // len(planes))
                for area in areas:
                    yield self._band(begin, area, plane)

    def _band(self, begin: int, band: Band, plane: int | None) -> Change:
        samples = 1 if plane is not None else self._cell[1]
        row = self.image.columns // self._cell[0] * samples * self.image.allocated // 8
        start, end = begin + band.first * row, begin + band.last * row
        if band.is_full:
            return Change(start, end, self._all_black(band.last - band.first, samples, plane))
        data = np.frombuffer(self.window[start:end], self._dtype).reshape(band.last - band.first, -1, samples).copy()
        self.blank(data, band.rectangles, plane)
        return Change(start, end, data.tobytes())

    def _all_black(self, rows: int, samples: int, plane: int | None) -> bytes:
        """Return rows in which everything is blanked; those of the next frame are most often the same."""
        if self._black_rows is None or self._black_rows[0] != (rows, plane):
            data = np.empty((rows, self.image.columns // self._cell[0], samples), self._dtype)
            self.blank(data, ((0, rows, 0, self.image.columns),), plane)
            self._black_rows = ((rows, plane), data.tobytes())
        return self._black_rows[1]

    @property
    def _dtype(self) -> str:
        return f"{'<' if self.little else '>'}u{self.image.allocated // 8}"

    @property
    def _cell(self) -> tuple[int, int]:
        """How many pixels lie together, and how many samples they have."""
        return (2, 4) if self.image.is_subsampled else (1, self.image.samples)

    def blank(self, data: NDArray[np.generic], areas: Areas, plane: int | None = None) -> None:
        """Make rectangles of rows, cells and samples black."""
        if self.image.is_subsampled:
            self._blank_pairs(data, areas)
            return
        values = self.black if plane is None else self.black[plane : plane + 1]
        # One number is written many times as fast as a row of them.
        black = np.array(values[0] if len(set(values)) == 1 else values, dtype=data.dtype)
        for top, bottom, left, right in areas:
            data[top:bottom, left:right] = black

    def _blank_pairs(self, data: NDArray[np.generic], areas: Areas) -> None:
        """Make pixels black that lie in pairs: left, right, and the colour of both (PS3.3 C.7.6.3.1.2).

        The colour goes if one of the two is blanked.
        """
        luma, *colour = np.array(self.black, dtype=data.dtype)
        for top, bottom, left, right in areas:
            data[top:bottom, (left + 1) // 2 : (right + 1) // 2, 0] = luma
            data[top:bottom, left // 2 : right // 2, 1] = luma
            data[top:bottom, left // 2 : (right + 1) // 2, 2:] = colour

    def _areas_of(self, mask: Mask) -> tuple[Band, ...]:
        if self._areas is None or self._areas[0] is not mask:
            self._areas = mask, tuple(_bands_of(mask))
        return self._areas[1]

    # ---- whole frames -----------------------------------------------------------------------------------

    def _by_groups(self) -> Iterator[Change]:
        """Yield changes of whole frames, of as many at once as begin and end with a byte, or with a pair of them."""
        image = self.image
        unit = 16 if self.swapped else 8
        count = unit // gcd(image.frame_bits, unit)
        for first in range(0, image.frames, count):
            frames = range(first, min(first + count, image.frames))
            if not any(self.masks.touches(frame) for frame in frames):
                continue
            start = self.start + first * image.frame_bits // 8
            bits = len(frames) * image.frame_bits
            length = -(-bits // unit) * unit // 8
            data = np.frombuffer(self.window[start : start + length], np.uint8).copy()
            if self.swapped:
                data = in_other_order(data)
            data = self._blanked(data, frames)
            yield Change(start, start + len(data), (in_other_order(data) if self.swapped else data).tobytes())

    def _blanked(self, data: NDArray[np.uint8], frames: range) -> NDArray[np.uint8]:
        """Blank frames in their bytes, which may be followed by padding."""
        image = self.image
        size = len(frames) * image.frame_bits // 8
        if image.allocated == 1:
            bits = np.unpackbits(data, bitorder="little")
            for number, frame in enumerate(frames):
                pixels = bits[number * image.frame_bits : (number + 1) * image.frame_bits]
                pixels[self.masks.of(frame).reshape(-1)] = self.black[0]
            return np.packbits(bits, bitorder="little")
        order = "<" if self.little or self.swapped else ">"
        kind = "f" if image.is_float else "u"
        values = data[:size].view(f"{order}{kind}{image.allocated // 8}").reshape(len(frames), -1)
        for number, frame in enumerate(frames):
            self._blank(values[number], frame)
        return data

    def _blank(self, values: NDArray[np.generic], frame: int) -> None:
        mask = self.masks.of(frame)
        if self.image.is_float:
            values[mask.reshape(-1)] = darkest_of(values)
            return
        pixels, samples = self._cell
        areas = rectangles(mask)
        if self.image.planar:
            for plane, data in enumerate(values.reshape(samples, self.image.rows, self.image.columns, 1)):
                self.blank(data, areas, plane)
        else:
            self.blank(values.reshape(self.image.rows, self.image.columns // pixels, samples), areas)


def as_long_as_it_is(image: Image, window: Window, place: PlacedElement) -> Image:
    """Return an image whose frames take as many bytes as there are. Raises Trouble (DC971)."""
    length = place.header.length
    if image.is_subsampled:
        full = evolve(image, photometric="RGB")
        if full.native_length <= length <= full.native_length + 1:
            return full  # the wrong name of colour that is not shared, which readers take for RGB
        if image.columns % 2:
            raise not_understood("subsampled color needs an even number of columns", PIXEL_DATA)
    if length < image.native_length:
        raise not_understood("the pixel data is shorter than its attributes declare", image.tag)
    behind = range(place.header.value_at + image.native_length + image.native_length % 2, place.end, 1 << 20)
    if any(any(window[at : min(at + (1 << 20), place.end)]) for at in behind):
        raise not_understood("there are bytes after the last frame", image.tag)
    return image


def darkest_of(values: NDArray[np.generic]) -> float:
    """Return what is black among floating point numbers: the lowest that is a number, or zero if that is lower.

    There is no end of their range that could be displayed beside the others.
    """
    numbers = values[np.isfinite(values)]
    return float(min(0.0, numbers.min())) if numbers.size else 0.0


def in_other_order(data: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return pairs of bytes with the second first."""
    return data.reshape(-1, 2)[:, ::-1].reshape(-1)
