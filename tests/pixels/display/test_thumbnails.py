"""Thumbnails and sheets: what is drawn over pictures, and which frames stand for all."""

from __future__ import annotations

import io

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pillow

from deidc.ir.ops import Rectangle, WholeImage
from deidc.pixels.display.drawing import OUTLINE, outlined, scaled_mask, size_within
from deidc.pixels.display.key_frames import key_frames
from deidc.pixels.display.pictures import Pictures
from deidc.pixels.display.thumbnails import outlines_of, thumbnail_of
from deidc.pixels.frames.masks import Masks, Painting
from deidc.runtime.outcome import Region
from tests.pixels.pictures import EXPLICIT, Picture, dataset_for, file_of, native, reader


def region(*boxes: tuple[int, int, int, int], keep: bool = False) -> Region:
    return Region(keep, tuple(Rectangle(*box) for box in boxes))


def pictures_of(values: np.ndarray, picture: Picture) -> Pictures:
    found = Pictures.of(reader(file_of(dataset_for(picture, native(values, picture)), EXPLICIT)))
    assert found is not None
    return found


def drawn(png: bytes) -> np.ndarray:
    image = Pillow.open(io.BytesIO(png))
    image.load()
    assert not image.info.keys() - {"transparency"}
    return np.asarray(image.convert("RGB"))


def test_the_outline_is_the_border_of_the_mask():
    """The border of the mask is orange, what is inside of that is dark or as it was, what is outside is as it was."""
    picture = np.full((20, 30, 3), 77, np.uint8)
    mask = np.zeros((20, 30), bool)
    mask[4:14, 5:25] = True
    found = outlined(picture, mask)
    edge = mask.copy()
    edge[5:13, 6:24] = False
    assert (found[edge] == OUTLINE).all()
    assert (found[~mask] == 77).all()
    assert (found[6:12, 7:23] == 77).all()
    assert (outlined(picture, mask, tinted=True)[8, 15] != 77).any()
    assert np.array_equal(outlined(picture, np.zeros_like(mask)), picture)


@given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 40), st.data())
def test_no_region_is_lost_in_a_smaller_picture(rows, columns, longest, data):
    """However small the picture, where a pixel is blanked the small mask has one too; sizes keep the proportions."""
    small_rows, small_columns = size_within(rows, columns, longest)
    assert max(small_rows, small_columns) <= max(longest, 1)
    assert small_rows <= rows
    assert small_columns <= columns
    mask = np.zeros((rows, columns), bool)
    y, x = data.draw(st.integers(0, rows - 1)), data.draw(st.integers(0, columns - 1))
    mask[y, x] = True
    small = scaled_mask(mask, small_rows, small_columns)
    top, left = y * small_rows // rows, x * small_columns // columns
    assert small[top : top + 2, left : left + 2].any()
    assert small.sum() == 1


def test_the_brightness_of_a_thumbnail_is_that_of_what_is_left():
    """Blanked pixels far below all others do not make the others one grey."""
    picture = Picture(allocated=16, stored=16, signed=True, rows=40, columns=40)
    values = np.full((1, 40, 40, 1), 1000)
    values[0, :, 20:] = 1100
    values[0, :10] = -32768
    png, _ = thumbnail_of(pictures_of(values, picture), Painting((region((0, 0, 40, 10)),)), 320)
    shown = drawn(png)
    assert shown[30, 5].max() <= 8
    assert shown[30, 35].min() >= 247


def test_outlines_have_no_pixel_of_the_image():
    """What is held back is shown as its regions over black: nothing but orange, and a darker one, is in it."""
    picture = Picture("RGB", rows=60, columns=80, seed=4)
    values = np.random.default_rng(1).integers(0, 256, (1, 60, 80, 3))
    image = pictures_of(values, picture).image
    png, shows = outlines_of(image, Painting((region((10, 10, 50, 30)),)), 320)
    colours = {tuple(one) for one in drawn(png).reshape(-1, 3).tolist()}
    assert colours == {(0, 0, 0), OUTLINE, (56, 33, 0)}
    assert shows == "frame 0 of 1"


def test_a_thumbnail_shows_a_frame_in_which_something_is_blanked():
    """Of a cine it is the first such frame, and the words say which."""
    picture = Picture(frames=5, rows=16, columns=16)
    values = np.zeros((5, 16, 16, 1), int)
    painting = Painting((), {3: (Region(False, (WholeImage(),)),)})
    _, shows = thumbnail_of(pictures_of(values, picture), painting, 320)
    assert shows == "frame 3 of 5"


def test_key_frames_are_those_that_tell_all():
    """The first, the middle, the last, and those whose mask is not that of the frame before, up to a number."""
    box = (region((0, 0, 4, 4)),)
    assert key_frames(Masks(Painting(box), 8, 8, 1)) == ((0,), 0)
    assert key_frames(Masks(Painting(box), 8, 8, 9)) == ((0, 4, 8), 0)
    apart = Painting((), {2: box, 3: box, 5: (region((1, 1, 2, 2)),)})
    assert key_frames(Masks(apart, 8, 8, 9)) == ((0, 2, 4, 5, 6, 8), 0)
    each = Painting((), {frame: (region((0, 0, frame + 1, 1)),) for frame in range(0, 40, 2)})
    frames, left_out = key_frames(Masks(each, 50, 50, 40), most=5)
    assert frames == (0, 1, 2, 19, 39)
    assert left_out == 40 - 5
