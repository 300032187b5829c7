"""Update the attributes that describe pixels after blanking (PS3.3 C.7.6, PS3.15 E.3.1)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from attrs import frozen

from deidc.dicom.layout import HIDDEN, Layout, packed
from deidc.dicom.values.decoding import Undecodable
from deidc.pixels.frames.codecs import ALWAYS_LOSSY
from deidc.pixels.frames.image import PHOTOMETRIC, PLANAR, Image, text
from deidc.runtime.fold.elements import InputElement, sequence_items
from deidc.runtime.fold.toplevel import TopLevel

IMAGE_TYPE, FRAME_TYPE = 0x00080008, 0x00089007
_DERIVATION, _METHOD_CODES, _BURNED_IN = 0x00082111, 0x00120064, 0x00280301
_LOSSY, _LOSSY_RATIO, _LOSSY_METHOD = 0x00282110, 0x00282112, 0x00282114
# The lowest and the highest value of the pixels, which are unknown after blanking.
_EXTREMES = (0x00280106, 0x00280107)

DERIVATION = b"Regions of the image were blanked by deidc"
_LONGEST_DERIVATION = 1024
_JPEG = b"ISO_10918_1"
# Code Value, Coding Scheme Designator, Code Meaning of Clean Pixel Data Option (PS3.16 CID 7050).
_CLEAN_PIXEL_DATA = (
    (0x00080100, "SH", b"113101"),
    (0x00080102, "SH", b"DCM"),
    (0x00080104, "LO", b"Clean Pixel Data Option"),
)


@frozen
class Stored:
    """How blanked pixels are stored: the image, the transfer syntaxes before and after, and bytes before and after."""

    image: Image
    before: str
    after: str
    size_before: int
    size_after: int


def statement(top: TopLevel, was: Image, now: Stored, layout: Layout, *, is_all: bool) -> Iterator[tuple[int, bytes]]:
    """Yield the elements that change at the top level, by tag; no bytes for those that go.

    The image is DERIVED and says by what. If what was blanked `is_all`, Burned In Annotation is NO, and the code 113101
    is among those of the methods of de-identification; an image that still needs review gets neither. Attributes of
    lossy compression stay, and are added where a lossy image becomes native without them. Existing text keeps its
    bytes.
    """
    if is_all:
        yield _BURNED_IN, _packed(_BURNED_IN, "CS", b"NO", layout)
        yield from _method_codes(top, layout)
    image_type = _texts(top.find(IMAGE_TYPE))
    if image_type:
        yield IMAGE_TYPE, _packed(IMAGE_TYPE, "CS", "\\".join(["DERIVED", *image_type[1:]]).encode("latin-1"), layout)
    yield _DERIVATION, _packed(_DERIVATION, "ST", _derivation(top), layout)
    for tag in _EXTREMES:
        if top.find(tag) is not None:
            yield tag, b""
    if now.image.photometric != was.photometric:
        yield PHOTOMETRIC, _packed(PHOTOMETRIC, "CS", now.image.photometric.encode("ascii"), layout)
    if now.image.samples > 1 and now.image.planar != was.planar:
        yield PLANAR, _packed(PLANAR, "US", struct.pack("<H", now.image.planar), layout)
    if now.before in ALWAYS_LOSSY and now.after != now.before:
        yield from _lossy(top, now, layout)


def _lossy(top: TopLevel, now: Stored, layout: Layout) -> Iterator[tuple[int, bytes]]:
    """Yield what says that the image was compressed with loss, which it will have been for ever (PS3.3 C.7.6.1.1.5)."""
    if text(top, _LOSSY) != "01":
        yield _LOSSY, _packed(_LOSSY, "CS", b"01", layout)
    if top.find(_LOSSY_RATIO) is None:
        ratio = f"{now.size_after / max(1, now.size_before):.2f}"
        yield _LOSSY_RATIO, _packed(_LOSSY_RATIO, "DS", ratio.encode("ascii"), layout)
    if top.find(_LOSSY_METHOD) is None:
        yield _LOSSY_METHOD, _packed(_LOSSY_METHOD, "CS", _JPEG, layout)


def _derivation(top: TopLevel) -> bytes:
    """Return the description of how the image was derived, with this derivation behind what is there."""
    element = top.find(_DERIVATION)
    there = b"" if element is None else _value_of(element).rstrip(b" \0")
    if there.endswith(DERIVATION):
        return there
    room = _LONGEST_DERIVATION - len(DERIVATION) - 2
    if not there or len(there) > room:
        return DERIVATION
    return there + b"; " + DERIVATION


def _value_of(element: InputElement) -> bytes:
    value = element.source.value
    return value if isinstance(value, bytes) else b""


def _method_codes(top: TopLevel, layout: Layout) -> Iterator[tuple[int, bytes]]:
    element = top.find(_METHOD_CODES)
    there = b"" if element is None else _value_of(element)
    try:
        codes = [] if element is None else sequence_items(element) or []
    except Undecodable:
        codes, there = [], b""
    if any(str(code.get("CodeValue", "")).strip() == "113101" for code in codes):
        return
    is_hidden = element is not None and element.source.VR == "UN"
    inside = HIDDEN if is_hidden else layout
    item = b"".join(_packed(tag, vr, value, inside) for tag, vr, value in _CLEAN_PIXEL_DATA)
    header = struct.pack("<HHL" if inside.little else ">HHL", 0xFFFE, 0xE000, len(item))
    yield _METHOD_CODES, _packed(_METHOD_CODES, "UN" if is_hidden else "SQ", there + header + item, layout)


def derived(frame_type: bytes) -> bytes:
    """Return the value of Frame Type for a derived frame, with its length unchanged."""
    if not frame_type.startswith(b"ORIGINAL"):
        return frame_type
    return (b"DERIVED" + frame_type.removeprefix(b"ORIGINAL")).ljust(len(frame_type))


def _texts(element: InputElement | None) -> tuple[str, ...]:
    try:
        return () if element is None else element.components
    except Undecodable:
        return ()


def _packed(tag: int, vr: str, value: bytes, layout: Layout) -> bytes:
    element = packed(tag, vr, value + b" " * (len(value) % 2), layout)
    assert element is not None, "the values are short"
    return element
