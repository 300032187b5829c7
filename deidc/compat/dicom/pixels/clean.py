"""`DicomCleaner` checks one image after the other for burned-in text, blanks it and saves the image."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from deidc.compat.config import DeidRecipe
from deidc.compat.dicom.pixels.arrays import clean_pixel_data, cleaned_pixels
from deidc.compat.dicom.pixels.detect import Result, dataset_of, has_burned_pixels
from deidc.compat.dicom.pixels.places import place_of, temporary_folder
from deidc.compat.logger import bot
from deidc.compat.objects.inputs import InMemory, Input, One, inputs_of
from deidc.compat.objects.outputs import OutputExists, write
from deidc.pixels import require_extra

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from deidc.compat.dicom.pixels.blanked import Pixels, Source
    from deidc.compat.dicom.pixels.figures import Images
    from deidc.pixels.blanking.whole_objects import Painting

__all__ = ["DicomCleaner", "MissingFigures", "NotCleaned", "OutputExists", "clean_pixel_data"]

_KINDS = ("cleaned", "original")


class NotCleaned(RuntimeError):
    """An image is to be saved or drawn that is not there yet: `detect` and `clean` come first."""


class MissingFigures(ImportError):
    """Something is to be drawn, and the packages of the extra `figures` are not installed."""

    def __init__(self) -> None:
        super().__init__("pictures need the extra `figures`: pip install 'deidc[figures]'")


class DicomCleaner:
    """Evaluates the labels of one recipe for one object after the other, blanks their regions, and saves the result.

    `detect` comes first, then `clean`, then what saves or draws. The arguments are deid's; it makes no use of
    `add_padding` and `margin` either. Without `deid` the recipe is the one called `dicom`. Without `output_folder` a
    temporary one is made when something is saved.

    Attributes:
        recipe: a DeidRecipe; what is changed in it counts at the next object.
        results: what `detect` returned last, or None.
        dicom_file: the last object of `detect`, or None.
        cleaned: what `clean` returned last for that object, or None.
        font, cmap: of titles, and of images without colour.

    """

    def __init__(
        self,
        output_folder: str | os.PathLike[str] | None = None,
        add_padding: bool = False,
        margin: int = 3,
        deid: DeidRecipe | str | os.PathLike[str] | Mapping[str, Any] | Sequence[Any] | None = None,
        font: Mapping[str, Any] | None = None,
        force: bool = True,
    ) -> None:
        del add_padding, margin
        self.output_folder = output_folder
        self.font = self.default_font() if font is None else font
        self.cmap = "gray"
        self.force = force
        self.recipe = deid if isinstance(deid, DeidRecipe) else DeidRecipe("dicom" if deid is None else deid)
        self._forget()

    def _forget(self) -> None:
        self.results: Result | None = None
        self.dicom_file: One | Sequence[One] | None = None
        self.cleaned: Pixels | None = None
        self._input: Input | None = None
        self._painting: Painting | None = None

    def default_font(self) -> dict[str, Any]:
        """Return how titles are written without `font`."""
        return {"family": "serif", "color": "darkred", "weight": "normal", "size": 16}

    # ---- looking and cleaning ---------------------------------------------------------------------------

    def detect(self, dicom_file: One | Sequence[One]) -> Result:
        """Return which labels fire for an object, with their regions; see `has_burned_pixels`.

        What was known of the object before is forgotten. A list is looked at, but only one object can be cleaned.
        """
        self._forget()
        if isinstance(dicom_file, list | tuple):
            self.results, self.dicom_file = has_burned_pixels(dicom_file, self.force, self.recipe), dicom_file
            return self.results
        # A stream may be read once only.
        (one,) = inputs_of(dicom_file)
        self.results = has_burned_pixels(_readable(one), force=self.force, deid=self.recipe)
        self.dicom_file, self._input = dicom_file, one
        return self.results

    def clean(self, fix_interpretation: bool = True, pixel_data_attribute: str = "PixelData") -> Pixels | None:
        """Return the pixels of the object without what `results` has found; see `clean_pixel_data`.

        None, with a warning, before `detect`, and for an object without pixels.
        """
        self.cleaned, self._painting = None, None
        if self.results is None or self._input is None:
            bot.warning("nothing is cleaned: call detect() with one object first")
            return None
        self.cleaned = cleaned_pixels(
            self._input, self.results, fix_interpretation, pixel_data_attribute, force=self.force
        )
        if self.cleaned is not None:
            from deidc.compat.dicom.pixels.blanked import painting_of

            self._painting = painting_of(self.results)
        return self.cleaned

    @property
    def original(self) -> Pixels | None:
        """The unchanged pixels of the object, decoded anew each time; None before `detect`. Raises ObjectRefused."""
        if self._input is None:
            return None
        require_extra()
        from deidc.compat.dicom.pixels.blanked import as_it_is, pixels_of, source_of

        with source_of(self._input, force=self.force) as source:
            return pixels_of(as_it_is(source), fix_interpretation=True)

    # ---- saving -----------------------------------------------------------------------------------------

    def save_dicom(
        self,
        output_folder: str | os.PathLike[str] | None = None,
        image_type: str = "cleaned",
        preserve_compression: bool = False,
        compression: str | None = None,
        mode: int = 0o700,
        *,
        overwrite: bool = False,
    ) -> str:
        """Write the object with its regions blanked, and return the path: `cleaned-` and the name it had.

        It is the file that changes, frame by frame: `cleaned` is an array for who looks at it. The header stays, but
        for what must be said of blanked pixels (docs/pixels.md). Pixels that were compressed are stored uncompressed;
        with `preserve_compression`, or in the transfer syntax `compression`, compressed without loss if that can be,
        else uncompressed with a warning. A file in which nothing is blanked is written unchanged, unless it is to be
        compressed. With `image_type` "original" the file is copied.

        `mode` is for a folder that is made. Raises NotCleaned, OutputExists, ObjectRefused and OSError.
        """
        given = self._asked_for(image_type)
        from deidc.compat.dicom.pixels.blanked import as_it_is, source_of

        place = self._place(given, output_folder, "dcm", mode, overwrite=overwrite)
        with source_of(given, force=self.force) as source:
            if image_type == "original":
                content = as_it_is(source)
            else:
                content = self._content(source, preserve_compression, compression)
            write(content, place, overwrite=overwrite)
        return str(place)

    def save_png(
        self,
        output_folder: str | os.PathLike[str] | None = None,
        image_type: str = "cleaned",
        title: str | None = None,
        mode: int = 0o700,
        *,
        overwrite: bool = False,
    ) -> str:
        """Write a picture of the image, or of the middle one of several frames, and return the path; see `save_dicom`.

        Needs the extra `figures`.
        """
        given, images = self._asked_for(image_type), self._images(image_type)
        from deidc.batch.outputs.content import Content
        from deidc.compat.dicom.pixels.figures import figure_of, png

        picture = Content.of(png(figure_of(images, title, self.font)))
        place = self._place(given, output_folder, "png", mode, overwrite=overwrite)
        write(picture, place, overwrite=overwrite)
        return str(place)

    def save_animation(
        self,
        output_folder: str | os.PathLike[str] | None = None,
        image_type: str = "cleaned",
        title: str | None = None,
        mode: int = 0o700,
        *,
        overwrite: bool = False,
    ) -> str | None:
        """Write an MP4 film of all frames in their colours, ten a second, and return the path; see `save_dicom`.

        None, with a warning, for an image of one frame. `title` is in the metadata of the film, as in deid. Needs the
        extra `figures`, or matplotlib and ffmpeg.
        """
        given, images = self._asked_for(image_type), self._images(image_type)
        if len(images.frames) < 2:
            bot.warning("an image of one frame makes no film; save_png draws it")
            return None
        from deidc.batch.outputs.content import Content
        from deidc.compat.dicom.pixels.figures import film

        moving = Content.of(film(images, title or "deid-animation"))
        place = self._place(given, output_folder, "mp4", mode, overwrite=overwrite)
        write(moving, place, overwrite=overwrite)
        return str(place)

    def get_figure(self, show: bool = False, image_type: str = "cleaned", title: str | None = None) -> Figure:
        """Return a matplotlib Figure of the image, or of the middle one of several frames.

        With `show` it is made by pyplot and shown; else nothing of matplotlib is changed. Needs the extra `figures`.
        """
        self._asked_for(image_type)
        images = self._images(image_type)
        from deidc.compat.dicom.pixels.figures import figure_of

        return figure_of(images, title, self.font, show=show)

    # ---- what these need --------------------------------------------------------------------------------

    def _asked_for(self, image_type: str) -> Input:
        """Return the object whose image is wanted. Raises NotCleaned, and ValueError for another word."""
        if image_type not in _KINDS:
            raise ValueError(f"image_type is one of {', '.join(_KINDS)}")
        if self._input is None:
            _not_there("detect() was not called with one object")
        if image_type == "cleaned" and self._painting is None:
            _not_there("clean() was not called for this object, or it has no pixels")
        return self._input

    def _images(self, image_type: str) -> Images:
        if find_spec("matplotlib") is None:
            raise MissingFigures
        from deidc.compat.dicom.pixels.figures import images_of

        assert self._input is not None, "save and draw check it first"
        pixels = self.cleaned if image_type == "cleaned" else self.original
        assert pixels is not None, "save and draw check it first"
        painting = self._painting if image_type == "cleaned" else None
        return images_of(pixels, dataset_of(self._input, force=self.force), painting, self.cmap)

    def _content(self, source: Source, preserve_compression: bool, compression: str | None) -> Any:  # noqa: ANN401
        from deidc.compat.dicom.pixels.saving import stored

        assert self._painting is not None, "save checks it first"
        return stored(source, self._painting, preserve=preserve_compression, compression=compression)

    def _place(
        self, given: Input, folder: str | os.PathLike[str] | None, extension: str, mode: int, *, overwrite: bool
    ) -> Path:
        """Return where an output goes; its folder is made. Raises OutputExists and OSError."""
        if folder is None:
            if self.output_folder is None:
                self.output_folder = temporary_folder()
            folder = self.output_folder
        return place_of(given, folder, extension, mode, overwrite=overwrite)


def _readable(given: Input) -> One:
    """Return an input as something that can be read again."""
    if isinstance(given, InMemory):
        return given.dataset
    return given.data if hasattr(given, "data") else given.path


def _not_there(why: str) -> NoReturn:
    raise NotCleaned(f"{why}: call detect() and clean() first")
