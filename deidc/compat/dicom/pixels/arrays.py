"""`clean_pixel_data` returns the pixels of one object as an array, with the regions of a result blanked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deidc.compat.dicom.pixels.detect import Result, dataset_of
from deidc.compat.logger import bot
from deidc.compat.objects.inputs import Input, One, inputs_of
from deidc.pixels import require_extra

if TYPE_CHECKING:
    from deidc.compat.dicom.pixels.blanked import Pixels

_PIXELS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")


def clean_pixel_data(
    dicom_file: One, results: Result, fix_interpretation: bool = True, pixel_data_attribute: str = "PixelData"
) -> Pixels | None:
    """Return the pixels of an object as an array, with the regions of a result of `has_burned_pixels` black.

    The array has the shape and the type of pydicom's `pixel_array`, and colour as RGB. Black is as displayed: zero
    where zero is, the highest value for MONOCHROME1, the lowest for signed numbers. Neither the object nor the result
    is changed. With `fix_interpretation`, native pixels that are called YBR_FULL_422 and are too many for it are taken
    for RGB. None, with a warning, if the object has no `pixel_data_attribute`.

    Raises ObjectRefused for pixels that cannot be found or decoded, and ValueError for what is no result.
    """
    (one,) = inputs_of(dicom_file)
    return cleaned_pixels(one, results, fix_interpretation, pixel_data_attribute, force=True)


def cleaned_pixels(
    given: Input, results: Mapping[str, Any], fix_interpretation: bool, attribute: str, *, force: bool
) -> Pixels | None:
    """Return what `clean_pixel_data` does, for an input."""
    require_extra()
    from deidc.compat.dicom.pixels.blanked import blanked, painting_of, pixels_of, source_of
    from deidc.pixels.blanking.whole_objects import Storage

    if attribute not in _PIXELS:
        raise ValueError(f"pixel_data_attribute is one of {', '.join(_PIXELS)}")
    painting = painting_of(results)
    if attribute not in dataset_of(given, force=force):
        bot.warning(f"the object has no {attribute}, so there is nothing to clean")
        return None
    with source_of(given, force=force) as source:
        file = blanked(source, painting, Storage.NATIVE)
        pixels = pixels_of(file.content, fix_interpretation=fix_interpretation)
    silent = sum(not one.get("coordinates") for one in results["results"])
    if silent:
        bot.warning(f"{silent} of the labels that fired name no region, so nothing is blanked for them")
    if file.account is None and any(not region.keep for region in painting.everywhere):
        bot.warning("no pixel of the image is in a region that is to be blanked")
    return pixels
