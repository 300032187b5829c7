"""Read and extend the Huffman tables of a JPEG image (ITU-T T.81 Annex C and F)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np
from attrs import frozen

from deidc.pixels.frames.jpeg.faults import DamagedImage

# What the tables of baseline images must be able to say: every size of a difference, and that a block ends.
ALL_DIFFERENCES = tuple(range(12))
END_OF_BLOCK = 0
_RUN_OF_16 = 0xF0
_LONGEST = 16

# How far a code leads on in its block, beyond all that is left, so that the sum shows how the block ended.
ENDS, UNKNOWN = 128, 512


@frozen
class HuffmanTable:
    """A table: how many codes there are of each length from 1 to 16, and the symbols in the order of their codes."""

    counts: tuple[int, ...]
    symbols: tuple[int, ...]

    @property
    def segment(self) -> bytes:
        """What a DHT segment says of the table, behind its class and number."""
        return bytes(self.counts) + bytes(self.symbols)

    def codes(self) -> Iterator[tuple[int, int, int]]:
        """Yield each symbol with its code and the length of the code. Raises DamagedImage if there is no room."""
        code, symbols = 0, iter(self.symbols)
        for length, count in enumerate(self.counts, start=1):
            code <<= 1
            if code + count > 1 << length:
                raise DamagedImage
            for _, symbol in zip(range(count), symbols, strict=False):
                yield symbol, code, length
                code += 1

    def with_symbols(self, wanted: tuple[int, ...]) -> HuffmanTable:
        """Return the table with codes for more symbols, or itself if all are there or there is no room.

        Existing codes stay unchanged. The code of only ones is not used (Annex C), so there is always
        room behind them, unless they are as long as can be.
        """
        missing = tuple(symbol for symbol in wanted if symbol not in self.symbols)
        if not missing:
            return self
        longest = max((length for length, count in enumerate(self.counts, start=1) if count), default=0)
        used = sum(count << longest - length for length, count in enumerate(self.counts[:longest], start=1))
        for length in range(max(longest, 1), _LONGEST + 1):
            free = (1 << length) - (used << length - longest) - 1
            if free >= len(missing):
                counts = list(self.counts)
                counts[length - 1] += len(missing)
                return HuffmanTable(tuple(counts), (*self.symbols, *missing))
        return self

    @cached_property
    def bits(self) -> dict[int, bytes]:
        """The code of each symbol, a byte for each bit."""
        return {symbol: _bits(code, length) for symbol, code, length in self.codes()}

    def differences(self) -> list[int]:
        """Return for each 16 bits the difference's size that they begin with, shifted by 5, and its code's length."""
        found = np.full(1 << _LONGEST, UNKNOWN << 5, dtype=np.int32)
        for symbol, code, length in self.codes():
            if symbol in ALL_DIFFERENCES:
                found[_beginning_with(code, length)] = symbol << 5 | length
        return list(found.tolist())

    def coefficients(self) -> list[int]:
        """Return for each 16 bits how many coefficients they lead on, shifted by 5, and by how many bits."""
        found = np.full(1 << _LONGEST, UNKNOWN << 5, dtype=np.int32)
        for symbol, code, length in self.codes():
            run, size = symbol >> 4, symbol & 15
            if symbol == END_OF_BLOCK:
                found[_beginning_with(code, length)] = ENDS << 5 | length
            elif size or symbol == _RUN_OF_16:
                found[_beginning_with(code, length)] = run + 1 << 5 | length + size
        return list(found.tolist())


def _beginning_with(code: int, length: int) -> slice:
    return slice(code << _LONGEST - length, code + 1 << _LONGEST - length)


def _bits(number: int, length: int) -> bytes:
    return bytes(number >> place & 1 for place in reversed(range(length)))


def difference_bits(difference: int, table: HuffmanTable) -> bytes | None:
    """Return the code of a difference and what follows it, a byte for each bit; None if there is no code for it."""
    size = abs(difference).bit_length()
    code = table.bits.get(size)
    if code is None:
        return None
    return code + _bits(difference if difference > 0 else difference + (1 << size) - 1, size)
