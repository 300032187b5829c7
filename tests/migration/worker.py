"""Runs deid 0.4.13 on recipes, in a process of its own: importing it changes pydicom for everybody.

Reads one JSON object a line and answers each with one. `kind` says what deid is to do: "header" (clean an object),
"saved" (and save it), "flags" (ask labels, of one object or of two one after the other), "masks" (clean pixels).
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydicom.dataset import Dataset

from tests.deid.apart import answers_of, serve
from tests.deid.objects import dump, load


def prepared(task: dict[str, Any]) -> Dataset:
    """Return the object of a task: a file, with elements and regions put in."""
    dataset = load(task["file"], task["overlay"])
    regions = []
    for box in task.get("regions", ()):
        item = Dataset()
        item.RegionLocationMinX0, item.RegionLocationMinY0, item.RegionLocationMaxX1, item.RegionLocationMaxY1 = box
        regions.append(item)
    if regions:
        dataset.SequenceOfUltrasoundRegions = regions
    return dataset


def _flags(task: dict[str, Any], recipe: Any, folder: Path) -> dict[str, object]:
    from deid.dicom.pixels import has_burned_pixels

    found = []
    for number, one in enumerate((task, *task.get("then", ()))):
        path = folder / f"{number}.dcm"
        prepared(one).save_as(path)
        found.append(has_burned_pixels(str(path), deid=recipe))
    return {
        "flagged": found[-1]["flagged"],
        "coordinates": [box for result in found[-1]["results"] for box in result["coordinates"]],
    }


def _masks(task: dict[str, Any], path_of_recipe: str, folder: Path) -> dict[str, object]:
    from deid.dicom.pixels import DicomCleaner

    path = folder / "0.dcm"
    dataset = prepared(task)
    dataset.save_as(path)
    cleaner = DicomCleaner(output_folder=str(folder), deid=path_of_recipe)
    cleaner.detect(str(path))
    return {"masked": int((cleaner.clean() != dataset.pixel_array).sum())}


def answer_to(task: dict[str, Any]) -> dict[str, object]:
    """Let deid do a task, or tell what it stumbled over."""
    from deid.config import DeidRecipe

    from tests.deid.worker import answer_to as cleaned

    if task["kind"] == "header":
        return cleaned({**task, "recipes": [task["recipe"]], "base": task.get("base")})
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "deid.recipe"
        path.write_bytes(task["recipe"].encode())
        try:
            if task["kind"] == "saved":
                return _saved(task, str(path))
            if task["kind"] == "masks":
                return _masks(task, str(path), folder)
            return _flags(task, DeidRecipe(str(path)), folder)
        # Whatever deid stumbles over is its answer, SystemExit included.
        except BaseException as failure:  # noqa: BLE001
            return {"error": type(failure).__name__}


def _saved(task: dict[str, Any], path: str) -> dict[str, object]:
    from deid.config import DeidRecipe
    from deid.dicom.parser import DicomParser

    parser = DicomParser(prepared(task), recipe=DeidRecipe(path))
    parser.parse()
    parser.dicom.save_as(io.BytesIO())
    return {"elements": dump(parser.dicom)}


def answers_of_deid(tasks: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what deid makes of tasks, in a process of its own."""
    return answers_of("tests.migration.worker", tasks)


if __name__ == "__main__":
    serve(answer_to)
