"""One image after the other, asked for burned-in identity: `DicomCleaner`."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from deidc.compat.config import DeidRecipe
from deidc.compat.dicom.inputs import One
from deidc.compat.dicom.pixels.detect import Result, has_burned_pixels


class DicomCleaner:
    """Asks the labels of one recipe for one object after the other.

    The arguments are deid's; it makes no use of `add_padding` and `margin` either. Without `deid` the recipe is the one
    called `dicom`. No folder is made before something is saved.

    Attributes:
        recipe: a DeidRecipe; what is changed in it counts at the next object.
        results: what `detect` returned last, or None.
        dicom_file: the object that it was asked for last, or None.

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
        self.font = font
        self.force = force
        self.recipe = deid if isinstance(deid, DeidRecipe) else DeidRecipe("dicom" if deid is None else deid)
        self.results: Result | None = None
        self.dicom_file: One | None = None

    def detect(self, dicom_file: One) -> Result:
        """Return which labels fire for an object, with their regions; see `has_burned_pixels`."""
        self.results, self.dicom_file = None, None
        self.results = has_burned_pixels(dicom_file, force=self.force, deid=self.recipe)
        self.dicom_file = dicom_file
        return self.results
