"""Pictures: frames as they are displayed, by the formulas of PS3.3 C.7.6.3, C.11.1 and C.11.2, pixel by pixel."""

from __future__ import annotations

import math
import tracemalloc

import numpy as np
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import ImplicitVRLittleEndian, JPEGBaseline8Bit

from deidc.batch.inputs.archives import Shelf
from deidc.batch.inputs.sources import LocalFile, open_source
from deidc.pixels.display.pictures import Pictures
from deidc.runtime.fold.frame import Trouble
from tests.pixels.compressed import compressed_file, encoded_frames, lossless
from tests.pixels.pictures import (
    BIG,
    EXPLICIT,
    Picture,
    dataset_for,
    every_native,
    file_of,
    name_of,
    native,
    native_file,
    read,
    reader,
    values_of,
)


def made(data: bytes) -> Pictures:
    pictures = Pictures.of(reader(data))
    assert pictures is not None
    return pictures


def eight(value: int, stored: int) -> int:
    return value >> stored - 8


def rgb(luma: float, blue: float, red: float) -> tuple[int, int, int]:
    """Red, green and blue of a YBR_FULL pixel of 8 bits (PS3.3 C.7.6.3.1.2)."""
    blue, red = blue - 128, red - 128
    exact = (luma + 1.402 * red, luma - 0.344136 * blue - 0.714136 * red, luma + 1.772 * blue)
    return tuple(round(min(255.0, max(0.0, one))) for one in exact)


def expected(frame: np.ndarray, picture: Picture) -> np.ndarray:
    """A frame as it is displayed, without a window."""
    shape = frame.shape[:2]
    if picture.samples == 3:
        shown = np.zeros((*shape, 3), dtype=int)
        for y, x in np.ndindex(shape):
            pixel = [int(one) for one in frame[y, x]]
            if picture.photometric == "YBR_FULL_422":
                pixel[1:] = [int(one) for one in frame[y, x // 2 * 2, 1:]]
            pixel = [eight(one, picture.stored) for one in pixel]
            shown[y, x] = pixel if picture.photometric == "RGB" else rgb(*pixel)
        return shown
    if picture.photometric == "PALETTE COLOR":
        count = 1 << min(picture.stored, 8)
        shown = np.zeros((*shape, 3), dtype=int)
        for y, x in np.ndindex(shape):
            entry = min(int(frame[y, x, 0]), count - 1)
            if entry != 1:  # the black one
                shown[y, x] = [((257 * (entry + 7 * number)) % 65535 + 1) >> 8 for number in range(3)]
        return shown
    is_narrow = picture.stored <= 8 and picture.kind == "PixelData"
    low, high = picture.span if is_narrow else (frame.min(), frame.max())
    shown = np.zeros(shape, dtype=int)
    for y, x in np.ndindex(shape):
        bright = (float(frame[y, x, 0]) - float(low)) / (float(high) - float(low)) * 255
        shown[y, x] = np.round(255 - bright if picture.photometric == "MONOCHROME1" else bright)
    return shown


def assert_shown(pictures: Pictures, values: np.ndarray, picture: Picture) -> None:
    found = list(pictures)
    assert len(found) == len(pictures) == picture.frames
    for shown, frame in zip(found, values, strict=True):
        assert shown.dtype == np.uint8
        assert shown.shape == frame.shape[:2] + ((3,) if picture.photometric not in GREY else ())
        # Formulas with fractions may be rounded either way.
        assert np.abs(shown.astype(int) - expected(frame, picture)).max() <= 1


GREY = ("MONOCHROME1", "MONOCHROME2")


@pytest.mark.parametrize("picture", every_native(), ids=name_of)
def test_every_native_frame_is_displayed_as_the_formulas_say(picture):
    """Every kind of native pixel data becomes the picture that is computed of its samples."""
    values, data = native_file(picture)
    assert_shown(made(data), values, picture)


LOSSLESS = [
    one for one in lossless() if one.photometric in (*GREY, "RGB", "YBR_FULL", "PALETTE COLOR") and one.frames > 1
]


@pytest.mark.parametrize("picture", LOSSLESS, ids=name_of)
def test_every_compressed_frame_is_displayed_as_its_samples_are(picture):
    """Frames that were encoded without loss become the picture of what was encoded."""
    values, _, data = compressed_file(picture, parts=2, offsets=True)
    assert_shown(made(data), values, picture)


@pytest.mark.parametrize("photometric", ["MONOCHROME2", "YBR_FULL_422"])
def test_jpeg_is_displayed_in_the_colours_it_has(photometric):
    """A JPEG frame of one colour is displayed in that colour, but for the loss of JPEG."""
    picture = Picture(photometric, rows=16, columns=16, syntax=JPEGBaseline8Bit)
    pixel = (200, 90, 160)[: picture.samples]
    frame = np.full((16, 16, picture.samples), pixel)
    dataset = dataset_for(picture, b"")
    dataset.PixelData = encapsulate(encoded_frames(frame[None], picture), has_bot=False)
    dataset["PixelData"].VR, dataset["PixelData"].is_undefined_length = "OB", True
    shown = made(file_of(dataset, picture.syntax)).picture(0)
    wanted = 200 if photometric in GREY else rgb(*pixel)
    assert np.abs(shown.astype(int) - wanted).max() <= 4


@pytest.mark.parametrize("photometric", GREY)
@pytest.mark.parametrize("function", [None, "LINEAR", "LINEAR_EXACT", "SIGMOID"])
@pytest.mark.parametrize(("slope", "intercept"), [(None, None), ("2", "-1000"), ("-1", "50")])
def test_the_window_decides_the_brightness(photometric, function, slope, intercept):
    """The first window is applied to values after slope and intercept, as PS3.3 C.11.2.1.2 and C.11.2.1.3 have it."""
    picture = Picture(photometric, 16, 12, signed=True)
    more = {"WindowCenter": ["40", "1000"], "WindowWidth": ["400", "50"]}
    if function is not None:
        more["VOILUTFunction"] = function
    if slope is not None:
        more |= {"RescaleSlope": slope, "RescaleIntercept": intercept}
    values, data = native_file(picture, **more)
    shown = made(data).picture(0)
    for y, x in np.ndindex(shown.shape):
        value = int(values[0, y, x, 0]) * float(slope or 1) + float(intercept or 0)
        match function:
            case "SIGMOID":
                bright = 255 / (1 + math.exp(-4 * (value - 40) / 400))
            case "LINEAR_EXACT":
                bright = 0 if value <= -160 else 255 if value > 240 else ((value - 40) / 400 + 0.5) * 255
            case _:
                bright = 0 if value <= -160 else 255 if value > 239 else ((value - 39.5) / 399 + 0.5) * 255
        wanted = 255 - bright if photometric == "MONOCHROME1" else bright
        assert abs(int(shown[y, x]) - wanted) <= 0.51


@pytest.mark.parametrize("width", ["0", "-5", "broken", ""])
def test_a_window_that_is_none_is_not_applied(width):
    """With a width that no window can have, the lowest value is black and the highest white."""
    picture = Picture(allocated=16, stored=12)
    values, data = native_file(picture)
    dataset = read(data)
    dataset.add_new(0x00281050, "LO", "40")
    dataset.add_new(0x00281051, "LO", width)
    shown = made(file_of(dataset, EXPLICIT)).picture(0)
    assert shown.reshape(-1)[values.reshape(-1).argmin()] == 0
    assert shown.reshape(-1)[values.reshape(-1).argmax()] == 255


def test_enhanced_objects_have_windows_in_functional_groups():
    """The window and the slope of a frame outrank those of all frames, and these those of the object."""
    picture = Picture(allocated=16, stored=16, rows=1, columns=4, frames=3)
    values = np.tile(np.array([0, 100, 200, 400]).reshape(1, 1, 4, 1), (3, 1, 1, 1))
    dataset = dataset_for(picture, native(values, picture))
    dataset.WindowCenter, dataset.WindowWidth = "9", "3"

    def window(center: str, width: str) -> Dataset:
        item = Dataset()
        item.WindowCenter, item.WindowWidth, item.VOILUTFunction = center, width, "LINEAR_EXACT"
        group = Dataset()
        group.FrameVOILUTSequence = Sequence([item])
        return group

    shared = window("200", "400")
    transformation = Dataset()
    transformation.RescaleSlope, transformation.RescaleIntercept, transformation.RescaleType = "2", "0", "US"
    sloped = Dataset()
    sloped.PixelValueTransformationSequence = Sequence([transformation])
    dataset.SharedFunctionalGroupsSequence = Sequence([shared])
    dataset.PerFrameFunctionalGroupsSequence = Sequence([Dataset(), window("100", "200"), sloped])
    pictures = made(file_of(dataset, EXPLICIT))
    assert [pictures.picture(frame)[0].tolist() for frame in range(3)] == [
        [0, 64, 128, 255],
        [0, 128, 255, 255],
        [0, 128, 255, 255],
    ]


def test_levels_of_one_picture_serve_for_another():
    """Pixels that are not asked do not count for the brightness of the others, and levels can be given."""
    picture = Picture(allocated=16, stored=16)
    values = np.full((1, 12, 16, 1), 1000)
    values[0, 0, 0], values[0, 0, 1] = 2000, 60000
    pictures = made(file_of(dataset_for(picture, native(values, picture)), EXPLICIT))
    mask = np.zeros((12, 16), dtype=bool)
    mask[0, 1] = True
    levels = pictures.levels(0, ignoring=mask)
    assert pictures.picture(0, levels)[0].tolist()[:3] == [255, 255, 0]
    assert pictures.picture(0)[0].tolist()[:3] == [round(1000 / 59000 * 255), 255, 0]


@given(st.sampled_from([one for one in every_native() if one.frames > 1]), st.data())
def test_frames_are_found_in_any_order(picture, data):
    """A frame is the same whichever was asked before it."""
    values, file = native_file(evolve(picture, seed=data.draw(st.integers(0, 99))))
    pictures = made(file)
    for frame in data.draw(st.lists(st.integers(0, picture.frames - 1), max_size=4)):
        assert np.abs(pictures.picture(frame).astype(int) - expected(values[frame], picture)).max() <= 1
    with pytest.raises(IndexError):
        pictures.picture(picture.frames)


@pytest.mark.parametrize("signed", [False, True])
def test_values_need_not_begin_at_the_lowest_bit(signed):
    """Bits beside those of the value are no part of it, wherever it lies in its cell."""
    picture = Picture(allocated=16, stored=8, signed=signed)
    values = values_of(picture)
    dice = np.random.default_rng(3)
    dirt = dice.integers(0, 2, size=values.shape) * 0b1111000000000101
    cells = ((values & 0xFF) << 4 | dirt).astype("<u2")
    dataset = dataset_for(picture, cells.tobytes())
    dataset.HighBit = 11
    pictures = made(file_of(dataset, EXPLICIT))
    low, high = picture.span
    assert np.array_equal(pictures.picture(0), np.round((values[0, ..., 0] - low) / (high - low) * 255))


def test_palettes_that_meant_eight_bits_are_not_dark():
    """Entries of 16 bits that never exceed 255 are brightness as it is; so are those of 8 bits in big endian words."""
    picture = Picture("PALETTE COLOR", rows=2, columns=4, syntax=BIG)
    values = np.arange(8).reshape(1, 2, 4, 1)
    dataset = dataset_for(picture, native(values, picture))
    for colour in ("Red", "Green", "Blue"):
        setattr(dataset, f"{colour}PaletteColorLookupTableDescriptor", [8, 0, 8])
        dataset.add_new(f"{colour}PaletteColorLookupTableData", "OW", bytes([30, 0, 90, 60, 150, 120, 210, 180]))
    assert made(file_of(dataset, BIG)).picture(0)[..., 0].reshape(-1).tolist() == [0, 30, 60, 90, 120, 150, 180, 210]
    little = evolve(picture, syntax=EXPLICIT)
    dataset = dataset_for(little, native(values, little))
    for colour in ("Red", "Green", "Blue"):
        setattr(dataset, f"{colour}PaletteColorLookupTableDescriptor", [8, 0, 16])
        data = b"".join((30 * one).to_bytes(2, "little") for one in range(8))
        dataset.add_new(f"{colour}PaletteColorLookupTableData", "OW", data)
    assert made(file_of(dataset, EXPLICIT)).picture(0)[..., 0].reshape(-1).tolist() == list(range(0, 240, 30))


def test_pictures_take_the_memory_of_a_frame(tmp_path):
    """Of an image of a gigabyte no more is in memory than a frame and its picture."""
    rows, columns, frames = 1000, 1000, 500
    small = dataset_for(Picture(allocated=16, stored=12), b"")
    small.Rows, small.Columns, small.NumberOfFrames, small.PixelData = rows, columns, frames, b"\1\2" * 8
    data = file_of(small, EXPLICIT)
    head, size = data[: -len(small.PixelData) - 4], 2 * rows * columns * frames
    path = tmp_path / "large.dcm"
    with path.open("wb") as file:
        file.write(head + size.to_bytes(4, "little"))
        file.truncate(len(head) + 4 + size)  # all frames are a hole
    with open_source(LocalFile(path), Shelf()) as opened:
        tracemalloc.start()
        pictures = Pictures.of(opened)
        assert pictures is not None
        for frame in (0, frames - 1):
            assert not pictures.picture(frame).any()
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 8 * 2 * rows * columns


def test_without_pixels_there_are_no_pictures():
    """An object without pixel data has none; one whose pixel data is cut short is refused."""
    picture = Picture()
    values = values_of(picture)
    dataset = dataset_for(picture, native(values, picture))
    dataset.PixelData = dataset.PixelData[:-20]
    with pytest.raises(Trouble) as found:
        Pictures.of(reader(file_of(dataset, ImplicitVRLittleEndian)))
    assert found.value.fault.rule.code == "DC971"
    del dataset.PixelData
    assert Pictures.of(reader(file_of(dataset, ImplicitVRLittleEndian))) is None
