"""What the walk makes of bytes: one rule of docs/reading.md after the other, with the bytes written out."""

from __future__ import annotations

import struct

import pytest

from deidc.dicom.layout import Damaged, Layout
from deidc.dicom.walk import elements, elements_of, items, within
from deidc.dicom.window import InMemory, NotWhole, Window

EXPLICIT, IMPLICIT, BIG = Layout(False, True), Layout(True, True), Layout(False, False)
MODALITY = b"\x08\x00\x60\x00CS\x02\x00CT"
NAME = b"\x10\x00\x10\x00PN\x04\x00Doe^"
ITEM_END, SEQUENCE_END = b"\xfe\xff\x0d\xe0\0\0\0\0", b"\xfe\xff\xdd\xe0\0\0\0\0"
CODES = 0x0040A043  # Concept Name Code Sequence
OPEN = b"\xff\xff\xff\xff"


def tags(data: bytes, layout: Layout = EXPLICIT) -> list[int]:
    """The elements of a level of these bytes."""
    window = Window(InMemory(data))
    return [one.tag for one in elements(window, 0, len(data), layout)]


def all_tags(data: bytes, layout: Layout = EXPLICIT) -> list[int]:
    """The elements, and those in their items."""
    window = Window(InMemory(data))
    found: list[int] = []
    for one in elements(window, 0, len(data), layout):
        found += [one.tag, *(inner.tag for inner in within(window, one))]
    return found


def item(body: bytes) -> bytes:
    return b"\xfe\xff\x00\xe0" + struct.pack("<L", len(body)) + body


def open_item(body: bytes) -> bytes:
    return b"\xfe\xff\x00\xe0" + OPEN + body + ITEM_END


def sequence(value: bytes, vr: bytes = b"SQ\0\0", tag: bytes = b"\x40\x00\x43\xa0") -> bytes:
    """A sequence of defined length; `vr` are the bytes between its tag and its length."""
    return tag + vr + struct.pack("<L", len(value)) + value


def open_sequence(value: bytes, vr: bytes = b"SQ\0\0", tag: bytes = b"\x40\x00\x43\xa0") -> bytes:
    return tag + vr + OPEN + value + SEQUENCE_END


def refusal(data: bytes, layout: Layout = EXPLICIT) -> str:
    with pytest.raises(Damaged) as caught:
        all_tags(data, layout)
    return str(caught.value)


# ---- trailing padding -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("layout", [EXPLICIT, IMPLICIT])
@pytest.mark.parametrize(
    "padding", [*(bytes(n) for n in (1, 2, 7, 8, 9, 16, 512, 4096)), b"\n", b"\r\n", b" " * 4, b" " * 512]
)
def test_padding_behind_the_last_element_is_no_element(padding: bytes, layout: Layout) -> None:
    data = MODALITY if layout is EXPLICIT else b"\x08\x00\x60\x00\x02\0\0\0CT"
    assert tags(data + padding, layout) == [0x00080060]


@pytest.mark.parametrize("tail", [b"Doe^John", bytes(8) + b"Doe^Jane", b"\n" * 8 + b"Doe^Jane", b" " * 8 + bytes(8)])
def test_content_behind_the_last_element_is_refused(tail: bytes) -> None:
    """Zeros, or blanks and line ends, and nothing else."""
    with pytest.raises((Damaged, NotWhole)):
        tags(MODALITY + tail)


@pytest.mark.parametrize("tail", [b" ", b"  ", b"   ", b"Doe"])
def test_fewer_bytes_than_a_header_are_an_element_that_was_cut_off(tail: bytes) -> None:
    """Up to three blanks may be the beginning of an element of group 0020."""
    with pytest.raises(NotWhole):
        tags(MODALITY + tail)


@pytest.mark.parametrize("count", [8, 16, 64])
def test_a_name_behind_zeros_is_reached_or_refused(count: int) -> None:
    """Zeros before an element are no padding: they are elements (0000,0000), or damage."""
    try:
        found = tags(b"\x08\x00\x60\x00\x02\0\0\0CT" + bytes(count) + b"\x10\x00\x10\x00\x04\0\0\0Doe^", IMPLICIT)
    except (Damaged, NotWhole):
        return
    assert found[-1] == 0x00100010


# ---- VRs that are none --------------------------------------------------------------------------------------------

ODD = [b"  ", b"??", b"\0\0", b"--", b"pn", b"P ", b"12", b"ZZ", b"\xff\xff"]


@pytest.mark.parametrize("vr", ODD)
def test_an_odd_vr_has_a_length_of_16_bits(vr: bytes) -> None:
    """As in the dose reports of a vendor who leaves the VR blank; what follows is found."""
    assert tags(MODALITY + b"\x10\x00\x10\x00" + vr + b"\x04\x00Doe^" + b"\x10\x00\x20\x00LO\x02\x007 ") == [
        0x00080060,
        0x00100010,
        0x00100020,
    ]


@pytest.mark.parametrize("vr", [b"ZZ", b"XX"])
def test_an_unknown_vr_of_capitals_may_have_a_length_of_32_bits(vr: bytes) -> None:
    """PS3.5 7.1.2: new VRs have two reserved bytes and a long length."""
    assert tags(b"\x10\x00\x10\x00" + vr + b"\0\0\x04\0\0\0Doe^" + b"\x10\x00\x20\x00LO\x02\x007 ") == [
        0x00100010,
        0x00100020,
    ]


def test_an_element_without_vr_among_those_with_one_is_read() -> None:
    """The length has 32 bits where the VR should be; where a length of 16 bits fits too, it is refused."""
    behind = b"\x10\x00\x20\x00LO\x02\x007 "
    assert tags(b"\x10\x00\x10\x00\x08\0\0\0Doe^Jane" + behind) == [0x00100010, 0x00100020]
    assert refusal(b"\x10\x00\x10\x00\x04\0\0\0Doe^" + behind).startswith("(0010,0010) has no VR of DICOM")


@pytest.mark.parametrize("vr", ODD)
def test_what_no_reading_fits_is_refused_by_tag_and_not_by_value(vr: bytes) -> None:
    """No element begins behind it, whichever length is taken."""
    said = refusal(MODALITY + b"\x10\x00\x10\x00" + vr + b"\x02\x00Doe^Jane")
    assert said.startswith("(0010,0010) has no VR of DICOM")
    assert "Doe" not in said
    assert not {vr.decode("latin-1"), "02"} & set(said.replace("(", " ").replace(")", " ").split())


# ---- sequences ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("whole", [sequence, open_sequence])
@pytest.mark.parametrize("one", [item, open_item])
def test_items_are_walked(whole, one) -> None:
    assert all_tags(whole(one(MODALITY) + one(NAME))) == [CODES, 0x00080060, 0x00100010]


@pytest.mark.parametrize(
    "value",
    [
        NAME,  # no item
        item(MODALITY) + NAME,  # behind the last item
        item(MODALITY) + b"Doe^John",
        item(MODALITY) + b"Doe",
        item(MODALITY) + SEQUENCE_END + item(NAME),  # an early end
        item(MODALITY + ITEM_END + NAME),  # an early end of an item
        item(MODALITY)[:4] + b"\x40\0\0\0" + MODALITY,  # longer than its sequence
        item(NAME)[:4] + b"\x06\0\0\0" + NAME,  # ends within an element
        b"\xfe\xff\x00\xe0" + OPEN + NAME,  # no end
    ],
)
def test_a_sequence_that_is_not_items_to_its_last_byte_is_refused(value: bytes) -> None:
    """pydicom stops early in some of these, and leaves what follows unread."""
    with pytest.raises((Damaged, NotWhole)):
        all_tags(sequence(value) + b"\x50\x00\x04\x00CS\x02\x00NO")


def test_a_delimiter_at_the_end_of_a_defined_length_is_no_damage() -> None:
    """Some writers put both a length and a delimiter."""
    assert all_tags(sequence(item(NAME + ITEM_END))) == [CODES, 0x00100010]
    assert all_tags(sequence(item(NAME) + SEQUENCE_END)) == [CODES, 0x00100010]


def test_padding_in_items_and_sequences_is_no_element() -> None:
    assert all_tags(sequence(item(NAME + bytes(8)) + bytes(16)) + MODALITY) == [CODES, 0x00100010, 0x00080060]


@pytest.mark.parametrize("vr", [b"OB\0\0", b"OW\0\0", b"UT\0\0", b"UN\0\0", b"SQ\0\0"])
def test_a_sequence_of_the_dictionary_is_walked_under_any_vr(vr: bytes) -> None:
    body = b"\x10\x00\x10\x00\x04\0\0\0Doe^" if vr[:2] == b"UN" else NAME
    assert all_tags(sequence(item(body), vr)) == [CODES, 0x00100010]


@pytest.mark.parametrize("vr", [b"LO", b"US", b"CS"])
def test_a_sequence_of_the_dictionary_is_walked_under_a_vr_of_16_bits(vr: bytes) -> None:
    value = item(NAME)
    assert all_tags(b"\x40\x00\x43\xa0" + vr + struct.pack("<H", len(value)) + value) == [CODES, 0x00100010]


@pytest.mark.parametrize("tag", [b"\xe0\x7f\x10\x00", b"\xe0\x7f\x08\x00", b"\xe0\x7f\x09\x00"])
@pytest.mark.parametrize("whole", [sequence, open_sequence])
@pytest.mark.parametrize("one", [item, open_item])
def test_pixel_data_that_is_stated_to_be_a_sequence_is_walked(whole, one, tag: bytes) -> None:
    """Its items hold elements, not fragments."""
    assert all_tags(whole(one(NAME), tag=tag))[1:] == [0x00100010]


def test_fragments_of_pixel_data_are_a_value() -> None:
    """PS3.5 A.4: items without elements, up to a delimiter; they may look like elements."""
    fragments = item(b"") + item(NAME)
    assert all_tags(open_sequence(fragments, b"OB\0\0", b"\xe0\x7f\x10\x00") + NAME) == [0x7FE00010, 0x00100010]


# ---- unknown VR and private sequences ------------------------------------------------------------------------------

IMPLICIT_NAME = b"\x10\x00\x10\x00\x04\0\0\0Doe^"
BIG_NAME = b"\x00\x10\x00\x10PN\x00\x04Doe^"
BIG_ITEM = b"\xff\xfe\xe0\x00" + struct.pack(">L", len(BIG_NAME)) + BIG_NAME
PRIVATE = b"\x29\x00\x20\x10"


@pytest.mark.parametrize("tag", [b"\x40\x00\x43\xa0", PRIVATE])
@pytest.mark.parametrize("value", [item(IMPLICIT_NAME), item(NAME), BIG_ITEM])
def test_items_in_an_element_of_unknown_vr_are_walked(value: bytes, tag: bytes) -> None:
    """PS3.5 6.2.2, note 4: in implicit VR; writers leave them in explicit VR or in big endian."""
    number = int.from_bytes(tag[1::-1] + tag[:1:-1], "big")
    assert all_tags(sequence(value, b"UN\0\0", tag)) == [number, 0x00100010]


@pytest.mark.parametrize("body", [IMPLICIT_NAME, NAME])
@pytest.mark.parametrize("whole", [sequence, open_sequence])
def test_private_sequences_in_implicit_vr_are_walked(whole, body: bytes) -> None:
    """Nothing states their VR, and their items may be in explicit VR."""
    assert all_tags(whole(item(body), b"", PRIVATE), IMPLICIT) == [0x00291020, 0x00100010]


@pytest.mark.parametrize("layout", [EXPLICIT, IMPLICIT])
def test_items_where_a_private_creator_belongs_are_walked(layout: Layout) -> None:
    """In implicit VR a private creator has no stated VR, so only its bytes say that it is a sequence."""
    value = item(NAME if layout is EXPLICIT else IMPLICIT_NAME)
    assert all_tags(sequence(value, b"" if layout is IMPLICIT else b"SQ\0\0", b"\x31\x00\x10\x00"), layout) == [
        0x00310010,
        0x00100010,
    ]


@pytest.mark.parametrize("value", [b"Doe^", b"\xfe\xff\x00\xe0\x10\0\0\0abcd", item(b"\xff\xd8\xff\xe0 a picture")])
def test_bytes_of_unknown_vr_that_are_no_items_are_a_value(value: bytes) -> None:
    assert all_tags(sequence(value, b"UN\0\0", PRIVATE)) == [0x00291020]


# ---- groups, order ------------------------------------------------------------------------------------------------


def test_order_and_doubles_are_left_to_the_reader() -> None:
    assert tags(NAME + MODALITY + NAME) == [0x00100010, 0x00080060, 0x00100010]


@pytest.mark.parametrize("group", [0, 1, 2, 3])
def test_low_groups_are_walked(group: int) -> None:
    assert tags(bytes((group, 0, 0x10, 0)) + b"LO\x04\x00Doe^" + MODALITY) == [group << 16 | 0x10, 0x00080060]


@pytest.mark.parametrize("tag", [b"\x00\xe0", b"\x0d\xe0", b"\xdd\xe0", b"\x10\x00"])
def test_group_fffe_among_elements_is_refused(tag: bytes) -> None:
    assert refusal(b"\xfe\xff" + tag + b"\x04\0\0\0Doe^" + MODALITY).endswith("stands where an element belongs")


# ---- what is said ---------------------------------------------------------------------------------------------------


def test_a_refusal_names_a_tag_of_the_dictionary_and_no_other() -> None:
    """Bytes of a value that are read as a header would be shown as a tag."""
    assert refusal(sequence(item(NAME)[:4] + b"\x40\0\0\0" + NAME)).startswith("(FFFE,E000)")
    for said in (refusal(sequence(b"Doe^Jane")), refusal(sequence(b"Doe^Jane", b""), IMPLICIT)):
        assert said.startswith("a part of the data set ")


def test_elements_and_items_know_their_places() -> None:
    """Where they begin and end, and the layout they are in."""
    data = MODALITY + open_sequence(open_item(NAME), b"UN\0\0", PRIVATE)
    window = Window(InMemory(data))
    _, private = elements(window, 0, len(data), EXPLICIT)
    assert (private.at, private.header.value_at, private.value_end, private.end) == (10, 22, len(data) - 8, len(data))
    (only,) = items(window, private)
    assert (only.start, only.end, only.layout, only.is_open) == (30, 42, EXPLICIT, True)
    assert [one.tag for one in elements_of(window, only)] == [0x00100010]
