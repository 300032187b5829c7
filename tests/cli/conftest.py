"""Runs the command line as a process, as users do."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.run.store import bucket, store

__all__ = ["bucket", "store"]

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def deidc(tmp_path: Path) -> Run:
    """Return a function that runs `deidc` with arguments in a folder of its own."""

    def run(*arguments: object, stdin: str | bytes | None = None) -> subprocess.CompletedProcess[str]:
        data = stdin.encode() if isinstance(stdin, str) else stdin
        done = subprocess.run(
            [sys.executable, "-m", "deidc", *map(str, arguments)],
            cwd=tmp_path,
            input=data,
            stdin=None if data is not None else subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=120,
        )
        out, err = done.stdout.decode(), done.stderr.decode()
        assert "Traceback" not in err, err
        return subprocess.CompletedProcess(done.args, done.returncode, out, err)

    return run


@pytest.fixture
def recipe(tmp_path: Path) -> Callable[[str], Path]:
    """Return a function that writes a recipe into the folder."""

    def write(text: str, name: str = "my.deid") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write
