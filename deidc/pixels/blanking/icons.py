"""Blank an icon image under the masks of the image that it is made of (PS3.3 F.7)."""

from __future__ import annotations

import numpy as np
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset

from deidc.dicom.layout import PIXEL_DATA, UNDEFINED
from deidc.dicom.window import InMemory, Window
from deidc.pixels.frames.black import black_of
from deidc.pixels.frames.image import Image, image_of
from deidc.pixels.frames.masks import Mask, Masks, OneMask
from deidc.pixels.frames.native import Native
from deidc.runtime.fold.frame import Trouble
from deidc.runtime.fold.toplevel import OfDataset

ICONS = 0x00880200


def icon_pixels(item: Dataset, image: Image, masks: Masks, *, little: bool, is_native: bool) -> bytes | None:
    """Return the pixel data of an icon in which everything is blanked that comes from a blanked pixel.

    None if the pixels of the icon cannot be matched to those of the image: it has other proportions, is
    compressed, or is not understood. `is_native` says that pixel data of the object is not compressed.
    """
    try:
        icon = image_of(OfDataset(item), frozenset(map(int, item.keys())))
        if icon is None or icon.tag != PIXEL_DATA or icon.frames != 1 or not is_native or not _has_shape(icon, image):
            return None
        element = item.get_item(PIXEL_DATA)
        if not isinstance(element, RawDataElement) or element.length == UNDEFINED:
            return None
        data = element.value
        if data is None or len(data) < icon.native_length:
            return None
        black = black_of(icon, OfDataset(item), little=little)
    except Trouble:
        return None
    swapped = not little and icon.allocated in (1, 8) and element.VR == "OW"
    if swapped and len(data) % 2:
        return None
    return _blanked(data, icon, black, _scaled(masks.of_any(), icon), little=little, swapped=swapped)


def _blanked(data: bytes, icon: Image, black: tuple[int, ...], mask: Mask, *, little: bool, swapped: bool) -> bytes:
    native = Native(icon, OneMask(mask), black, Window(InMemory(data)), 0, little, swapped)
    changed = bytearray(data)
    for change in native.changes():
        assert isinstance(change.new, bytes), "native frames change into bytes"
        changed[change.start : change.end] = change.new
    return bytes(changed)


def _has_shape(icon: Image, image: Image) -> bool:
    """Whether an icon can be the whole image made smaller: it has the same proportions, but for one row."""
    rows = icon.columns * image.rows / image.columns
    return icon.rows <= image.rows and icon.columns <= image.columns and abs(icon.rows - rows) <= 1


def _scaled(mask: Mask, icon: Image) -> Mask:
    """Return the pixels of an icon that a blanked pixel of the image may have a part in, with those around them."""
    small = np.zeros((icon.rows, icon.columns), dtype=np.bool_)
    rows, columns = np.nonzero(mask)
    small[rows * icon.rows // mask.shape[0], columns * icon.columns // mask.shape[1]] = True
    # What makes images smaller mixes pixels with their neighbours.
    around = np.pad(small, 1)
    windows = [around[y : y + icon.rows, x : x + icon.columns] for y in range(3) for x in range(3)]
    return np.asarray(np.logical_or.reduce(windows))
