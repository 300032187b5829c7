"""What the detector of the extra `ocr` finds of planted text, and where there is none, and how long it takes."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator

import numpy as np
from attrs import define, field
from numpy.typing import NDArray
from rich.table import Table

from benchmarks import planted
from deidc.pixels.text.rapid_ocr import RapidOcr

# Backgrounds on which a device has written nothing.
EMPTY = ("black", "white", "gradient", "speckle", "film", "CT", "MR")
GRAINY = ("speckle", "ultrasound", "colour", "CT", "MR")
# Of the pixels of its letters, so many are found of a string that is.
FOUND = 0.99


@define
class Measured:
    """Strings planted and found, by kind; the share found where nothing is; seconds for a picture of 480 x 640."""

    planted: Counter[tuple[str, int, int]] = field(factory=Counter)
    found: Counter[tuple[str, int, int]] = field(factory=Counter)
    false: dict[str, float] = field(factory=dict)
    seconds: list[float] = field(factory=list)

    def recall(self, kind: str, contrast: int, sizes: range) -> tuple[int, int]:
        """Return how many strings of some sizes were found, and how many there were."""
        some = [one for one in self.planted if one[:2] == (kind, contrast) and one[2] in sizes]
        return sum(self.found[one] for one in some), sum(self.planted[one] for one in some)


def measure(count: int, seed: int) -> Measured:
    """Measure on pictures with planted text, and on some without."""
    detector, measured = RapidOcr(), Measured()
    for picture in planted.pictures(seed, count):
        before = time.process_time()
        found = _mask(detector, picture.pixels)
        if picture.pixels.shape[:2] == (480, 640):
            measured.seconds.append(time.process_time() - before)
        for text in picture.texts:
            kind = "grainy" if picture.background in GRAINY else "smooth"
            measured.planted[kind, text.contrast, text.size] += 1
            measured.found[kind, text.contrast, text.size] += planted.covered(text, found) >= FOUND
    for background in EMPTY:
        measured.false[background] = float(_mask(detector, planted.background(background, seed)).mean())
    return measured


def tables(measured: Measured) -> Iterator[Table]:
    """Yield what was measured."""
    recall = Table("background", "contrast", "8-10 pixels", "12-100 pixels", title="strings found, of those planted")
    for kind in ("smooth", "grainy"):
        for contrast in planted.CONTRASTS:
            cells = (measured.recall(kind, contrast, sizes) for sizes in (range(8, 11), range(11, 101)))
            recall.add_row(kind, str(contrast), *(f"{found} of {there}" for found, there in cells))
    yield recall
    false = Table("background", "share found", title="where no text is")
    for background, share in measured.false.items():
        false.add_row(background, f"{share:.2%}")
    yield false
    taken = Table("milliseconds for a picture of 480 x 640, one processor", title="time")
    taken.add_row(f"{1000 * float(np.median(measured.seconds)):.0f}")
    yield taken


def _mask(detector: RapidOcr, picture: NDArray[np.uint8]) -> NDArray[np.bool_]:
    mask = np.zeros(picture.shape[:2], dtype=np.bool_)
    for one in detector.find(picture):
        mask[one.y0 : one.y1, one.x0 : one.x1] = True
    return mask
