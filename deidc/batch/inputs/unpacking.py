"""Unpack members of zip files piece by piece, and measure their size instead of trusting the archive.

`zipfile` lets its decompressors unpack a whole piece of input, and cuts off the excess afterwards. So a member of a
few kilobytes that states a hundred bytes can take gigabytes.
"""

from __future__ import annotations

import bz2
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Protocol

from attrs import define, field

_PIECE = 1 << 16
# The header of a member in front of its bytes: its size, and where the lengths of name and extra field stand in it
# (APPNOTE 4.3.7).
_HEADER_SIZE, _LENGTHS_AT = 30, 26
# In front of LZMA data: version, and the size of the properties, which are five bytes (APPNOTE 5.8.8).
_LZMA_HEAD, _LZMA_PROPERTIES = 4, 5
# The preset that needs most, 9, has a history of 64 MiB; the properties of a member can ask for 4 GiB.
_LZMA_MEMORY = 1 << 27


class MoreThanStated(Exception):
    """A member unpacks to more bytes than its archive states."""


class Damaged(Exception):
    """A member is damaged or cut off."""


class Decompressor(Protocol):
    """What unpacks pieces, as the decompressors of bz2 and lzma do."""

    @property
    def eof(self) -> bool:
        """Whether the end of the data was reached."""
        ...

    @property
    def needs_input(self) -> bool:
        """Whether it can give no more without more input."""
        ...

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """Take a piece, and return at most `max_length` bytes."""
        ...


@define(eq=False)
class _Inflater:
    """Deflated data, unpacked as bz2 and lzma unpack theirs."""

    _inflater: zlib._Decompress = field(factory=lambda: zlib.decompressobj(-zlib.MAX_WBITS), init=False, repr=False)
    _waiting: bytes = field(default=b"", init=False, repr=False)
    needs_input: bool = field(default=True, init=False)

    @property
    def eof(self) -> bool:
        """Whether the end of the data was reached."""
        return self._inflater.eof

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """Take a piece, and return at most `max_length` bytes."""
        found = self._inflater.decompress(self._waiting + data, max_length)
        self._waiting = self._inflater.unconsumed_tail
        self.needs_input = len(found) < max_length
        return found


def zip_member(path: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """Return the bytes of a member. Raises MoreThanStated, Damaged, OSError and what zipfile raises."""
    archive.open(info).close()  # compares the member's header with the directory, and looks for members that overlap
    with path.open("rb") as file:
        file.seek(info.header_offset + _LENGTHS_AT)
        name, extra = struct.unpack("<HH", file.read(4))
        file.seek(info.header_offset + _HEADER_SIZE + name + extra)
        data = joined(_unpacked(file, info), info.file_size)
    if zlib.crc32(data) != info.CRC:
        raise Damaged
    return data


def _unpacked(file: BinaryIO, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield the bytes of a member whose packed bytes begin here, in pieces that are not large."""
    left = info.compress_size
    match info.compress_type:
        case zipfile.ZIP_STORED:
            while left and (piece := file.read(min(_PIECE, left))):
                left -= len(piece)
                yield piece
            return
        case zipfile.ZIP_DEFLATED:
            unpack: Decompressor = _Inflater()
            begin = b""
        case zipfile.ZIP_BZIP2:
            unpack, begin = bz2.BZ2Decompressor(), b""
        case zipfile.ZIP_LZMA:
            head = file.read(_LZMA_HEAD + _LZMA_PROPERTIES)
            if len(head) < _LZMA_HEAD + _LZMA_PROPERTIES or head[2:4] != _LZMA_PROPERTIES.to_bytes(2, "little"):
                raise Damaged
            left -= len(head)
            # The form that lzma reads has a size behind the properties; this one is unknown.
            unpack, begin = lzma.LZMADecompressor(lzma.FORMAT_ALONE, _LZMA_MEMORY), head[_LZMA_HEAD:] + b"\xff" * 8
        case _:
            raise Damaged
    while not unpack.eof:
        data = begin
        if unpack.needs_input and not begin:
            data = file.read(min(_PIECE, max(left, 0)))
            left -= len(data)
        piece = unpack.decompress(data, _PIECE)
        begin = b""
        if not (data or piece):
            # LZMA data may lack a mark at its end; what is missing shows in the size and in the sum.
            return
        yield piece


def joined(pieces: Iterator[bytes], stated: int) -> bytes:
    """Return pieces in one piece. Raises MoreThanStated as soon as there is more than was stated."""
    # What BytesIO gives at its end is its own buffer; joining a list of pieces would take the memory twice.
    whole = BytesIO()
    for piece in pieces:
        if whole.tell() + len(piece) > stated:
            raise MoreThanStated
        whole.write(piece)
    return whole.getvalue()
