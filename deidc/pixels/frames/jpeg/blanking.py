"""Blank blocks of a JPEG image; the bits of all other blocks stay unchanged."""

from __future__ import annotations

import struct

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from deidc.pixels.frames.jpeg.covering import blocks_under, in_coded_order, pixels_of
from deidc.pixels.frames.jpeg.faults import DamagedImage, NotBaseline
from deidc.pixels.frames.jpeg.huffman import END_OF_BLOCK, HuffmanTable, difference_bits
from deidc.pixels.frames.jpeg.reading import EOI, SOI
from deidc.pixels.frames.jpeg.stream import Scan, Stream
from deidc.pixels.frames.jpeg.walking import Blocks, blocks_of
from deidc.pixels.frames.masks import Mask

_LONGEST_DIFFERENCE = (1 << 11) - 1


@frozen
class InBlocks:
    """An image blanked in its blocks, and the pixels that are made of those, in whole or in part."""

    data: bytes = field(repr=False)
    pixels: Mask = field(repr=False)


def blanked_in_blocks(stream: Stream, mask: Mask, black: tuple[int, ...]) -> InBlocks:
    """Blank all blocks of which masked pixels are made; `black` has a sample for each component, 0, 128 or 255.

    Raises DamagedImage, and NotBaseline for what cannot be written so.
    """
    header = stream.header
    blocks = [blocks_under(mask, one, header) for one in header.components]
    parts = [
        _scan(stream.scans[part], stream, blocks, black) if isinstance(part, int) else part for part in stream.parts
    ]
    made_of = [pixels_of(each, one, header) for each, one in zip(blocks, header.components, strict=True)]
    data = struct.pack("BB", 0xFF, SOI) + b"".join(parts) + struct.pack("BB", 0xFF, EOI)
    return InBlocks(data, np.asarray(np.logical_or.reduce(made_of)))


@frozen
class _Coded:
    """A block of a unit: its component by its place in the scan, and how it is coded when it is black."""

    component: int
    differences: HuffmanTable
    black: int
    ending: bytes | None


def _scan(scan: Scan, stream: Stream, blocks: list[Mask], black: tuple[int, ...]) -> bytes:
    header = stream.header
    numbers = [number for number, _, _ in scan.components]
    components = [header.components[number] for number in numbers]
    blank = in_coded_order([blocks[number] for number in numbers], components, header)
    unit: list[_Coded] = []
    tables: list[tuple[list[int], list[int]]] = []
    for place, (number, differences, coefficients) in enumerate(scan.components):
        level = _level(black[number], scan.steps[place])
        coded = _Coded(place, differences, level, coefficients.bits.get(END_OF_BLOCK))
        count = components[place].across * components[place].down if len(numbers) > 1 else 1
        unit += [coded] * count
        tables += [(differences.differences(), coefficients.coefficients())] * count
    in_each = scan.restart or len(blank)
    parted = [blank[at : at + in_each] for at in range(0, len(blank), in_each)]
    if len(parted) > len(scan.intervals):
        raise DamagedImage
    if len(parted) < len(scan.intervals):
        raise NotBaseline  # decoders may leave out what is too much
    written = []
    for number, (interval, here) in enumerate(zip(scan.intervals, parted, strict=True)):
        data = _interval(interval, blocks_of(interval, tables, len(here)), here, unit)
        restart = struct.pack("BB", 0xFF, 0xD0 + number % 8) if number + 1 < len(parted) else b""
        written.append(data.replace(b"\xff", b"\xff\0") + restart)
    return b"".join(written)


def _level(black: int, step: int) -> int:
    """Return the first coefficient of a block of which all samples are 0, 128 or 255 (ITU-T T.81 A.3.3 and A.3.4).

    Eight of its steps change a sample by as much as one step is; sums beyond what a sample holds are cut off.
    """
    match black:
        case 0:
            return 1024 // -step
        case 128:
            return 0
        case 255:
            return -(1016 // -step)
        case _:
            raise NotBaseline


def _interval(data: bytes, found: Blocks, blank: NDArray[np.bool_], unit: list[_Coded]) -> bytes:
    """Return the bytes of an interval with blocks blanked, to be stuffed."""
    there = np.array(found.differences, dtype=np.int64).reshape(blank.shape)
    wanted = _differences(there, blank, unit)
    changed = np.flatnonzero(blank | (wanted != there))
    bits = np.unpackbits(np.frombuffer(data, dtype=np.uint8)).tobytes()
    pieces: list[bytes] = []
    codes: dict[tuple[int, int], bytes] = {}
    at = 0
    for number, difference, black in zip(
        changed.tolist(), wanted.reshape(-1)[changed].tolist(), blank.reshape(-1)[changed].tolist(), strict=True
    ):
        coded = unit[number % len(unit)]
        if (code := codes.get((coded.component, difference))) is None:
            code = codes[coded.component, difference] = _difference(difference, coded.differences)
        pieces += (bits[at : found.starts[number]], code)
        at = found.behind[number]
        if black:
            if coded.ending is None:
                raise NotBaseline
            pieces.append(coded.ending)
            at = found.starts[number + 1]
    pieces.append(bits[at : found.starts[-1]])
    whole = b"".join(pieces)
    whole += b"\1" * (-len(whole) % 8)
    return np.packbits(np.frombuffer(whole, dtype=np.uint8)).tobytes()


def _differences(there: NDArray[np.int64], blank: NDArray[np.bool_], unit: list[_Coded]) -> NDArray[np.int64]:
    """Return the differences of the first coefficients when those of blanked blocks are black."""
    wanted = np.empty_like(there)
    for component in {coded.component for coded in unit}:
        places = [place for place, coded in enumerate(unit) if coded.component == component]
        first = np.cumsum(there[:, places].reshape(-1))
        first[blank[:, places].reshape(-1)] = unit[places[0]].black
        wanted[:, places] = np.diff(first, prepend=0).reshape(-1, len(places))
    return wanted


def _difference(difference: int, table: HuffmanTable) -> bytes:
    code = difference_bits(difference, table) if abs(difference) <= _LONGEST_DIFFERENCE else None
    if code is None:
        raise NotBaseline
    return code
