"""Native pixel data blanked: black where the mask is, and bit by bit as it was everywhere else."""

from __future__ import annotations

import numpy as np
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from pydicom.pixels import pixel_array
from pydicom.pixels.processing import apply_color_lut, convert_color_space

from deidc.ir.ops import Rectangle, WholeImage
from deidc.pixels.blanking.whole_objects import BlankedBytes, NothingToBlank, blank_bytes
from deidc.pixels.frames.masks import Painting
from deidc.runtime.outcome import Region
from tests.pixels.pictures import (
    BIG,
    EXPLICIT,
    IMPLICIT,
    Picture,
    blanked,
    dataset_for,
    elements,
    every_native,
    file_of,
    mask_of,
    name_of,
    native,
    native_file,
    read,
    reader,
    text_at,
    values_of,
)

ALL = every_native()
TAGS = {"PixelData": 0x7FE00010, "FloatPixelData": 0x7FE00008, "DoubleFloatPixelData": 0x7FE00009}
# What the engine says of the object itself; the law of all other elements is that they stay.
STATED = {0x00080008, 0x00082111, 0x00120064, 0x00280301}


def regions(painted) -> tuple[Region, ...]:
    return tuple(Region(keep, (WholeImage() if box is None else Rectangle(*box),)) for keep, box in painted)


def cleaned(data: bytes, painting: Painting) -> bytes:
    outcome = blank_bytes(reader(data), painting)
    assert isinstance(outcome, BlankedBytes), outcome
    return outcome.whole()


def assert_only_masked(picture: Picture, values: np.ndarray, data: bytes, painting: Painting, masks: list) -> None:
    """The pixel data is what the formulas give, and every other element what it was."""
    before, after = elements(data), elements(cleaned(data, painting))
    expected = native(blanked(values, picture, masks), picture)
    vr, found = after.pop(TAGS[picture.kind])
    assert (vr, found[: len(expected)]) == (before[TAGS[picture.kind]][0], expected)
    assert found[len(expected) :] == b"\0" * (len(expected) % 2)
    del before[TAGS[picture.kind]]
    assert {tag: one for tag, one in after.items() if tag not in STATED} == {
        tag: one for tag, one in before.items() if tag not in STATED
    }


CORNER = [(False, (1, 1, 6, 4)), (False, (3, 2, 5, 99)), (True, (2, 2, 3, 3))]


@pytest.mark.parametrize("picture", ALL, ids=name_of)
def test_what_is_masked_is_black_and_nothing_else_changes(picture):
    """Every kind of pixel data, under rectangles that overlap, of which one keeps a pixel and one reaches out."""
    values, data = native_file(picture)
    mask = mask_of(picture.rows, picture.columns, CORNER)
    assert mask.any()
    assert not mask.all()
    assert_only_masked(picture, values, data, Painting(regions(CORNER)), [mask] * picture.frames)


@pytest.mark.parametrize("picture", ALL, ids=name_of)
def test_the_whole_image(picture):
    """All pixels of all frames are black."""
    values, data = native_file(picture)
    painted = [(False, None)]
    masks = [mask_of(picture.rows, picture.columns, painted)] * picture.frames
    assert_only_masked(picture, values, data, Painting(regions(painted)), masks)


@pytest.mark.parametrize("picture", [one for one in ALL if one.frames > 1], ids=name_of)
def test_frames_may_have_masks_of_their_own(picture):
    """What is painted in one frame is painted there, over what is painted everywhere."""
    values, data = native_file(picture)
    everywhere, apart = [(False, (0, 0, 4, 2))], [(True, None), (False, (1, 1, 3, 3))]
    size = (picture.rows, picture.columns)
    masks = [mask_of(*size, everywhere) for _ in range(picture.frames)]
    masks[1] = mask_of(*size, [*everywhere, *apart])
    painting = Painting(regions(everywhere), {1: regions(apart), 99: regions(apart)})
    assert_only_masked(picture, values, data, painting, masks)
    only = Painting((), {1: regions(apart)})
    masks = [np.zeros(size, dtype=bool) for _ in range(picture.frames)]
    masks[1] = mask_of(*size, apart)
    assert_only_masked(picture, values, data, only, masks)


boxes = st.tuples(*[st.integers(0, 20)] * 4).map(
    lambda box: (min(box[0], box[2]), min(box[1], box[3]), max(box[0], box[2]) + 1, max(box[1], box[3]) + 1)
)


@given(st.sampled_from(ALL), st.lists(st.tuples(st.booleans(), st.none() | boxes), max_size=5), st.integers(0, 99))
def test_drawn_masks(picture, painted, seed):
    """Whatever is painted over whatever, the bytes are those that the formulas give."""
    picture = evolve(picture, seed=seed)
    values, data = native_file(picture)
    mask = mask_of(picture.rows, picture.columns, painted)
    if not mask.any():
        assert isinstance(blank_bytes(reader(data), Painting(regions(painted))), NothingToBlank)
    else:
        assert_only_masked(picture, values, data, Painting(regions(painted)), [mask] * picture.frames)


def displayed(data: bytes, picture: Picture) -> np.ndarray:
    """Frames as they are displayed, where 0 is black, by the formulas of PS3.3 C.7.6.3.1.2 and C.11.2."""
    dataset = read(data)
    pixels = pixel_array(dataset, raw=True).reshape(picture.frames, picture.rows, picture.columns, -1)
    match picture.photometric:
        case "MONOCHROME1" | "MONOCHROME2":
            low, high = picture.span
            shown = (pixels.astype(float) - low) / max(1, high - low) * 255
            return np.round(255 - shown if picture.photometric == "MONOCHROME1" else shown)
        case "PALETTE COLOR":
            return apply_color_lut(pixels[..., 0], dataset) / 257
        case "YBR_FULL":
            luma, blue, red = np.moveaxis(pixels.astype(float), -1, 0)
            blue, red = blue - (1 << picture.stored - 1), red - (1 << picture.stored - 1)
            green = luma - 0.344136 * blue - 0.714136 * red
            return np.stack((luma + 1.402 * red, green, luma + 1.772 * blue), axis=-1).round()
        case _:
            return pixels


DISPLAYED = [
    one
    for one in ALL
    if one.kind == "PixelData" and one.syntax != BIG and one.photometric != "YBR_FULL_422" and one.allocated > 1
]


@pytest.mark.parametrize("picture", DISPLAYED, ids=name_of)
def test_planted_text_is_displayed_black(picture):
    """Letters as bright as can be are gone when an image is shown, and what is beside the region is shown as before."""
    picture = evolve(picture, rows=24, columns=60)
    letters = text_at(24, 60, "DOE 17", 2, 2)
    assert letters[:14, :50].sum() == letters.sum() > 40
    painted = [(False, (0, 0, 50, 14))]
    mask = mask_of(24, 60, painted)
    _, data = native_file(picture, letters)
    before, after = displayed(data, picture), displayed(cleaned(data, Painting(regions(painted))), picture)
    assert (before[:, letters] > 0).any()
    assert not after[:, mask].any()
    assert np.array_equal(after[:, ~mask], before[:, ~mask])


def test_shared_colour_is_grey_where_one_of_two_pixels_is_blanked():
    """A pixel that shares its colour with a blanked one keeps its brightness, and the blanked one is black."""
    picture = Picture("YBR_FULL_422", seed=3)
    _, data = native_file(picture)
    before, after = read(data), read(cleaned(data, Painting(regions([(False, (1, 0, 2, 12))]))))
    full = [np.frombuffer(one.PixelData, np.uint8).reshape(12, 8, 4) for one in (before, after)]
    assert (full[1][:, 0, 1:] == [0, 128, 128]).all()
    assert np.array_equal(full[1][:, 0, 0], full[0][:, 0, 0])
    assert np.array_equal(full[1][:, 1:], full[0][:, 1:])
    black = convert_color_space(np.array([[[0, 128, 128]]], np.uint8), "YBR_FULL", "RGB")
    assert not black.any()


@pytest.mark.parametrize("extra", [0, 1])
def test_colour_that_is_not_shared_though_it_says_so_is_taken_for_rgb(extra):
    """Readers take YBR_FULL_422 of the length of RGB for that, and so does the mask; the attribute stays."""
    picture = Picture("RGB", rows=3, columns=5 + 1 - extra, seed=5)
    values, data = native_file(picture, PhotometricInterpretation="YBR_FULL_422")
    after = read(cleaned(data, Painting(regions([(False, (1, 1, 3, 2))]))))
    mask = mask_of(picture.rows, picture.columns, [(False, (1, 1, 3, 2))])
    expected = native(blanked(values, picture, [mask]), picture)
    assert after.PixelData[: len(expected)] == expected
    assert after.PhotometricInterpretation == "YBR_FULL_422"


@pytest.mark.parametrize(
    ("signed", "slope", "value"), [(False, "-1", 4095), (True, "-2.5", 2047), (True, "0.5", -2048)]
)
def test_a_slope_below_zero_turns_black_around(signed, slope, value):
    """With Rescale Slope below zero the highest stored value is the lowest displayed (PS3.3 C.11.1)."""
    picture = Picture(allocated=16, stored=12, signed=signed)
    _, data = native_file(picture, RescaleSlope=slope, RescaleIntercept="0")
    after = read(cleaned(data, Painting(regions([(False, (0, 0, 2, 2))]))))
    assert (after.pixel_array[:2, :2] == value).all()


def test_values_in_high_bits():
    """A value that stands in the upper bits of its cell is blanked there."""
    picture = Picture("MONOCHROME1", 16, 16)
    _, data = native_file(picture, BitsStored=12, HighBit=15)
    after = read(cleaned(data, Painting(regions([(False, (0, 0, 16, 1))]))))
    assert np.frombuffer(after.PixelData, "<u2")[:16].tolist() == [0xFFF0] * 16


def test_an_overlay_in_unused_bits_is_blanked_with_the_pixel():
    """Bits of a cell that hold a retired overlay are zero where the pixel is blanked, whatever its sign."""
    for signed in (False, True):
        picture = Picture("MONOCHROME2", 16, 16, signed=signed)
        values = values_of(picture)
        dataset = dataset_for(picture, native(values, picture))
        dataset.BitsStored, dataset.HighBit = 12, 11
        dataset.add_new(0x60000102, "US", 12)
        dataset.add_new(0x60000100, "US", 16)
        after = read(cleaned(file_of(dataset, EXPLICIT), Painting(regions([(False, (0, 0, 16, 1))]))))
        cells = np.frombuffer(after.PixelData, "<u2")
        assert set(cells[:16].tolist()) == {0x800 if signed else 0}
        assert cells[16:].tolist() == (values.reshape(-1)[16:] & 0xFFFF).tolist()


@pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT, BIG])
def test_other_elements_and_what_lies_before_the_data_set_stay(syntax):
    """The preamble and the file meta information keep their bytes; private elements and items do too."""
    picture = Picture(syntax=syntax)
    _, data = native_file(picture)
    after = cleaned(data, Painting(regions([(False, None)])))
    start = 132 + 12 + read(data).file_meta.FileMetaInformationGroupLength
    assert after[:start] == data[:start]


def test_floats_are_blanked_with_the_lowest_number_of_their_frame():
    """Infinities and what is no number are not taken for the lowest; a frame without any number gets zero."""
    picture = Picture(allocated=32, stored=32, kind="FloatPixelData", frames=3, rows=2, columns=4)
    values, _ = native_file(picture)
    values[0, 1] = [[np.nan], [-np.inf], [-7.5], [3]]
    values[1] = np.abs(values[1]) + 1
    values[2] = np.nan
    data = file_of(dataset_for(picture, native(values, picture)), EXPLICIT)
    after = np.frombuffer(read(cleaned(data, Painting(regions([(False, (0, 0, 4, 1))])))).FloatPixelData, "<f4")
    after = after.reshape(3, 2, 4)
    assert (after[0, 0] == -7.5).all()
    assert (after[1, 0] == 0).all()
    assert (after[2, 0] == 0).all()
    assert np.array_equal(after[:, 1], values[:, 1, :, 0], equal_nan=True)
