"""Inflate a deflated data set (PS3.5 A.5) where it is read: a small one at once, a larger one in pieces.

A few megabytes can inflate to gigabytes. So a data set is measured before it is kept, and of one that is large only the
blocks that were read last are in memory. To read further in front, inflating starts again at the nearest checkpoint,
which is a copy of the inflater's state: 32 KiB of history and its tables.
"""

from __future__ import annotations

import zlib
from collections import OrderedDict
from typing import Any, TypeAlias

from attrs import define, field, frozen

from deidc.dicom.layout import Damaged
from deidc.dicom.limits import LIMITS, InflatesTooFar, Limits
from deidc.dicom.window import Buffer, InMemory, NotWhole, Reader

# What is inflated at once and kept whole in memory; larger data sets are read in blocks.
SMALL = 1 << 24
# The size of a block is that of a step of the window, so that a walk forward inflates each byte once.
BLOCK = 1 << 18
# A checkpoint takes about 50 KiB, so those of a gibibyte take 6 MiB.
CHECKPOINT = 1 << 23
_KEPT_BLOCKS = 16
_INPUT = 1 << 16

_Inflater: TypeAlias = Any  # zlib has no public name for the type of its decompression objects


@frozen
class _State:
    """An inflater that has given `at` bytes, and where its input goes on behind what it has been fed."""

    at: int
    inflater: _Inflater = field(repr=False)
    waiting: bytes = field(repr=False)
    fed_to: int

    def copy(self) -> _State:
        return _State(self.at, self.inflater.copy(), self.waiting, self.fed_to)


def inflated_reader(data: Buffer, start: int, limits: Limits = LIMITS) -> Reader:
    """Return a reader of the data set that is deflated in `data` from `start` on.

    Raises InflatesTooFar if it has more bytes than the limit, NotWhole if it is cut off, and Damaged.
    """
    first = _State(0, zlib.decompressobj(wbits=-zlib.MAX_WBITS), b"", start)
    state, pieces, checkpoints = first, [], [first.copy()]
    while not state.inflater.eof:
        state, piece = _next(data, state, BLOCK)
        if state.at > limits.inflated:
            raise InflatesTooFar(limits.inflated)
        if state.at <= SMALL:
            pieces.append(piece)
        else:
            pieces = []
        if state.at - checkpoints[-1].at >= CHECKPOINT:
            checkpoints.append(state.copy())
    if state.at <= SMALL:
        return InMemory(b"".join(pieces))
    return InPieces(data, state.at, tuple(checkpoints))


@define(eq=False)
class InPieces:
    """A reader of a deflated data set that is too large to be kept; `size` is that of what it inflates to."""

    _data: Buffer = field(repr=False)
    size: int
    _checkpoints: tuple[_State, ...] = field(repr=False)
    _state: _State = field(init=False, repr=False)
    _blocks: OrderedDict[int, bytes] = field(init=False, factory=OrderedDict, repr=False)

    def __attrs_post_init__(self) -> None:
        self._state = self._checkpoints[0].copy()

    def read(self, at: int, count: int) -> bytes:
        """Return `count` bytes from `at` on, or those up to the end. Raises NotWhole if the input changed meanwhile."""
        end = min(at + count, self.size)
        parts: list[bytes] = []
        while at < end:
            number = at // BLOCK
            first = at - number * BLOCK
            part = self._block(number)[first : first + end - at]
            parts.append(part)
            at += len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _block(self, number: int) -> bytes:
        block = self._blocks.get(number)
        if block is not None:
            self._blocks.move_to_end(number)
            return block
        at = number * BLOCK
        nearest = self._checkpoints[min(at // CHECKPOINT, len(self._checkpoints) - 1)]
        if not nearest.at <= self._state.at <= at:
            self._state = nearest.copy()
        while self._state.at <= at:
            begin = self._state.at
            self._state, block = _next(self._data, self._state, BLOCK)
            if len(block) < min(BLOCK, self.size - begin):
                raise NotWhole  # the file was changed while it was read
        assert block is not None
        self._blocks[number] = block
        if len(self._blocks) > _KEPT_BLOCKS:
            self._blocks.popitem(last=False)
        return block


def _next(data: Buffer, state: _State, count: int) -> tuple[_State, bytes]:
    """Inflate the next `count` bytes, or those up to the end; the state that is given is used up."""
    inflater, waiting, fed_to = state.inflater, state.waiting, state.fed_to
    parts: list[bytes] = []
    missing = count
    try:
        while missing and not inflater.eof:
            if not waiting:
                waiting = data[fed_to : min(fed_to + _INPUT, len(data))]
                fed_to += len(waiting)
                is_over = not waiting
            else:
                is_over = False
            part = inflater.decompress(waiting, missing)
            waiting = inflater.unconsumed_tail
            parts.append(part)
            missing -= len(part)
            if is_over and not part and not inflater.eof:
                raise NotWhole
    except zlib.error:
        raise Damaged from None
    return _State(state.at + count - missing, inflater, waiting, fed_to), b"".join(parts)
