"""`deidc preview`, as a process: a picture of what a recipe does to the pixels of a file."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import deid_data
import numpy as np
import pytest
from PIL import Image as Pillow
from pydicom import dcmread, dcmwrite

from tests.files import copy_of

FOLDER = Path(deid_data.__file__).parent / "data" / "ultrasounds"
GREY = FOLDER / "GREYSCALE_IMAGE.dcm"
RECIPE = """FORMAT dicom

%header
BLANK PatientName
REMOVE WindowCenter

%filter graylist

LABEL Banner
  present Rows
  coordinates 0,0,640,40
  keepcoordinates 600,0,620,9
"""
# How a sheet is laid out; the height of its head is found.
MARGIN, GAP, ORANGE = 20, 14, (255, 149, 0)


def cine(to: Path, frames: int) -> np.ndarray:
    """Write the first frames of the cine that deid ships, and return them."""
    dataset = dcmread(FOLDER / "ultrasound-multiframe.dcm")
    dataset.PixelData = dataset.PixelData[: frames * dataset.Rows * dataset.Columns * 3]
    dataset.NumberOfFrames = frames
    dcmwrite(to, dataset, enforce_file_format=False)
    return dataset.pixel_array


def sheet(path: Path) -> np.ndarray:
    """The picture, which holds nothing but pixels."""
    data = path.read_bytes()
    assert chunks(data) <= {b"IHDR", b"IDAT", b"IEND"}
    return np.asarray(Pillow.open(io.BytesIO(data)))


def chunks(data: bytes) -> set[bytes]:
    """The kinds of what a PNG file consists of (PNG 5.3)."""
    kinds, at = set(), 8
    while at < len(data):
        (length,) = struct.unpack(">L", data[at : at + 4])
        kinds.add(data[at + 4 : at + 8])
        at += 12 + length
    return kinds


def panels(drawn: np.ndarray, frame: np.ndarray, row: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The three pictures beside each other of which the first is `frame`: where it is, is searched for."""
    rows, columns = frame.shape[:2]
    tops = [
        top
        for top in range(drawn.shape[0] - rows + 1)
        if np.array_equal(drawn[top : top + rows : 29, MARGIN : MARGIN + columns], frame[::29])
        and np.array_equal(drawn[top : top + rows, MARGIN : MARGIN + columns], frame)
    ]
    assert len(tops) > row, "the original frame is not on the sheet"
    lefts = [MARGIN + number * (columns + GAP) for number in range(3)]
    before, regions, after = (drawn[tops[row] : tops[row] + rows, left : left + columns] for left in lefts)
    return before, regions, after


def windowed(frame: np.ndarray) -> np.ndarray:
    """A frame of the grey image as it is displayed: its window is 127, 254 (PS3.3 C.11.2.1.2.1)."""
    shown = np.round(np.clip((frame.astype(float) - 126.5) / 253 + 0.5, 0, 1) * 255).astype(np.uint8)
    return np.repeat(shown[:, :, None], 3, axis=2)


def test_before_regions_and_after_of_an_image(deidc, recipe, tmp_path):
    """Before are the original pixels; regions have an orange outline; after is what `deidc run` writes of the file."""
    recipe(RECIPE)
    done = deidc("preview", GREY, "-r", "my.deid", "-o", "out.png", "--max-size", 1024)
    assert done.returncode == 0, done.stderr
    told = done.stdout.splitlines()
    assert told[0].split() == ["graylist/Banner", "clean", "my.deid:9"]
    assert told[1:] == ["  coordinates 0,0,640,40", "  keepcoordinates 600,0,620,9"]
    original = windowed(dcmread(GREY).pixel_array)
    before, regions, after = panels(sheet(tmp_path / "out.png"), original)
    assert before[:40, :640].any()
    assert (regions[0, :600] == ORANGE).all()
    assert (regions[39, :640] == ORANGE).all()
    assert not after[:40, :600].any()
    assert deidc("run", "my.deid", GREY, "-o", "out").returncode == 0
    (written,) = (tmp_path / "out").glob("*.dcm")
    assert np.array_equal(after, windowed(dcmread(written).pixel_array))


def test_frames_of_a_cine(deidc, recipe, tmp_path):
    """The first, the middle and the last of its frames, or those that are asked for; none that is not there."""
    recipe(RECIPE)
    frames = cine(tmp_path / "cine.dcm", 6)
    done = deidc("preview", "cine.dcm", "-r", "my.deid", "--max-size", 800)
    assert done.returncode == 0, done.stderr
    drawn = sheet(tmp_path / "preview.png")
    for frame in (0, 2, 5):
        _, _, after = panels(drawn, frames[frame])
        assert not after[10:40, :640].any()
        assert np.array_equal(after[40:], frames[frame][40:])
    again = deidc("preview", "cine.dcm", "-r", "my.deid", "--frames", "4")
    assert (again.returncode, "preview.png already exists" in again.stderr) == (2, True)
    done = deidc("preview", "cine.dcm", "-r", "my.deid", "--frames", "4,4,3", "--max-size", 800, "--overwrite")
    assert done.returncode == 0, done.stderr
    drawn = sheet(tmp_path / "preview.png")
    panels(drawn, frames[3])
    panels(drawn, frames[4])
    with pytest.raises(AssertionError, match="not on the sheet"):
        panels(drawn, frames[0])
    missing = deidc("preview", "cine.dcm", "-r", "my.deid", "--frames", "6", "-o", "none.png")
    assert (missing.returncode, "the last frame is 5" in missing.stderr) == (2, True)
    assert not (tmp_path / "none.png").exists()


def test_what_is_held_back_is_shown_and_told(deidc, recipe, tmp_path):
    """An object that a label holds back is shown as it would be with --flagged write, and the exit code says so."""
    recipe(RECIPE.replace("graylist", "blacklist"))
    done = deidc("preview", GREY, "-r", "my.deid", "--max-size", 1024)
    assert done.returncode == 3
    assert "holds the file for review, flagged by blacklist/Banner" in done.stderr
    _, _, after = panels(sheet(tmp_path / "preview.png"), windowed(dcmread(GREY).pixel_array))
    assert not after[:40, :600].any()


def test_where_no_label_fires_nothing_changes(deidc, recipe, tmp_path):
    """Before, regions and after are the same picture, and it is said that no label fires."""
    recipe(RECIPE.replace("present Rows", "contains Modality NOTHING"))
    copy_of("CT_small.dcm", tmp_path / "ct.dcm")
    done = deidc("preview", "ct.dcm", "-r", "my.deid", "--max-size", 128)
    assert (done.returncode, done.stdout) == (0, "no label fires\n"), done.stderr
    drawn = sheet(tmp_path / "preview.png")
    picture = drawn[-MARGIN - 128 : -MARGIN, MARGIN : MARGIN + 128]
    assert len(np.unique(picture)) > 100
    for before, regions, after in [panels(drawn, picture)]:
        assert np.array_equal(before, regions)
        assert np.array_equal(before, after)


def test_what_cannot_be_shown_is_told_with_its_code(deidc, recipe, tmp_path):
    """No pixels, pixel data that is cut short, no DICOM, a folder that is a file: no picture, and no value is told."""
    recipe(RECIPE)
    copy_of("rtplan.dcm", tmp_path / "plan.dcm")
    done = deidc("preview", "plan.dcm", "-r", "my.deid")
    assert (done.returncode, "no pixels" in done.stderr) == (1, True), done.stderr
    copy_of("CT_small.dcm", tmp_path / "short.dcm", PixelData=b"\0" * 100)
    done = deidc("preview", "short.dcm", "-r", "my.deid")
    assert (done.returncode, "DC971" in done.stderr) == (1, True), done.stderr
    done = deidc("preview", "my.deid", "-r", "my.deid")
    assert (done.returncode, "DC9" in done.stderr) == (1, True), done.stderr
    assert not (tmp_path / "preview.png").exists()
    (tmp_path / "taken").write_text("")
    done = deidc("preview", GREY, "-r", "my.deid", "-o", "taken/out.png")
    assert (done.returncode, "cannot be written" in done.stderr) == (4, True), done.stderr
