"""One run at a time in an output folder: a lock that the kernel releases when its process ends, however it ends."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

LOCK = "lock"
_WORKER = "worker-*.lock"
_PERMIT = "permit-*"
# A worker whose parent was killed ends as soon as it may run Python; a decompression may keep it from that.
_WORKERS_END_WITHIN = 60.0


class LockedError(Exception):
    """Another run is at work in the folder, or it cannot be known."""


@contextmanager
def run_lock(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder in which runs keep their state; wait for workers of an interrupted run.

    Raises LockedError where another run has it, workers do not end, or there are no locks.
    """
    lock = _lock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise LockedError("another run is writing to this folder; wait until it ends") from None
    except NotImplementedError:
        raise LockedError("the file system of the output folder does not support locks") from None
    except OSError as failure:
        raise LockedError(f"the folder cannot be locked: {failure.strerror}") from None
    try:
        for left in folder.glob(_PERMIT):
            left.unlink(missing_ok=True)
        _await_workers(folder)
        yield
        _await_workers(folder)
    finally:
        lock.release()


def worker_lock(folder: Path, name: str = "") -> FileLock:
    """Take the lock that says this worker process is alive, and return it; it is held as long as it is referred to.

    A process is called by its number if it is not given a name; that is enough on one machine.
    """
    lock = _lock(folder / _WORKER.replace("*", name or str(os.getpid())))
    lock.acquire(timeout=0)
    return lock


@contextmanager
def permit(folder: Path) -> Iterator[Path]:
    """Give a file that is there as long as the context lasts, or until another run takes the lock of the folder.

    Workers of a cluster do not end with the run that they work for. They look for the file before they begin to write.
    """
    path = folder / _PERMIT.replace("*", secrets.token_hex(8))
    path.touch()
    try:
        yield path
    finally:
        with suppress(OSError):
            path.unlink()


def is_permitted(path: Path) -> bool:
    """Whether the run that gave a permit goes on."""
    try:
        path.open("rb").close()  # network file systems ask the server when a file is opened
    except OSError:
        return False
    return True


def _await_workers(folder: Path) -> None:
    for path in folder.glob(_WORKER):
        try:
            with _lock(path).acquire(timeout=_WORKERS_END_WITHIN):
                pass
        except Timeout:
            raise LockedError("a worker of an interrupted run is still writing to this folder") from None
        with suppress(FileNotFoundError):
            path.unlink()


def _lock(path: Path) -> FileLock:
    # A lock that is but a file that exists would outlive a process that is killed.
    return FileLock(path, fallback_to_soft=False)
