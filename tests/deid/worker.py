"""Runs deid 0.4.13 on files, in a process of its own: importing it changes pydicom for everybody.

Reads one JSON object a line, {"file", "recipe", "variables"}, and answers with one, {"elements"} or {"error"}.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import tempfile
import warnings
from pathlib import Path

from tests.deid.objects import dump


def main() -> None:
    answers = sys.stdout
    warnings.simplefilter("ignore")
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        from deid.config import DeidRecipe
        from deid.dicom import fields
        from deid.dicom.parser import DicomParser
        from pydicom import dcmread

        for line in sys.stdin:
            task = json.loads(line)
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "deid.recipe"
                path.write_text(task["recipe"], encoding="utf-8")
                try:
                    parser = DicomParser(dcmread(task["file"], force=True), recipe=DeidRecipe(str(path)))
                    for name, value in task["variables"].items():
                        parser.define(name, value)
                    parser.parse()
                    answer = {"elements": dump(parser.dicom)}
                # Whatever deid stumbles over is its answer, SystemExit included.
                except BaseException as failure:  # noqa: BLE001
                    answer = {"error": type(failure).__name__}
            # deid keeps every data set it has seen, and what it found in it.
            for cached in vars(fields).values():
                if hasattr(cached, "cache_clear"):
                    cached.cache_clear()
            answers.write(json.dumps(answer) + "\n")
            answers.flush()


if __name__ == "__main__":
    main()
