"""Files and archives that are small, or hold little, and ask for very much memory, time or depth."""

from __future__ import annotations

import struct
import zipfile
import zlib
from pathlib import Path

PREAMBLE = bytes(128) + b"DICM"
UNDEFINED = 0xFFFFFFFF
EXPLICIT, DEFLATED = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.1.99"
ITEM, ITEM_END, SEQUENCE_END = b"\xfe\xff\x00\xe0", b"\xfe\xff\x0d\xe0" + bytes(4), b"\xfe\xff\xdd\xe0" + bytes(4)
CONTENT_SEQUENCE = 0x0040A730
MIB = 1 << 20


def element(tag: int, vr: bytes, value: bytes, length: int | None = None) -> bytes:
    """An element in explicit VR little endian; `length` is what it states in place of the true one."""
    stated = len(value) if length is None else length
    head = struct.pack("<HH2s", tag >> 16, tag & 0xFFFF, vr)
    if vr in (b"OB", b"OW", b"SQ", b"UN", b"UT"):
        return head + struct.pack("<HL", 0, stated) + value
    return head + struct.pack("<H", stated) + value


def file_of(data_set: bytes, syntax: str = EXPLICIT) -> bytes:
    """A file with a data set."""
    uid = syntax.encode()
    return PREAMBLE + element(0x00020010, b"UI", uid + b"\0" * (len(uid) % 2)) + data_set


NAME = element(0x00100010, b"PN", b"CANARY^N")


def write_deflate_bomb(path: Path, inflated: int) -> None:
    """Write a deflated data set whose pixel data, all zeros, makes it inflate to a number of bytes above 16 MiB."""
    head = NAME + element(0x7FE00010, b"OW", b"", inflated - len(NAME) - 12)
    deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    zeros = bytes(16 * MIB)
    pieces = [deflater.compress(head), deflater.flush(zlib.Z_FULL_FLUSH)]
    # After a full flush what was coded can be repeated, so that 4 GiB need not be compressed.
    again = deflater.compress(zeros) + deflater.flush(zlib.Z_FULL_FLUSH)
    count, rest = divmod(inflated - len(head), len(zeros))
    pieces += [again] * count
    pieces += [deflater.compress(zeros[:rest]), deflater.flush()]
    data = b"".join(pieces)
    path.write_bytes(file_of(data + b"\0" * (len(data) % 2), DEFLATED))


def private_blocks(size: int) -> bytes:
    """A data set that consists of private creators, 240 in each group, each of them with one element in its block."""
    parts, total, group = [NAME], 0, 0x0011
    while total < size:
        creators = b"".join(element(group << 16 | block, b"LO", b"%04X" % block) for block in range(0x10, 0x100))
        elements = b"".join(element(group << 16 | block << 8, b"LO", b"x ") for block in range(0x10, 0x100))
        parts.append(creators + elements)
        total += len(parts[-1])
        group += 2
    return b"".join(parts)


def creators_alone(size: int) -> bytes:
    """A data set that consists of private creators whose blocks are empty."""
    count = size // 10
    places = [(0x0011 + 2 * (n // 240)) << 16 | 0x10 + n % 240 for n in range(count)]
    return NAME + b"".join(element(place, b"LO", b"A ") for place in places)


def write_cut_off(path: Path, stated: int) -> None:
    """Write a file whose pixel data states 1 MiB more than the file has; all of the pixels are a hole."""
    head = file_of(NAME) + element(0x7FE00010, b"OW", b"", stated)
    with path.open("wb") as file:
        file.write(head)
        file.truncate(len(head) + stated - MIB)


def nested(depth: int, *, defined: bool, inmost: bytes = NAME) -> bytes:
    """A data set with sequences nested to a depth, and an element in the inmost item."""
    if defined:
        # From the inside out, in linear time: every level adds a header in front.
        heads, size = [], len(inmost)
        for _ in range(depth):
            item = ITEM + struct.pack("<L", size)
            size += 8
            heads.append(element(CONTENT_SEQUENCE, b"SQ", b"", size) + item)
            size += 12
        return b"".join(reversed(heads)) + inmost
    begin = element(CONTENT_SEQUENCE, b"SQ", b"", UNDEFINED) + ITEM + struct.pack("<L", UNDEFINED)
    return begin * depth + inmost + (ITEM_END + SEQUENCE_END) * depth


def write_lying_zip(path: Path, unpacked: int, method: int = zipfile.ZIP_DEFLATED) -> None:
    """Write a zip file with a member that unpacks to a number of bytes, and states 1000 of them."""
    with zipfile.ZipFile(path, "w", method) as archive, archive.open("a.dcm", "w", force_zip64=False) as member:
        piece = bytes(16 * MIB)
        for _ in range(unpacked // len(piece)):
            member.write(piece)
    with zipfile.ZipFile(path) as archive:
        (info,) = archive.infolist()
    data = bytearray(path.read_bytes())
    true = struct.pack("<LL", info.compress_size, info.file_size)
    while (at := data.find(true)) >= 0:  # in the member's header and in the directory
        data[at + 4 : at + 8] = struct.pack("<L", 1000)
    path.write_bytes(data)
