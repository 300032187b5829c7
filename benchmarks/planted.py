"""Pictures with text planted at known places: what a text detector is measured on, and how much of it was found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from itertools import cycle, product
from pathlib import Path

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from pydicom import dcmread
from pydicom.data import get_testdata_file

Grey = NDArray[np.uint8]

# Nobody's; of the length that names, numbers and dates in images have.
WORDS = (
    "DOE, JANE",
    "Mustermann^Erika",
    "ID: 4711-0815",
    "DOB 1950-02-01",
    "12.03.1948  F",
    "O'Neil Sean",
    "Acc# 99231",
    "Garcia Lopez",
    "M. Svensson",
    "23:59:07",
    "St. Elsewhere Hosp.",
    "7 Mar 2019",
)
# Of matplotlib, but for the first two, which are in Pillow: one has 6 x 11 pixels for each letter, as old devices have.
FONTS = ("bitmap", "aileron", "DejaVuSans", "DejaVuSans-Bold", "DejaVuSansMono", "DejaVuSerif", "STIXGeneral", "cmss10")
SIZES = (8, 10, 12, 16, 22, 32, 48, 72, 100)
CONTRASTS = (200, 100, 50, 30)
BACKGROUNDS = ("black", "white", "gradient", "speckle", "ultrasound", "film", "colour", "CT", "MR")
TURNS = (0, 0, 0, 1, 3)


@frozen
class Text:
    """A planted string: in what way, and the pixels of its letters."""

    words: str
    font: str
    size: int
    contrast: int
    turns: int
    letters: NDArray[np.bool_] = field(repr=False)


@frozen
class Picture:
    """An image with planted text."""

    background: str
    pixels: Grey = field(repr=False)
    texts: tuple[Text, ...]


def pictures(
    seed: int = 0,
    count: int = 100,
    *,
    sizes: Iterable[int] = SIZES,
    contrasts: Iterable[int] = CONTRASTS,
    backgrounds: Iterable[str] = BACKGROUNDS,
    most: tuple[int, int] = (1024, 1024),
) -> Iterator[Picture]:
    """Yield pictures, each with a few strings of one size; all sizes with all contrasts, backgrounds take turns."""
    dice = np.random.default_rng(seed)
    kinds = cycle(product(sizes, contrasts))
    for _, kind in zip(range(count), cycle(backgrounds), strict=False):
        size, contrast = next(kinds)
        yield picture(dice, kind, size, contrast, most)


def picture(
    dice: np.random.Generator, kind: str, size: int, contrast: int, most: tuple[int, int] = (1024, 1024)
) -> Picture:
    """Return a picture with up to four strings at places that do not touch; one lies at an edge.

    `most` are the most rows and columns that it has.
    """
    pixels = _background(kind, dice)[: most[0], : most[1]].astype(np.float64)
    taken = np.zeros(pixels.shape[:2], dtype=np.bool_)
    texts: list[Text] = []
    for number in range(4):
        words, font = str(dice.choice(WORDS)), str(dice.choice(FONTS))
        turns = int(dice.choice(TURNS))
        letters = np.rot90(_letters(words, font, size), turns)
        place = _free(letters.shape, taken, dice, at_edge=number == 0)
        if place is None:
            continue
        rows, columns = slice(place[0], place[0] + letters.shape[0]), slice(place[1], place[1] + letters.shape[1])
        _draw(pixels[rows, columns], letters, contrast, dice)
        inked = np.zeros_like(taken)
        inked[rows, columns] = letters >= 0.4
        taken[max(0, rows.start - size) : rows.stop + size, max(0, columns.start - size) : columns.stop + size] = True
        texts.append(Text(words, font, size, contrast, turns, inked))
    return Picture(kind, np.clip(np.rint(pixels), 0, 255).astype(np.uint8), tuple(texts))


def covered(text: Text, found: NDArray[np.bool_]) -> float:
    """Return what share of the pixels of its letters was found."""
    return float(found[text.letters].mean())


def _letters(words: str, font: str, size: int) -> NDArray[np.float64]:
    """Return how much of each pixel a letter covers, from 0 to 1."""
    face = _face(font, size)
    left, top, right, bottom = face.getbbox(words)
    canvas = Image.new("L", (max(1, int(right - left)), max(1, int(bottom - top))))
    ImageDraw.Draw(canvas).text((-left, -top), words, fill=255, font=face)
    if font == "bitmap":
        factor = max(1, round(size / 11))
        canvas = canvas.resize((canvas.width * factor, canvas.height * factor), Image.Resampling.NEAREST)
    return np.asarray(canvas, dtype=np.float64) / 255


def _face(font: str, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    if font == "bitmap":
        return ImageFont.load_default_imagefont()
    if font == "aileron":
        return ImageFont.load_default(size)
    spec = find_spec("matplotlib")
    assert spec is not None
    assert spec.origin is not None
    return ImageFont.truetype(Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf" / f"{font}.ttf", size)


def _free(
    shape: tuple[int, ...], taken: NDArray[np.bool_], dice: np.random.Generator, *, at_edge: bool
) -> tuple[int, int] | None:
    rows, columns = taken.shape[0] - shape[0], taken.shape[1] - shape[1]
    if rows < 0 or columns < 0:
        return None
    for _ in range(50):
        y, x = int(dice.integers(0, rows + 1)), int(dice.integers(0, columns + 1))
        if at_edge:
            y, x = ((0, x), (rows, x), (y, 0), (y, columns))[int(dice.integers(4))]
        if not taken[y : y + shape[0], x : x + shape[1]].any():
            return y, x
    return None


def _draw(under: NDArray[np.float64], letters: NDArray[np.float64], contrast: int, dice: np.random.Generator) -> None:
    """Draw letters that are brighter than their surroundings, or darker, in a direction in which there is room."""
    mean = float(under.mean())
    brighter = mean < contrast if mean < contrast or mean + contrast > 255 else bool(dice.integers(2))
    level = min(255.0, mean + contrast) if brighter else max(0.0, mean - contrast)
    cover = letters[..., None] if under.ndim == 3 else letters
    under += cover * (level - under)


def background(kind: str, seed: int = 0) -> Grey:
    """Return a picture without planted text; of `ultrasound` and `colour` with what the device wrote."""
    return _background(kind, np.random.default_rng(seed))


def _background(kind: str, dice: np.random.Generator) -> Grey:
    rows, columns = 480, 640
    match kind:
        case "black":
            return np.zeros((rows, columns), np.uint8)
        case "white":
            return np.full((rows, columns), 235, np.uint8)
        case "gradient":
            ramp = np.add.outer(np.linspace(0, 110, rows), np.linspace(0, 110, columns))
            return (20 + np.rot90(ramp, 2 * int(dice.integers(2)))).astype(np.uint8)
        case "speckle":
            return _speckle(dice, rows, columns)
        case "film":
            noise = 150 + 8 * dice.normal(size=(rows, columns))
            return np.clip(noise + 60 * np.sin(np.linspace(0, 6, columns)), 0, 255).astype(np.uint8)
        case _:
            return _real(kind)


def _speckle(dice: np.random.Generator, rows: int, columns: int) -> Grey:
    """Return what ultrasound looks like: Rayleigh distributed, with grains broader than high, in a fan."""
    real, imaginary = (np.asarray(_smooth(dice.normal(size=(rows, columns)), 1, 3)) for _ in range(2))
    grains = np.hypot(real, imaginary)
    y, x = np.mgrid[0:rows, 0:columns]
    radius, angle = np.hypot(y + 20, x - columns / 2), np.arctan2(x - columns / 2, y + 20)
    fan = (np.abs(angle) < 0.75) & (radius > 60) & (radius < 470)
    return np.asarray(np.clip(55 * grains / grains.mean(), 0, 255) * fan).astype(np.uint8)


def _smooth(values: NDArray[np.float64], down: int, across: int) -> NDArray[np.float64]:
    for axis, reach in ((0, down), (1, across)):
        values = np.asarray(sum(np.roll(values, step, axis) for step in range(-reach, reach + 1)))
    return values


def _real(kind: str) -> Grey:
    """Return a real image, as it is displayed."""
    name = {"ultrasound": "examples_ybr_color.dcm", "colour": "examples_rgb_color.dcm"}.get(kind, f"{kind}_small.dcm")
    path = get_testdata_file(name)
    assert isinstance(path, str)
    values = dcmread(path).pixel_array
    values = values[0] if values.ndim == 4 else values
    span = max(1, int(values.max()) - int(values.min()))
    image = Image.fromarray(((values.astype(np.float64) - values.min()) * 255 / span).astype(np.uint8))
    if min(image.size) < 200:
        image = image.resize((image.width * 4, image.height * 4), Image.Resampling.BICUBIC)
    return np.array(image)
