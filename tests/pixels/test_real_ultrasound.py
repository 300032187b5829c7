"""Real ultrasound images that show names, from the recipe to the bytes."""

from __future__ import annotations

from pathlib import Path

import deid_data
import numpy as np
import pytest

from deidc import Detector, compile_recipe
from deidc.pixels.blanking.whole_objects import BlankedBytes, Painting, blank_bytes
from tests.pixels.pictures import read, reader

FOLDER = Path(deid_data.__file__).parent / "data" / "ultrasounds"
RECIPE = Path(__file__).parents[2] / "recipes" / "ultrasound.deid"


@pytest.mark.parametrize(
    ("name", "banner"), [("GREYSCALE_IMAGE.dcm", 49), ("RGB_IMAGE.dcm", 60), ("ultrasound-multiframe.dcm", 0)]
)
def test_all_but_the_regions_of_the_device_is_black(name, banner):
    """The banner with the name is gone from every frame; below it, the regions that the device tells are as they were.

    The banner is what the catalogue knows of the device: of the first it reaches into the region by eleven rows. The
    last file has its colours in planes, which deid scrambles.
    """
    data = (FOLDER / name).read_bytes()
    before = read(data)
    found = Detector.of(compile_recipe(RECIPE)).detect(before)
    outcome = blank_bytes(reader(data), Painting.of(found))
    assert isinstance(outcome, BlankedBytes)
    after = read(outcome.whole())
    kept = np.zeros((before.Rows, before.Columns), dtype=bool)
    for region in before.SequenceOfUltrasoundRegions:
        rows = slice(region.RegionLocationMinY0, region.RegionLocationMaxY1 + 1)
        kept[rows, region.RegionLocationMinX0 : region.RegionLocationMaxX1 + 1] = True
    kept[:banner] = False
    frames = [
        one.pixel_array.reshape(-1, before.Rows, before.Columns, before.SamplesPerPixel) for one in (before, after)
    ]
    assert frames[0][:, ~kept].any()
    assert not frames[1][:, ~kept].any()
    assert np.array_equal(frames[1][:, kept], frames[0][:, kept])
    assert after.BurnedInAnnotation == "NO"
