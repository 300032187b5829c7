"""An independent reading of PS3.5 7: which bytes of a file belong to which element.

It shares no code with deidc, and finds its way differently: where headers leave a choice (a VR that is none, items in
another layout), it tries each reading and takes the first that leaves no byte over.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from attrs import frozen
from pydicom.datadict import dictionary_VR

UNDEFINED = 0xFFFFFFFF
ITEM, ITEM_END, SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
PIXELS = (0x7FE00008, 0x7FE00009, 0x7FE00010)
_SHORT = frozenset(b"AE AS AT CS DA DS DT FL FD IS LO LT PN SH SL SS ST TM UI UL US".split())
_LONG = frozenset(b"OB OD OF OL OV OW SQ SV UC UN UR UT UV".split())
_SYNTAX = 0x00020010
_IMPLICIT_SYNTAX, _BIG_SYNTAX, _DEFLATED_SYNTAX = "1.2.840.10008.1.2", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99"
# Places where an element begins and ends, and its tag.
Ranges = list[tuple[int, int, int]]


class Uncovered(Exception):
    """No reading covers the bytes from a place on."""


@frozen
class Way:
    """How elements are laid out."""

    implicit: bool
    order: str


HIDDEN_WAY = Way(True, "<")


@frozen
class Content:
    """The data set in a file: its bytes, inflated; where in them it begins; how it is laid out."""

    data: bytes
    start: int
    way: Way


def content_of(file: bytes) -> Content:
    """Return the data set of a file with a prefix and file meta information in explicit VR."""
    if file[128:132] != b"DICM":
        raise Uncovered("no prefix")
    at, syntax = 132, ""
    while file[at : at + 2] == b"\x02\x00":
        element = struct.unpack_from("<H", file, at + 2)[0]
        is_long = file[at + 4 : at + 6] in _LONG
        value_at = at + (12 if is_long else 8)
        length = struct.unpack_from("<L" if is_long else "<H", file, value_at - (4 if is_long else 2))[0]
        if element == _SYNTAX & 0xFFFF:
            syntax = file[value_at : value_at + length].rstrip(b"\0 ").decode("ascii")
        at = value_at + length
    way = Way(syntax == _IMPLICIT_SYNTAX, ">" if syntax == _BIG_SYNTAX else "<")
    if syntax != _DEFLATED_SYNTAX:
        return Content(file, at, way)
    inflater = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
    data = inflater.decompress(file[at:])
    if not inflater.eof or inflater.unused_data.strip(b"\0"):
        raise Uncovered("bytes behind what is deflated")
    return Content(data, 0, way)


def covered(content: Content) -> Ranges:
    """Return the elements of a data set, those in items too, in document order. Raises Uncovered."""
    return _level(content.data, content.start, len(content.data), content.way)


def _level(data: bytes, at: int, end: int, way: Way) -> Ranges:
    """Return the elements from one place to another, which they fill."""
    found: Ranges = []
    while at < end and not _is_filler(data[at:end]):
        if end - at == 8 and _delimiter(data, at, way.order) == ITEM_END:
            break
        found_here, at = _element(data, at, end, way)
        found += found_here
    return found


def _open_level(data: bytes, at: int, end: int, way: Way) -> tuple[Ranges, int]:
    """Return the elements of an item of undefined length, and where the item ends."""
    found: Ranges = []
    while _delimiter(data, at, way.order) != ITEM_END:
        found_here, at = _element(data, at, end, way)
        found += found_here
    return found, at + 8


def _element(data: bytes, at: int, end: int, way: Way) -> tuple[Ranges, int]:
    """Return the element at a place with those in it, and where it ends."""
    failure = Uncovered(f"nothing begins at {at}")
    for vr, value_at, length in _headers(data, at, way):
        try:
            tag = _tag(data, at, way.order)
            if length == UNDEFINED:
                inside, stop = _of_undefined_length(data, value_at, end, way, tag, vr)
            else:
                stop = value_at + length
                if stop > end:
                    raise Uncovered(f"the element at {at} is longer than its level")
                inside = _of_defined_length(data, value_at, stop, way, tag, vr)
            if vr is None and not way.implicit and not _can_follow(data, stop, end, way, tag):
                raise Uncovered(f"nothing begins behind the element at {at}")
        except Uncovered as caught:
            failure = caught
        else:
            return [(at, stop, tag), *inside], stop
    raise failure


def _headers(data: bytes, at: int, way: Way) -> Iterator[tuple[bytes | None, int, int]]:
    """Yield VR, place of the value and length: of what has no VR of DICOM, each way to read it."""
    if at + 8 > len(data) or _tag(data, at, way.order) >> 16 == 0xFFFE:
        return
    vr, wide = data[at + 4 : at + 6], struct.unpack_from(way.order + "L", data, at + 4)[0]
    if way.implicit:
        yield None, at + 8, wide
    elif vr in _SHORT:
        yield vr, at + 8, struct.unpack_from(way.order + "H", data, at + 6)[0]
    elif vr in _LONG and at + 12 <= len(data):
        yield vr, at + 12, struct.unpack_from(way.order + "L", data, at + 8)[0]
    elif vr not in _LONG:
        yield None, at + 8, struct.unpack_from(way.order + "H", data, at + 6)[0]
        yield None, at + 8, wide
        if at + 12 <= len(data):
            yield None, at + 12, struct.unpack_from(way.order + "L", data, at + 8)[0]


def _can_follow(data: bytes, at: int, end: int, way: Way, behind: int) -> bool:
    if at == end or _is_filler(data[at:end]):
        return True
    if at + 8 > end:
        return False
    vr = data[at + 4 : at + 6]
    return vr in _SHORT or vr in _LONG or _tag(data, at, way.order) > behind or _delimiter(data, at, way.order) != 0


def _of_undefined_length(data: bytes, at: int, end: int, way: Way, tag: int, vr: bytes | None) -> tuple[Ranges, int]:
    if (tag in PIXELS and vr != b"SQ") or vr not in (None, b"SQ", b"UN"):
        try:
            return [], _fragments(data, at, end, way.order)
        except Uncovered:
            if tag in PIXELS:
                raise
    if vr == b"UN":
        is_big = data[at : at + 4] == b"\xff\xfe\xe0\x00"
        way = Way(way.implicit, ">") if is_big else HIDDEN_WAY
    found: Ranges = []
    while _delimiter(data, at, way.order) != SEQUENCE_END:
        found_here, at = _item(data, at, end, way)
        found += found_here
    return found, at + 8


def _fragments(data: bytes, at: int, end: int, order: str) -> int:
    while _delimiter(data, at, order) == ITEM:
        at += 8 + struct.unpack_from(order + "L", data, at + 4)[0]
    if _delimiter(data, at, order) != SEQUENCE_END or at + 8 > end:
        raise Uncovered(f"fragments do not end at {at}")
    return at + 8


def _of_defined_length(data: bytes, at: int, end: int, way: Way, tag: int, vr: bytes | None) -> Ranges:
    """Return the elements in a value: that of a sequence, or of what may be one."""
    if (tag in PIXELS and vr != b"SQ") or at == end:
        return []
    is_sequence = vr == b"SQ" or (_dictionary_vr(tag) == "SQ")
    is_creator = tag >> 16 & 1 and 0x10 <= tag & 0xFFFF <= 0xFF
    is_unknown = is_creator or (vr in (None, b"UN") and (_dictionary_vr(tag) is None or tag >> 16 & 1))
    if not is_sequence and not is_unknown:
        return []
    begin, inner = data[at : at + 4], way
    if vr == b"UN":
        inner = Way(way.implicit, ">") if begin == b"\xff\xfe\xe0\x00" else HIDDEN_WAY
    if not is_sequence and begin not in (b"\xfe\xff\x00\xe0", b"\xff\xfe\xe0\x00"):
        return []
    found: Ranges = []
    try:
        while at < end and not _is_filler(data[at:end]):
            if end - at == 8 and _delimiter(data, at, inner.order) == SEQUENCE_END:
                break
            found_here, at = _item(data, at, end, inner)
            found += found_here
    except Uncovered:
        if is_sequence:
            raise
        return []
    return found


def _item(data: bytes, at: int, end: int, way: Way) -> tuple[Ranges, int]:
    if at + 8 > end or _delimiter(data, at, way.order) != ITEM:
        raise Uncovered(f"no item at {at}")
    length, inside = struct.unpack_from(way.order + "L", data, at + 4)[0], at + 8
    stop = inside + length
    if length != UNDEFINED and stop > end:
        raise Uncovered(f"the item at {at} is longer than its sequence")
    failure = Uncovered(f"no elements at {inside}")
    # The layout that the first element seems to have, then the other.
    has_vr = data[inside + 4 : inside + 6] in _SHORT | _LONG
    for implicit in (not has_vr, has_vr):
        inner = Way(implicit, way.order)
        try:
            if length == UNDEFINED:
                return _open_level(data, inside, end, inner)
            return _level(data, inside, stop, inner), stop
        except Uncovered as caught:
            failure = caught
    raise failure


def _tag(data: bytes, at: int, order: str) -> int:
    group, element = struct.unpack_from(order + "HH", data, at)
    return int(group << 16 | element)


def _delimiter(data: bytes, at: int, order: str) -> int:
    """Return the tag of group FFFE at a place, or 0."""
    if at + 8 > len(data):
        raise Uncovered(f"the bytes end at {at}")
    tag = _tag(data, at, order)
    return tag if tag in (ITEM, ITEM_END, SEQUENCE_END) else 0


def _dictionary_vr(tag: int) -> str | None:
    try:
        return dictionary_VR(tag)
    except KeyError:
        return None


def _is_filler(data: bytes) -> bool:
    """Whether bytes behind the last element are zeros, or blanks and line ends."""
    if data[:1] == b"\0":
        return not data.strip(b"\0")
    return not data.strip(b" \r\n") and (data[:1] != b" " or len(data) > 3)
