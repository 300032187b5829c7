"""Pictures are the frames of a file as they are displayed, in 8 bits, grey or red, green and blue."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from attrs import define, field
from numpy.typing import NDArray
from pydicom.pixels.processing import convert_color_space

from deidc.dicom.window import Reader
from deidc.pixels.display.functional_groups import FunctionalGroups
from deidc.pixels.display.levels import IN_A_TABLE, Levels, Picture, levels_of, span_of, whole_range
from deidc.pixels.display.stored import Samples, StoredFrames
from deidc.pixels.frames.image import Image
from deidc.pixels.frames.masks import Mask
from deidc.pixels.frames.palettes import Palette, palette_of

__all__ = ["Levels", "Picture", "Pictures"]

# Red, green and blue of YBR_PARTIAL_422, whose samples do not use their whole range (PS3.3 C.7.6.3.1.2).
_PARTIAL = np.array([[1.1644, 1.1644, 1.1644], [0.0, -0.3917, 2.0173], [1.5960, -0.8129, 0.0]], dtype=np.float32)


@define(eq=False)
class Pictures:
    """The pictures of one file, each made when it is needed; construct it with `Pictures.of`.

    A picture is rows and columns of grey, or rows, columns and three colours. Overlays are not drawn.
    """

    _stored: StoredFrames = field(repr=False)
    _groups: FunctionalGroups = field(init=False, repr=False)
    _palette: Palette | None = field(init=False, default=None, repr=False)

    def __attrs_post_init__(self) -> None:
        self._groups = FunctionalGroups(self._stored.top)

    @classmethod
    def of(cls, reader: Reader) -> Pictures | None:
        """Return the pictures of a file; None if it has no pixels.

        Raises Trouble (DC971) if they cannot be found in the bytes, Unsuited for what is no DICOM file, NotWhole or
        Damaged where the bytes are cut off, and OSError of the reader.
        """
        stored = StoredFrames.of(reader)
        return None if stored is None else cls(stored)

    @property
    def image(self) -> Image:
        """How the pixels lie in the file."""
        return self._stored.image

    def __len__(self) -> int:
        return len(self._stored)

    def __iter__(self) -> Iterator[Picture]:
        """Yield one picture after the other, each as `picture` makes it."""
        return (self.picture(frame) for frame in range(len(self)))

    def levels(self, frame: int, ignoring: Mask | None = None) -> Levels | None:
        """Return what brightness values have in a frame, see `levels_of`; None for colour. Raises as `picture`."""
        samples = self._stored.samples(frame)
        return levels_of(samples, self._groups, frame, ignoring) if _is_grey(samples) else None

    def picture(self, frame: int, levels: Levels | None = None) -> Picture:
        """Return a frame, counted from 0, as it is displayed; levels are its own if none are given.

        Raises IndexError, Trouble (DC971, DC972), NotWhole and OSError.
        """
        return self._displayed(self._stored.samples(frame), frame, levels)

    def looks(self, frame: int) -> tuple[Picture, ...]:
        """Return a frame as it is displayed, and once more with all its values if that hides or squeezes some of them.

        Raises as `picture`.
        """
        samples = self._stored.samples(frame)
        if not _is_grey(samples):
            return (self._displayed(samples, frame),)
        levels = levels_of(samples, self._groups, frame)
        whole = whole_range(samples, levels)
        is_clear = levels.low <= whole.low and whole.high <= levels.high <= whole.low + 2 * (whole.high - whole.low)
        return (levels.of(samples),) if is_clear else (levels.of(samples), whole.of(samples))

    def _displayed(self, samples: Samples, frame: int, levels: Levels | None = None) -> Picture:
        if _is_grey(samples):
            return (levels or levels_of(samples, self._groups, frame)).of(samples)
        match samples.image.photometric:
            case "PALETTE COLOR":
                return self._looked_up(samples)
            case "YBR_FULL" | "YBR_FULL_422":
                return np.asarray(convert_color_space(_as_eight_bits(samples), "YBR_FULL", "RGB"), dtype=np.uint8)
            case "YBR_PARTIAL_422":
                colours = (_as_eight_bits(samples) - np.array([16, 128, 128], np.float32)) @ _PARTIAL
                return np.asarray(np.round(np.clip(colours, 0, 255)), dtype=np.uint8)
            case _:  # RGB, and what transforms of JPEG 2000 make of it
                return _as_eight_bits(samples)

    def _looked_up(self, samples: Samples) -> Picture:
        image, values = samples.image, samples.values
        if self._palette is None:
            self._palette = palette_of(image, self._stored.top, little=self._stored.little)
        colours = self._palette.colours
        # Palettes of 16 bits in which nothing has more than 8 were written by programs that meant 8.
        shown = (colours >> 8 if colours.max() > 0xFF else colours).astype(np.uint8)
        if image.stored > IN_A_TABLE:
            return np.asarray(shown[self._palette.entries(values)])
        lowest, highest = span_of(image)
        return np.asarray(
            shown[self._palette.entries(np.arange(lowest, highest + 1))][values.astype(np.int32) - lowest]
        )


def _is_grey(samples: Samples) -> bool:
    return samples.image.photometric in ("MONOCHROME1", "MONOCHROME2")


def _as_eight_bits(samples: Samples) -> NDArray[np.uint8]:
    """Return the eight highest bits of each sample of colour."""
    values, stored = samples.values, samples.image.stored
    scaled = values >> (stored - 8) if stored >= 8 else values.astype(np.uint16) * 255 // ((1 << stored) - 1)
    return np.ascontiguousarray(scaled, dtype=np.uint8)
