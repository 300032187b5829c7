"""What deid 0.4.13 makes of tasks, in a process of its own: importing it changes pydicom and matplotlib for everybody.

Tasks go in and answers come out as JSON, one a line. A module that answers calls `serve`, and is named to `answers_of`.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def answers_of(module: str, tasks: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the answers of a module to tasks, one each, in their order."""
    lines = [json.dumps(task) + "\n" for task in tasks]
    done = subprocess.run(
        [sys.executable, "-m", module],
        input="".join(lines),
        capture_output=True,
        text=True,
        cwd=ROOT,
        # The order in which deid tries the values of a list is that of a set.
        env={**os.environ, "PYTHONHASHSEED": "0"},
        check=True,
    )
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(found) == len(lines)
    return found


def serve(answer_to: Callable[[dict[str, Any]], Mapping[str, object]]) -> None:
    """Answer the tasks on standard input; what deid prints meanwhile is nobody's business."""
    answers = sys.stdout
    warnings.simplefilter("ignore")
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        from deid.dicom import fields

        for line in sys.stdin:
            answer = answer_to(json.loads(line))
            # deid keeps every data set that it has seen, by address, and what it found there.
            fields._get_fields_inner.cache_clear()
            answers.write(json.dumps(answer) + "\n")
            answers.flush()
