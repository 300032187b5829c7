"""Scale pictures, draw the outlines of masks over them, and write them as PNG."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from deidc.pixels.display.levels import Picture
from deidc.pixels.frames.masks import Mask

# Orange on black: neither is a colour of many images, and one of the two stands out from any.
OUTLINE, AROUND = (255, 149, 0), (0, 0, 0)
_TINT = 0.22


def size_within(rows: int, columns: int, longest: int) -> tuple[int, int]:
    """Return the rows and columns of a picture whose longer side has `longest` pixels at most; none becomes larger."""
    scale = min(1.0, longest / max(rows, columns))
    return max(1, round(rows * scale)), max(1, round(columns * scale))


def scaled(picture: Picture, rows: int, columns: int) -> Picture:
    """Return a picture in colour with other rows and columns."""
    image = Pillow.fromarray(picture).convert("RGB")
    # Few pixels made more are to be seen as what they are.
    way = Pillow.Resampling.NEAREST if columns > image.width else Pillow.Resampling.LANCZOS
    return np.asarray(image.resize((columns, rows), way) if image.size != (columns, rows) else image)


def scaled_mask(mask: Mask, rows: int, columns: int) -> Mask:
    """Return a mask with other rows and columns: True where anything of it is."""
    by_rows = np.logical_or.reduceat(mask, np.arange(rows) * mask.shape[0] // rows, axis=0)
    return np.asarray(np.logical_or.reduceat(by_rows, np.arange(columns) * mask.shape[1] // columns, axis=1))


def outlined(picture: Picture, mask: Mask, *, tinted: bool = False) -> Picture:
    """Return a picture in colour with the outline of a mask of its size, and with a tinted mask on request.

    The outline is the mask's own border, with a dark one inside of it.
    """
    drawn = picture.astype(np.float32)
    if tinted:
        drawn[mask] = drawn[mask] * (1 - _TINT) + np.array(OUTLINE, np.float32) * _TINT
    inside = mask & ~_border(mask)
    drawn[_border(inside)] = AROUND
    drawn[_border(mask)] = OUTLINE
    return np.round(drawn).astype(np.uint8)


def _border(mask: Mask) -> NDArray[np.bool_]:
    """Return the pixels of a mask that are beside one that is not of it, or at an end of the picture."""
    padded = np.pad(mask, 1)
    around = (padded[:-2, 1:-1], padded[2:, 1:-1], padded[1:-1, :-2], padded[1:-1, 2:])
    return np.asarray(mask & ~np.logical_and.reduce(around))


def as_png(picture: Picture) -> bytes:
    """Return a picture as a PNG file that holds nothing but it."""
    buffer = io.BytesIO()
    Pillow.fromarray(picture).save(buffer, "PNG")
    return buffer.getvalue()
