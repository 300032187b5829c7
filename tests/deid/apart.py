"""What deid 0.4.13 makes of tasks, in a process of its own: importing it changes pydicom and matplotlib for everybody.

Tasks go in and answers come out as JSON, one a line. A module that answers calls `serve`, and is named to `answers_of`.
"""

from __future__ import annotations

import atexit
import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import IO, Any

from attrs import define

ROOT = Path(__file__).parents[2]


@define(eq=False)
class Apart:
    """A process that answers the tasks of one module; it lives as long as this one."""

    module: str
    process: subprocess.Popen[str]
    errors: IO[str]

    @classmethod
    def started(cls, module: str) -> Apart:
        """Start the process."""
        errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 # is open as long as the process
        process = subprocess.Popen(
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            cwd=ROOT,
            # The order in which deid tries the values of a list is that of a set.
            env={**os.environ, "PYTHONHASHSEED": "0"},
        )
        apart = cls(module, process, errors)
        atexit.register(apart.end)
        return apart

    def answer(self, task: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answer to a task; fails with what the process said if it has ended."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(task) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            self.errors.seek(0)
            raise AssertionError(f"{self.module} has ended\n{self.errors.read()}")
        found: dict[str, Any] = json.loads(line)
        return found

    def end(self) -> None:
        """End the process."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=30)


_STARTED: dict[str, Apart] = {}  # importing deid takes longer than most tests, so it is done once


def answers_of(module: str, tasks: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the answers of a module to tasks, one each, in their order."""
    if module not in _STARTED:
        _STARTED[module] = Apart.started(module)
    return [_STARTED[module].answer(task) for task in tasks]


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
