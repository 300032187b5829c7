"""Read the parts of a DICOM file (PS3.10 7.1): preamble, prefix, file meta information, data set."""

from __future__ import annotations

import struct
from collections.abc import Mapping

from attrs import field, frozen
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    MediaStorageDirectoryStorage,
)

from deidc.dicom.dictionary import find_tag
from deidc.dicom.inflating import inflated_reader
from deidc.dicom.layout import HIDDEN, VR_LETTERS, Damaged, Layout, behind, header_at, layout_of_item, packed
from deidc.dicom.limits import LIMITS, Limits
from deidc.dicom.values.decoding import plain_text
from deidc.dicom.window import Buffer, NotWhole, Unsuited, Window

PREAMBLE = 128
PREFIX = b"DICM"
META_LAYOUT = Layout(implicit=False, little=True)

_HIGH_GROUP = 0x0400
_GROUP_LENGTH, _VERSION, _CLASS, _SYNTAX = 0x00020000, 0x00020001, 0x00020002, 0x00020010
# VRs of file meta information whose length has 16 bits.
_NARROW = (b"UI", b"SH", b"AE", b"UL")
_VERSION_ELEMENT = b"\x02\x00\x01\x00OB\x00\x00\x02\x00\x00\x00\x00\x01"


@frozen
class Opened:
    """The parts of a file.

    Attributes:
        preamble: 128 bytes, or none if the file has no preamble.
        meta, elements: the file meta information in explicit VR little endian, and its elements, each with its header.
        window: where the data set is: the file, or what was deflated in it.
        start: where in the window the data set begins.
        layout: the layout of the data set.
        syntax: the transfer syntax that the file names, or the one its data set is in.
        is_deflated: whether the data set is deflated in the file.
        is_directory: whether the file is a DICOMDIR.
        is_contradictory: whether the data set is not in the transfer syntax that the file names.

    """

    preamble: bytes = field(repr=False)
    meta: bytes = field(repr=False)
    elements: dict[int, bytes] = field(repr=False)
    window: Window
    start: int
    layout: Layout
    syntax: str
    is_deflated: bool
    is_directory: bool
    is_contradictory: bool


class NotDicom(Exception):
    """The bytes do not begin like a DICOM file or a data set."""


def opened(window: Window, limits: Limits = LIMITS) -> Opened:
    """Return the parts of a file whose data set is in the transfer syntax that the file names.

    Raises Unsuited for another file and for a DICOMDIR, NotWhole, Damaged, InflatesTooFar and OSError.
    """
    try:
        file = parts(window, limits)
    except NotDicom:
        raise Unsuited("the file does not begin with a DICOM header") from None
    if file.is_directory:
        raise Unsuited("the file is a DICOMDIR")
    if file.is_contradictory:
        raise Unsuited("the data set is not in the declared transfer syntax")
    if file.start >= file.window.size:
        raise Unsuited("the file has no data set")
    return file


def parts(window: Window, limits: Limits = LIMITS) -> Opened:
    """Return the parts of a file.

    A file without preamble and prefix is taken if it begins like a data set (PS3.10 7.1 demands them, old files lack
    them).

    Raises:
        NotDicom: if the bytes do not begin like DICOM.
        NotWhole: if they end within the file meta information or a deflated data set.
        Damaged: if the file meta information, or what is deflated, cannot be read.
        InflatesTooFar: if a deflated data set has more bytes than the limit.
        OSError: of the reader.

    """
    has_prefix = window[PREAMBLE : PREAMBLE + len(PREFIX)] == PREFIX
    if not has_prefix and not begins_like_data_set(window[0:8], window.size):
        raise NotDicom
    elements, start = file_meta_at(window, PREAMBLE + len(PREFIX) if has_prefix else 0)
    meta = b"".join(elements.values())
    syntax = text_of(elements.get(_SYNTAX))
    is_deflated = syntax == DeflatedExplicitVRLittleEndian
    if is_deflated:
        window, start = Window(inflated_reader(window, start, limits)), 0
    first = window[start : start + 6]
    is_contradictory = False
    if syntax:
        layout = Layout(implicit=syntax == ImplicitVRLittleEndian, little=syntax != ExplicitVRBigEndian)
        is_contradictory = _contradicts(window, start, layout)
    else:
        layout = _layout_by_first_element(first)
        syntax = syntax_of(layout)
    preamble = window[0:PREAMBLE] if has_prefix and not is_deflated else b""
    is_directory = text_of(elements.get(_CLASS)) == MediaStorageDirectoryStorage
    return Opened(preamble, meta, elements, window, start, layout, syntax, is_deflated, is_directory, is_contradictory)


def _contradicts(window: Window, start: int, layout: Layout) -> bool:
    """Whether the first element is not in the layout that the transfer syntax names."""
    if (window[start + 4 : start + 6] in VR_LETTERS) is not layout.implicit or start >= window.size:
        return False
    return layout_of_item(window, start, layout) != layout


def begins_like_data_set(first: bytes, size: int) -> bool:
    """Whether bytes begin with an element of group 2 or 8, explicit or implicit VR, little or big endian.

    `first` are the first eight bytes of a file of `size` bytes.
    """
    if len(first) < 8:
        return False
    for order in ("<", ">"):
        group, element, length = struct.unpack(f"{order}HHL", first[:8])
        if group in (0x0002, 0x0008) and element <= 0x2112:
            explicit = first[4:6].isalpha() and first[4:6].isupper()
            return bool(explicit or 8 + length <= size)
    return False


def _layout_by_first_element(first: bytes) -> Layout:
    """Return the layout of a data set whose file names none: explicit VR has letters, and a wrong order wrong tags."""
    if first[4:6] not in VR_LETTERS:
        return Layout(implicit=True, little=True)
    group, element = struct.unpack_from("<HH", first)
    swapped_group, swapped = struct.unpack_from(">HH", first)
    # Groups of the first element are low numbers; read in the wrong order they are high ones.
    is_big = group >= _HIGH_GROUP and not find_tag(group << 16 | element) and find_tag(swapped_group << 16 | swapped)
    return Layout(implicit=False, little=not is_big)


def syntax_of(layout: Layout) -> str:
    """Return the transfer syntax of a data set that is not deflated."""
    if layout.implicit:
        return ImplicitVRLittleEndian
    return ExplicitVRLittleEndian if layout.little else ExplicitVRBigEndian


# ---- file meta information ------------------------------------------------------------------------------


def meta_elements(data: bytes) -> dict[int, bytes]:
    """Return the elements of file meta information in explicit VR, each with its header, by tag; see `file_meta_at`."""
    return file_meta_at(data, 0)[0]


def file_meta_at(data: Buffer, at: int) -> tuple[dict[int, bytes], int]:
    """Return the elements of the file meta information that begins at a place, and where the data set begins.

    Each element has its header, in explicit VR little endian whatever the file has: some writers leave out the VRs
    (PS3.10 7.1 demands them). They are in ascending order; of an element that is there twice the last is taken.
    Raises NotWhole and Damaged.
    """
    elements: dict[int, bytes] = {}
    while True:
        head = data[at : at + 8]
        if head[:2] != b"\x02\x00" or len(head) < 8:
            return dict(sorted(elements.items())), at
        tag = 0x00020000 | head[2] | head[3] << 8
        if head[4:6] in _NARROW:
            stop = at + 8 + head[6] + (head[7] << 8)
            if stop > len(data):
                raise NotWhole
            elements[tag] = data[at:stop]
        elif head[4:6] == b"SQ":
            raise Damaged(tag, "is a sequence in file meta information")
        elif head[4:6] in VR_LETTERS:
            stop = behind(data, header_at(data, at, META_LAYOUT), META_LAYOUT)
            elements[tag] = data[at:stop]
        else:
            stop = behind(data, header_at(data, at, HIDDEN), HIDDEN)
            elements[tag] = _with_vr(tag, data[at + 8 : stop])
        at = stop


def _with_vr(tag: int, value: bytes) -> bytes:
    """Return an element of file meta information in explicit VR, with the VR of the dictionary. Raises Damaged."""
    attribute = find_tag(tag)
    made = packed(tag, "UN" if attribute is None else attribute.vr, value, META_LAYOUT)
    if made is None:
        raise Damaged(tag, "is too long for file meta information")
    return made


def vr_of(element: bytes) -> str:
    """Return the VR of an element of file meta information."""
    return element[4:6].decode("latin-1")


def text_of(element: bytes | None) -> str:
    """Return the value of an element of file meta information as text, without padding; of none, none."""
    if element is None:
        return ""
    value_at = 8 if element[4:6] in _NARROW else header_at(element, 0, META_LAYOUT).value_at
    return plain_text(element[value_at:])


def text_element(tag: int, vr: str, text: str) -> bytes:
    """Return an element of file meta information with a value of UI or SH."""
    value = text.encode("latin-1")
    value += (b"\0" if vr == "UI" else b" ") * (len(value) % 2)
    return struct.pack("<HH2sH", tag >> 16, tag & 0xFFFF, vr.encode("ascii"), len(value)) + value


def head(elements: Mapping[int, bytes], syntax: str) -> bytes:
    """Return an empty preamble, the prefix, and file meta information with what PS3.10 7.1 requires.

    The group length is computed; the version, and the transfer syntax, are added where they are missing.
    """
    complete = {_VERSION: _VERSION_ELEMENT, _SYNTAX: text_element(_SYNTAX, "UI", syntax), **elements}
    complete.pop(_GROUP_LENGTH, None)
    body = b"".join(element for _, element in sorted(complete.items()))
    length = struct.pack("<HH2sHL", 0x0002, 0x0000, b"UL", 4, len(body))
    return bytes(PREAMBLE) + PREFIX + length + body
