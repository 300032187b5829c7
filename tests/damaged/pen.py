"""Writes elements, items and sequences byte by byte, right or wrong; it shares no code with deidc or pydicom."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from enum import StrEnum

from attrs import frozen

UNDEFINED = 0xFFFFFFFF
ITEM, ITEM_END, SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
# PS3.5 7.1.2: two reserved bytes and a length of 32 bits.
WIDE = frozenset(["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"])


@frozen
class Layout:
    """How elements are written: with or without their VR, and in which order of bytes."""

    implicit: bool
    little: bool

    @property
    def order(self) -> str:
        return "<" if self.little else ">"


EXPLICIT, IMPLICIT, BIG = Layout(False, True), Layout(True, True), Layout(False, False)


class Encoding(StrEnum):
    """The transfer syntaxes that decide how elements are written (PS3.5 annex A)."""

    EXPLICIT = "explicit"
    IMPLICIT = "implicit"
    BIG = "big endian"
    DEFLATED = "deflated"


LAYOUTS = {
    Encoding.EXPLICIT: EXPLICIT,
    Encoding.IMPLICIT: IMPLICIT,
    Encoding.BIG: BIG,
    Encoding.DEFLATED: EXPLICIT,
}
UIDS = {
    Encoding.EXPLICIT: "1.2.840.10008.1.2.1",
    Encoding.IMPLICIT: "1.2.840.10008.1.2",
    Encoding.BIG: "1.2.840.10008.1.2.2",
    Encoding.DEFLATED: "1.2.840.10008.1.2.1.99",
}


def header(layout: Layout, tag: int, vr: str, length: int, *, wide: bool | None = None) -> bytes:
    """Return the header of an element; `wide` overrides whether its length has 32 bits."""
    if layout.implicit:
        return struct.pack(layout.order + "HHL", tag >> 16, tag & 0xFFFF, length)
    begin = struct.pack(layout.order + "HH", tag >> 16, tag & 0xFFFF) + vr.encode("latin-1")
    if vr in WIDE if wide is None else wide:
        return begin + bytes(2) + struct.pack(layout.order + "L", length)
    return begin + struct.pack(layout.order + "H", length & 0xFFFF)


def element(
    layout: Layout, tag: int, vr: str, value: bytes, *, length: int | None = None, wide: bool | None = None
) -> bytes:
    """Return an element; `length` is the one in its header, if that is not the one it has."""
    return header(layout, tag, vr, len(value) if length is None else length, wide=wide) + value


def delimiter(layout: Layout, tag: int, length: int = 0) -> bytes:
    """Return the beginning or the end of an item, or the end of a sequence."""
    return struct.pack(layout.order + "HHL", tag >> 16, tag & 0xFFFF, length)


def item(layout: Layout, body: bytes, *, undefined: bool = False, length: int | None = None) -> bytes:
    """Return an item; `length` is the one in its header, if that is not the one it has."""
    if undefined:
        return delimiter(layout, ITEM, UNDEFINED) + body + delimiter(layout, ITEM_END)
    return delimiter(layout, ITEM, len(body) if length is None else length) + body


def sequence(
    layout: Layout,
    tag: int,
    items: Sequence[bytes],
    *,
    vr: str = "SQ",
    undefined: bool = False,
    length: int | None = None,
    inner: Layout | None = None,
) -> bytes:
    """Return a sequence of items that are written already; `inner` is the layout of its end, if it has another."""
    value = b"".join(items)
    if undefined:
        return header(layout, tag, vr, UNDEFINED) + value + delimiter(inner or layout, SEQUENCE_END)
    return element(layout, tag, vr, value, length=length)


def even(value: bytes, pad: bytes = b" ") -> bytes:
    """Return a value with an even number of bytes."""
    return value + pad * (len(value) % 2)


def swapped(value: bytes, width: int) -> bytes:
    """Return a value whose words of `width` bytes are in the other order of bytes."""
    return b"".join(value[at : at + width][::-1] for at in range(0, len(value), width))
