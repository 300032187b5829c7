"""Deflated data sets, inflated whole or in pieces: the same bytes wherever they are read, never beyond the limit."""

from __future__ import annotations

import random
import tracemalloc
import zlib

import pytest

from deidc.dicom.inflating import BLOCK, CHECKPOINT, SMALL, inflated_reader
from deidc.dicom.layout import Damaged
from deidc.dicom.limits import InflatesTooFar, Limits
from deidc.dicom.window import NotWhole

MIB = 1 << 20
FRONT = b"whatever stands before"
CHANCE = random.Random(20261130)
# What deflates to a tenth, and differs from place to place.
TEXT = b"".join(CHANCE.randbytes(64) + bytes(512) for _ in range((SMALL + 2 * CHECKPOINT + 3 * BLOCK) // 576))
SIZES = [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, SMALL - 1, SMALL, SMALL + 1, SMALL + CHECKPOINT, len(TEXT)]


def deflated(data: bytes) -> bytes:
    deflater = zlib.compressobj(1, wbits=-zlib.MAX_WBITS)
    return FRONT + deflater.compress(data) + deflater.flush()


@pytest.mark.parametrize("size", SIZES)
def test_any_range_is_that_of_the_whole(size):
    """Forward, backward and by chance; a range may end behind the end."""
    data = TEXT[:size]
    reader = inflated_reader(deflated(data) + b"\0", len(FRONT))
    assert reader.size == size
    places = [0, size // 2, size - 1, size - 8, CHECKPOINT, SMALL, size, 5, size - BLOCK, 0]
    places += [CHANCE.randrange(size + 1) for _ in range(20)]
    for at in (place for place in places if 0 <= place <= size):
        for count in (0, 1, 12, BLOCK, BLOCK + 7):
            assert reader.read(at, count) == data[at : at + count], (at, count)
    assert reader.read(0, size) == data


@pytest.mark.parametrize("size", [1000, SMALL + BLOCK])
def test_more_than_the_limit_is_refused(size):
    """One byte decides, whether the data set is kept whole or read in pieces."""
    data = deflated(TEXT[:size])
    assert inflated_reader(data, len(FRONT), Limits(inflated=size)).size == size
    with pytest.raises(InflatesTooFar):
        inflated_reader(data, len(FRONT), Limits(inflated=size - 1))


@pytest.mark.parametrize("size", [1000, SMALL + BLOCK])
def test_what_is_cut_off_or_damaged_is_no_data_set(size):
    """The end of the deflated data is part of it."""
    data = deflated(TEXT[:size])
    for length in (len(FRONT), len(FRONT) + 1, len(data) // 2, len(data) - 1):
        with pytest.raises(NotWhole):
            inflated_reader(data[:length], len(FRONT))
    with pytest.raises(Damaged):
        inflated_reader(FRONT + b"\xff" * 100, len(FRONT))


def test_a_large_data_set_takes_little_memory():
    """Measured, walked to its end, and read again from its front: 256 MiB with a few blocks and checkpoints."""
    size = 256 * MIB
    deflater = zlib.compressobj(1, wbits=-zlib.MAX_WBITS)
    data = b"".join(deflater.compress(bytes(MIB)) for _ in range(256)) + deflater.flush()
    tracemalloc.start()
    try:
        reader = inflated_reader(data, 0)
        assert reader.size == size
        for at in (*range(0, size, 3 * MIB), size - 1, 0):
            assert not any(reader.read(at, 100))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 24 * MIB
