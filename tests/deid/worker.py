"""Runs deid 0.4.13 on files, in a process of its own: importing it changes pydicom for everybody.

Reads one JSON object a line, {"file", "overlay", "recipes", "base"}, and answers with one, {"elements"} or {"error"}.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from tests.deid.apart import serve
from tests.deid.callables import CALLABLES, VARIABLES
from tests.deid.objects import dump, load


def _written(folder: Path, number: int, text: str) -> str:
    path = folder / f"deid.{number}"
    path.write_text(text, encoding="utf-8")
    return str(path)


def answer_to(task: dict[str, Any]) -> dict[str, object]:
    """Let deid clean an object, or tell what it stumbled over."""
    from deid.config import DeidRecipe
    from deid.dicom.parser import DicomParser

    with tempfile.TemporaryDirectory() as folder:
        paths = [_written(Path(folder), number, text) for number, text in enumerate(task["recipes"])]
        try:
            dataset = load(task["file"], task["overlay"])
            if task["base"] is None:
                recipe = DeidRecipe(paths)
            else:
                recipe = DeidRecipe(paths, base=True, default_base=_written(Path(folder), -1, task["base"]))
            parser = DicomParser(dataset, recipe=recipe)
            for name, value in {**VARIABLES, **CALLABLES}.items():
                parser.define(name, value)
            parser.parse()
            return {"elements": dump(parser.dicom)}
        # Whatever deid stumbles over is its answer, SystemExit included.
        except BaseException as failure:  # noqa: BLE001
            return {"error": type(failure).__name__}


if __name__ == "__main__":
    serve(answer_to)
