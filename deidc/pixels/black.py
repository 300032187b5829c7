"""Black: what is stored in a pixel so that it is displayed black (PS3.3 C.7.6.3.1.2)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_color_lut
from pydicom.tag import BaseTag

from deidc.pixels.image import Image, not_understood, numbers, text
from deidc.runtime.elements import InputElement
from deidc.runtime.toplevel import TopLevel

_SLOPE = 0x00281053
_DESCRIPTORS = (0x00281101, 0x00281102, 0x00281103)
_DATA = (0x00281201, 0x00281202, 0x00281203)
_SEGMENTED = (0x00281221, 0x00281222, 0x00281223)
_OVERLAY_ALLOCATED, _OVERLAY_POSITION, _OVERLAY_DATA = 0x60000100, 0x60000102, 0x60003000
OVERLAY_GROUPS = tuple(range(0x60000000, 0x60200000, 0x20000))


def black_of(image: Image, top: TopLevel, *, little: bool = True) -> tuple[int, ...]:
    """Return the bits of the cells of a black pixel, one number for each sample. Raises Trouble (DC971).

    `image` is as the pixels are stored, or as they are after decoding. Of grey it is the end of the range of values
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
    descriptor = numbers(top.find(_DESCRIPTORS[0]))
    if descriptor is None or len(descriptor) != 3:
        raise not_understood("the palettes are incomplete", _DESCRIPTORS[0])
    count, first = descriptor[0] or 1 << 16, descriptor[1]
    if image.signed and first > 0x7FFF:
        first -= 1 << 16
    span = 1 << image.stored
    lowest, highest = (-span // 2, span // 2 - 1) if image.signed else (0, span - 1)
    # Indexes below the first entry stand for the first, and those above the last for the last.
    indexes = np.arange(max(lowest, min(first, highest)), min(highest, max(first + count - 1, lowest)) + 1)
    entries = np.clip(indexes - first, 0, count - 1)
    return int(indexes[np.argmin(_brightness(top, count, little=little)[entries])])


def _brightness(top: TopLevel, count: int, *, little: bool) -> NDArray[np.int64]:
    """Return for each entry what its colours come to. Raises Trouble (DC971)."""
    if all(top.find(tag) is not None for tag in _SEGMENTED):
        return _unfolded(top, count, little=little)
    entries = [_entries(top.find(tag), count, little=little) for tag in _DATA]
    return np.asarray(np.sum(entries, axis=0, dtype=np.int64))


def _entries(element: InputElement | None, count: int, *, little: bool) -> NDArray[np.integer]:
    """Return the entries of a palette, of 16 bits each, or of 8 (PS3.3 C.7.6.3.1.6)."""
    data = element.source.value if element is not None else None
    if not isinstance(data, bytes) or len(data) < count:
        raise not_understood("the palettes are incomplete", _DATA[0])
    if len(data) >= 2 * count:
        return np.frombuffer(data[: 2 * count], dtype="<u2" if little else ">u2")
    entries = np.frombuffer(data, dtype=np.uint8)
    if not little and element is not None and element.vr == "OW" and len(data) % 2 == 0:
        entries = entries.reshape(-1, 2)[:, ::-1].reshape(-1)
    return entries[:count]


def _unfolded(top: TopLevel, count: int, *, little: bool) -> NDArray[np.int64]:
    palettes = Dataset()
    for tag in (*_DESCRIPTORS, *_SEGMENTED):
        element = top.find(tag)
        if element is not None:
            palettes[BaseTag(tag)] = element.source
    palettes.set_original_encoding(False, little)
    # The first entry stands for index 0 then, so that all can be asked for.
    palettes.RedPaletteColorLookupTableDescriptor = [count & 0xFFFF, 0, 16]
    try:
        colours = apply_color_lut(np.arange(count, dtype=np.int64), palettes)
    # Palettes that are cut off or contradict their descriptors make pydicom raise what it likes.
    except Exception:  # noqa: BLE001
        raise not_understood("the palettes cannot be read", _SEGMENTED[0]) from None
    return np.asarray(np.sum(colours, axis=-1, dtype=np.int64))
