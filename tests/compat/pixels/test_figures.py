"""Pictures and films of `DicomCleaner`: black is black, colours are colours, and nothing of matplotlib is changed."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image as Pillow
from pydicom import dcmread

from deidc.compat.dicom import DicomCleaner
from deidc.compat.dicom.pixels.figures import MissingFilmMaker
from tests.compat.pixels.images import cleaner_of, file_with
from tests.pixels.pictures import Picture, dataset_for, file_of, native

BLANKED = "coordinates 0,0,60,20"


def shown_file(folder: Path, picture: Picture, frames: list[tuple[int, ...]]) -> Path:
    """A file whose frames have one colour each."""
    values = np.zeros((len(frames), picture.rows, picture.columns, picture.samples), np.int64)
    for frame, colour in enumerate(frames):
        values[frame] = colour
    path = folder / "image.dcm"
    path.write_bytes(file_of(dataset_for(picture, native(values, picture)), picture.syntax))
    return path


def cleaned(folder: Path, path: Path, lines: str = BLANKED) -> DicomCleaner:
    cleaner = cleaner_of(folder, lines)
    cleaner.detect(path)
    cleaner.clean()
    return cleaner


def drawn(cleaner: DicomCleaner) -> np.ndarray:
    """The pixels of a PNG that belong to the image."""
    with Pillow.open(cleaner.save_png(overwrite=True)) as picture:
        assert picture.format == "PNG"
        pixels = np.asarray(picture.convert("RGB"))
    figure = cleaner.get_figure()
    figure.draw_without_rendering()  # which fits axes to the image
    axes = figure.axes[0].get_window_extent()
    height = pixels.shape[0]
    top, bottom, left, right = height - axes.y1, height - axes.y0, axes.x0, axes.x1
    return pixels[int(top) + 2 : int(bottom) - 1, int(left) + 2 : int(right) - 1]


SHAPE = {"rows": 40, "columns": 60}


@pytest.mark.parametrize(
    ("picture", "frames", "expected"),
    [
        (Picture("RGB", **SHAPE), [(255, 0, 0)], (255, 0, 0)),
        (Picture("RGB", planar=True, **SHAPE), [(0, 255, 0)], (0, 255, 0)),
        (Picture("RGB", frames=3, **SHAPE), [(1, 1, 1), (0, 0, 255), (2, 2, 2)], (0, 0, 255)),
        (Picture("RGB", allocated=16, stored=16, **SHAPE), [(65535, 0, 65535)], (255, 0, 255)),
        (Picture("PALETTE COLOR", **SHAPE), [(9,)], (10, 17, 24)),
    ],
    ids=lambda one: one.photometric if isinstance(one, Picture) else "",
)
def test_colours_are_drawn_as_they_are(picture: Picture, frames, expected, tmp_path: Path):
    """All channels of the middle frame, and black where it was blanked."""
    image = drawn(cleaned(tmp_path, shown_file(tmp_path, picture, frames)))
    half = len(image) // 2
    assert not image[: half - 5].any()
    assert np.abs(image[half + 5 :].astype(int) - expected).max() <= 1


@pytest.mark.parametrize(
    "picture",
    [
        Picture("MONOCHROME1", allocated=16, stored=12, **SHAPE),
        Picture("MONOCHROME2", allocated=16, stored=16, signed=True, **SHAPE),
        Picture(allocated=32, stored=32, kind="FloatPixelData", **SHAPE),
    ],
    ids=lambda one: one.photometric + one.kind,
)
def test_what_is_blanked_is_black_and_does_not_flatten_the_rest(picture: Picture, tmp_path: Path):
    """Grey is spread over the values that are left, and what has the others' brightest value is white."""
    values = np.zeros((1, 40, 60, 1), np.int64)
    values[:, :, 30:] = 10
    if picture.kind == "FloatPixelData":
        values = values.astype(np.float32)
    path = tmp_path / "image.dcm"
    path.write_bytes(file_of(dataset_for(picture, native(values, picture)), picture.syntax))
    cleaner = cleaner_of(tmp_path, BLANKED)
    cleaner.detect(path)
    cleaner.clean(pixel_data_attribute=picture.kind)
    image = drawn(cleaner)
    low, high = (255, 0) if picture.photometric == "MONOCHROME1" else (0, 255)
    rows, columns = image.shape[0] // 2, image.shape[1] // 2
    assert not image[: rows - 5].any()
    assert (image[rows + 5 :, : columns - 5] == low).all()
    assert (image[rows + 5 :, columns + 5 :] == high).all()


def test_a_figure_is_matplotlibs_and_has_its_title(tmp_path: Path):
    """What `get_figure` returns can be saved or changed; original and cleaned are two."""
    _, path = file_with(tmp_path, Picture(**SHAPE))
    cleaner = cleaned(tmp_path, path, "coordinates all")
    figure = cleaner.get_figure(title="An image")
    assert isinstance(figure, Figure)
    assert figure.axes[0].get_title() == "An image"
    assert figure.axes[0].title.get_color() == "darkred"
    assert not figure.axes[0].images[0].get_array().any()
    assert np.array_equal(
        cleaner.get_figure(image_type="original").axes[0].images[0].get_array(), dcmread(path).pixel_array
    )
    assert Path(cleaner.save_png(image_type="original")).stat().st_size > 0


def test_nothing_of_matplotlib_is_changed_before_something_is_shown(tmp_path: Path):
    """No backend, no setting and no pyplot; without matplotlib, who draws is told what is missing."""
    file_with(tmp_path, Picture(frames=2, **SHAPE))
    cleaner_of(tmp_path)
    script = """
import sys
from deidc.compat.dicom import DicomCleaner
cleaner = DicomCleaner(output_folder="out", deid="graylist.deid")
cleaner.detect("image.dcm")
cleaner.clean()
cleaner.save_dicom()
assert "matplotlib" not in sys.modules
sys.modules["matplotlib"] = None
try:
    cleaner.save_png()
except ImportError as failure:
    print(failure)
del sys.modules["matplotlib"]
import matplotlib
before = dict(matplotlib.rcParams)
cleaner.save_png(), cleaner.save_animation(), cleaner.get_figure(title="a")
assert "matplotlib.pyplot" not in sys.modules
assert dict(matplotlib.rcParams) == before
figure = cleaner.get_figure(show=True)
from matplotlib import pyplot
assert pyplot.figure(figure.number) is figure
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "MPLBACKEND": "agg"},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "pictures need the extra `figures`: pip install 'deidc[figures]'\n"


def film_of(path: str) -> np.ndarray:
    """The frames of a film, as another program reads them."""
    frames = imageio_ffmpeg.read_frames(path, pix_fmt="rgb24")
    width, height = next(frames)["size"]
    return np.stack([np.frombuffer(one, np.uint8).reshape(height, width, 3) for one in frames])


@pytest.mark.parametrize(
    ("picture", "frames", "expected"),
    [
        (Picture("RGB", planar=True, frames=3, **SHAPE), [(250, 0, 0), (0, 250, 0), (0, 0, 250)], None),
        (Picture(frames=3, **SHAPE), [(0,), (100,), (200,)], [(0,) * 3, (127,) * 3, (255,) * 3]),
    ],
    ids=["colour", "grey"],
)
def test_a_film_has_all_frames_in_their_colours(picture: Picture, frames, expected, tmp_path: Path):
    """In order, upright, and black where they were blanked (deid shows one channel, by chance, turned around)."""
    cleaner = cleaned(tmp_path, shown_file(tmp_path, picture, frames))
    saved = cleaner.save_animation()
    assert saved == str(tmp_path / "out" / "cleaned-image.mp4")
    film = film_of(saved).astype(int)
    assert film.shape == (3, 600, 1000, 3)
    for frame, colour in zip(film, expected or frames, strict=True):
        assert frame[20:280, 320:680].max() < 20
        assert np.abs(frame[320:580, 320:680] - colour).max() < 25
    assert list((tmp_path / "out").iterdir()) == [Path(saved)]


@pytest.mark.parametrize("picture", [Picture(**SHAPE), Picture("RGB", **SHAPE)], ids=["grey", "colour"])
def test_one_frame_makes_no_film(picture: Picture, tmp_path: Path, caplog: pytest.LogCaptureFixture):
    """A warning, and None (deid takes the rows of a colour image for frames)."""
    _, path = file_with(tmp_path, picture)
    cleaner = cleaned(tmp_path, path)
    with caplog.at_level(logging.WARNING, "deidc.compat"):
        assert cleaner.save_animation() is None
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert not (tmp_path / "out").exists()


def test_without_ffmpeg_it_is_said_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """And nothing is written."""
    _, path = file_with(tmp_path, Picture(frames=2))
    cleaner = cleaned(tmp_path, path)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    with pytest.raises(MissingFilmMaker, match="ffmpeg: install it, or the extra `figures`"):
        cleaner.save_animation()
    assert not (tmp_path / "out").exists()


def test_pictures_may_be_drawn_at_once(tmp_path: Path):
    """Eight cleaners in threads draw what each would draw alone."""
    cleaners = []
    for number in range(8):
        folder = tmp_path / str(number)
        folder.mkdir()
        cleaners.append(cleaned(folder, file_with(folder, Picture("RGB", seed=number % 2, **SHAPE))[1]))
    with ThreadPoolExecutor(8) as threads:
        pictures = [Path(one).read_bytes() for one in threads.map(DicomCleaner.save_png, cleaners)]
    assert pictures[:2] * 4 == pictures
    assert pictures[0] != pictures[1]
    assert Path(cleaners[0].save_png(overwrite=True)).read_bytes() == pictures[0]
