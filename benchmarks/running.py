"""One command run once: its time, its memory, and what it wrote."""

from __future__ import annotations

import filecmp
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from attrs import frozen

from deidc.batch.job.discovery import STATE_FOLDER

LAUNCHER = Path(__file__).parent / "launcher.py"
_KIB = 1024
_EVERY = 0.02  # seconds between two looks at the memory of a tree of processes


@frozen
class Usage:
    """What a run of a command took: seconds, bytes, and the exit code, negative if a signal ended it.

    `peak` is resident memory of the largest process, `peak_of_all` of all processes of the tree together at one
    moment (None if it was not watched).
    """

    wall: float
    user: float
    system: float
    peak: int
    code: int
    peak_of_all: int | None = None


def run(words: list[str], *, seconds: float, mib: int = 0, watch: bool = False) -> Usage:
    """Run a command, for so many seconds at most, with so many MiB of private memory if not 0.

    To watch it takes time from it: a run that is watched is not one to quote the seconds of.
    """
    with tempfile.NamedTemporaryFile("r", encoding="ascii") as result:
        launcher = [sys.executable, "-I", "-S", str(LAUNCHER), result.name, str(seconds), str(mib)]
        with subprocess.Popen([*launcher, *words], stdin=subprocess.DEVNULL) as process:
            try:
                watched = _watched(process) if watch else None
                process.wait()
            except BaseException:
                process.terminate()  # which ends what it launched
                raise
        wall, user, system, kib, code = result.read().split()
    peak = int(kib) * _KIB
    return Usage(
        float(wall),
        float(user),
        float(system),
        peak,
        int(code),
        max(peak, watched) if watched is not None else None,
    )


def _watched(process: subprocess.Popen[bytes]) -> int:
    """Return the most memory that the processes below the launcher had together, until it has ended."""
    launcher = psutil.Process(process.pid)
    ended = threading.Event()

    def wait() -> None:
        process.wait()
        ended.set()

    waiting = threading.Thread(target=wait)
    waiting.start()
    most = 0
    while not ended.wait(_EVERY):
        most = max(most, _memory_below(launcher))
    waiting.join()
    return most


def _memory_below(process: psutil.Process) -> int:
    total = 0
    try:
        for child in process.children(recursive=True):
            total += child.memory_info().rss
    except psutil.NoSuchProcess:
        return total
    return total


@frozen
class Written:
    """How many files a run wrote, and how many of them are the inputs of these names, unchanged."""

    files: int
    unchanged: int


def look_at(source: Path, target: Path) -> Written:
    """Return what is in an output folder."""
    outputs = [path for path in target.rglob("*") if path.is_file() and STATE_FOLDER not in path.parts]
    same = 0
    for path in outputs:
        original = source / path.relative_to(target)
        if original.is_file() and filecmp.cmp(original, path, shallow=False):
            same += 1
    return Written(len(outputs), same)


@contextmanager
def working_folder(parent: Path) -> Iterator[Path]:
    """Give a new folder below another, which is gone afterwards."""
    parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="deidc-", dir=parent) as folder:
        yield Path(folder)


def emptied(folder: Path) -> Path:
    """Return a folder, made anew."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
