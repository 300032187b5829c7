"""File meta information, whichever way it is written, and which transfer syntax a data set is in."""

from __future__ import annotations

import struct

import pytest

from deidc.dicom.layout import Damaged, Layout
from deidc.dicom.part10 import META_LAYOUT, NotDicom, file_meta_at, opened, parts
from deidc.dicom.walk import elements
from deidc.dicom.window import InMemory, NotWhole, Unsuited, Window

EXPLICIT, IMPLICIT, BIG = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2", "1.2.840.10008.1.2.2"
PREFIX = bytes(128) + b"DICM"
MODALITY = b"\x08\x00\x60\x00CS\x02\x00CT"
MODALITIES = {EXPLICIT: MODALITY, IMPLICIT: b"\x08\x00\x60\x00\x02\0\0\0CT", BIG: b"\x00\x08\x00\x60CS\x00\x02CT"}


def meta(element: int, value: bytes, vr: bytes = b"UI") -> bytes:
    return struct.pack("<HH2sH", 2, element, vr, len(value)) + value


def meta_without_vr(element: int, value: bytes) -> bytes:
    return struct.pack("<HHL", 2, element, len(value)) + value


def syntax(uid: str) -> bytes:
    return uid.encode() + b"\0" * (len(uid) % 2)


def test_file_meta_information_in_implicit_vr_gets_the_vrs_of_the_dictionary() -> None:
    """PS3.10 7.1 demands explicit VR; some writers take that of the data set."""
    data = (
        meta_without_vr(0x0000, b"\x10\0\0\0")
        + meta_without_vr(0x0001, b"\0\x01")
        + meta_without_vr(0x0010, syntax(IMPLICIT))
        + meta_without_vr(0x00FF, b"Doe^")
    )
    found, start = file_meta_at(data + MODALITIES[IMPLICIT], 0)
    assert start == len(data)
    assert found == {
        0x00020000: meta(0x0000, b"\x10\0\0\0", b"UL"),
        0x00020001: b"\x02\x00\x01\x00OB\0\0\x02\0\0\0\0\x01",
        0x00020010: meta(0x0010, syntax(IMPLICIT)),
        0x000200FF: b"\x02\x00\xff\x00UN\0\0\x04\0\0\0Doe^",
    }


def test_file_meta_information_is_put_in_order_and_the_last_of_doubles_is_taken() -> None:
    data = meta(0x0010, syntax(EXPLICIT)) + meta(0x0002, b"1.2\0") + meta(0x0002, b"1.3\0")
    assert list(file_meta_at(data, 0)[0].items()) == [
        (0x00020002, meta(0x0002, b"1.3\0")),
        (0x00020010, meta(0x0010, syntax(EXPLICIT))),
    ]


def test_a_sequence_in_file_meta_information_is_refused() -> None:
    """PS3.10 7.1 has none, and what is in it would be walked by no rule."""
    with pytest.raises(Damaged, match=r"^a part of the data set is a sequence in file meta information$"):
        file_meta_at(b"\x02\x00\xf0\x00SQ\0\0\0\0\0\0", 0)


@pytest.mark.parametrize("length", range(1, 12))
def test_file_meta_information_that_is_cut_off_is_not_whole(length: int) -> None:
    """Fewer bytes than a header are no file meta information, and no element of a data set either."""
    data = PREFIX + meta(0x0002, b"1.2\0") + meta(0x0010, b"1.2.")[:length]
    with pytest.raises(NotWhole):
        tags(data)


@pytest.mark.parametrize("uid", MODALITIES)
def test_the_group_length_is_not_believed(uid: str) -> None:
    """The first element of another group ends the file meta information."""
    for wrong in (0, 8, 1 << 20):
        data = PREFIX + meta(0x0000, struct.pack("<L", wrong), b"UL") + meta(0x0010, syntax(uid)) + MODALITIES[uid]
        assert tags(data) == [0x00080060]


@pytest.mark.parametrize("uid", MODALITIES)
@pytest.mark.parametrize("prefix", [PREFIX, b""])
def test_without_file_meta_information_the_first_element_says_the_layout(uid: str, prefix: bytes) -> None:
    file = parts(Window(InMemory(prefix + MODALITIES[uid])))
    assert (file.syntax, file.layout, file.elements) == (uid, LAYOUTS[uid], {})


@pytest.mark.parametrize("data", [b"", b"DICM", b"Patient: Doe^John", bytes(200), PREFIX[:-1] + b"X" + MODALITY])
def test_what_begins_with_no_header_is_no_dicom(data: bytes) -> None:
    with pytest.raises(NotDicom):
        parts(Window(InMemory(data)))


@pytest.mark.parametrize(("named", "there"), [(EXPLICIT, IMPLICIT), (IMPLICIT, EXPLICIT)])
def test_a_data_set_in_another_layout_than_the_file_names_is_known(named: str, there: str) -> None:
    """The stream engine leaves it to the reading, which takes the layout that is there."""
    window = Window(InMemory(PREFIX + meta(0x0010, syntax(named)) + MODALITIES[there]))
    assert parts(window).is_contradictory
    with pytest.raises(Unsuited):
        opened(window)


LAYOUTS = {EXPLICIT: Layout(False, True), IMPLICIT: Layout(True, True), BIG: Layout(False, False)}


def tags(data: bytes) -> list[int]:
    file = opened(Window(InMemory(data)))
    assert [one.tag for one in elements(Window(InMemory(file.meta)), 0, len(file.meta), META_LAYOUT)] == [
        *file.elements
    ]
    return [one.tag for one in elements(file.window, file.start, file.window.size, file.layout)]
