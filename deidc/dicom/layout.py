"""How elements lie in the bytes of a file, and whether they are whole.

Every element must end where its length says, and every sequence be closed. pydicom reads what it can of a file that
is cut off and says so in a warning, or not at all; a cut object may lack what a rule would have changed.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Literal, NamedTuple

from attrs import frozen

from deidc.dicom.limits import DEEPEST, LIMITS, InflatesTooFar, NestedTooDeep
from deidc.dicom.vrs import ALL_VRS
from deidc.dicom.window import Buffer, NotWhole, Window

UNDEFINED = 0xFFFFFFFF
ITEM = 0xFFFEE000
ITEM_END = 0xFFFEE00D
SEQUENCE_END = 0xFFFEE0DD
PIXEL_DATA, FLOAT_PIXEL_DATA, DOUBLE_FLOAT_PIXEL_DATA = 0x7FE00010, 0x7FE00008, 0x7FE00009
PIXELS = (PIXEL_DATA, FLOAT_PIXEL_DATA, DOUBLE_FLOAT_PIXEL_DATA)

# How each VR stands in the header of an element in explicit VR.
VR_LETTERS = {vr.encode("ascii"): vr for vr in ALL_VRS}

# VRs whose length is 32 bits wide behind two reserved bytes (PS3.5 7.1.2).
WIDE = frozenset((b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"))
_NARROW = frozenset(VR_LETTERS) - WIDE
_LONGEST_NARROW = 0xFFFE

# Tags as they stand in little endian.
ITEM_TAG, ITEM_END_TAG, SEQUENCE_END_TAG = b"\xfe\xff\x00\xe0", b"\xfe\xff\x0d\xe0", b"\xfe\xff\xdd\xe0"
_PIXELS = b"\xe0\x7f\x10\x00"

# Group, element and length of a header in implicit VR.
_LITTLE, _BIG = struct.Struct("<HHL"), struct.Struct(">HHL")


class Damaged(Exception):
    """The bytes are no data set; says nothing about them."""


@frozen
class Layout:
    """How the elements of a data set are laid out."""

    implicit: bool
    little: bool


# Items in elements of unknown VR are in implicit VR little endian (PS3.5 6.2.2, note 4).
HIDDEN = Layout(implicit=True, little=True)


class Header(NamedTuple):
    """The header of an element: its tag, its VR (None in implicit VR and for items), its length, where its value is."""

    tag: int
    vr: bytes | None
    length: int
    value_at: int


def top_level_tags(data: Buffer, start: int, layout: Layout) -> Iterator[int]:
    """Yield the tag of each element of the data set that begins at `start` and ends with `data`.

    Raises NotWhole where the bytes end too early, and Damaged where something stands that is no element.
    """
    at = start
    while at < len(data):
        if len(data) - at < 8 and not any(data[at : len(data)]):
            return  # a file padded to an even length
        if isinstance(data, Window) and not data.holds(at, 12):
            data.move(at)
        header = header_at(data, at, layout)
        if header.tag >> 16 == 0xFFFE:
            raise Damaged
        yield header.tag
        at = behind(data, header, layout)


def skip_file_meta(data: Buffer, start: int) -> int:
    """Return where the data set behind the file meta information begins. Raises NotWhole."""
    at, meta = start, Layout(implicit=False, little=True)
    while at + 8 <= len(data) and data[at : at + 2] == b"\x02\x00":
        at = behind(data, header_at(data, at, meta), meta)
    return at


def inflated(data: Buffer, start: int, most: int = LIMITS.inflated) -> bytes:
    """Return a deflated data set inflated. Raises NotWhole, Damaged, and InflatesTooFar above `most` bytes."""
    inflater = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
    try:
        whole = inflater.decompress(data[start : len(data)], most + 1)
    except zlib.error:
        raise Damaged from None
    if len(whole) > most:
        raise InflatesTooFar(most)
    if not inflater.eof:
        raise NotWhole
    return whole


def header_at(data: Buffer, at: int, layout: Layout) -> Header:
    """Return the header of the element, item or delimiter at a place. Raises NotWhole."""
    head = data[at : at + 12]
    if len(head) < 8:
        raise NotWhole
    group, element, length = (_LITTLE if layout.little else _BIG).unpack_from(head)
    tag = group << 16 | element
    vr = head[4:6]
    # Delimiters have no VR; a VR that is no two letters is the length of an element in implicit VR.
    if layout.implicit or group == 0xFFFE or not b"AA" <= vr <= b"ZZ":
        return Header(tag, None, length, at + 8)
    order: Literal["little", "big"] = "little" if layout.little else "big"
    if vr not in WIDE:
        return Header(tag, vr, int.from_bytes(head[6:8], order), at + 8)
    if len(head) < 12:
        raise NotWhole
    return Header(tag, vr, int.from_bytes(head[8:12], order), at + 12)


def behind(data: Buffer, header: Header, layout: Layout, depth: int = 0) -> int:
    """Return where the element behind this one begins.

    Raises NotWhole, Damaged, and NestedTooDeep for items of undefined length that are nested too deep in the element;
    `depth` is that of the element below the one where the walk began.
    """
    if header.length != UNDEFINED:
        return _within(data, header.value_at + header.length)
    if header.tag == PIXEL_DATA or header.vr not in (None, b"SQ", b"UN"):
        return _after_items(data, header.value_at, layout, fragments=True, depth=0)
    if layout.little and header.vr != b"UN":
        if isinstance(data, bytes):
            stop = _quickly_after_items(data, header.value_at, implicit=layout.implicit)
        elif header.value_at < data.base:  # the window moved on
            stop = -1
        else:
            stop = _quickly_after_items(data.data, header.value_at - data.base, implicit=layout.implicit)
            stop += data.base if stop >= 0 else 0
        if stop >= 0:
            return stop
    return _after_items(data, header.value_at, layout, fragments=False, depth=depth + 1)


def _quickly_after_items(data: bytes, at: int, *, implicit: bool) -> int:
    """Return what `_after_items` does for a plain sequence, little endian, that is whole in memory; for others -1."""
    nested, in_items = 1, True
    try:
        while nested:
            head = data[at : at + 8]
            if len(head) < 8:
                return -1
            kind = head[:4]
            if in_items:
                if kind == SEQUENCE_END_TAG:
                    nested, in_items = nested - 1, False
                elif kind == ITEM_TAG:
                    length = int.from_bytes(head[4:8], "little")
                    in_items = length != UNDEFINED
                    at += length if in_items else 0
                else:
                    return -1
                at += 8
                continue
            vr = head[4:6]
            if kind == ITEM_END_TAG:
                at, in_items = at + 8, True
            elif vr in _NARROW and not implicit:
                at += 8 + head[6] + (head[7] << 8)
            elif implicit or vr in WIDE:
                value_at = at + (8 if implicit else 12)
                length = int.from_bytes(data[value_at - 4 : value_at], "little")
                if length != UNDEFINED:
                    at = value_at + length
                elif kind != _PIXELS and (implicit or vr == b"SQ"):
                    if nested == DEEPEST:
                        raise NestedTooDeep
                    at, nested, in_items = value_at, nested + 1, True
                else:
                    return -1
            else:
                return -1
    except IndexError:
        return -1
    return at if 0 < at <= len(data) else -1


def _after_items(data: Buffer, at: int, layout: Layout, *, fragments: bool, depth: int) -> int:
    """Return where what follows a value of undefined length begins: items up to a sequence delimiter."""
    if depth > DEEPEST:
        raise NestedTooDeep
    while True:
        item = header_at(data, at, layout)
        if item.tag == SEQUENCE_END:
            return _within(data, item.value_at)
        if item.tag != ITEM or (fragments and item.length == UNDEFINED):
            raise Damaged
        if item.length != UNDEFINED:
            at = _within(data, item.value_at + item.length)
        else:
            at = _after_elements(data, item.value_at, layout_of_item(data, item.value_at, layout), depth)


def _after_elements(data: Buffer, at: int, layout: Layout, depth: int) -> int:
    """Return where what follows an item of undefined length begins."""
    while True:
        header = header_at(data, at, layout)
        if header.tag == ITEM_END:
            return _within(data, header.value_at)
        if header.tag >> 16 == 0xFFFE:
            raise Damaged
        at = behind(data, header, layout, depth)


def layout_of_item(data: Buffer, at: int, outer: Layout) -> Layout:
    """Return the encoding inside an item: items of UN elements are in implicit VR (PS3.5 6.2.2)."""
    vr = data[at + 4 : at + 6]
    letters = len(vr) == 2 and all(0x40 < one < 0x5B for one in vr)
    return outer if outer.implicit or letters else Layout(implicit=True, little=outer.little)


def _within(data: Buffer, at: int) -> int:
    if at > len(data):
        raise NotWhole
    return at


# ---- elements that are written ------------------------------------------------------------------------------


def packed(tag: int, vr: str, value: bytes, layout: Layout) -> bytes | None:
    """Return an element with a value of an even length; None if its VR has no room for so long a value."""
    order = "<" if layout.little else ">"
    if layout.implicit:
        return struct.pack(order + "HHL", tag >> 16, tag & 0xFFFF, len(value)) + value
    letters = vr.encode("ascii")
    if letters in WIDE:
        return struct.pack(order + "HH2sHL", tag >> 16, tag & 0xFFFF, letters, 0, len(value)) + value
    if len(value) > _LONGEST_NARROW:
        return None
    return struct.pack(order + "HH2sH", tag >> 16, tag & 0xFFFF, letters, len(value)) + value
