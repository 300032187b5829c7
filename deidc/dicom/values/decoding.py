"""Decode raw elements: their VR in effect, their private creator, and their values in a character set."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from functools import lru_cache
from typing import TypeAlias

from pydicom import charset, datadict
from pydicom.dataelem import RawDataElement
from pydicom.tag import BaseTag
from pydicom.valuerep import TEXT_VR_DELIMS

from deidc.dicom import dictionary
from deidc.dicom.layout import PIXELS, UNDEFINED, Header, Layout
from deidc.dicom.values.charsets import effective_character_sets
from deidc.dicom.values.components import text_components

CharacterSets: TypeAlias = tuple[str, ...]

CHARACTER_SET = 0x00080005
DEFAULT_CHARACTER_SETS: CharacterSets = ("iso8859",)

_TEXT_IN_CHARSET = frozenset({"SH", "LO", "ST", "LT", "UC", "UT", "PN"})
_TEXT_ASCII = frozenset({"AE", "AS", "CS", "DA", "DS", "DT", "IS", "TM", "UI", "UR"})
_TEXT = _TEXT_IN_CHARSET | _TEXT_ASCII
_ONE_VALUE = frozenset({"ST", "LT", "UT", "UR"})
_NUMBERS = {"US": "H", "SS": "h", "UL": "L", "SL": "l", "UV": "Q", "SV": "q", "FL": "f", "FD": "d"}


class Undecodable(Exception):
    """The bytes of an element are no value of its VR; says nothing about them."""


def effective_vr(tag: int, declared: str | None, length: int, creator: str | None) -> str:
    """Return the VR in effect of an element by its header; `declared` is None in implicit VR.

    UN and implicit VR are looked up, as pydicom does (PS3.5 6.2.2). An attribute that the dictionary has as a sequence
    or as text, and that stands in the file as bytes or numbers, is what the dictionary says: a name in a file is a
    name under VR OB, too, and items are items.
    """
    if declared is not None and declared != "UN":
        return _declared_or_known(tag, declared)
    if length == UNDEFINED and (declared == "UN" or tag not in PIXELS):
        return "SQ"  # nothing else has an undefined length there (PS3.5 6.2.2, note 6, and 7.1.3)
    if creator is not None and len(creator) > dictionary.LONGEST_CREATOR:
        creator = None  # no dictionary has it, and the cache keeps what it is asked for
    return _looked_up_vr(tag, declared, creator, declared == "UN" and length >= 0xFFFF)


@lru_cache(maxsize=65536)
def _declared_or_known(tag: int, declared: str) -> str:
    """Return the VR that an element declares, or the dictionary's where that is a sequence, or text and it is none."""
    if declared == "SQ" or dictionary.is_private(tag):
        return str(declared)
    known = dictionary.public_vr(tag)
    if known is not None and (known == "SQ" or (known in _TEXT and declared not in _TEXT)):
        return known
    return str(declared)


@lru_cache(maxsize=65536)
def _looked_up_vr(tag: int, declared: str | None, creator: str | None, too_long: bool) -> str:
    if dictionary.is_private(tag):
        if dictionary.is_private_creator(tag):
            return "LO"
        return (creator and dictionary.private_vr(tag, creator)) or "UN"
    if too_long:
        return "UN"
    try:
        return str(datadict.dictionary_VR(tag))
    except KeyError:
        return "UL" if declared is None and tag & 0xFFFF == 0 else "UN"


@lru_cache(maxsize=1024)
def character_sets_of_value(data: bytes) -> CharacterSets:
    """Return the character sets (names of Python codecs) that the bytes of a Specific Character Set name."""
    return effective_character_sets([part.strip() for part in data.decode("ascii", "replace").split("\\")])


def plain_text(value: object) -> str:
    """Return a value of the default repertoire, raw or decoded, as text without padding."""
    text = value.decode("latin-1") if isinstance(value, bytes) else str(value or "")
    return text.strip(" \0")


def raw_element(header: Header, value: bytes, layout: Layout) -> RawDataElement:
    """Return an element as pydicom reads it, with its value, or with another that stands for it."""
    return RawDataElement(
        BaseTag(header.tag), header.declared, header.length, value, header.value_at, layout.implicit, layout.little
    )


def creator_of(tag: int, creators: Mapping[tuple[int, int], str]) -> str | None:
    """Return the private creator whose block a tag is in; None for public tags, creators and orphans."""
    if not creators or not dictionary.is_private(tag) or tag & 0xFFFF < 0x1000:
        return None
    return creators.get((tag >> 16, (tag & 0xFFFF) >> 8))


def raw_components(raw: RawDataElement, vr: str, character_sets: CharacterSets) -> tuple[str, ...]:
    """Return the text of each value of a raw element; see `InputElement.components`."""
    data = raw.value or b""
    if vr in _TEXT_IN_CHARSET:
        text = decode_text(data, character_sets)
    elif vr in _TEXT_ASCII:
        text = data.decode("latin-1")
    elif vr == "AT":
        if len(data) % 4:
            raise Undecodable
        words = _unpack("H", data, raw.is_little_endian)
        return tuple(f"({a:04X},{b:04X})" for a, b in zip(words[::2], words[1::2], strict=True))
    elif (code := _NUMBERS.get(vr.split(maxsplit=1)[0])) is not None:
        return tuple(str(number) for number in _unpack(code, data, raw.is_little_endian))
    else:
        return tuple(text_components(data, vr))
    text = text.rstrip(" \0")
    if not text:
        return ()
    parts = [text] if vr in _ONE_VALUE else text.split("\\")
    return tuple(part.strip(" \0") for part in parts)


def _unpack(code: str, data: bytes, little: bool) -> tuple[int | float, ...]:
    size = struct.calcsize("=" + code)
    if len(data) % size:
        raise Undecodable
    return struct.unpack(("<" if little else ">") + code * (len(data) // size), data)


def decode_text(data: bytes, character_sets: CharacterSets) -> str:
    """Decode text in the object's character set; bytes outside it become U+FFFD.

    pydicom takes the name of any codec of Python for a character set. Raises Undecodable for those that are none.
    """
    if data.isascii() and b"\x1b" not in data:
        return data.decode("ascii")
    try:
        if len(character_sets) == 1 and b"\x1b" not in data:
            return data.decode(character_sets[0], "replace")
        return charset.decode_bytes(data, list(character_sets), TEXT_VR_DELIMS)
    except (LookupError, UnicodeError):
        raise Undecodable from None
