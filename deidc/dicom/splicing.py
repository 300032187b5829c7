"""Replace ranges of an input by bytes that are made when they are needed, so that none has to be kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from deidc.dicom.edits import LARGE, MOST_AT_ONCE, Span
from deidc.dicom.window import Window


class Change(NamedTuple):
    """A range of the input, and what stands there instead."""

    start: int
    end: int
    new: bytes | Iterable[bytes | Span]


def spliced(window: Window, start: int, end: int, changes: Iterable[Change]) -> Iterator[bytes | Span]:
    """Yield a range of the input after changes, which are in order and do not overlap. Raises NotWhole and OSError.

    Unchanged ranges from 64 KiB on are yielded as spans, so that they need not be read.
    """
    parts: list[bytes] = []
    size = 0
    for piece in _pieces(start, end, changes):
        if isinstance(piece, Span) and piece.end - piece.start >= LARGE:
            yield from _joined(parts)
            yield piece
            parts, size = [], 0
            continue
        part = window[piece.start : piece.end] if isinstance(piece, Span) else piece
        parts.append(part)
        size += len(part)
        if size >= MOST_AT_ONCE:
            yield from _joined(parts)
            parts, size = [], 0
    yield from _joined(parts)


def _pieces(start: int, end: int, changes: Iterable[Change]) -> Iterator[bytes | Span]:
    at = start
    for change in changes:
        if change.start < at:  # never, or an output would be half of one thing and half of another
            raise AssertionError("changes overlap")
        if change.start > at:
            yield Span(at, change.start)
        if isinstance(change.new, bytes):
            yield change.new
        else:
            yield from change.new
        at = change.end
    if end > at:
        yield Span(at, end)


def _joined(parts: list[bytes]) -> Iterator[bytes]:
    if len(parts) == 1:
        yield parts[0]
    elif parts:
        yield b"".join(parts)
