"""Images for `DicomCleaner`: files with known pixels, and a recipe that blanks a known part of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from deidc.compat.dicom import DicomCleaner
from tests.pixels.pictures import BIG, IMPLICIT, Picture, mask_of, native_file

BOX = (2, 1, 9, 7)
KEPT = (4, 2, 6, 5)
REGIONS = "coordinates 2,1,9,7\n  keepcoordinates 4,2,6,5"


def recipe_of(lines: str, group: str = "graylist") -> str:
    """The text of a recipe with one label that fires for every image."""
    return f"FORMAT dicom\n\n%filter {group}\n\nLABEL Banner\n  present Rows\n  {lines}\n"


def mask_for(picture: Picture) -> np.ndarray:
    """What `REGIONS` blank, painted pixel by pixel."""
    return mask_of(picture.rows, picture.columns, [(False, BOX), (True, KEPT)])


def cleaner_of(folder: Path, lines: str = REGIONS, group: str = "graylist") -> DicomCleaner:
    """A cleaner with a recipe that fires for every image, which saves to a folder below."""
    path = folder / f"{group}.deid"
    path.write_text(recipe_of(lines, group), encoding="utf-8")
    return DicomCleaner(output_folder=folder / "out", deid=str(path))


def file_with(folder: Path, picture: Picture, name: str = "image.dcm", **more: object) -> tuple[np.ndarray, Path]:
    """Samples of a picture, and a file that has them."""
    values, data = native_file(picture, **more)
    path = folder / name
    path.write_bytes(data)
    return values, path


# What deid cleans right, and what it does not.
RIGHT = (
    Picture(),
    Picture(frames=3),
    Picture(allocated=16, stored=12, syntax=IMPLICIT),
    Picture(allocated=16, stored=16, frames=2),
    Picture("RGB"),
    Picture("RGB", frames=3),
    Picture("PALETTE COLOR"),
)
WRONG = (
    Picture("RGB", planar=True),
    Picture("RGB", planar=True, frames=3),
    Picture("RGB", allocated=16, stored=16, planar=True),
    Picture("YBR_FULL"),
    Picture("YBR_FULL", planar=True, frames=2),
    Picture("YBR_FULL_422", frames=2),
    Picture("MONOCHROME1"),
    Picture("MONOCHROME1", allocated=16, stored=12, frames=2),
    Picture(signed=True),
    Picture(allocated=16, stored=16, signed=True),
    Picture(allocated=32, stored=32, kind="FloatPixelData"),
    Picture(allocated=64, stored=64, kind="DoubleFloatPixelData", frames=2),
    Picture(allocated=16, stored=16, syntax=BIG),
)
