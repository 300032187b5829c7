"""Map stored values of grey to the brightness that is displayed (PS3.3 C.11.1 and C.11.2)."""

from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np
from attrs import evolve, frozen
from numpy.typing import NDArray

from deidc.dicom.values.decoding import Undecodable
from deidc.pixels.display.functional_groups import FunctionalGroups
from deidc.pixels.display.stored import Samples
from deidc.pixels.frames.image import Image
from deidc.pixels.frames.masks import Mask
from deidc.runtime.fold.elements import InputElement

Picture = NDArray[np.uint8]

_CENTER, _WIDTH, _FUNCTION = 0x00281050, 0x00281051, 0x00281056
_INTERCEPT, _SLOPE, _MODALITY_LUT = 0x00281052, 0x00281053, 0x00283000
# The macros of functional groups that have these attributes.
_VOI_LUT, _TRANSFORMATION = 0x00289132, 0x00289145
# With so many bits the brightness of each value is computed once, and not for each pixel.
IN_A_TABLE = 16
_ROWS_AT_ONCE = 1 << 18


@frozen
class Levels:
    """From which value on something is brighter than the darkest, and from which on it is as bright as can be.

    Attributes:
        low, high: values after the slope and intercept of the object.
        sigmoid: whether brightness between them follows an S and not a line (PS3.3 C.11.2.1.3.1).
        inverted: whether low values are bright (MONOCHROME1).

    """

    low: float
    high: float
    slope: float = 1.0
    intercept: float = 0.0
    sigmoid: bool = False
    inverted: bool = False

    def of(self, samples: Samples) -> Picture:
        """Return a frame of grey as it is displayed."""
        image, values = samples.image, samples.values
        if image.is_float or image.stored > IN_A_TABLE:
            # Numbers of 64 bits for each pixel would be several frames, so they are made for a few rows at a time.
            shown = np.empty(values.shape, np.uint8)
            rows = max(1, _ROWS_AT_ONCE // max(1, values.shape[1]))
            for at in range(0, len(values), rows):
                shown[at : at + rows] = self._shown(values[at : at + rows])
            return shown
        lowest, highest = span_of(image)
        table = self._shown(np.arange(lowest, highest + 1))
        return table[values.astype(np.int32) - lowest] if lowest else table[values]

    def _shown(self, values: NDArray[Any]) -> Picture:
        scaled = values.astype(np.float64) * self.slope + self.intercept
        if self.sigmoid:
            exponent = -4 * (scaled - (self.low + self.high) / 2) / (self.high - self.low)
            shown = 1 / (1 + np.exp(np.clip(exponent, -700, 700)))
        elif self.high > self.low:
            shown = (scaled - self.low) / (self.high - self.low)
        else:
            shown = (scaled > self.low).astype(np.float64)
        bright = np.clip(shown, 0, 1) * 255
        # What is no number has no brightness.
        return np.round(np.nan_to_num(255 - bright if self.inverted else bright)).astype(np.uint8)


def span_of(image: Image) -> tuple[int, int]:
    """Return the lowest and the highest value that a sample of grey can have."""
    span = 1 << image.stored
    return (-span // 2, span // 2 - 1) if image.signed else (0, span - 1)


def levels_of(samples: Samples, groups: FunctionalGroups, frame: int, ignoring: Mask | None = None) -> Levels:
    """Return the levels of a frame of grey: those of the window that it or its object has, the first of several.

    Without a window that can be read, they are the ends of the range if values have up to 8 bits, and else the lowest
    and the highest value of the frame, without the pixels of `ignoring`. Values of a Modality LUT are not looked up:
    the frame is displayed as if it had neither that nor a window.
    """
    image = samples.image
    levels = Levels(0.0, 0.0, inverted=image.photometric == "MONOCHROME1")
    if groups.top.find(_MODALITY_LUT) is None:
        slope = _number(groups.find(_TRANSFORMATION, _SLOPE, frame))
        intercept = _number(groups.find(_TRANSFORMATION, _INTERCEPT, frame))
        levels = evolve(levels, slope=1.0 if slope is None else slope, intercept=intercept or 0.0)
        windowed = _windowed(levels, groups, frame)
        if windowed is not None:
            return windowed
    if not image.is_float and image.stored <= 8:
        ends = np.array(span_of(image))
    else:
        ends = _ends(samples.values if ignoring is None else samples.values[~ignoring])
    low, high = sorted(float(end) * levels.slope + levels.intercept for end in ends)
    return evolve(levels, low=low, high=high)


def whole_range(samples: Samples, levels: Levels) -> Levels:
    """Return levels that span all values of a frame, with the sigmoid and inversion of those given."""
    low, high = sorted(float(end) * levels.slope + levels.intercept for end in _ends(samples.values))
    return evolve(levels, low=low, high=high, sigmoid=False)


def _windowed(levels: Levels, groups: FunctionalGroups, frame: int) -> Levels | None:
    """Return levels of the window of a frame (PS3.3 C.11.2.1.2 and C.11.2.1.3); None if it has none."""
    center, width = (_number(groups.find(_VOI_LUT, tag, frame)) for tag in (_CENTER, _WIDTH))
    if center is None or width is None:
        return None
    function = (_components(groups.find(_VOI_LUT, _FUNCTION, frame)) or ("LINEAR",))[0]
    if function == "LINEAR" and width >= 1:
        low = center - 0.5 - (width - 1) / 2
        return evolve(levels, low=low, high=low + width - 1)
    if function in ("LINEAR_EXACT", "SIGMOID") and width > 0:
        return evolve(levels, low=center - width / 2, high=center + width / 2, sigmoid=function == "SIGMOID")
    return None


def _ends(values: NDArray[Any]) -> NDArray[Any]:
    """Return the lowest and the highest number; zeros if there is none."""
    numbers = values[np.isfinite(values)] if values.dtype.kind == "f" else values
    return np.array([numbers.min(), numbers.max()]) if numbers.size else np.zeros(2)


def _number(element: InputElement | None) -> float | None:
    """Return the first number of an attribute; None if it has none."""
    try:
        number = float(_components(element)[0])
    except (IndexError, ValueError):
        return None
    return number if isfinite(number) else None


def _components(element: InputElement | None) -> tuple[str, ...]:
    try:
        return () if element is None else element.components
    except Undecodable:
        return ()
