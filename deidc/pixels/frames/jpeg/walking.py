"""Find where the blocks of a scan begin in its bits (ITU-T T.81 F.2.2)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from attrs import field, frozen

from deidc.pixels.frames.jpeg.faults import DamagedImage
from deidc.pixels.frames.jpeg.huffman import ENDS, UNKNOWN

# More bits than a block can take, so that one that is cut off is read to its end before it is found to be.
_BEYOND = 64 * 32 // 8


@frozen
class Blocks:
    """The blocks of an interval.

    Attributes:
        starts: the bit at which each begins, and the one behind the last.
        behind: the bit behind the difference of each, where its other coefficients begin.
        differences: of the first coefficient of each from that of the last block of its component.

    """

    starts: list[int] = field(repr=False)
    behind: list[int] = field(repr=False)
    differences: list[int] = field(repr=False)


def blocks_of(data: bytes, tables: Sequence[tuple[list[int], list[int]]], units: int) -> Blocks:
    """Find the blocks of an interval of so many units; `tables` are those of each block of a unit.

    What is behind the last block is not looked at. Raises DamagedImage.
    """
    bits = _sixteen_from_each(data)
    end = 8 * len(data)
    starts, behind, differences = [0], [], []
    at = 0
    # The loop takes most of the time that there is to take: everything in it is what has to be in it.
    for _ in range(units):
        for sizes, coefficients in tables:
            code = sizes[bits[at]]
            size = code >> 5
            at += code & 31
            if size:
                if size == UNKNOWN:
                    raise DamagedImage
                value = bits[at] >> 16 - size
                at += size
                differences.append(value if value >> size - 1 else value - (1 << size) + 1)
            else:
                differences.append(0)
            behind.append(at)
            place = 1
            while place < 64:
                code = coefficients[bits[at]]
                at += code & 31
                place += code >> 5
            if at > end or (place != 64 and not ENDS < place < UNKNOWN):
                raise DamagedImage
            starts.append(at)
    return Blocks(starts, behind, differences)


def _sixteen_from_each(data: bytes) -> memoryview:
    """Return the 16 bits that begin at each bit: in two bytes each, where a list would take forty."""
    padded = np.frombuffer(data + bytes(_BEYOND + 2), dtype=np.uint8).astype(np.uint32)
    three = padded[:-2] << 16 | padded[1:-1] << 8 | padded[2:]
    found = np.empty((len(three), 8), dtype=np.uint16)
    for place in range(8):
        found[:, place] = (three >> 8 - place) & 0xFFFF
    return found.reshape(-1).data
