"""How elements lie in bytes (PS3.5 7): headers, lengths, items, and where an element ends.

docs/reading.md lists the rules. `walk` goes through whole data sets by them.
"""

from __future__ import annotations

import struct
from typing import Literal, NamedTuple

from attrs import frozen

from deidc.dicom.dictionary import find_tag
from deidc.dicom.limits import DEEPEST, NestedTooDeep
from deidc.dicom.values.vrs import ALL_VRS
from deidc.dicom.window import Buffer, NotWhole

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

# Tags as they stand in little endian, and that of an item in big endian.
ITEM_TAG_BIG = b"\xff\xfe\xe0\x00"
ITEM_TAG, ITEM_END_TAG, SEQUENCE_END_TAG = b"\xfe\xff\x00\xe0", b"\xfe\xff\x0d\xe0", b"\xfe\xff\xdd\xe0"
_PIXELS = b"\xe0\x7f\x10\x00"

# Group, element and length of a header in implicit VR.
_LITTLE, _BIG = struct.Struct("<HHL"), struct.Struct(">HHL")


class Damaged(Exception):
    """The bytes are no data set.

    The message names a tag and the reason, and holds no value: a tag that the dictionary does not know may be made of
    bytes of a value, and is not named.

    Attributes:
        tag: the tag of the element or delimiter at fault; None where there is none.
        reason: what is wrong with it, as a clause that follows the tag.

    """

    def __init__(self, tag: int | None = None, reason: str = "is no data element") -> None:
        self.tag, self.reason = tag, reason
        super().__init__(f"{_named(tag)} {reason}")

    def __reduce__(self) -> tuple[type[Damaged], tuple[int | None, str]]:
        return (Damaged, (self.tag, self.reason))


def _named(tag: int | None) -> str:
    is_known = tag is not None and (tag in (ITEM, ITEM_END, SEQUENCE_END) or find_tag(tag) is not None)
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})" if tag is not None and is_known else "a part of the data set"


@frozen
class Layout:
    """How the elements of a data set are laid out."""

    implicit: bool
    little: bool


# Items in elements of unknown VR are in implicit VR little endian (PS3.5 6.2.2, note 4).
HIDDEN = Layout(implicit=True, little=True)


# The VR that stands for one that PS3.5 6.2 does not define: blanks, "??", lower case. Such an element is read as UN.
ODD = b"??"
_CHUNK = 1 << 20


class Header(NamedTuple):
    """The header of an element.

    Attributes:
        tag: group and element number.
        vr: the letters of its VR; None in implicit VR, for items and for delimiters; `ODD` for what is no VR.
        length: the length of its value in bytes, or `UNDEFINED`.
        value_at: where its value begins.

    """

    tag: int
    vr: bytes | None
    length: int
    value_at: int

    @property
    def declared(self) -> str | None:
        """The VR that the header declares: None in implicit VR, UN for what is no VR."""
        if self.vr is None:
            return None
        return "UN" if self.vr == ODD else self.vr.decode("ascii")


def header_at(data: Buffer, at: int, layout: Layout) -> Header:
    """Return the header of the element, item or delimiter at a place. Raises NotWhole, and Damaged for an odd VR."""
    head = data[at : at + 12]
    if len(head) < 8:
        raise NotWhole
    group, element, length = (_LITTLE if layout.little else _BIG).unpack_from(head)
    tag = group << 16 | element
    if layout.implicit or group == 0xFFFE:
        return Header(tag, None, length, at + 8)
    vr = head[4:6]
    if vr in WIDE:
        if len(head) < 12:
            raise NotWhole
        return Header(tag, vr, int.from_bytes(head[8:12], order_of(layout)), at + 12)
    if vr in _NARROW:
        return Header(tag, vr, int.from_bytes(head[6:8], order_of(layout)), at + 8)
    return _odd_header(data, at, head, tag, layout)


def order_of(layout: Layout) -> Literal["little", "big"]:
    """Return the byte order of a layout."""
    return "little" if layout.little else "big"


def _odd_header(data: Buffer, at: int, head: bytes, tag: int, layout: Layout) -> Header:
    """Return the header of an element in explicit VR whose VR is none of PS3.5 6.2.

    Writers leave the VR blank and a length of 16 bits, or write single elements in implicit VR, or use a VR of a
    later edition (32 bits behind two reserved bytes). The one of these readings behind which another element begins
    is taken. Raises Damaged if there is none, or more than one.
    """
    order = order_of(layout)
    readings = [
        Header(tag, ODD, int.from_bytes(head[6:8], order), at + 8),
        Header(tag, ODD, int.from_bytes(head[4:8], order), at + 8),
    ]
    if len(head) == 12 and head[6:8] == b"\0\0" and head[4:6].isalpha() and head[4:6].isupper():
        readings.append(Header(tag, ODD, int.from_bytes(head[8:12], order), at + 12))
    ends = {one.value_at + one.length: one for one in readings if one.length != UNDEFINED}
    fitting = [one for end, one in ends.items() if _something_begins(data, end, tag, layout)]
    if len(fitting) != 1:
        raise Damaged(tag, f"has no VR of DICOM ({_kind_of_vr(head[4:6])})" if find_tag(tag) else "has no VR of DICOM")
    return fitting[0]


def _kind_of_vr(vr: bytes) -> str:
    """Return a description of two bytes where a VR belongs; not the bytes: they may be those of a value."""
    if not vr.strip(b" "):
        return "blank"
    if not vr.strip(b"\0"):
        return "two zero bytes"
    if vr.isalpha():
        return "unknown capital letters" if vr.isupper() else "lower-case letters"
    return "not two letters"


def _something_begins(data: Buffer, at: int, behind_tag: int, layout: Layout) -> bool:
    """Whether the data end at a place, or an element that can follow a tag or a delimiter begins there."""
    head = data[at : at + 8]
    if at >= len(data) or not head.strip(b"\0") or not head.strip(b" \r\n"):
        return at <= len(data)
    if len(head) < 8:
        return False
    group, element, _ = (_LITTLE if layout.little else _BIG).unpack_from(head)
    tag = group << 16 | element
    if tag in (ITEM, ITEM_END, SEQUENCE_END):
        return True
    if group == 0xFFFE:
        return False
    return head[4:6] in VR_LETTERS or (tag > behind_tag and not head[4:6].isalpha())


# The bytes that padding is made of.
PADDING = frozenset(b"\0 \r\n")


def is_padding(data: Buffer, at: int, end: int) -> bool:
    """Whether nothing but padding stands between two places: zeros, or line ends and blanks.

    One to three blanks are no padding: they may be the first bytes of an element of group 0020 that was cut off.
    """
    if data[at : min(at + 2, end)].strip(b"\0 \r\n"):
        return False
    head = data[at : min(at + 8, end)]
    if not head or (head[0] == 0x20 and len(head) < 4):
        return False
    filler = b"\0" if head[0] == 0 else b" \r\n"
    if head.strip(filler):
        return False
    return all(not data[one : min(one + _CHUNK, end)].strip(filler) for one in range(at, end, _CHUNK))


def behind(data: Buffer, header: Header, layout: Layout, depth: int = 0) -> int:
    """Return where the element behind this one begins.

    Raises NotWhole, Damaged, and NestedTooDeep for items of undefined length that are nested too deep in the element;
    `depth` is that of the element below the one where the walk began.
    """
    if header.length != UNDEFINED:
        return _within(data, header.value_at + header.length)
    if header.tag in (FLOAT_PIXEL_DATA, DOUBLE_FLOAT_PIXEL_DATA) and header.vr != b"SQ":
        raise Damaged(header.tag, "has an undefined length")
    if (header.tag == PIXEL_DATA and header.vr != b"SQ") or header.vr not in (None, b"SQ", b"UN", ODD):
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
    return _after_items(data, header.value_at, layout_of_items(data, header, layout), fragments=False, depth=depth + 1)


def _quickly_after_items(data: bytes, at: int, *, implicit: bool) -> int:  # noqa: C901  # a hot loop: a call for each element would cost what it saves
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
            raise Damaged(item.tag, "stands where an item belongs")
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
            raise Damaged(header.tag, "stands where an element belongs")
        at = behind(data, header, layout, depth)


def layout_of_items(data: Buffer, sequence: Header, layout: Layout) -> Layout:
    """Return the layout of the headers of a sequence's items: that of the data set, and little endian in UN elements.

    Items in big endian in an element of VR UN, which PS3.5 6.2.2 note 4 forbids, are known by their tag.
    """
    if sequence.vr != b"UN":
        return layout
    if data[sequence.value_at : sequence.value_at + 4] == ITEM_TAG_BIG:
        return Layout(implicit=layout.implicit, little=False)
    return HIDDEN


def layout_of_item(data: Buffer, at: int, outer: Layout) -> Layout:
    """Return the layout inside the item whose first element is at a place.

    Items of UN elements are in implicit VR (PS3.5 6.2.2), those of other sequences in the VR of the data set (PS3.5
    7.5); writers mix them up, so the first element decides.
    """
    explicit = Layout(implicit=False, little=outer.little)
    if data[at + 4 : at + 6] not in VR_LETTERS:
        is_odd = not outer.implicit and _is_odd_in_explicit(data, at, explicit)
        return explicit if is_odd else Layout(implicit=True, little=outer.little)
    if outer.implicit and not _fits(data, at, explicit) and _fits(data, at, outer):
        return outer  # a length whose low bytes are letters
    return explicit


def _is_odd_in_explicit(data: Buffer, at: int, layout: Layout) -> bool:
    """Whether the element at a place is one in explicit VR, with a VR that is none of DICOM."""
    try:
        header = header_at(data, at, layout)
    except (Damaged, NotWhole):
        return False
    head = data[at : at + 8]
    return header.length != int.from_bytes(head[4:8], order_of(layout))


def _fits(data: Buffer, at: int, layout: Layout) -> bool:
    """Whether an element at a place ends where something else begins."""
    try:
        header = header_at(data, at, layout)
    except (Damaged, NotWhole):
        return False
    if header.length == UNDEFINED:
        return True
    return _something_begins(data, header.value_at + header.length, header.tag, layout)


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
