"""Labels that ask for text: each frame is looked at as it is displayed, and what is found in it is blanked."""

from __future__ import annotations

import importlib
import itertools

import numpy as np
import pytest
from pydicom.uid import JPEGBaseline8Bit, RLELossless

from deidc import Detector, compile_recipe
from deidc.ir.ops import Rectangle, TextRegions, WholeImage
from deidc.pixels.blanking.whole_objects import BlankedBytes, NothingToBlank, blank_bytes
from deidc.pixels.frames.masks import Masks, Painting
from deidc.pixels.text.detectors import MissingDetector
from deidc.runtime.outcome import Refused, Region
from tests.pixels.compressed import compressed_file
from tests.pixels.pictures import EXPLICIT, Picture, blanked, dataset_for, file_of, native, native_file, read, reader
from tests.pixels.text.text_plugins import install

__all__ = ["install"]

_words = (f"p{number}" for number in itertools.count())
BOX = (3, 2, 9, 6)


def shape(picture: Picture, boxes: list[tuple[int, int, int, int] | None]) -> np.ndarray:
    """Samples of frames that are dark, each with a bright box or none."""
    low, high = picture.span
    dark, bright = (high, low) if picture.photometric == "MONOCHROME1" else (low, high)
    values = np.full((picture.frames, picture.rows, picture.columns, picture.samples), dark, dtype=np.int64)
    if picture.photometric.startswith("YBR"):
        values[..., 1:] = 1 << picture.stored - 1
    for frame, box in enumerate(boxes):
        if box is not None:
            values[frame, box[1] : box[3], box[0] : box[2], : 1 if picture.photometric[0] == "Y" else None] = bright
    return values


def painting(*regions: tuple[bool, object]) -> Painting:
    return Painting(tuple(Region(keep, (one,)) for keep, one in regions))


PICTURES = [
    Picture(),
    Picture("MONOCHROME1"),
    Picture("MONOCHROME2", 16, 12),
    Picture("MONOCHROME1", 16, 12, signed=True),
    Picture("RGB"),
    Picture("RGB", planar=True),
    Picture("YBR_FULL"),
    Picture("YBR_FULL_422"),
]


@pytest.mark.parametrize("picture", PICTURES, ids=str)
def test_what_is_bright_as_displayed_is_found_and_blanked(install, picture):
    """A detector sees what a person sees, in whatever way it is stored; only what it finds is blanked."""
    word = next(_words)
    install(word)
    values = shape(picture, [BOX])
    data = file_of(dataset_for(picture, native(values, picture)), EXPLICIT)
    outcome = blank_bytes(reader(data), painting((False, TextRegions(f"{word}-bright"))))
    assert isinstance(outcome, BlankedBytes)
    mask = np.zeros((picture.rows, picture.columns), bool)
    mask[BOX[1] : BOX[3], BOX[0] : BOX[2]] = True
    expected = native(blanked(values, picture, [mask]), picture)
    after = read(outcome.whole())
    assert after.PixelData[: len(expected)] == expected
    assert after.BurnedInAnnotation == "NO"


@pytest.mark.parametrize("syntax", [EXPLICIT, RLELossless])
def test_each_frame_is_blanked_where_text_is_found_in_it(install, syntax):
    """Text of one frame blanks nothing in another, and later lines are painted over it."""
    word = next(_words)
    install(word)
    picture = Picture(frames=4)
    boxes = [BOX, None, (0, 0, 4, 4), (10, 8, 16, 12)]
    values = shape(picture, boxes)
    dataset = dataset_for(picture, native(values, picture))
    whole = read(file_of(dataset, EXPLICIT))
    if syntax == RLELossless:
        whole.compress(RLELossless)
    data = file_of(whole, syntax)
    regions = painting(
        (False, Rectangle(0, 11, 2, 12)), (False, TextRegions(f"{word}-bright")), (True, Rectangle(0, 0, 16, 3))
    )
    outcome = blank_bytes(reader(data), regions)
    assert isinstance(outcome, BlankedBytes)
    after = read(outcome.whole()).pixel_array
    expected = values[..., 0].copy()
    for frame, box in enumerate(boxes):
        if box is not None:
            expected[frame, max(3, box[1]) : box[3], box[0] : box[2]] = 0
    assert (after == expected).all()
    assert outcome.account.frames == 4  # the first line blanks something in all of them


def test_frames_without_text_keep_their_bytes(install):
    """An object in which nothing is found is not touched, and says nothing of burned-in text."""
    word = next(_words)
    install(word)
    picture = Picture(frames=2)
    data = file_of(dataset_for(picture, native(shape(picture, [None, None]), picture)), EXPLICIT)
    assert isinstance(blank_bytes(reader(data), painting((False, TextRegions(f"{word}-bright")))), NothingToBlank)


@pytest.mark.parametrize(("low", "text"), [(0, 4000), (3000, 100), (3000, 3200)])
def test_text_outside_the_window_is_looked_for_too(install, low, text):
    """Values that the window of the object makes all black or all white are told apart in a second look."""
    word = next(_words)
    module = install(word)
    picture = Picture("MONOCHROME2", 16, 12, rows=20, columns=30)
    values = np.full((1, 20, 30, 1), low)
    values[0, 5:9, 6:20] = text
    dataset = dataset_for(picture, native(values, picture))
    dataset.WindowCenter, dataset.WindowWidth = (2000, 100) if text != 4000 else (100000, 10)
    blank_bytes(reader(file_of(dataset, EXPLICIT)), painting((False, TextRegions(f"{word}-bright"))))
    looks = importlib.import_module(module).seen
    assert any(np.unique(one).size == 2 and np.ptp(one) == 255 for one in looks)


def test_a_lossy_cine_is_looked_at_frame_by_frame(install):
    """Compressed frames are decoded to be looked at."""
    word = next(_words)
    module = install(word)
    picture = Picture("YBR_FULL_422", frames=3, rows=32, columns=48, syntax=JPEGBaseline8Bit)
    _, _, data = compressed_file(picture)
    blank_bytes(reader(data), painting((False, TextRegions(f"{word}-bright"))))
    assert [one.shape for one in importlib.import_module(module).seen] == [(32, 48, 3)] * 3


@pytest.mark.parametrize("name", ["broken", "no-model"])
def test_a_detector_that_fails_refuses_the_object(install, name):
    """What a detector raises is told by its type alone."""
    word = next(_words)
    install(word)
    _, data = native_file(Picture())
    outcome = blank_bytes(reader(data), painting((False, TextRegions(f"{word}-{name}"))))
    assert isinstance(outcome, Refused)
    assert outcome.faults[0].rule.code == "DC975"
    assert "Doe" not in str(outcome)


def test_a_detector_that_is_not_installed_is_no_fault_of_the_object():
    """An object is not passed over for a package that is missing: the host has to be told."""
    _, data = native_file(Picture())
    with pytest.raises(MissingDetector, match="no installed package provides the text detector nobodys"):
        blank_bytes(reader(data), painting((False, TextRegions("nobodys"))))


def test_no_mask_is_painted_before_text_is_looked_for():
    """A region of text never comes to nothing by being overlooked."""
    with pytest.raises(AssertionError):
        Masks(painting((False, WholeImage()), (False, TextRegions("x"))), 4, 4, 1)


def test_labels_ask_detectors_by_name():
    """`ocr` is deidc's own detector, `ocr:NAME` another; nothing is installed or loaded to ask labels."""
    program = compile_recipe("FORMAT dicom\n\n%filter a\n\nLABEL b\n  coordinates ocr\n  coordinates ocr:Nobodys\n")
    found = Detector.of(program).detect(read(native_file(Picture())[1]))
    assert not isinstance(found, Refused)
    assert [one.shapes for one in found[0].regions] == [(TextRegions("rapidocr"),), (TextRegions("nobodys"),)]
