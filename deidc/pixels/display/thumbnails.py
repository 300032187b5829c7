"""A thumbnail is a small picture of a cleaned image, with the outlines of what was blanked."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image as Pillow

from deidc.pixels.display.drawing import outlined, scaled, scaled_mask, size_within
from deidc.pixels.display.levels import Picture
from deidc.pixels.display.pictures import Pictures
from deidc.pixels.frames.image import Image
from deidc.pixels.frames.masks import Masks, Painting

_COLOURS = 64


def thumbnail_of(pictures: Pictures, painting: Painting, longest: int) -> tuple[bytes, str]:
    """Return a PNG file of the first frame in which something is blanked, or of the first of all, and what it is.

    Brightness is that of the pixels that are not blanked. Raises Trouble (DC971, DC972), NotWhole and OSError.
    """
    masks = _masks(pictures.image, painting)
    frame = _telling_frame(masks)
    picture = pictures.picture(frame, pictures.levels(frame, ignoring=masks.of(frame)))
    return _drawn(picture, masks, frame, longest, tinted=False)


def outlines_of(image: Image, painting: Painting, longest: int) -> tuple[bytes, str]:
    """Return a PNG file of the regions alone, over black, and of which frame."""
    masks = _masks(image, painting)
    frame = _telling_frame(masks)
    return _drawn(np.zeros((masks.rows, masks.columns), np.uint8), masks, frame, longest, tinted=True)


def _masks(image: Image, painting: Painting) -> Masks:
    return Masks(painting, image.rows, image.columns, image.frames)


def _telling_frame(masks: Masks) -> int:
    return next((frame for frame in range(masks.frames) if masks.touches(frame)), 0)


def _drawn(picture: Picture, masks: Masks, frame: int, longest: int, *, tinted: bool) -> tuple[bytes, str]:
    rows, columns = size_within(masks.rows, masks.columns, longest)
    drawn = outlined(scaled(picture, rows, columns), scaled_mask(masks.of(frame), rows, columns), tinted=tinted)
    # A page has hundreds of them; few colours are a third of the bytes, and a thumbnail is not for diagnosis.
    few = Pillow.fromarray(drawn).quantize(_COLOURS, Pillow.Quantize.MAXCOVERAGE, dither=Pillow.Dither.NONE)
    buffer = io.BytesIO()
    few.save(buffer, "PNG", optimize=True)
    return buffer.getvalue(), f"frame {frame} of {masks.frames}"
