"""Detect text with the model that rapidocr-onnxruntime ships (PP-OCRv4, Apache License 2.0).

The model is run by onnxruntime itself, with the file that is inside the package. What the package has around it would
import OpenCV, which cannot be loaded where there is no graphical system.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from math import ceil
from pathlib import Path
from typing import Protocol

import numpy as np
import onnxruntime
from attrs import define, field, frozen
from numpy.typing import NDArray
from PIL import Image

from deidc.ir.ops import Rectangle
from deidc.pixels.display.levels import Picture
from deidc.pixels.text.areas import Box, boxes

# From this probability on a pixel is of text; the model says more than 0.9 of nearly all text it sees.
_PROBABLE = 0.2
# The model marks the middle of a line of text. So many times the height of what it marks lies around it, along the line
# and across, and so many pixels.
_ALONG, _ACROSS, _AROUND = 2.0, 1.2, 3.0
# What is marked and higher, in pixels of a pass, is no text: text of that height is seen in a smaller pass.
_HIGHEST = 28
# A pass goes over an image in tiles, and takes the memory of one. They overlap, for text may lie across their edges.
# The model takes multiples of 32 pixels.
_TILE, _OVERLAP, _STEP = 640, 48, 32
# Of an image that is levelled: half of the square that is looked at, the least spread that brightness is taken to have,
# and the one that it has then.
_WINDOW, _QUIETEST, _SPREAD = 16, 6.0, 50.0


@frozen
class Pass:
    """One look at an image.

    Attributes:
        scale: how many times as large the image is made.
        turned: whether by a quarter, so that text from bottom to top runs from left to right.
        levelled: whether brightness is spread in the surroundings of each pixel.

    """

    scale: float
    turned: bool = False
    levelled: bool = False


PASSES = (
    Pass(0.25),
    Pass(0.25, turned=True),
    Pass(0.5),
    Pass(0.5, turned=True),
    Pass(1),
    Pass(1, turned=True),
    Pass(1, levelled=True),
    Pass(2),
    Pass(2, turned=True),
    Pass(2, levelled=True),
)
# Images with more pixels are not enlarged, and those with fewer rows or columns than this in a pass not made smaller.
_LARGEST_ENLARGED = 1 << 22
_SMALLEST = 200


class _Model(Protocol):
    """A session of onnxruntime, which has no types."""

    def run(self, outputs: None, inputs: dict[str, NDArray[np.float32]]) -> list[NDArray[np.float32]]: ...


@define(eq=False)
class RapidOcr:
    """A text detector; the model is loaded when the first picture is looked at."""

    threads: int = 1
    passes: tuple[Pass, ...] = PASSES
    _model: _Model | None = field(init=False, default=None, repr=False)

    def find(self, picture: Picture) -> tuple[Rectangle, ...]:
        """Return rectangles around what may be text, the same ones at each call; they may overlap.

        `picture` is rows and columns of grey, or rows, columns and three colours.
        """
        found: set[Box] = set()
        for one in self.passes:
            found.update(self._look(picture, one))
        return tuple(Rectangle(*box) for box in sorted(found))

    def _look(self, picture: Picture, how: Pass) -> Iterator[Box]:
        rows, columns = picture.shape[:2]
        if how.scale > 1 and rows * columns > _LARGEST_ENLARGED:
            return
        if how.scale < 1 and min(rows, columns) * how.scale < _SMALLEST:
            return
        for top, bottom in _tiles(rows, how.scale):
            for left, right in _tiles(columns, how.scale):
                tile = picture[top:bottom, left:right]
                if tile.min() == tile.max():
                    continue
                for x0, y0, x1, y1 in self._in_tile(tile, how):
                    box = max(0, left + x0), max(0, top + y0), min(columns, left + x1), min(rows, top + y1)
                    if box[0] < box[2] and box[1] < box[3]:  # or it is of what was put behind an edge
                        yield box

    def _in_tile(self, tile: Picture, how: Pass) -> Iterator[Box]:
        # Letters at an edge are seen better if something is behind it.
        margin = ceil(_STEP / 2 / how.scale)
        image = _framed(tile, margin)
        if how.levelled:
            image = levelled(image)
        if how.turned:
            image = np.rot90(image)
        probable = self._probable(image, how.scale)
        if how.turned:
            probable = np.rot90(probable, -1)
        for x0, y0, x1, y1 in boxes(probable > _PROBABLE):
            height = min(x1 - x0, y1 - y0)
            if height > _HIGHEST:
                continue
            is_upright = x1 - x0 < y1 - y0
            across, along = _ACROSS * height / how.scale + _AROUND, _ALONG * height / how.scale + _AROUND
            dx, dy = (across, along) if is_upright else (along, across)
            yield (
                int(x0 / how.scale - dx) - margin,
                int(y0 / how.scale - dy) - margin,
                ceil(x1 / how.scale + dx) - margin,
                ceil(y1 / how.scale + dy) - margin,
            )

    def _probable(self, image: Picture, scale: float) -> NDArray[np.float32]:
        """Return for each pixel of an image at a scale how probably it is of text."""
        size = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
        scaled = np.asarray(Image.fromarray(np.ascontiguousarray(image)).resize(size, Image.Resampling.BICUBIC))
        rows, columns = scaled.shape[:2]
        more = ((0, -rows % _STEP), (0, -columns % _STEP), (0, 0))[: scaled.ndim]
        values = np.pad(scaled, more, mode="edge").astype(np.float32) / 127.5 - 1
        if values.ndim == 2:
            values = np.broadcast_to(values[..., None], (*values.shape, 3))
        (probable,) = self._loaded().run(None, {"x": np.ascontiguousarray(values.transpose(2, 0, 1)[None])})
        return np.asarray(probable[0, 0, :rows, :columns])

    def _loaded(self) -> _Model:
        if self._model is None:
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = options.inter_op_num_threads = self.threads
            options.enable_cpu_mem_arena = False  # or the memory of the largest tile is kept for good
            options.log_severity_level = 4
            self._model = onnxruntime.InferenceSession(_file(), options, providers=["CPUExecutionProvider"])
        return self._model


def _tiles(length: int, scale: float) -> Iterator[tuple[int, int]]:
    """Yield ranges that cover a length and overlap, none much longer than a tile at a scale."""
    count = ceil(length * scale / _TILE)
    overlap = ceil(_OVERLAP / scale)
    for number in range(count):
        begin, end = number * length // count, (number + 1) * length // count
        yield max(0, begin - overlap), min(length, end + overlap)


def _framed(tile: Picture, margin: int) -> Picture:
    """Return a tile with its middle brightness around; mirrored letters at an edge would not look like letters."""
    rows, columns = tile.shape[:2]
    framed = np.empty((rows + 2 * margin, columns + 2 * margin, *tile.shape[2:]), dtype=np.uint8)
    framed[:] = np.median(tile, axis=(0, 1))
    framed[margin : margin + rows, margin : margin + columns] = tile
    return framed


def levelled(image: Picture) -> Picture:
    """Return an image in which brightness is spread in the surroundings of each pixel, so that faint text is not."""
    if image.ndim == 3:
        return np.stack([levelled(image[..., colour]) for colour in range(image.shape[2])], axis=-1)
    values = image.astype(np.float64)
    mean = _mean(values)
    spread = np.sqrt(np.maximum(_mean(values * values) - mean * mean, 0))
    shown = 128 + (values - mean) * _SPREAD / np.maximum(spread, _QUIETEST)
    return np.asarray(np.clip(shown, 0, 255), dtype=np.uint8)


def _mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean of a square around each pixel."""
    for axis in (0, 1):
        around = [(0, 0), (0, 0)]
        around[axis] = (_WINDOW + 1, _WINDOW)
        sums = np.cumsum(np.pad(values, around, mode="reflect"), axis=axis)
        length = sums.shape[axis]
        values = sums.take(range(2 * _WINDOW + 1, length), axis) - sums.take(range(length - 2 * _WINDOW - 1), axis)
    return values / (2 * _WINDOW + 1) ** 2


def _file() -> str:
    spec = find_spec("rapidocr_onnxruntime")
    assert spec is not None
    assert spec.origin is not None
    (path,) = Path(spec.origin).parent.glob("models/*_det_*.onnx")
    return str(path)
