"""Map the fragments of encapsulated pixel data to frames, and build items that hold frames (PS3.5 A.4)."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

from attrs import field, frozen

from deidc.dicom.edits import Span
from deidc.dicom.layout import ITEM, PIXEL_DATA, SEQUENCE_END, Damaged, Layout, header_at
from deidc.dicom.window import Window
from deidc.pixels.frames.image import not_understood
from deidc.runtime.fold.elements import InputElement

OFFSETS, LENGTHS, TOTAL_LENGTH = 0x7FE00001, 0x7FE00002, 0x7FE00003
ENDING = struct.pack("<HHL", 0xFFFE, 0xE0DD, 0)

_LAYOUT = Layout(implicit=False, little=True)  # all syntaxes that encapsulate are (PS3.5 A.4)
_END_OF_IMAGE = b"\xff\xd9"  # of JPEG in all its kinds


@frozen
class Frame:
    """A frame of the input: its fragments, by where their items begin and where their values do and end."""

    fragments: tuple[tuple[int, int, int], ...]

    @property
    def span(self) -> Span:
        """The items, from the first header to the end of the last value."""
        return Span(self.fragments[0][0], self.fragments[-1][2])

    def encoded(self, window: Window) -> bytes:
        """Return the bytes of the frame as they were encoded. Raises NotWhole and OSError."""
        return b"".join(window[start:end] for _, start, end in self.fragments)


@frozen
class Encapsulated:
    """The frames of the input, and whether it has offset tables for them.

    `at` is where the item of the Basic Offset Table begins, and `end` is behind the delimiter.
    """

    frames: tuple[Frame, ...] = field(repr=False)
    has_offsets: bool
    at: int
    end: int


def encapsulated(
    window: Window, value_at: int, frames: int, offsets: InputElement | None, lengths: InputElement | None
) -> Encapsulated:
    """Find the frames of encapsulated pixel data whose value begins at a place.

    `offsets` and `lengths` are the Extended Offset Table and its lengths. Raises Trouble (DC971) if fragments cannot be
    assigned to frames, and NotWhole, Damaged and OSError.
    """
    first, *items = _items(window, value_at)
    if not items:
        raise not_understood("the pixel data has no fragments", PIXEL_DATA)
    end = items[-1][2] + 8
    begins = items[0][0]
    table = _numbers(window[first[1] : first[2]], "L")
    extended = _table(offsets)
    if extended and not table:
        table = extended
    if frames == 1:
        starts = [0]
    elif len(table) == frames:
        starts = list(table)
    elif len(items) == frames:
        starts = [start - begins for start, _, _ in items]
    else:
        starts = _behind_ends(window, items, begins)
    found = tuple(_grouped(items, [begins + start for start in starts]))
    if len(found) != frames:
        raise not_understood("there are more or fewer frames than the object declares", PIXEL_DATA)
    return Encapsulated(found, bool(table) or lengths is not None, first[0], end)


def _items(window: Window, at: int) -> list[tuple[int, int, int]]:
    """Return where items begin, and where their values begin and end, up to the delimiter or the end of the window."""
    items: list[tuple[int, int, int]] = []
    while at < window.size or not items:
        header = header_at(window, at, _LAYOUT)
        if header.tag == SEQUENCE_END and items:
            return items
        if header.tag != ITEM:
            raise Damaged
        items.append((at, header.value_at, header.value_at + header.length))
        at = items[-1][2]
    return items


def _numbers(data: bytes, code: str) -> tuple[int, ...]:
    size = struct.calcsize("<" + code)
    return struct.unpack(f"<{len(data) // size}{code}", data[: len(data) // size * size])


def _table(element: InputElement | None) -> tuple[int, ...]:
    value = element.source.value if element is not None else None
    return _numbers(value, "Q") if isinstance(value, bytes) else ()


def _behind_ends(window: Window, items: Sequence[tuple[int, int, int]], begins: int) -> list[int]:
    """Return where frames begin without an offset table: behind each fragment that ends like a JPEG image."""
    behind = (begin for begin, _, _ in items[1:])
    ends = (_END_OF_IMAGE in window[max(start, end - 10) : end] for _, start, end in items)
    return [0, *(begin - begins for begin, is_end in zip(behind, ends, strict=False) if is_end)]


def _grouped(items: Sequence[tuple[int, int, int]], starts: Sequence[int]) -> Iterator[Frame]:
    """Yield frames that begin where `starts` says, each with all items up to the next. Raises Trouble (DC971)."""
    places = {item[0]: number for number, item in enumerate(items)}
    numbers = [places.get(start, -1) for start in starts]
    if -1 in numbers or numbers != sorted(set(numbers)) or numbers[0] != 0:
        raise not_understood("the offset table has offsets where no frame begins", PIXEL_DATA)
    for first, behind in zip(numbers, [*numbers[1:], len(items)], strict=True):
        yield Frame(tuple(items[first:behind]))


# ---- what is written ----------------------------------------------------------------------------------------


def item(value: bytes) -> bytes:
    """Return an item with a value, padded to an even length."""
    padding = b"\0" * (len(value) % 2)
    return struct.pack("<HHL", 0xFFFE, 0xE000, len(value) + len(padding)) + value + padding


def item_length(value: int) -> int:
    """Return how long an item with a value of so many bytes is."""
    return 8 + value + value % 2


def offset_table(lengths: Sequence[int]) -> bytes:
    """Return the item of a Basic Offset Table for frames whose items are so long; empty if offsets become too large."""
    offsets, at = [], 0
    for length in lengths:
        offsets.append(at)
        at += length
    if offsets and offsets[-1] > 0xFFFFFFFF:
        return item(b"")
    return item(struct.pack(f"<{len(offsets)}L", *offsets))
