"""Runs the command line as a process, as users do; one that need not import all modules anew, where that is enough."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.run.store import bucket, store
from tests.cli.warm_commands import WarmCommands

__all__ = ["bucket", "store"]

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def warm_commands() -> Iterator[WarmCommands]:
    """Keep a process that has imported deidc."""
    commands = WarmCommands()
    yield commands
    commands.end()


@pytest.fixture
def deidc(tmp_path: Path, warm_commands: WarmCommands) -> Run:
    """Return a function that runs `deidc` with arguments in a folder of its own."""

    def run(*arguments: object, stdin: str | bytes | None = None) -> subprocess.CompletedProcess[str]:
        data = stdin.encode() if isinstance(stdin, str) else stdin
        words = [str(one) for one in arguments]
        done = warm_commands.run(words, tmp_path, data) if warm_commands.suits() else _started(words, tmp_path, data)
        out, err = done.stdout.decode(), done.stderr.decode()
        assert "Traceback" not in err, err
        return subprocess.CompletedProcess(done.args, done.returncode, out, err)

    return run


def _started(words: list[str], cwd: Path, data: bytes | None) -> subprocess.CompletedProcess[bytes]:
    """Run `python -m deidc` from nothing."""
    return subprocess.run(
        [sys.executable, "-m", "deidc", *words],
        cwd=cwd,
        input=data,
        stdin=None if data is not None else subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=120,
    )


@pytest.fixture
def recipe(tmp_path: Path) -> Callable[[str], Path]:
    """Return a function that writes a recipe into the folder."""

    def write(text: str, name: str = "my.deid") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write
