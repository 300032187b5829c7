"""Where files are while tools are measured: in RAM if there is room, on a disk that takes holes otherwise."""

from __future__ import annotations

import shutil
from pathlib import Path

import psutil
from attrs import frozen

RAM = Path("/dev/shm")
_HEADROOM = 2 << 30  # bytes of memory that must stay free for the tools


@frozen
class Place:
    """A folder, and whether it is in memory."""

    folder: Path
    in_memory: bool

    @property
    def about(self) -> str:
        """What a table says of it."""
        return "files in RAM (tmpfs)" if self.in_memory else "files on disk"


def place_for(size: int, asked: Path | None, otherwise: Path) -> Place:
    """Return a place for files of this size: the one asked for, else RAM, else a folder on disk."""
    if asked is not None:
        return Place(asked, is_in_memory(asked))
    if RAM.is_dir() and is_in_memory(RAM) and room(RAM) > size:
        return Place(RAM / "deidc-benchmarks", in_memory=True)
    return Place(otherwise, is_in_memory(otherwise))


def is_in_memory(folder: Path) -> bool:
    """Return whether the file system of a folder, or of its nearest parent that is there, is a tmpfs."""
    there = folder.resolve()
    while not there.exists():
        there = there.parent
    mounts = [one for one in psutil.disk_partitions(all=True) if there.is_relative_to(one.mountpoint)]
    return max(mounts, key=lambda one: len(one.mountpoint)).fstype == "tmpfs" if mounts else False


def room(folder: Path) -> int:
    """Return the bytes that can be written to a file system; on one in memory, without pressing the tools out."""
    free = shutil.disk_usage(folder).free
    if is_in_memory(folder):
        return min(free, psutil.virtual_memory().available - _HEADROOM)
    return free


def takes_holes(folder: Path) -> bool:
    """Return whether a file with a hole in it takes no room there."""
    path = folder / "hole"
    try:
        with path.open("wb") as file:
            file.truncate(1 << 24)
        return path.stat().st_blocks * 512 < 1 << 20
    finally:
        path.unlink(missing_ok=True)
