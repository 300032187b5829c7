"""Runs deid 0.4.13 on mistakes, in a process of its own: importing it changes pydicom for everybody.

Reads one JSON object a line, {"name", "folder"}, the folder being as `trial.folder_of` leaves it, and answers with one,
{"did"}: what deid makes of the recipe, as in `deid.Did`.
"""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import Any

from pydicom import dcmread, dcmwrite
from pydicom.dataset import Dataset

from tests.deid.apart import serve
from tests.mistakes.functions import FUNCTIONS
from tests.mistakes.mistake import Mistake, mistakes
from tests.mistakes.trial import INPUT, RECIPE, leaked, values_of


@cache
def _by_name() -> dict[str, Mistake]:
    return {one.name: one for one in mistakes()}


def answer_to(task: dict[str, Any]) -> dict[str, object]:
    """Let deid clean the object of a mistake, and return what came of it."""
    mistake, folder = _by_name()[task["name"]], Path(task["folder"])
    try:
        output, is_flagged = _cleaned(mistake, folder)
    # Whatever deid stumbles over is its answer, SystemExit included.
    except BaseException:  # noqa: BLE001
        return {"did": "stops"}
    if leaked(mistake, output):
        return {"did": "flags" if is_flagged else "leaks"}
    return {"did": "does" if values_of(output, mistake) == dict(mistake.expected) else "other"}


def _cleaned(mistake: Mistake, folder: Path) -> tuple[bytes, bool]:
    """Return the file as deid leaves it, and whether deid flags its pixels without knowing what to blank."""
    from deid.config import DeidRecipe
    from deid.dicom import DicomCleaner
    from deid.dicom.parser import DicomParser

    names = [str(folder / RECIPE)]
    if mistake.bases:
        recipe = DeidRecipe(names, base=True, default_base=str(folder / mistake.bases[0]))
    else:
        recipe = DeidRecipe(names)
    parser = DicomParser(dcmread(folder / INPUT), recipe=recipe)
    for name, value in {**mistake.variables, **FUNCTIONS}.items():
        parser.define(name, value)
    parser.parse()
    dataset, is_flagged = parser.dicom, False
    if recipe.has_filter() if hasattr(recipe, "has_filter") else recipe.get_filters():
        cleaner = DicomCleaner(deid=names)
        found = cleaner.detect(str(folder / INPUT))
        if found["flagged"]:
            is_flagged = not any(result["coordinates"] for result in found["results"])
            dataset.PixelData = cleaner.clean().tobytes()
    return _bytes_of(dataset), is_flagged


def _bytes_of(dataset: Dataset) -> bytes:
    buffer = io.BytesIO()
    dcmwrite(buffer, dataset, enforce_file_format=False)
    return buffer.getvalue()


if __name__ == "__main__":
    serve(answer_to)
