"""Asks deid 0.4.13 for burned-in pixels, in a process of its own: importing it changes pydicom for everybody.

Reads one JSON object a line, {"file", "overlay", "recipe"}, and answers with one, {"result"} or {"error"}.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from tests.deid.apart import serve
from tests.deid.objects import load


def answer_to(task: dict[str, Any]) -> dict[str, object]:
    """Let deid look at an object, or tell what it stumbled over."""
    from deid.config import DeidRecipe
    from deid.dicom.pixels import has_burned_pixels

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "deid.labels"
        path.write_text(task["recipe"], encoding="utf-8")
        try:
            dataset = load(task["file"], task["overlay"])
            return {"result": has_burned_pixels(dataset, deid=DeidRecipe(str(path)))}
        # Whatever deid stumbles over is its answer, SystemExit included.
        except BaseException as failure:  # noqa: BLE001
            return {"error": type(failure).__name__}


if __name__ == "__main__":
    serve(answer_to)
