"""Write a file atomically: under a temporary name in its folder, then renamed, so it is whole or absent."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from contextlib import suppress
from pathlib import Path

from deidc.batch.outputs.content import Content
from deidc.batch.outputs.reserved import TEMPORARY_PREFIX, TEMPORARY_SUFFIX

# What file systems without hard links answer (FAT, some network shares).
_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EACCES})


def write_atomically(
    path: Path, content: Content, *, overwrite: bool, fsync: bool = False, token: str = "", private: bool = False
) -> int:
    """Write a file whole, or not at all, and return its size; folders on the way are made.

    `token` goes into the temporary name, so that `discard_leftovers` finds partial files of an interrupted process.

    Without `overwrite` a file that is there stays, even one that appears while this one is written, and
    FileExistsError is raised. With it, the new file takes over the permissions of the old one, unless it is `private`,
    which only its owner can open (mode 0600). Raises OSError.
    """
    temporary = path.parent / f"{TEMPORARY_PREFIX}{token}{secrets.token_hex(8)}{TEMPORARY_SUFFIX}"
    target = _new_file(temporary, 0o600 if private else 0o666)
    try:
        try:
            size = content.write_to(target)
            if fsync:
                os.fsync(target)
        finally:
            os.close(target)
        if overwrite:
            if path.is_file() and not private:
                shutil.copymode(path, temporary)
            temporary.replace(path)
        else:
            _put(temporary, path)
    finally:
        # Also when a signal interrupts: nothing half-written is left behind.
        with suppress(FileNotFoundError):
            os.unlink(temporary)
    if fsync:
        _sync_folder(path.parent)
    return size


def _new_file(path: Path, mode: int) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        return os.open(path, flags, mode)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, flags, mode)


def discard_leftovers(folder: Path, token: str) -> None:
    """Delete the partial files in a folder that interrupted processes wrote with `token`."""
    for left in folder.glob(f"{TEMPORARY_PREFIX}{token}*{TEMPORARY_SUFFIX}"):
        with suppress(OSError):
            left.unlink()


def _put(temporary: Path, path: Path) -> None:
    try:
        # A hard link fails where the name exists; a rename would replace it.
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError as failure:
        if failure.errno not in _NO_LINKS:
            raise
        if path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from None
        temporary.rename(path)


def _sync_folder(folder: Path) -> None:
    """Make the new name last; folders cannot be opened everywhere, and then there is no more to be done."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
