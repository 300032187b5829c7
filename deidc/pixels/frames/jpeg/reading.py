"""Read the segments of a JPEG image (ITU-T T.81 Annex B)."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from deidc.pixels.frames.jpeg.faults import DamagedImage, NotBaseline
from deidc.pixels.frames.jpeg.huffman import ALL_DIFFERENCES, END_OF_BLOCK, HuffmanTable
from deidc.pixels.frames.jpeg.stream import Component, Header, Scan, Stream

SOI, EOI, SOF0, DHT, SOS, DQT, DRI, COM = 0xD8, 0xD9, 0xC0, 0xC4, 0xDA, 0xDB, 0xDD, 0xFE
APP0, APP14 = 0xE0, 0xEE
_APPLICATIONS = range(0xE0, 0xF0)
_RESTARTS = range(0xD0, 0xD8)
_FRAMES = frozenset(range(0xC0, 0xD0)) - {DHT, 0xC8, 0xCC}

_MARKER = re.compile(rb"\xff+([^\xff])", re.DOTALL)
_IN_SCAN = re.compile(rb"\xff(\xff*)([^\xff])", re.DOTALL)
_JFIF, _ADOBE = b"JFIF\0", b"Adobe"


def segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield markers with what their segments hold, up to the end of the image; behind each SOS, its coded bytes, as 0.

    Raises DamagedImage.
    """
    if data[:2] != b"\xff\xd8":
        raise DamagedImage
    at = 2
    while at < len(data):
        found = _MARKER.match(data, at)
        if found is None:
            raise DamagedImage
        marker, at = found[1][0], found.end()
        if marker == EOI:
            return
        (length,) = struct.unpack(">H", data[at : at + 2].rjust(2, b"\0"))
        if length < 2 or marker < 0xC0 or marker == SOI or marker in _RESTARTS or at + length > len(data):
            raise DamagedImage
        yield marker, data[at + 2 : at + length]
        at += length
        if marker == SOS:
            end = _end_of_scan(data, at)
            yield 0, data[at:end]
            at = end


def _end_of_scan(data: bytes, at: int) -> int:
    for found in _IN_SCAN.finditer(data, at):
        if found[2][0] and found[2][0] not in _RESTARTS:
            return found.start()
    return len(data)


def stream_of(data: bytes) -> Stream:
    """Read an image of the baseline process. Raises DamagedImage, and NotBaseline if it is of another one."""
    return _Reading().stream(data)


def size_of(data: bytes) -> tuple[int, int] | None:
    """Return the rows and columns that the frame header of an image of any process says; None if there is none."""
    try:
        for marker, held in segments(data):
            if marker in _FRAMES and len(held) >= 5:
                rows, columns = struct.unpack(">HH", held[1:5])
                return rows, columns
    except DamagedImage:
        pass
    return None


def turns_to_rgb(data: bytes) -> bool:
    """Whether Pillow turns the colours of an image into RGB: an Adobe segment is there, and the colours are YCbCr."""
    reading = _Reading()
    try:
        for marker, held in segments(data):
            if marker in (APP0, APP14):
                reading.colours(marker, held)
    except DamagedImage:
        pass  # decoders take more than this does, and look at the same segments
    return reading.transform is not None and (reading.is_jfif or reading.transform != 0)


class _Reading:
    """What was read of an image up to a segment."""

    def __init__(self) -> None:
        self.header: Header | None = None
        self.quantization: dict[int, int] = {}
        self.tables: dict[int, HuffmanTable] = {}
        self.restart = 0
        self.scan: tuple[tuple[tuple[int, HuffmanTable, HuffmanTable], ...], tuple[int, ...]] | None = None
        self.scans: list[Scan] = []
        self.is_jfif = False
        self.transform: int | None = None

    def stream(self, data: bytes) -> Stream:
        parts: list[bytes | int] = []
        for marker, held in segments(data):
            if marker:
                new = self._segment(marker, held)
                if new is not None:
                    parts.append(struct.pack(">BBH", 0xFF, marker, len(new) + 2) + new)
            else:
                parts.append(len(self.scans))
                self._coded(held)
        if self.header is None:
            raise DamagedImage
        coded = [number for scan in self.scans for number, _, _ in scan.components]
        if sorted(coded) != list(range(len(self.header.components))):
            raise DamagedImage
        return Stream(self.header, tuple(self.scans), tuple(parts), self.is_jfif, self.transform)

    def _segment(self, marker: int, held: bytes) -> bytes | None:
        """Return what is written of a segment, None if nothing: only what decoders need is kept, no words or icons."""
        if marker == SOF0:
            self._frame_header(held)
        elif marker == DQT:
            self._quantization(held)
        elif marker == DHT:
            return self._huffman(held)
        elif marker == DRI:
            if len(held) != 2:
                raise DamagedImage
            (self.restart,) = struct.unpack(">H", held)
        elif marker == SOS:
            self._scan_header(held)
        elif marker in _APPLICATIONS or marker == COM:
            return self.colours(marker, held)
        else:
            raise NotBaseline
        return held

    def colours(self, marker: int, held: bytes) -> bytes | None:
        """Return the segments that state the colours to decoders, without the thumbnail that JFIF may have."""
        if marker == APP0 and held.startswith(_JFIF):
            self.is_jfif = self.is_jfif or len(held) >= 14
            return held[:12] + b"\0\0" if len(held) >= 14 else held[:5]
        if marker == APP14 and held.startswith(_ADOBE):
            if len(held) >= 12:
                self.transform = held[11]
            return held[:12]
        return None

    def _frame_header(self, held: bytes) -> None:
        if self.header is not None or len(held) < 6 or len(held) != 6 + 3 * held[5]:
            raise DamagedImage
        precision, rows, columns, count = struct.unpack(">BHHB", held[:6])
        if precision != 8 or not rows or count not in (1, 3):
            raise NotBaseline  # no rows: their number follows the scan
        components = tuple(
            Component(identifier, factors >> 4, factors & 15, number)
            for identifier, factors, number in struct.iter_unpack("BBB", held[6:])
        )
        if not columns or not all(1 <= one.across <= 4 and 1 <= one.down <= 4 for one in components):
            raise DamagedImage
        self.header = Header(rows, columns, components)
        for one in components:
            if self.header.most_across % one.across or self.header.most_down % one.down:
                raise NotBaseline

    def _quantization(self, held: bytes) -> None:
        while held:
            if held[0] >> 4:
                raise NotBaseline  # 16 bits
            if len(held) < 65:
                raise DamagedImage
            self.quantization[held[0]] = held[1]
            held = held[65:]

    def _huffman(self, held: bytes) -> bytes:
        """Return the segment with tables that have codes for all that blanked blocks need."""
        new = b""
        while held:
            counts = tuple(held[1:17])
            total = sum(counts)
            if len(counts) < 16 or len(held) < 17 + total or held[0] >> 4 > 1:
                raise DamagedImage
            table = HuffmanTable(counts, tuple(held[17 : 17 + total]))
            table.bits  # noqa: B018  # complains of codes that there cannot be
            self.tables[held[0]] = table.with_symbols((END_OF_BLOCK,) if held[0] >> 4 else ALL_DIFFERENCES)
            new += held[:1] + self.tables[held[0]].segment
            held = held[17 + total :]
        return new

    def _scan_header(self, held: bytes) -> None:
        count = held[0] if held else 0
        if self.header is None or not count or len(held) != 4 + 2 * count:
            raise DamagedImage
        if held[-3:] != b"\0\x3f\0":
            raise NotBaseline
        places = {one.identifier: number for number, one in enumerate(self.header.components)}
        try:
            numbers = [places[one] for one in held[1:-3:2]]
            tables = [(self.tables[one >> 4], self.tables[0x10 | one & 15]) for one in held[2:-3:2]]
            steps = tuple(self.quantization[self.header.components[number].quantization] for number in numbers)
        except KeyError:
            raise DamagedImage from None
        if len(places) < len(self.header.components) or not all(steps):
            raise DamagedImage
        self.scan = (tuple((number, *both) for number, both in zip(numbers, tables, strict=True)), steps)

    def _coded(self, data: bytes) -> None:
        assert self.scan is not None, "coded bytes follow a scan header"
        self.scans.append(Scan(*self.scan, self.restart, tuple(_intervals(data))))


def _intervals(data: bytes) -> Iterator[bytes]:
    """Yield the bytes between restart markers, which count from 0 to 7 and begin again. Raises DamagedImage."""
    at, number = 0, 0
    for found in _IN_SCAN.finditer(data):
        marker = found[2][0]
        if marker:
            if marker != 0xD0 + number % 8:
                raise DamagedImage
            yield data[at : found.start()].replace(b"\xff\0", b"\xff")
            at, number = found.end(), number + 1
        elif found[1]:
            raise DamagedImage
    yield data[at:].replace(b"\xff\0", b"\xff")
