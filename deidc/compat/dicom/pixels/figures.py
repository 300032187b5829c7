"""Draw pictures and films of images with matplotlib, without pyplot unless something is shown."""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from subprocess import CalledProcessError
from typing import Any, cast

import numpy as np
from attrs import field, frozen
from matplotlib import rcParams
from matplotlib.animation import FFMpegWriter
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_color_lut

from deidc.codes import faults
from deidc.compat.dicom.pixels.blanked import Pixels
from deidc.compat.objects.deadlines import ObjectRefused
from deidc.guarded import guarded
from deidc.pixels.frames.masks import Painting, painted
from deidc.pixels.text.regions import is_of_text
from deidc.runtime.outcome import Fault

_SIZE = (10, 6)  # inches
_DOTS = 100  # an inch
_A_SECOND = 10


class MissingFilmMaker(ImportError):
    """A film is to be made, and ffmpeg is not there."""

    def __init__(self) -> None:
        super().__init__("films need ffmpeg: install it, or the extra `figures`: pip install 'deidc[figures]'")


@frozen
class Images:
    """Frames to be drawn: rows and columns, or colours from 0 to 1 or 255; `least` and `most` of what is not black."""

    frames: Pixels = field(repr=False)
    cmap: str
    least: float | None
    most: float | None


def images_of(pixels: Pixels, header: Dataset, painting: Painting | None, cmap: str) -> Images:
    """Return how an array of pixels is displayed. Raises ObjectRefused for palettes that cannot be read.

    Brightness is spread over what is not blanked; what is blanked is black beside it, for MONOCHROME1 too.
    """
    has_colour = int(header.get("SamplesPerPixel") or 1) > 1
    frames = pixels if pixels.ndim == (4 if has_colour else 3) else pixels[np.newaxis]
    if has_colour:
        return Images(_as_colours(frames, header), cmap, None, None)
    kind = str(header.get("PhotometricInterpretation") or "")
    if kind == "PALETTE COLOR":
        return Images(_coloured(frames, header), cmap, None, None)
    if kind == "MONOCHROME1":
        cmap = cmap.removesuffix("_r") if cmap.endswith("_r") else f"{cmap}_r"
    least, most = _range_of(frames, painting)
    return Images(frames, cmap, least, most)


def _as_colours(frames: Pixels, header: Dataset) -> Pixels:
    if frames.dtype == np.uint8:
        return frames
    highest = (1 << int(header.get("BitsStored") or 8 * frames.dtype.itemsize)) - 1
    return np.clip(frames.astype(np.float32) / highest, 0, 1)


def _coloured(frames: Pixels, header: Dataset) -> Pixels:
    # Palettes may be cut off, or contradict their descriptors.
    with guarded() as guard:
        colours = [apply_color_lut(frame, header) for frame in frames]
    if guard.kind:
        raise ObjectRefused((Fault(faults.PIXELS_NOT_UNDERSTOOD, "the palettes cannot be read"),))
    return np.stack([one.astype(np.float32) / np.iinfo(one.dtype).max for one in colours])


def _range_of(frames: Pixels, painting: Painting | None) -> tuple[float | None, float | None]:
    """Return the lowest and the highest number that is not blanked; None if there is none."""
    rows, columns = frames.shape[1:]
    regions = painting.everywhere if painting is not None else ()
    # What text was found is not known here; it is as dark as the darkest number, or darker.
    kept = ~painted((one for one in regions if not is_of_text(one)), rows, columns)
    least: list[float] = []
    most: list[float] = []
    for frame in frames:
        values = frame[kept]
        values = values[np.isfinite(values)]
        if values.size:
            least.append(float(values.min()))
            most.append(float(values.max()))
    return (min(least), max(most)) if least else (None, None)


def figure_of(images: Images, title: str | None, font: Mapping[str, Any], *, show: bool = False) -> Figure:
    """Return a picture of the middle frame. With `show` it is pyplot's, and shown."""
    if show:
        pyplot = import_module("matplotlib.pyplot")
        figure = cast("Figure", pyplot.figure(figsize=_SIZE))
    else:
        figure = Figure(figsize=_SIZE)
        FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    _draw(axes, images, len(images.frames) // 2)
    if title is not None:
        axes.set_title(title, fontdict=dict(font))
    if show:
        pyplot.show()
    return figure


def _draw(axes: Axes, images: Images, frame: int) -> Any:  # noqa: ANN401  # matplotlib's
    return axes.imshow(images.frames[frame], cmap=images.cmap, vmin=images.least, vmax=images.most)


def png(figure: Figure) -> bytes:
    """Return a picture as a PNG file."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()


def film(images: Images, title: str) -> bytes:
    """Return all frames as an MP4 file. Raises MissingFilmMaker and OSError."""
    writer = _writer(title)
    figure = Figure(figsize=_SIZE)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    drawn = _draw(axes, images, 0)
    drawn.set_interpolation("nearest")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "film.mp4")
        try:
            writer.setup(figure, str(place), dpi=_DOTS)
            for frame in images.frames:
                drawn.set_data(frame)
                writer.grab_frame()
            writer.finish()
            return place.read_bytes()
        except (CalledProcessError, OSError) as failure:
            raise OSError(f"ffmpeg made no film ({type(failure).__name__})") from None


def _writer(title: str) -> FFMpegWriter:
    program = _program()

    class Writer(FFMpegWriter):
        """Writes films with the ffmpeg that was found, whatever matplotlib is configured to use elsewhere."""

        @classmethod
        def bin_path(cls) -> str:
            return program

    return Writer(fps=_A_SECOND, metadata={"title": title})


def _program() -> str:
    """Return the ffmpeg that matplotlib is configured to use, or the one that the extra brings."""
    found = shutil.which(rcParams["animation.ffmpeg_path"])
    if found is None and find_spec("imageio_ffmpeg") is not None:
        try:
            found = import_module("imageio_ffmpeg").get_ffmpeg_exe()
        except RuntimeError:
            found = None
    if found is None:
        raise MissingFilmMaker
    return str(found)
