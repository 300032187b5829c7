"""Read a list of paths from a file or a stream: one path a line, or separated by NUL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from attrs import field, frozen

_CHUNK = 1 << 16


@frozen
class PathList:
    """A list of paths, read while the run goes on.

    A file can be read again, a stream cannot. Paths are bytes of the file system, in no character set. Empty ones
    are left out.
    """

    origin: Path | BinaryIO = field(repr=False)
    null: bool = False

    @property
    def is_stream(self) -> bool:
        """Whether the list can be read once only."""
        return not isinstance(self.origin, Path)

    @property
    def shown(self) -> Path:
        """How the list is named to the user."""
        return self.origin if isinstance(self.origin, Path) else Path("-")

    def names(self) -> Iterator[str]:
        """Yield the paths. Raises OSError where the list cannot be read."""
        if isinstance(self.origin, Path):
            with self.origin.open("rb") as file:
                yield from self._parts(file)
        else:
            yield from self._parts(self.origin)

    def _parts(self, file: BinaryIO) -> Iterator[str]:
        separator = b"\0" if self.null else b"\n"
        left = b""
        # What is there is taken at once, so the first file need not wait for the end of the list.
        read = getattr(file, "read1", file.read)
        while chunk := read(_CHUNK):
            *whole, left = (left + chunk).split(separator)
            yield from self._decoded(whole)
        yield from self._decoded([left])

    def _decoded(self, parts: list[bytes]) -> Iterator[str]:
        for part in parts:
            # Lists of Windows end their lines with two characters; a file name there ends in neither.
            name = part if self.null or os.name == "posix" else part.removesuffix(b"\r")
            if name:
                yield os.fsdecode(name)
