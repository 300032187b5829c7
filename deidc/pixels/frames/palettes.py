"""Read the palettes of a PALETTE COLOR image (PS3.3 C.7.6.3.1.5, C.7.6.3.1.6 and C.7.9.2)."""

from __future__ import annotations

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_color_lut
from pydicom.tag import BaseTag

from deidc.guarded import guarded
from deidc.pixels.frames.image import Image, not_understood, numbers
from deidc.runtime.fold.elements import InputElement
from deidc.runtime.fold.toplevel import TopLevel

_DESCRIPTORS = (0x00281101, 0x00281102, 0x00281103)
_DATA = (0x00281201, 0x00281202, 0x00281203)
_SEGMENTED = (0x00281221, 0x00281222, 0x00281223)


@frozen(eq=False)
class Palette:
    """The three palettes of an image.

    Attributes:
        first: the stored value that the first entry stands for. Lower ones stand for it too, and those behind the
            last entry for the last.
        colours: red, green and blue of each entry, as they are written.

    """

    first: int
    colours: NDArray[np.int64] = field(repr=False)

    def entries(self, values: NDArray[np.integer]) -> NDArray[np.int64]:
        """Return the numbers of the entries that stored values stand for."""
        return np.clip(values.astype(np.int64) - self.first, 0, len(self.colours) - 1)


def palette_of(image: Image, top: TopLevel, *, little: bool) -> Palette:
    """Return the palettes of an image. Raises Trouble (DC971)."""
    descriptor = numbers(top.find(_DESCRIPTORS[0]))
    if descriptor is None or len(descriptor) != 3:
        raise not_understood("the palettes are incomplete", _DESCRIPTORS[0])
    count, first = descriptor[0] or 1 << 16, descriptor[1]
    if image.signed and first > 0x7FFF:
        first -= 1 << 16
    if all(top.find(tag) is not None for tag in _SEGMENTED):
        return Palette(first, _unfolded(top, count, little=little))
    entries = [_entries(top.find(tag), count, little=little) for tag in _DATA]
    return Palette(first, np.stack(entries, axis=-1).astype(np.int64))


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
    # The first entry stands for index 0 then, so that every index has an entry.
    palettes.RedPaletteColorLookupTableDescriptor = [count & 0xFFFF, 0, 16]
    # Palettes may be cut off, or contradict their descriptors.
    with guarded() as guard:
        colours = apply_color_lut(np.arange(count, dtype=np.int64), palettes)
    if guard.kind:
        raise not_understood("the palettes cannot be read", _SEGMENTED[0])
    return np.asarray(colours[..., :3], dtype=np.int64)
