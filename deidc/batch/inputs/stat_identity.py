"""Stat identity of a file: metadata of the file system that shows an unchanged file without reading it."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import assert_never

from attrs import frozen

from deidc.batch.inputs.sources import LocalFile, Member, Remote, Source

# Coarser than the clock of any file system in use (FAT counts in steps of 2 s).
_COARSEST_NS = 2_000_000_000


@frozen
class StatIdentity:
    """Size in bytes, times in nanoseconds, and what the file system calls the file by.

    Two are equal only if nothing was done to the file in between: who sets the modification time back changes the
    other one (POSIX `st_ctime`). Times are compared for equality, so it does not matter which clock made them.
    """

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    device: int


def identity_of(source: Source) -> StatIdentity | None:
    """Return the stat identity of an input, or None if a later change might not change it.

    A member of an archive is unchanged while the archive is. Objects at URLs have no stat identity.
    """
    match source:
        case LocalFile(path) | Member(path):
            identity = stat_identity(path)
            return identity if identity is not None and is_settled(identity) else None
        case Remote():
            return None
        case _:
            assert_never(source)


def stat_identity(path: Path) -> StatIdentity | None:
    """Return the stat identity of a file, or None if there is no file or no permission to look."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return StatIdentity(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_dev)


def is_settled(identity: StatIdentity) -> bool:
    """Whether a later change of the file is sure to change its identity.

    It is not where the file was changed a moment ago, or in the future: times come in steps, and a second change
    within the same step would not show.
    """
    return max(identity.mtime_ns, identity.ctime_ns) + _COARSEST_NS < time.time_ns()
