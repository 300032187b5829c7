"""Has deid 0.4.13 clean pixels, in a process of its own: importing it changes pydicom and matplotlib for everybody.

Reads one JSON object a line, {"file", "recipe", "output", "attribute"}, and answers with one: {"saved"}, the path of
the file beside which `array.npy` is, or {"error"}.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from tests.deid.apart import serve


def answer_to(task: dict[str, Any]) -> dict[str, object]:
    """Let deid clean an object, or tell what it stumbled over."""
    from deid.dicom import DicomCleaner

    folder = Path(task["output"])
    folder.mkdir(parents=True)
    (folder / "deid.labels").write_text(task["recipe"], encoding="utf-8")
    try:
        cleaner = DicomCleaner(output_folder=str(folder), deid=str(folder / "deid.labels"))
        cleaner.detect(task["file"])
        np.save(folder / "array.npy", cleaner.clean(pixel_data_attribute=task["attribute"]))
        return {"saved": cleaner.save_dicom()}
    # Whatever deid stumbles over is its answer, SystemExit included.
    except BaseException as failure:  # noqa: BLE001
        return {"error": type(failure).__name__}


if __name__ == "__main__":
    serve(answer_to)
