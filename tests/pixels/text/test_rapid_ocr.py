"""The detector of the extra `ocr`: what it finds of planted text, and what it takes; the benchmark measures more."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from benchmarks import planted
from deidc.pixels.text.rapid_ocr import RapidOcr

pytestmark = pytest.mark.skipif(sys.version_info >= (3, 13), reason="rapidocr-onnxruntime has no release for it")
SCRIPT = """
import sys
{before}
import numpy as np
from PIL import Image, ImageDraw, ImageFont
from deidc.pixels.text.detectors import find_text
canvas = Image.new("L", (320, 120))
ImageDraw.Draw(canvas).text((20, 40), "DOE, JANE", fill=255, font=ImageFont.load_default(16))
found = find_text("rapidocr", np.asarray(canvas))
print(found)
{after}
"""


@pytest.fixture(scope="module")
def detector() -> RapidOcr:
    return RapidOcr()


def mask_of(detector: RapidOcr, picture: np.ndarray) -> np.ndarray:
    """True where something is found."""
    mask = np.zeros(picture.shape[:2], dtype=bool)
    for one in detector.find(picture):
        assert 0 <= one.x0 < one.x1 <= picture.shape[1]
        assert 0 <= one.y0 < one.y1 <= picture.shape[0]
        mask[one.y0 : one.y1, one.x0 : one.x1] = True
    return mask


def told(picture: planted.Picture) -> str:
    return f"{picture.background}-{picture.texts[0].size}-{picture.texts[0].contrast}"


SMOOTH = list(
    planted.pictures(
        3,
        10,
        sizes=(8, 10, 16, 24, 32),
        contrasts=(150, 50),
        backgrounds=("black", "gradient", "film"),
        most=(240, 320),
    )
)
GRAINY = list(
    planted.pictures(5, 4, sizes=(12, 20, 14, 36), contrasts=(180,), backgrounds=("speckle", "colour"), most=(240, 320))
)


@pytest.mark.parametrize("picture", [*SMOOTH, *GRAINY], ids=told)
def test_every_planted_string_is_found(detector, picture):
    """Of each string at least 99 of 100 pixels of its letters are found, at edges and turned too."""
    found = mask_of(detector, picture.pixels)
    assert picture.texts
    assert {one.words: planted.covered(one, found) >= 0.99 for one in picture.texts} == dict.fromkeys(
        (one.words for one in picture.texts), True
    )


def test_little_is_found_where_no_text_is(detector):
    """Nothing is found in smooth pictures, and less than three hundredths of grainy ones."""
    for background, most in (("black", 0), ("gradient", 0), ("speckle", 0.03), ("MR", 0.03)):
        assert mask_of(detector, planted.background(background)[:256, :320]).mean() <= most, background


def test_it_finds_the_same_whenever_it_is_asked(detector):
    """Two looks, by two sessions of the model, find the same rectangles; the picture stays as it is."""
    picture = GRAINY[0].pixels
    before = picture.copy()
    assert detector.find(picture) == RapidOcr().find(picture)
    assert np.array_equal(before, picture)


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (7, 5, 3), (40, 2)])
def test_pictures_of_any_size_are_looked_at(detector, size):
    """A picture may be smaller than a letter."""
    mask_of(detector, np.random.default_rng(0).integers(0, 256, size, dtype=np.uint8))


def run(before: str, after: str = "") -> subprocess.CompletedProcess[str]:
    script = SCRIPT.format(before=before, after=after)
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)


def test_nothing_is_fetched():
    """The model is in the package: text is found where no name of a host is known and no connection can be made."""
    done = run("""
import socket
def refuse(*arguments, **more):
    raise SystemExit("a name is asked for")
socket.getaddrinfo = socket.gethostbyname = socket.create_connection = socket.socket.connect = refuse
""")
    assert done.stdout.startswith("(Rectangle("), done.stderr


def test_no_graphical_system_is_needed():
    """OpenCV, which cannot be loaded without one, is not imported."""
    done = run("", "print([one for one in sys.modules if one.startswith(('cv2', 'rapidocr'))])")
    assert done.stdout.splitlines()[1:] == ["[]"], done.stderr


@pytest.mark.parametrize("package", ["onnxruntime", "rapidocr_onnxruntime"])
def test_a_missing_extra_is_told_with_its_name(package):
    """Who asks for text without the extra is told what to install."""
    done = run(f"""
import importlib.util
known = importlib.util.find_spec
importlib.util.find_spec = lambda name, *more: None if name == "{package}" else known(name, *more)
""")
    assert done.stdout == ""
    assert "MissingDetector: `coordinates ocr` needs the extra `ocr`: pip install 'deidc[ocr]'" in done.stderr
