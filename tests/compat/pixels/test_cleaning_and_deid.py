"""`DicomCleaner` of deidc.compat and of deid 0.4.13 on the same files: equal, or a deviation of docs/compat.md."""

from __future__ import annotations

from pathlib import Path

import deid_data
import numpy as np
import pytest
from attrs import frozen
from pydicom import dcmread

from deidc.compat.dicom import DicomCleaner
from tests.compat.pixels.images import REGIONS, RIGHT, WRONG, file_with, mask_for, recipe_of
from tests.deid.apart import answers_of
from tests.pixels.pictures import Picture, name_of

DATA = Path(deid_data.__file__).parent / "data"
AROUND = "coordinates all\n  keepcoordinates from:SequenceOfUltrasoundRegions"
# File, regions, and whether deid saves the right pixels.
REAL = (
    ("ultrasounds/GREYSCALE_IMAGE.dcm", AROUND, True),
    ("ultrasounds/RGB_IMAGE.dcm", AROUND, True),
    ("ultrasounds/ultrasound-multiframe.dcm", AROUND, False),  # planes
    ("dicom-cookies/image1.dcm", "coordinates 0,0,300,100", True),
    ("humans/ctbrain1.dcm", "coordinates 0,0,300,100", True),
)


@frozen
class Theirs:
    """What deid made of a file: the array, and the file that it saved; or what it stumbled over."""

    folder: Path
    answer: dict

    @property
    def array(self) -> np.ndarray:
        """What `clean` returned."""
        return np.load(self.folder / "array.npy", mmap_mode="r")

    @property
    def saved(self) -> np.ndarray:
        """The pixels of what it saved, as pydicom reads them."""
        return dcmread(self.answer["saved"]).pixel_array


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Theirs]:
    """What deid makes of all files of this page, by their names; from one process, which takes its time to begin."""
    folder = tmp_path_factory.mktemp("deid")
    tasks = {}
    for picture in (*RIGHT, *WRONG):
        _, path = file_with(folder, picture, f"{name_of(picture)}.dcm")
        tasks[name_of(picture)] = (path, REGIONS, picture.kind)
    for name, lines, _ in REAL:
        tasks[name] = (DATA / name, lines, "PixelData")
    lines = [
        {"file": str(path), "recipe": recipe_of(lines), "output": str(folder / str(number)), "attribute": attribute}
        for number, (path, lines, attribute) in enumerate(tasks.values())
    ]
    answers = answers_of("tests.compat.pixels.cleaning_worker", lines)
    return {
        name: Theirs(folder / str(at), answer) for at, (name, answer) in enumerate(zip(tasks, answers, strict=True))
    }


def ours(folder: Path, path: Path, lines: str, attribute: str = "PixelData") -> tuple[np.ndarray, np.ndarray]:
    """The array of `clean`, and the pixels of what `save_dicom` wrote."""
    (folder / "deid.labels").write_text(recipe_of(lines), encoding="utf-8")
    cleaner = DicomCleaner(output_folder=folder / "out", deid=str(folder / "deid.labels"))
    cleaner.detect(str(path))
    array = cleaner.clean(pixel_data_attribute=attribute)
    return array, dcmread(cleaner.save_dicom()).pixel_array


@pytest.mark.parametrize("picture", RIGHT, ids=name_of)
def test_where_deid_is_right_both_are_equal(picture: Picture, theirs, tmp_path: Path):
    """The array and the saved pixels, of PALETTE COLOR but for which index is black."""
    _, path = file_with(tmp_path, picture)
    array, saved = ours(tmp_path, path, REGIONS)
    found = theirs[name_of(picture)]
    mask = mask_for(picture)
    kept = ... if picture.photometric != "PALETTE COLOR" else ~mask
    assert (found.array.shape, found.array.dtype) == (array.shape, array.dtype)
    assert np.array_equal(found.array[kept], array[kept])
    assert np.array_equal(found.saved[kept], saved[kept])


@pytest.mark.parametrize("picture", WRONG, ids=name_of)
def test_where_deid_is_wrong_the_difference_is_there(picture: Picture, theirs, tmp_path: Path):
    """A deviation that never shows is none; outside of what is blanked, the array is that of deid all the same."""
    _, path = file_with(tmp_path, picture)
    array, saved = ours(tmp_path, path, REGIONS, picture.kind)
    found = theirs[name_of(picture)]
    kept = ~mask_for(picture)
    if picture.photometric == "YBR_FULL_422":
        kept &= kept[:, np.arange(picture.columns) ^ 1]  # pixels that share their colour with a blanked one lose it
    if "error" not in found.answer:
        pixels = (slice(None), kept) if picture.frames > 1 else kept
        assert np.array_equal(found.array[pixels], array[pixels])
    try:
        there = found.saved
    # What deid saves need not be an image.
    except Exception:  # noqa: BLE001
        return
    assert there.shape != saved.shape or there.dtype != saved.dtype or not np.array_equal(there, saved)


@pytest.mark.parametrize(("name", "lines", "right"), REAL, ids=[row[0] for row in REAL])
def test_real_images_are_cleaned_as_by_deid(name: str, lines: str, right: bool, theirs, tmp_path: Path):
    """Ultrasound images and cookies: the array of deid; JPEG within what two decoders differ by (PS3.5 8.2.1)."""
    array, saved = ours(tmp_path, DATA / name, lines)
    found = theirs[name]
    same = np.array_equal if "ultrasounds" in name else nearly_equal
    assert same(array, found.array)
    assert np.array_equal(array, saved)
    assert same(saved, found.saved) is right


def nearly_equal(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether samples differ by 3 at most."""
    return one.shape == other.shape and bool(np.abs(one.astype(np.int16) - other).max() <= 3)
