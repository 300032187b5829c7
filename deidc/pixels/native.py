"""Native pixel data: frames in the bytes of an object, and what stands there when their masks are black."""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd

import numpy as np
from attrs import define, field
from numpy.typing import NDArray

from deidc.pixels.image import Image
from deidc.pixels.masks import FrameMasks, Mask, bands
from deidc.pixels.splicing import Change
from deidc.runtime.window import Window


@define(eq=False)
class Native:
    """The frames of an image in a range of the input that begins at `start`.

    Attributes:
        black: the bits of a black pixel, one number for each sample; of no concern for floating point numbers.
        swapped: whether bytes are in pairs of which the second comes first (PS3.5 8.1.1: words in big endian).

    """

    image: Image
    masks: FrameMasks
    black: tuple[int, ...]
    window: Window = field(repr=False)
    start: int
    little: bool
    swapped: bool
    _cells: dict[int, NDArray[np.bool_]] = field(init=False, factory=dict, repr=False)
    _bands: dict[int, tuple[tuple[int, int], ...]] = field(init=False, factory=dict, repr=False)
    _filled: tuple[tuple[tuple[int, ...], tuple[int, ...]], bytes] | None = field(init=False, default=None, repr=False)

    def changes(self) -> Iterator[Change]:
        """Yield what changes, frame after frame. Raises NotWhole and OSError."""
        if self.image.allocated == 1 or self.swapped or self.image.is_float:
            return self._by_groups()
        return self._by_bands()

    # ---- rows of whole bytes ----------------------------------------------------------------------------

    def _by_bands(self) -> Iterator[Change]:
        """Yield changes of the rows in which something is blanked; the others are never read."""
        frame_bytes = self.image.frame_bits // 8
        planes = self.image.samples if self.image.planar else 1
        for frame in range(self.image.frames):
            mask = self.masks.of(frame)
            for plane in range(planes):
                begin = self.start + frame * frame_bytes + plane * frame_bytes // planes
                for first, last in self._bands_of(mask):
                    yield self._band(begin, mask, plane if self.image.planar else None, first, last)

    def _band(self, begin: int, mask: Mask, plane: int | None, first: int, last: int) -> Change:
        cells = self.cells_of(mask)[first:last]
        row = cells[0].size * self.image.allocated // 8
        start, end = begin + first * row, begin + last * row
        black = self.black if plane is None else self.black[plane : plane + 1]
        if cells.all():
            return Change(start, end, self._all_black(cells.shape, black))
        data = np.frombuffer(self.window[start:end], self._dtype).reshape(cells.shape).copy()
        np.copyto(data, self._spread(black), where=cells)
        return Change(start, end, data.tobytes())

    def _all_black(self, shape: tuple[int, ...], black: tuple[int, ...]) -> bytes:
        """Return rows in which everything is blanked; those of the next frame are most often the same."""
        if self._filled is None or self._filled[0] != (shape, black):
            data = np.empty(shape, self._dtype)
            data[:] = self._spread(black)
            self._filled = ((shape, black), data.tobytes())
        return self._filled[1]

    @property
    def _dtype(self) -> str:
        return f"{'<' if self.little else '>'}u{self.image.allocated // 8}"

    def _spread(self, black: tuple[int, ...]) -> NDArray[np.unsignedinteger]:
        """Return the bits of a cell: a black pixel, or two that share their colour."""
        values = (black[0], *black) if self.image.is_subsampled else black
        return np.array(values, dtype=self._dtype)

    def cells_of(self, mask: Mask) -> NDArray[np.bool_]:
        """Return a mask by rows, cells and samples, as they lie in the bytes.

        Two pixels that share their colour are one cell; the colour is blanked if one of them is (PS3.3 C.7.6.3.1.2).
        """
        cells = self._cells.get(id(mask))
        if cells is None:
            if self.image.is_subsampled:
                left, right = mask[:, ::2], mask[:, 1::2]
                cells = np.stack((left, right, left | right, left | right), axis=2)
            elif self.image.planar or self.image.samples == 1:
                cells = mask[:, :, np.newaxis]
            else:
                cells = np.broadcast_to(mask[:, :, np.newaxis], (*mask.shape, self.image.samples))
            self._cells[id(mask)] = cells  # masks live as long as `masks` does
        return cells

    def _bands_of(self, mask: Mask) -> tuple[tuple[int, int], ...]:
        found = self._bands.get(id(mask))
        if found is None:
            found = self._bands[id(mask)] = bands(mask)
        return found

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
                data = _swapped(data)
            data = self._blanked(data, frames)
            yield Change(start, start + len(data), (_swapped(data) if self.swapped else data).tobytes())

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
        cells = self.cells_of(mask)
        if self.image.planar:
            for plane, sample in zip(values.reshape(self.image.samples, *mask.shape), self.black, strict=True):
                plane[mask] = sample
        else:
            np.copyto(values.reshape(cells.shape), self._spread(self.black), where=cells)


def darkest_of(values: NDArray[np.generic]) -> float:
    """Return what is black among floating point numbers: the lowest that is a number, or zero if that is lower.

    There is no end of their range that could be displayed beside the others.
    """
    numbers = values[np.isfinite(values)]
    return float(min(0.0, numbers.min())) if numbers.size else 0.0


def _swapped(data: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return data.reshape(-1, 2)[:, ::-1].reshape(-1)
