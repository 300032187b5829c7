"""Open the source of an input for reading: a local file, a member of an archive, or an object at a URL."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self, TypeAlias, assert_never

from attrs import define, field, frozen

from deidc.batch.inputs import archives, remote
from deidc.codes import faults
from deidc.diagnostics import Rule

# A pread of more than 2 GiB is cut short by Linux.
_MOST_AT_ONCE = 1 << 30
MEMBER_LIMIT = 2 << 30


@frozen
class LocalFile:
    """A file of this machine."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)


@frozen
class Member:
    """A member of an archive of this machine; see `archives.Member`."""

    archive: Path
    member: archives.Member

    def __str__(self) -> str:
        return f"{self.archive}/{self.member.name}"


@frozen
class Remote:
    """An object at a URL that fsspec knows."""

    url: str

    def __str__(self) -> str:
        return self.url


Source: TypeAlias = LocalFile | Member | Remote


class NotOpened(Exception):
    """The bytes of a source cannot be had: a rule, and words without data."""

    def __init__(self, rule: Rule, message: str) -> None:
        self.rule = rule
        self.message = message
        super().__init__(message)


class Opened(Protocol):
    """The bytes of a source while it is open. Reading raises NotOpened where it fails."""

    @property
    def size(self) -> int:
        """How many bytes there are."""

    def read(self, at: int, count: int) -> bytes:
        """Return `count` bytes from `at` on, or those up to the end."""

    def whole(self) -> bytes:
        """Return all bytes."""

    def fileno(self) -> int | None:
        """Return a descriptor whose byte 0 is that of the source, if there is one: the kernel can copy from it."""

    def close(self) -> None:
        """Let go of what is held; reading is over."""

    def __enter__(self) -> Self:
        """Return the source itself."""

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""


@define(eq=False)
class _Closing:
    """What is closed at the end of a `with`."""

    def close(self) -> None:
        """Let go of what is held."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@define(eq=False)
class OpenedRange(_Closing):
    """A range of a file of this machine; read by pread, so that a disk that fails raises and sends no signal."""

    _descriptor: int
    start: int
    size: int

    def read(self, at: int, count: int) -> bytes:
        """Return `count` bytes from `at` on, or those up to the end."""
        end = min(at + count, self.size)
        parts: list[bytes] = []
        while at < end:
            try:
                part = _pread(self._descriptor, min(end - at, _MOST_AT_ONCE), self.start + at)
            except OSError as failure:
                raise _unreadable(failure) from None
            if not part:
                break  # somebody cut the file meanwhile
            parts.append(part)
            at += len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def whole(self) -> bytes:
        """Return all bytes: where the file was cut meanwhile, what is left may look like a whole object."""
        data = self.read(0, self.size)
        if len(data) != self.size:
            raise NotOpened(faults.UNREADABLE, "the file was truncated while it was read")
        return data

    def fileno(self) -> int | None:
        """Return the descriptor, if the range begins where the file begins."""
        return self._descriptor if self.start == 0 else None

    def close(self) -> None:
        """Close the file."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


@define(eq=False)
class OpenedBytes(_Closing):
    """Bytes in memory: a member that was unpacked."""

    _data: bytes = field(repr=False)

    @property
    def size(self) -> int:
        """How many bytes there are."""
        return len(self._data)

    def read(self, at: int, count: int) -> bytes:
        """Return `count` bytes from `at` on, or those up to the end."""
        return self._data[at : at + count]

    def whole(self) -> bytes:
        """Return all bytes."""
        return self._data

    def fileno(self) -> int | None:
        """Return None: the kernel has no file of it."""
        return None


@define(eq=False)
class OpenedRemote(_Closing):
    """An object at a URL, of which ranges are fetched."""

    _object: remote.RemoteObject
    size: int

    def read(self, at: int, count: int) -> bytes:
        """Fetch `count` bytes from `at` on, or those up to the end."""
        end = min(at + count, self.size)
        return self._fetch(at, end) if at < end else b""

    def whole(self) -> bytes:
        """Fetch all bytes."""
        return self._fetch(0, None)

    def fileno(self) -> int | None:
        """Return None: the kernel has no file of it."""
        return None

    def _fetch(self, start: int, end: int | None) -> bytes:
        try:
            return self._object.fetch(start, end)
        except remote.RemoteTrouble as failure:
            raise NotOpened(faults.UNREADABLE, f"the object cannot be fetched: {failure}") from None


def open_source(source: Source, shelf: archives.Shelf, member_limit: int = MEMBER_LIMIT) -> Opened:
    """Open a source; archives are taken from `shelf`. Raises NotOpened.

    A member of more than `member_limit` bytes is not unpacked. Members of zip files and of compressed tar files are
    unpacked into memory, members of plain tar files and objects at URLs are read by ranges.
    """
    match source:
        case LocalFile(path):
            return _opened_file(path)
        case Member(archive, member):
            return _opened_member(archive, member, shelf, member_limit)
        case Remote(url):
            try:
                found = remote.RemoteObject.at(url)
                return OpenedRemote(found, found.size())
            except remote.RemoteTrouble as failure:
                raise NotOpened(faults.UNREADABLE, f"the object cannot be fetched: {failure}") from None
        case _:
            assert_never(source)


def _opened_file(path: Path) -> OpenedRange:
    try:
        # Opening a pipe waits for a writer, and a device may never end.
        if not stat.S_ISREG(path.stat().st_mode):
            raise NotOpened(faults.UNREADABLE, "it is not a regular file")
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0))
        return _measured(descriptor)
    except OSError as failure:
        raise _unreadable(failure) from None
    except ValueError:
        raise NotOpened(faults.UNREADABLE, "the name is not a valid file name") from None


def _measured(descriptor: int) -> OpenedRange:
    """Return what was opened, if it is still what was looked at."""
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        os.close(descriptor)
        raise NotOpened(faults.UNREADABLE, "it is not a regular file")
    return OpenedRange(descriptor, 0, found.st_size)


def _opened_member(archive: Path, member: archives.Member, shelf: archives.Shelf, member_limit: int) -> Opened:
    if member.size > member_limit:
        raise NotOpened(faults.MEMBER_TOO_LARGE, f"the member has {member.size} bytes; the limit is {member_limit}")
    if archives.is_plain_tar(archive):
        file = _opened_file(archive)
        return OpenedRange(file._descriptor, member.at, member.size)
    try:
        return OpenedBytes(shelf.unpacked(archive, member))
    except archives.Unusable as failure:
        raise NotOpened(failure.rule, failure.message) from None


def _pread(descriptor: int, count: int, at: int) -> bytes:
    if hasattr(os, "pread"):
        return os.pread(descriptor, count, at)
    os.lseek(descriptor, at, os.SEEK_SET)  # Windows has no pread
    return os.read(descriptor, count)


def _unreadable(failure: OSError) -> NotOpened:
    return NotOpened(faults.UNREADABLE, f"the file cannot be read: {failure.strerror}")
