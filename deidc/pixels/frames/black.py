"""Find the stored value that is displayed black (PS3.3 C.7.6.3.1.2)."""

from __future__ import annotations

import numpy as np

from deidc.pixels.frames.image import Image, numbers, text
from deidc.pixels.frames.palettes import palette_of
from deidc.runtime.fold.toplevel import TopLevel

_SLOPE = 0x00281053
_OVERLAY_ALLOCATED, _OVERLAY_POSITION, _OVERLAY_DATA = 0x60000100, 0x60000102, 0x60003000
OVERLAY_GROUPS = tuple(range(0x60000000, 0x60200000, 0x20000))


def black_of(image: Image, top: TopLevel, *, little: bool = True) -> tuple[int, ...]:
    """Return the bits of the cells of a black pixel, one number for each sample. Raises Trouble (DC971).

    `image` describes the pixels as stored, or as decoded. Of grey it is the end of the range of values
    that is displayed black whatever the window: the lowest, and for MONOCHROME1, or a slope below zero, the highest.
    Of a palette it is the darkest entry. Bits that are not used for the value have its sign, as most writers have it,
    and are zero where an overlay is in them.
    """
    match image.photometric:
        case "MONOCHROME1" | "MONOCHROME2":
            values: tuple[int, ...] = (_grey(image, top),)
        case "PALETTE COLOR":
            values = (_darkest(image, top, little=little),)
        case "YBR_FULL" | "YBR_FULL_422":
            values = (0, 1 << image.stored - 1, 1 << image.stored - 1)
        case "YBR_PARTIAL_422":
            values = (1 << image.stored - 4, 1 << image.stored - 1, 1 << image.stored - 1)
        case _:  # RGB, and what transforms of JPEG 2000 make of it
            values = (0, 0, 0)
    shift = image.high + 1 - image.stored
    cell = (1 << image.allocated) - 1
    if _has_overlay_in_pixels(image, top):
        cell = ((1 << image.stored) - 1) << shift
    return tuple((value << shift) & cell for value in values)


def _grey(image: Image, top: TopLevel) -> int:
    span = 1 << image.stored
    lowest, highest = (-span // 2, span // 2 - 1) if image.signed else (0, span - 1)
    return highest if (image.photometric == "MONOCHROME1") != _falls(top) else lowest


def _falls(top: TopLevel) -> bool:
    """Whether higher stored values stand for lower ones (PS3.3 C.11.1)."""
    try:
        return float(text(top, _SLOPE) or 1) < 0
    except ValueError:
        return False


def _has_overlay_in_pixels(image: Image, top: TopLevel) -> bool:
    """Whether bits of the cells that hold no value hold a retired kind of overlay (PS3.5 8.1.2)."""
    for group in OVERLAY_GROUPS:
        position = numbers(top.find(group | (_OVERLAY_POSITION & 0xFFFF)))
        if position and position[0] > 0 and top.find(group | (_OVERLAY_DATA & 0xFFFF)) is None:
            return image.stored < image.allocated
    return False


def _darkest(image: Image, top: TopLevel, *, little: bool) -> int:
    """Return the index of the darkest entry of the palettes, the first of equal ones."""
    palette = palette_of(image, top, little=little)
    span = 1 << image.stored
    lowest, highest = (-span // 2, span // 2 - 1) if image.signed else (0, span - 1)
    # Indexes below the first entry stand for the first, and those above the last for the last.
    last = palette.first + len(palette.colours) - 1
    indexes = np.arange(max(lowest, min(palette.first, highest)), min(highest, max(last, lowest)) + 1)
    return int(indexes[np.argmin(palette.colours.sum(axis=-1)[palette.entries(indexes)])])
