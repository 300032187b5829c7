"""How elements lie in the bytes of a file, and whether they are whole.

Every element must end where its length says, and every sequence be closed. pydicom reads what it can of a file that
is cut off and says so in a warning, or not at all; a cut object may lack what a rule would have changed.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from mmap import mmap
from typing import TypeAlias

from attrs import frozen

Buffer: TypeAlias = bytes | mmap

UNDEFINED = 0xFFFFFFFF
ITEM = 0xFFFEE000
ITEM_END = 0xFFFEE00D
SEQUENCE_END = 0xFFFEE0DD
PIXEL_DATA = 0x7FE00010

# VRs whose length is 32 bits wide behind two reserved bytes (PS3.5 7.1.2).
_WIDE = frozenset((b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"))


class NotWhole(Exception):
    """The bytes end within an element; says nothing about them."""


class Damaged(Exception):
    """The bytes are no data set; says nothing about them."""


@frozen
class Encoding:
    """How the elements of a data set are laid out."""

    implicit: bool
    little: bool

    @property
    def number(self) -> int:
        """A number from 0 to 3."""
        return self.implicit + 2 * self.little


@frozen
class Header:
    """The header of an element: its tag, its VR (None in implicit VR and for items), its length, where its value is."""

    tag: int
    vr: bytes | None
    length: int
    value_at: int


def top_level_tags(data: Buffer, start: int, encoding: Encoding) -> Iterator[int]:
    """Yield the tag of each element of the data set that begins at `start` and ends with `data`.

    Raises NotWhole where the bytes end too early, and Damaged where something stands that is no element.
    """
    at = start
    while at < len(data):
        if len(data) - at < 8 and not any(data[at:]):
            return  # a file padded to an even length
        header = header_at(data, at, encoding)
        if header.tag >> 16 == 0xFFFE:
            raise Damaged
        yield header.tag
        at = behind(data, header, encoding)


def skip_file_meta(data: Buffer, start: int) -> int:
    """Return where the data set behind the file meta information begins. Raises NotWhole."""
    at, meta = start, Encoding(implicit=False, little=True)
    while at + 8 <= len(data) and data[at : at + 2] == b"\x02\x00":
        at = behind(data, header_at(data, at, meta), meta)
    return at


def inflated(data: Buffer, start: int) -> bytes:
    """Return a deflated data set inflated. Raises NotWhole or Damaged."""
    inflater = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
    try:
        whole = inflater.decompress(data[start:]) + inflater.flush()
    except zlib.error:
        raise Damaged from None
    if not inflater.eof:
        raise NotWhole
    return whole


def _unpack(layout: str, data: Buffer, at: int, encoding: Encoding) -> tuple[int, ...]:
    try:
        return struct.unpack_from(("<" if encoding.little else ">") + layout, data, at)
    except struct.error:
        raise NotWhole from None


def header_at(data: Buffer, at: int, encoding: Encoding) -> Header:
    """Return the header of the element, item or delimiter at a place. Raises NotWhole."""
    group, element, length = _unpack("HHL", data, at, encoding)
    tag = group << 16 | element
    vr = data[at + 4 : at + 6]
    # Delimiters have no VR; a VR that is no two letters is the length of an element in implicit VR.
    if encoding.implicit or group == 0xFFFE or not b"AA" <= vr <= b"ZZ":
        return Header(tag, None, length, at + 8)
    if vr in _WIDE:
        return Header(tag, vr, _unpack("L", data, at + 8, encoding)[0], at + 12)
    return Header(tag, vr, _unpack("H", data, at + 6, encoding)[0], at + 8)


def behind(data: Buffer, header: Header, encoding: Encoding) -> int:
    """Return where the element behind this one begins."""
    if header.length != UNDEFINED:
        return _within(data, header.value_at + header.length)
    if header.tag == PIXEL_DATA or header.vr not in (None, b"SQ", b"UN"):
        return _after_items(data, header.value_at, encoding, fragments=True)
    return _after_items(data, header.value_at, encoding, fragments=False)


def _after_items(data: Buffer, at: int, encoding: Encoding, *, fragments: bool) -> int:
    """Return where what follows a value of undefined length begins: items up to a sequence delimiter."""
    while True:
        item = header_at(data, at, encoding)
        if item.tag == SEQUENCE_END:
            return _within(data, item.value_at)
        if item.tag != ITEM or (fragments and item.length == UNDEFINED):
            raise Damaged
        if item.length != UNDEFINED:
            at = _within(data, item.value_at + item.length)
        else:
            at = _after_elements(data, item.value_at, _encoding_of_item(data, item.value_at, encoding))


def _after_elements(data: Buffer, at: int, encoding: Encoding) -> int:
    """Return where what follows an item of undefined length begins."""
    while True:
        header = header_at(data, at, encoding)
        if header.tag == ITEM_END:
            return _within(data, header.value_at)
        if header.tag >> 16 == 0xFFFE:
            raise Damaged
        at = behind(data, header, encoding)


def _encoding_of_item(data: Buffer, at: int, outer: Encoding) -> Encoding:
    """Return the encoding inside an item: items of UN elements are in implicit VR (PS3.5 6.2.2)."""
    vr = data[at + 4 : at + 6]
    letters = len(vr) == 2 and all(0x40 < one < 0x5B for one in vr)
    return outer if outer.implicit or letters else Encoding(implicit=True, little=outer.little)


def _within(data: Buffer, at: int) -> int:
    if at > len(data):
        raise NotWhole
    return at
