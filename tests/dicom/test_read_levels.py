"""Data sets that are made of the elements of the walk: doubles, order, and levels in another layout."""

from __future__ import annotations

import struct

import pytest
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset

from deidc.dicom.datasets import Elements, read_items, read_level
from deidc.dicom.layout import Layout
from deidc.dicom.walk import elements
from deidc.dicom.window import InMemory, Window

EXPLICIT, BIG = Layout(False, True), Layout(False, False)
NAME = b"\x10\x00\x10\x00PN\x04\x00Doe^"
ROWS = b"\x28\x00\x10\x00\x02\0\0\0\x00\x02"  # 512, in implicit VR little endian


def read(data: bytes, layout: Layout = EXPLICIT) -> tuple[Elements, bool]:
    window = Window(InMemory(data))
    level = read_level(window, elements(window, 0, len(data), layout), layout)
    return level.elements, level.is_regular


def as_dataset(data: bytes, layout: Layout = EXPLICIT) -> Dataset:
    return Dataset(read(data, layout)[0])


@pytest.mark.parametrize(
    ("head", "first", "second", "both"),
    [
        (b"\x28\x00\x01\x03CS", b"YES ", b"NO", b"YES\\NO"),
        (b"\x28\x00\x01\x03CS", b"NO", b"YES ", b"NO\\YES  "),
        (b"\x10\x00\x20\x00LO", b"1 ", b"2 ", b"1\\2 "),
        (b"\x08\x00\x50\x00SH", b"A1", b"B2", b"A1\\B2 "),
        (b"\x10\x00\x20\x00LO", b"1 ", b"1\0", b"1\0"),  # the same
        (b"\x10\x00\x10\x00PN", b"Doe^", b"Roe^", b"Roe^"),
        (b"\x20\x00\x0d\x00UI", b"1.2\0", b"1.3\0", b"1.3\0"),
    ],
)
def test_of_doubled_elements_text_is_joined_and_else_the_last_stays(
    head: bytes, first: bytes, second: bytes, both: bytes
) -> None:
    """Labels see both values; of other VRs two values would be another meaning."""
    data = b"".join(head + struct.pack("<H", len(value)) + value for value in (first, second))
    found, is_regular = read(data)
    (element,) = found.values()
    assert isinstance(element, RawDataElement)
    assert (element.value, element.length) == (both, len(both))
    assert not is_regular


def test_elements_out_of_order_are_put_in_order() -> None:
    found, is_regular = read(NAME + b"\x08\x00\x60\x00CS\x02\x00CT")
    assert [int(tag) for tag in found] == [0x00080060, 0x00100010]
    assert not is_regular


@pytest.mark.parametrize(("group", "stays"), [(0, False), (1, True), (2, False), (3, True)])
def test_commands_and_file_meta_information_are_no_part_of_a_data_set(group: int, stays: bool) -> None:
    """Groups 0001 and 0003 are walked, so that rules reach them."""
    found, is_regular = read(bytes((group, 0, 0x10, 0)) + b"LO\x04\x00Doe^" + NAME)
    assert [int(tag) for tag in found] == ([group << 16 | 0x10] if stays else []) + [0x00100010]
    assert is_regular == stays


def test_an_odd_vr_is_read_as_unknown() -> None:
    """The bytes stay; the dictionary says what the VR in effect is."""
    found, is_regular = read(b"\x10\x00\x10\x00??\x04\x00Doe^" + b"\x10\x00\x20\x00LO\x02\x007 ")
    name = found[next(iter(found))]
    assert isinstance(name, RawDataElement)
    assert (name.VR, name.value) == ("UN", b"Doe^")
    assert not is_regular


def un(value: bytes, *, is_open: bool, layout: Layout) -> bytes:
    """Concept Name Code Sequence with VR UN."""
    order = "<" if layout.little else ">"
    length = 0xFFFFFFFF if is_open else len(value)
    return struct.pack(order + "HH2sHL", 0x0040, 0xA043, b"UN", 0, length) + value


def test_an_open_element_of_unknown_vr_in_big_endian_becomes_a_sequence() -> None:
    """Its delimiter is in little endian; pydicom would write one in big endian behind its bytes."""
    items = b"\xfe\xff\x00\xe0" + struct.pack("<L", len(ROWS)) + ROWS + b"\xfe\xff\xdd\xe0\0\0\0\0"
    dataset = as_dataset(un(items, is_open=True, layout=BIG), BIG)
    sequence = dataset.get_item(0x0040A043)
    assert sequence.VR == "SQ"
    rows = sequence.value[0].get_item(0x00280010)
    assert (rows.VR, rows.value, rows.is_little_endian) == ("US", b"\x02\x00", False)


@pytest.mark.parametrize(
    ("tag", "value", "expected"),
    [
        (0x00280010, b"\x01\x02\x03\x04", b"\x02\x01\x04\x03"),  # US
        (0x00140202, b"\x01\x02\x03\x04", b"\x02\x01\x04\x03"),  # AT: two words
        (0x00089459, b"\x01\x02\x03\x04", b"\x04\x03\x02\x01"),  # FL
        (0x00081163, b"\x01\x02\x03\x04\x05\x06\x07\x08", b"\x08\x07\x06\x05\x04\x03\x02\x01"),  # FD
        (0x00100010, b"Doe^", b"Doe^"),
    ],
)
def test_words_follow_the_byte_order_of_the_data_set(tag: int, value: bytes, expected: bytes) -> None:
    element = struct.pack("<HHL", tag >> 16, tag & 0xFFFF, len(value)) + value
    items = b"\xfe\xff\x00\xe0" + struct.pack("<L", len(element)) + element + b"\xfe\xff\xdd\xe0\0\0\0\0"
    dataset = as_dataset(un(items, is_open=True, layout=BIG), BIG)
    assert dataset.get_item(0x0040A043).value[0].get_item(tag).value == expected


def test_items_in_big_endian_in_an_element_of_unknown_vr_are_read_in_little_endian() -> None:
    """What is written anew is then in implicit VR little endian, as PS3.5 6.2.2, note 4 has it."""
    rows = b"\x00\x28\x00\x10US\x00\x02\x02\x00"
    items = b"\xff\xfe\xe0\x00" + struct.pack(">L", len(rows)) + rows
    (raw,) = read(un(items, is_open=False, layout=EXPLICIT))[0].values()
    assert isinstance(raw, RawDataElement)
    made = read_items(raw, ("iso8859",), is_unknown=False)
    assert made is not None
    assert not made.is_regular
    inner = made.items[0].get_item(0x00280010)
    assert isinstance(inner, RawDataElement)
    assert (inner.value, inner.is_implicit_VR, inner.is_little_endian) == (b"\x00\x02", True, True)
