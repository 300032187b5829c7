"""Walk through the elements of a data set in bytes: the one reading of PS3.5 7 that all of deidc shares.

Every byte of a level belongs to an element, to a delimiter, or to the padding at its end; anything else is `Damaged`.
docs/reading.md lists the rules. The stream engine has a walk of its own (`runtime/stream/streaming.py`, `shapes.py`),
which a property holds equal to this one.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from deidc.dicom.dictionary import is_private_creator
from deidc.dicom.layout import (
    ITEM,
    ITEM_END,
    ITEM_TAG,
    ITEM_TAG_BIG,
    PIXELS,
    SEQUENCE_END,
    UNDEFINED,
    Damaged,
    Header,
    Layout,
    behind,
    header_at,
    is_padding,
    layout_of_item,
    layout_of_items,
)
from deidc.dicom.values.decoding import effective_vr
from deidc.dicom.window import NotWhole, Window

_ITEM_TAGS = (ITEM_TAG, ITEM_TAG_BIG)


@frozen
class PlacedElement:
    """An element of the input and where it is.

    Attributes:
        at: where its header begins.
        header: its tag, VR, length, and where its value begins.
        end: where the next element begins.
        layout: the layout of the level it is in.

    """

    at: int
    header: Header
    end: int
    layout: Layout

    @property
    def tag(self) -> int:
        """The element's tag."""
        return self.header.tag

    @property
    def value_end(self) -> int:
        """Where its value ends; the delimiter of an undefined length is no part of it."""
        return self.end - 8 if self.header.length == UNDEFINED else self.end


@frozen
class PlacedItem:
    """An item of a sequence.

    Attributes:
        start: where its elements begin.
        end: where they end; a delimiter is no part of them.
        layout: the layout of its elements.
        is_open: whether its length is undefined.

    """

    start: int
    end: int
    layout: Layout
    is_open: bool


def elements(window: Window, at: int, end: int, layout: Layout, *, is_open: bool = False) -> Iterator[PlacedElement]:
    """Yield the elements of a level that begins at `at`, in the order in which they stand.

    Args:
        window: the bytes.
        at: where the level begins.
        end: where it ends; an open level ends with a delimiter that begins before.
        layout: how its elements are laid out.
        is_open: whether the level is an item of undefined length.

    Yields:
        Each element. Padding at the end of the level, and a delimiter that ends an item of a defined length, are
        left out.

    Raises:
        NotWhole: if the bytes end within an element.
        Damaged: if an element reaches beyond its level, or bytes belong to no element.

    """
    while at < end:
        if not window.holds(at, 16):
            window.move(at)
        if not is_open and is_padding(window, at, end):
            return
        if end - at < 8:
            raise Damaged(None, "is no data element") if end < window.size else NotWhole
        header = header_at(window, at, layout)
        if header.tag == ITEM_END and (is_open or at + 8 == end):
            return
        if header.tag >> 16 == 0xFFFE:
            raise Damaged(header.tag, "stands where an element belongs")
        stop = behind(window, header, layout)
        if stop > end:
            raise Damaged(header.tag, "is longer than the item that it is in")
        yield PlacedElement(at, header, stop, layout)
        at = stop
    if is_open:
        raise Damaged(None, "has an item without a delimiter")


def items(window: Window, sequence: PlacedElement) -> Iterator[PlacedItem]:
    """Yield the items of a sequence, which must fill its value to the last byte.

    Raises:
        NotWhole: if the bytes end within an item.
        Damaged: if anything but items stands in the value, or elements do not fill an item.

    """
    at, end = sequence.header.value_at, sequence.value_end
    layout = layout_of_items(window, sequence.header, sequence.layout)
    while at < end and not is_padding(window, at, end):
        if end - at < 8:
            raise Damaged(None, "stands behind the last item of a sequence")
        item = header_at(window, at, layout)
        if item.tag == SEQUENCE_END and at + 8 == end:
            return
        if item.tag != ITEM:
            raise Damaged(item.tag, "stands where an item belongs")
        inside = layout_of_item(window, item.value_at, layout)
        if item.length != UNDEFINED:
            at = item.value_at + item.length
            if at > end:
                raise Damaged(item.tag, "is longer than the sequence that it is in")
            yield PlacedItem(item.value_at, at, inside, is_open=False)
        else:
            stop = item.value_at
            for one in elements(window, stop, end, inside, is_open=True):
                stop = one.end
            yield PlacedItem(item.value_at, stop, inside, is_open=True)
            at = stop + 8


def elements_of(window: Window, item: PlacedItem) -> Iterator[PlacedElement]:
    """Yield the elements of an item. Raises NotWhole and Damaged; see `elements`."""
    return elements(window, item.start, item.end, item.layout)


def may_have_items(window: Window, element: PlacedElement, vr: str) -> bool:
    """Whether an element, of this VR in effect, is a sequence, or may be one by the first bytes of its value.

    That may be an element of unknown VR, or a private creator, whose VR nothing states in implicit VR.
    """
    if vr == "SQ" or element.tag in PIXELS:
        return vr == "SQ"
    at, is_unknown = element.header.value_at, vr == "UN" or is_private_creator(element.tag)
    return is_unknown and window[at : min(at + 4, element.end)] in _ITEM_TAGS


def vr_in_effect(element: PlacedElement, creator: str | None) -> str:
    """Return the VR in effect of an element; see `decoding.effective_vr`."""
    header = element.header
    return effective_vr(header.tag, header.declared, header.length, creator)


def within(window: Window, sequence: PlacedElement) -> list[PlacedElement]:
    """Return all elements in the items of a sequence, those in their items too.

    What may be a sequence, but is none that can be read, has no items: bytes of any kind can begin like one.

    Raises:
        NotWhole: if the bytes of a sequence end within an item.
        Damaged: if the items of a sequence do not fill it.

    """
    vr = vr_in_effect(sequence, None)
    if not may_have_items(window, sequence, vr):
        return []
    found: list[PlacedElement] = []
    try:
        for item in items(window, sequence):
            for element in elements_of(window, item):
                found.append(element)
                found += within(window, element)
    except (NotWhole, Damaged):
        if vr == "SQ":
            raise
        return []
    return found
