"""An edit replaces a range of the input; `pieces` yields the output that edits make."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeAlias

from deidc.dicom.window import Window

# Ranges of the input from this size on are left to those who write the output: the kernel copies them.
LARGE = 1 << 16
# Small ranges and new bytes are put together up to about this size.
MOST_AT_ONCE = 1 << 20


# A range of the input, and what stands there instead: where it begins, whether anything is replaced, how high it is in
# the tree (depth below the top, negative), tag, where it ends, the new bytes. A plain tuple, because objects have
# hundreds and tuples are made and sorted quickest; the order of its parts is the order in which edits are carried out.
#
# At one place what is put in comes before what is replaced, and what is put in deeper before what is put in higher,
# because an item ends where the element behind it begins.
Edit: TypeAlias = tuple[int, bool, int, int, int, bytes]


class Span(NamedTuple):
    """A large range of the input that the output has unchanged."""

    start: int
    end: int


def pieces(window: Window, start: int, edits: Iterable[Edit], head: bytes = b"") -> Iterator[bytes | Span]:
    """Yield `head`, and what the bytes from `start` on are after the edits. Raises NotWhole and OSError."""
    at = start
    parts, size = [head], 0
    for begin, _, _, _, end, new in sorted(edits):
        if begin > at:
            first = at - window.base
            part: bytes | Span = window.data[first : begin - window.base] if first >= 0 else b""
            if len(part) != begin - at or begin - at >= LARGE:
                part = _unchanged(window, at, begin)
            if isinstance(part, Span):
                yield b"".join(parts)
                yield part
                parts, size = [], 0
            else:
                parts.append(part)
                size += begin - at
        elif begin < at:  # never, or an output would be half of one thing and half of another
            raise AssertionError("edits overlap")
        parts.append(new)
        at = end
        if size >= MOST_AT_ONCE:
            yield b"".join(parts)
            parts, size = [], 0
    last = _unchanged(window, at, window.size) if at < window.size else b""
    if isinstance(last, bytes):
        parts.append(last)
        last = b""
    yield b"".join(parts)
    if last:
        yield last


def _unchanged(window: Window, at: int, end: int) -> bytes | Span:
    if end - at >= LARGE:
        return Span(at, end)
    if not window.holds(at, end - at):
        window.move(at)  # small ranges lie close together
    return window[at:end]
