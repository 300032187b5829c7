"""Shapes of items: items that differ in nothing but values are stepped over in one comparison.

Enhanced objects say the same of every frame: items of one sequence have the same elements with the same lengths, and
only values differ. Once such an item was walked, its shape is kept: which of its bytes are headers, what they are, and
where the elements stand whose values decide about them. Another item in which the same bytes stand at the same places
is laid out the same, whatever the rest of its bytes.
"""

from __future__ import annotations

from typing import NamedTuple

from attrs import define, field, frozen

from deidc.dicom.layout import ITEM_TAG, SEQUENCE_END_TAG, UNDEFINED
from deidc.runtime.fold.plan import Entry, Node
from deidc.runtime.stream.decisions import Context, Decided, Decision, Form, Known, KnownElement

# Larger items cost more to compare than they save: their values are part of the comparison. They are not learnt.
LARGEST = 4096
# How many bytes of an item its shapes are looked up by: its header, and that of its first element.
KEY = 16
MOST_SHAPES = 4
_SEEN_BEFORE = 2
_PATIENCE = 64


class Act(NamedTuple):
    """An element that rules act on: where it is in the item, what the program says, its decision or those by value.

    `node` is of the element's level, `inside` are the sequences and item numbers from the item to that level, `depth`
    is their number.
    """

    at: int
    value_at: int
    stop: int
    tag: int
    depth: int
    decision: Decision | None
    decided: Decided
    inside: tuple[tuple[int, int], ...]
    node: Node
    entry: Entry

    def __repr__(self) -> str:
        return f"Act(tag={self.tag:08X}, at={self.at})"  # decisions are kept by value


@frozen
class Enclosing:
    """The length of a sequence or an item: where it is, what it is, and the range of acts in what it measures."""

    at: int
    length: int
    first: int
    last: int


@frozen
class Shape:
    """The layout of an item. `mask` and `pattern` are numbers of as many bytes as the item has, little endian."""

    size: int
    mask: int = field(repr=False)
    pattern: int = field(repr=False)
    acts: tuple[Act, ...]
    enclosing: tuple[Enclosing, ...]

    def fits(self, data: bytes, at: int) -> bool:
        """Whether an item of this shape is at a place of the data."""
        item = data[at : at + self.size]
        return len(item) == self.size and int.from_bytes(item, "little") & self.mask == self.pattern


@define(eq=False)
class Shapes:
    """The shapes of items that begin alike."""

    shapes: tuple[Shape, ...] = ()
    _seen: int = 0
    _credit: int = _PATIENCE

    def find(self, data: bytes, at: int, room: int) -> Shape | None:
        """Return the shape of the item at a place of the data, if it is known; it has `room` bytes at most."""
        for shape in self.shapes:
            if shape.size <= room and shape.fits(data, at):
                self._credit = _PATIENCE
                return shape
        return None

    def learn(self, item: bytes, context: Context, node: Node) -> None:
        """Keep the shape of an item that was walked, if more than one such item was met.

        Items that never fit are not compared for ever.
        """
        self._seen += 1
        self._credit -= 1
        if self._credit < 0:
            self.shapes = ()
        elif self._seen >= _SEEN_BEFORE and len(self.shapes) < MOST_SHAPES:
            shape = shape_of(item, context, node)
            if shape is not None:
                self.shapes = (*self.shapes, shape)


class _Shapeless(Exception):
    """Something in the item has to be looked at more closely each time."""


def shape_of(item: bytes, context: Context, node: Node) -> Shape | None:
    """Return the shape of an item, or None if first bytes do not tell all there is to know of its elements."""
    outline = _Outline(item, context)
    try:
        if outline.item(0, node, (), 0) != len(item):
            return None
    except (_Shapeless, IndexError):
        return None
    mask = int.from_bytes(outline.mask, "little")
    return Shape(
        len(item),
        mask,
        int.from_bytes(item, "little") & mask,
        tuple(outline.acts),
        tuple(outline.enclosing),
    )


@define(eq=False)
class _Outline:
    """The walk through an item that notes which bytes are headers."""

    data: bytes = field(repr=False)
    context: Context
    mask: bytearray = field(init=False, repr=False)
    acts: list[Act] = field(init=False, factory=list)
    enclosing: list[Enclosing] = field(init=False, factory=list)

    def __attrs_post_init__(self) -> None:
        self.mask = bytearray(len(self.data))

    def item(self, at: int, node: Node, inside: tuple[tuple[int, int], ...], depth: int) -> int:
        """Note an item; return where what is behind it begins."""
        if self.data[at : at + 4] != ITEM_TAG:
            raise _Shapeless
        length, first = self._length(at + 4), len(self.acts)
        self._fix(at, 8)
        if length == UNDEFINED:
            return self._elements(at + 8, None, node, inside, depth)
        stop = self._elements(at + 8, at + 8 + length, node, inside, depth)
        self.enclosing.append(Enclosing(at + 4, length, first, len(self.acts)))
        return stop

    def _elements(self, at: int, end: int | None, node: Node, inside: tuple[tuple[int, int], ...], depth: int) -> int:
        context, last = self.context, -1
        known = context.known.get(node)
        if node.add_targets or known is None:
            raise _Shapeless
        while end is None or at < end:
            last, form, entry, decision, decided = self._behind(last, at, known)
            if form is Form.CLOSE:
                self._fix(at, 8)
                if end is None:
                    return at + 8
                raise _Shapeless
            if form in (Form.SHORT, Form.SHORT_DECIDED, Form.SHORT_BY_VALUE):
                value_at, length = at + 8, self.data[at + 6] + (self.data[at + 7] << 8)
            else:
                value_at = at + context.wide
                length = self._length(value_at - 4)
            self._fix(at, value_at - at)
            if form is Form.SEQUENCE:
                assert entry is not None
                at = self._items(value_at, length, entry.below, inside, last, depth)
                continue
            if length == UNDEFINED or form is Form.UNKNOWN:
                raise _Shapeless
            stop = value_at + length
            if form not in (Form.SHORT, Form.LONG):
                assert entry is not None
                self.acts.append(Act(at, value_at, stop, last, depth, decision, decided, inside, node, entry))
            at = stop
        if at != end:
            raise _Shapeless
        return at

    def _behind(self, last: int, at: int, known: Known) -> KnownElement:
        """Return what is known of the element at a place, whose tag has to be greater than the last one."""
        found = known.get(self.data[at : at + self.context.size])
        if found is None or found[0] <= last:
            raise _Shapeless
        return found

    def _items(
        self, at: int, length: int, node: Node, inside: tuple[tuple[int, int], ...], tag: int, depth: int
    ) -> int:
        length_at, first, number = at - 4, len(self.acts), 0
        end = None if length == UNDEFINED else at + length
        while end is None or at < end:
            if end is None and self.data[at : at + 4] == SEQUENCE_END_TAG:
                self._fix(at, 8)
                return at + 8
            at = self.item(at, node, (*inside, (tag, number)), depth + 1)
            number += 1
        if at != end:
            raise _Shapeless
        self.enclosing.append(Enclosing(length_at, length, first, len(self.acts)))
        return at

    def _length(self, at: int) -> int:
        return int.from_bytes(self.data[at : at + 4], "little")

    def _fix(self, at: int, count: int) -> None:
        if at + count > len(self.data):
            raise _Shapeless
        self.mask[at : at + count] = b"\xff" * count
