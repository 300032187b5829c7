"""Elements where they lie in the bytes: those at the top, and those in items."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from deidc.dicom.decoding import effective_vr
from deidc.dicom.layout import (
    HIDDEN,
    ITEM,
    ITEM_END,
    ITEM_TAG,
    PIXELS,
    SEQUENCE_END,
    UNDEFINED,
    Damaged,
    Header,
    Layout,
    behind,
    header_at,
    layout_of_item,
)
from deidc.dicom.window import NotWhole, Window


@frozen
class PlacedElement:
    """An element: where it begins, its header, and where what follows it begins."""

    at: int
    header: Header
    end: int
    layout: Layout

    @property
    def value_end(self) -> int:
        """Where its value ends; the delimiter of an undefined length is no part of it."""
        return self.end - 8 if self.header.length == UNDEFINED else self.end


def places(window: Window, at: int, stop: int, layout: Layout) -> Iterator[PlacedElement]:
    """Yield the elements from a place on, up to another or the end of the item. Raises NotWhole and Damaged.

    Zeros that fill up a file are no elements.
    """
    while at + 8 <= stop:
        if not window.holds(at, 16):
            window.move(at)
        header = header_at(window, at, layout)
        if header.tag == ITEM_END or (header.tag == 0 and header.length == 0 and not any(window[at:stop])):
            return
        end = behind(window, header, layout)
        if end > stop:
            raise Damaged
        yield PlacedElement(at, header, end, layout)
        at = end


def items(window: Window, sequence: PlacedElement) -> Iterator[tuple[int, int, Layout]]:
    """Yield where the elements of each item begin, where the item ends, and how it is laid out.

    What is no sequence has no items. Raises NotWhole and Damaged.
    """
    at, stop = sequence.header.value_at, sequence.value_end
    vr = sequence.header.vr
    if vr not in (b"SQ", b"UN", None) or sequence.header.tag in PIXELS or window[at : at + 4] not in _ITEMS:
        return
    layout = HIDDEN if vr == b"UN" else sequence.layout
    while at + 8 <= stop:
        item = header_at(window, at, layout)
        if item.tag == SEQUENCE_END or item.tag != ITEM:
            return
        inside = layout_of_item(window, item.value_at, layout)
        if item.length != UNDEFINED:
            at = item.value_at + item.length
            if at > stop:
                raise Damaged
            yield item.value_at, at, inside
        else:
            at = item.value_at
            for one in places(window, at, stop, inside):
                at = one.end
            yield item.value_at, at, inside
            at += 8


_ITEMS = (ITEM_TAG, b"\xff\xfe\xe0\x00")


def within(window: Window, sequence: PlacedElement) -> list[PlacedElement]:
    """Return all elements in the items of a sequence, those in their items too. Raises NotWhole and Damaged.

    What may be a sequence, but is none that can be read, has no items: bytes of any kind can begin like one.
    """
    found: list[PlacedElement] = []
    try:
        for start, stop, layout in items(window, sequence):
            for place in places(window, start, stop, layout):
                found.append(place)
                found += within(window, place)
    except (NotWhole, Damaged):
        header = sequence.header
        if effective_vr(header.tag, header.vr.decode("latin-1") if header.vr else None, header.length, None) == "SQ":
            raise
        return []
    return found
