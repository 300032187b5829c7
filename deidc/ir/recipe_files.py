"""Files of recipes on a disk: how much of one is read, and what a recipe of a stranger's may have read.

A recipe that a user names is read wherever it is. A recipe that another recipe includes must be a regular file below
the folder of the recipe that the user named, or below a folder that the user allows: what is read may be printed.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable
from pathlib import Path

LARGEST = 8 << 20  # bytes; the largest recipe known has less than one percent of it


def read_named(path: Path) -> bytes:
    """Return the bytes of a recipe that the user names, which may be a pipe. Raises OSError, also for too many."""
    with path.open("rb") as file:
        return _limited(file.fileno())


def read_included(path: Path) -> bytes:
    """Return the bytes of a recipe that another one includes.

    Raises OSError if it cannot be read, is no regular file, or is too large.
    """
    # Opening a pipe or a device may wait for ever, and reading it change something.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0))
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "it is no regular file")
        return _limited(descriptor)
    finally:
        os.close(descriptor)


def _limited(descriptor: int) -> bytes:
    parts: list[bytes] = []
    left = LARGEST + 1
    while left and (part := os.read(descriptor, min(left, 1 << 20))):
        parts.append(part)
        left -= len(part)
    if not left:
        raise OSError(errno.EFBIG, f"it has more than {LARGEST >> 20} MiB")
    return b"".join(parts)


def is_below(path: Path, folders: Iterable[Path]) -> bool:
    """Whether a file lies below one of some folders, links resolved."""
    try:
        real = os.path.realpath(path)
        tops = [os.path.realpath(folder) for folder in folders]
    except (OSError, ValueError):
        return False
    return any(os.path.commonpath([real, top]) == top for top in tops if real != top)
