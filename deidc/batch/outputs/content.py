"""The content of an output: new bytes, and ranges of the input that the kernel copies from file to file."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from attrs import field, frozen

from deidc.dicom.edits import Span

CHUNK = 1 << 20
# In ranges from this size on it is worth asking whether there are holes.
_SPARSE = 1 << 24


class Ranges(Protocol):
    """An input that ranges are taken from."""

    @property
    def size(self) -> int:
        """How many bytes there are."""
        ...

    def read(self, at: int, count: int) -> bytes:
        """Return `count` bytes from `at` on, or those up to the end."""
        ...

    def fileno(self) -> int | None:
        """Return a descriptor whose byte 0 is that of the input, if there is one."""
        ...


class InputShrank(OSError):
    """The input became shorter while it was copied; its strerror says so."""

    def __init__(self) -> None:
        super().__init__(errno.EIO, "the input was truncated while it was read")


@frozen
class Content:
    """The bytes of an output, which can be read again and again; `source` is the input that its spans refer to."""

    pieces: Callable[[], Iterable[bytes | Span]] = field(repr=False)
    source: Ranges | None = field(default=None, repr=False)

    @classmethod
    def of(cls, data: bytes) -> Content:
        """Return content that is in memory."""
        return cls(lambda: (data,))

    def chunks(self) -> Iterator[bytes]:
        """Yield the bytes piece by piece, none of them large. Raises OSError."""
        for piece in self.pieces():
            if isinstance(piece, bytes):
                yield piece
            else:
                assert self.source is not None
                yield from chunks_of(self.source, piece.start, piece.end)

    def whole(self) -> bytes:
        """Return the bytes in one piece. Raises OSError."""
        return b"".join(self.chunks())

    def size(self) -> int:
        """Return the number of bytes. Raises OSError."""
        return sum(len(one) if isinstance(one, bytes) else one.end - one.start for one in self.pieces())

    def digest(self) -> str:
        """Return the SHA-256 of the bytes. Raises OSError."""
        return digest_of(self.chunks())

    def write_to(self, target: int) -> int:
        """Write the bytes to a new, empty file that is open for writing; return how many. Raises OSError."""
        small: list[bytes] = []
        size, waiting = 0, 0
        for piece in self.pieces():
            if isinstance(piece, bytes):
                small.append(piece)
                size += len(piece)
                waiting += len(piece)
                if waiting >= CHUNK:  # blanked frames can be more than any memory holds
                    _write(target, b"".join(small))
                    small, waiting = [], 0
                continue
            assert self.source is not None
            _write(target, b"".join(small))
            small, waiting = [], 0
            _copy(self.source, target, piece)
            size += piece.end - piece.start
        _write(target, b"".join(small))
        if os.lseek(target, 0, os.SEEK_CUR) > os.fstat(target).st_size:
            os.ftruncate(target, size)  # it ends with a hole
        return size


def digest_of(chunks: Iterable[bytes]) -> str:
    """Return the SHA-256 of bytes."""
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return f"sha256:{digest.hexdigest()}"


def chunks_of(source: Ranges, at: int = 0, end: int | None = None) -> Iterator[bytes]:
    """Yield a range of an input in chunks. Raises OSError."""
    stop = source.size if end is None else end
    while at < stop:
        chunk = source.read(at, min(CHUNK, stop - at))
        if not chunk:
            raise InputShrank
        yield chunk
        at += len(chunk)


def _write(target: int, data: bytes) -> None:
    done = os.write(target, data) if data else 0
    while done < len(data):
        done += os.write(target, memoryview(data)[done:])


def _copy(source: Ranges, target: int, span: Span) -> None:
    descriptor = source.fileno()
    if descriptor is None:
        for chunk in chunks_of(source, span.start, span.end):
            _write(target, chunk)
        return
    for start, end, is_hole in _extents(descriptor, span):
        if is_hole:
            os.lseek(target, end - start, os.SEEK_CUR)
            continue
        at = _copied_by_kernel(descriptor, target, start, end)
        for chunk in chunks_of(source, at, end):
            _write(target, chunk)


def _extents(descriptor: int, span: Span) -> Iterator[tuple[int, int, bool]]:
    """Yield the ranges of a span, and whether they are holes, which stay holes in the output."""
    at = span.start
    while at < span.end and span.end - span.start >= _SPARSE and hasattr(os, "SEEK_DATA"):
        try:
            data = min(os.lseek(descriptor, at, os.SEEK_DATA), span.end)
        except OSError as failure:
            if failure.errno != errno.ENXIO:
                break  # the file system does not know
            if os.fstat(descriptor).st_size < span.end:
                raise InputShrank from None  # what is gone is no hole
            data = span.end
        if data > at:
            yield at, data, True
        at = data
        if at < span.end:
            hole = min(os.lseek(descriptor, at, os.SEEK_HOLE), span.end)
            yield at, hole, False
            at = hole
    if at < span.end:
        yield at, span.end, False


def _copied_by_kernel(descriptor: int, target: int, at: int, end: int) -> int:
    """Let the kernel copy a range to the end of a file; return up to where it could.

    It cannot between all files. If a disk fails, reading and writing the rest shows which of the two it was.
    """
    for copy in _KERNEL_COPIES:
        try:
            while at < end:
                count = copy(descriptor, target, at, end - at)
                if count == 0:
                    break  # the file ends here, or is one whose bytes are made when they are read
                at += count
        except OSError:
            continue
    return at


def _copy_file_range(source: int, target: int, at: int, count: int) -> int:
    return os.copy_file_range(source, target, count, at)


def _sendfile(source: int, target: int, at: int, count: int) -> int:
    return os.sendfile(target, source, at, min(count, 1 << 30))


_KERNEL_COPIES: tuple[Callable[[int, int, int, int], int], ...] = tuple(
    copy for copy, name in ((_copy_file_range, "copy_file_range"), (_sendfile, "sendfile")) if hasattr(os, name)
)
