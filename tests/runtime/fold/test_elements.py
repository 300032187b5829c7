"""Elements are read by their bytes: numbers in their byte order, text without padding, and nothing is guessed."""

from __future__ import annotations

import warnings

import pytest
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence
from pydicom.tag import Tag
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from deidc import Refused
from deidc.dicom.datasets import copied, new_element
from deidc.dicom.layout import UNDEFINED
from deidc.dicom.values.decoding import Undecodable, creator_of, raw_components
from deidc.runtime.fold.elements import character_sets_of, element_vr, private_creators, walk_tags
from tests.running import clean, dataset_of, fault_codes, file_dataset, run

LATIN_1 = ("latin_1",)


def raw(vr: str | None, data: bytes | None, tag: int = 0x00280010, *, little: bool = True) -> RawDataElement:
    """An element as pydicom's reader leaves it."""
    return RawDataElement(Tag(tag), vr, len(data or b""), data, 0, vr is None, little)


@pytest.mark.parametrize(
    ("vr", "big_endian", "expected"),
    [
        ("US", "0200", ("512",)),
        ("US", "0200 0001", ("512", "1")),
        ("US or SS", "FFFE", ("65534",)),
        ("US or SS or OW", "0100", ("256",)),
        ("SS", "FFFE", ("-2",)),
        ("UL", "00010000", ("65536",)),
        ("SL", "FFFFFFFE", ("-2",)),
        ("UV", "0000000100000000", ("4294967296",)),
        ("SV", "FFFFFFFFFFFFFFFE", ("-2",)),
        ("FL", "3F000000", ("0.5",)),
        ("FD", "3FE0000000000000", ("0.5",)),
        ("FD", "3FE0000000000000 C000000000000000", ("0.5", "-2.0")),
        ("US", "", ()),
        ("AT", "", ()),
    ],
)
def test_numbers_in_both_byte_orders(vr, big_endian, expected):
    """A number is the same number whichever of its bytes comes first (PS3.5 7.3)."""
    words = [bytes.fromhex(one) for one in big_endian.split()]
    assert raw_components(raw(vr, b"".join(words), little=False), vr, LATIN_1) == expected
    assert raw_components(raw(vr, b"".join(word[::-1] for word in words)), vr, LATIN_1) == expected


@pytest.mark.parametrize(
    ("data", "little", "expected"),
    [
        (b"\x10\x00\x20\x00", True, ("(0010,0020)",)),
        (b"\x00\x10\x00\x20", False, ("(0010,0020)",)),
        (b"\xfe\xff\x0d\xe0", True, ("(FFFE,E00D)",)),
        (b"\x10\x00\x20\x00\xe0\x7f\x1a\x00", True, ("(0010,0020)", "(7FE0,001A)")),
    ],
)
def test_tags_in_both_byte_orders(data, little, expected):
    """An attribute tag is two numbers of 16 bits, the group first (PS3.5 6.2)."""
    assert raw_components(raw("AT", data, little=little), "AT", LATIN_1) == expected


@pytest.mark.parametrize(
    ("vr", "length"),
    [("US", 1), ("US", 3), ("SS", 3), ("UL", 2), ("FL", 6), ("FD", 4), ("SV", 12), ("AT", 2), ("AT", 3), ("AT", 6)],
)
def test_a_part_of_a_number_is_no_value(vr, length):
    """Bytes that are no whole number of values of the VR cannot be read, and are not read in part."""
    with pytest.raises(Undecodable):
        raw_components(raw(vr, b"\x01" * length), vr, LATIN_1)


@pytest.mark.parametrize(
    "rule", ["REMOVE all contains:1", "REMOVE values:ids", "BLANK values:ids", "KEEP values:ids\nREMOVE all"]
)
@pytest.mark.parametrize(("tag", "vr", "data"), [(0x00280009, "AT", b"\1" * 6), (0x00280010, "US", b"\1")])
def test_an_object_with_half_a_value_is_refused(rule, tag, vr, data):
    """Where a rule must read bytes that are no value of their VR, the object is refused and its element named."""
    dataset = file_dataset(dataset_of(PatientID="17", Columns=1))
    dataset._dict[Tag(tag)] = raw(vr, data, tag)
    outcome = run(f"FORMAT dicom\n%values ids\nFIELD PatientID\n%header\n{rule}\n", dataset)
    assert isinstance(outcome, Refused)
    assert fault_codes(outcome) == ["DC907"]
    assert [fault.path for fault in outcome.faults] == [f"{tag:08X}"]


@pytest.mark.parametrize("syntax", [ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian])
def test_rules_read_numbers_of_every_transfer_syntax(syntax):
    """A condition on a number holds whatever way the file is written."""
    dataset = file_dataset(dataset_of(Rows=512, Columns=2, SliceThickness="1.5"), syntax)
    cleaned = clean("REMOVE Rows equals:512\nREMOVE Columns equals:512\nREMOVE SliceThickness equals:1.5", dataset)
    assert [element.keyword for element in cleaned] == ["Columns"]


@pytest.mark.parametrize(
    ("vr", "data", "expected"),
    [
        ("LO", "Müller ".encode("latin-1"), ("Müller",)),
        ("LO", b" a \\ b\\", ("a", "b", "")),
        ("LT", b" a\\b \0", ("a\\b",)),
        ("UR", b"https://a/b\\c ", ("https://a/b\\c",)),
        ("UI", b"1.2\0", ("1.2",)),
        ("CS", b"  ", ()),
        ("CS", b"XA\\BX ", ("XA", "BX")),
        ("LT", b"\ta\r\n ", ("\ta\r\n",)),
        ("SQ", b"abc", ()),
        ("LO", None, ()),
        ("OB", b"\0\1\2", ()),
        ("UN", b"DOE^JOHN ", ("DOE^JOHN",)),
    ],
)
def test_text_of_bytes(vr, data, expected):
    """Padding around values does not count, and a backslash parts values where the VR can have several."""
    assert raw_components(raw(vr, data), vr, LATIN_1) == expected


@pytest.mark.parametrize(
    ("character_sets", "data", "expected"),
    [
        (("UTF8",), "山田".encode(), ("山田",)),
        (("UTF8",), b"M\xfcller", ("M\N{REPLACEMENT CHARACTER}ller",)),
        (("iso8859", "iso2022_jp"), b"\x1b$B;3ED\x1b(B", ("山田",)),
        (("iso8859", "iso2022_jp"), b"Yamada=\x1b$B;3ED\x1b(B", ("Yamada=山田",)),
        (("latin_1", "iso2022_jp"), b"\x1b$B;3ED\x1b(B\\M\xfcller", ("山田", "Müller")),
        (("latin_1", "iso_ir_144"), b"M\xfcller", ("Müller",)),
    ],
)
def test_text_of_character_sets(character_sets, data, expected):
    """Escape sequences switch the character set up to the end of the value (PS3.5 6.1.2.5.3); no reading warns."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert raw_components(raw("PN", data), "PN", character_sets) == expected
        assert raw_components(raw("LO", data), "LO", character_sets) == expected


@pytest.mark.parametrize(
    ("tag", "vr", "data", "creator", "expected"),
    [
        (0x00100010, "PN", b"A", None, "PN"),
        (0x00100010, "LO", b"A", None, "LO"),
        (0x00100010, "UN", b"A", None, "PN"),
        (0x00100010, None, b"A", None, "PN"),
        (0x00280106, None, b"\0\0", None, "US or SS"),
        (0x00100010, "UN", b"A" * 0x10000, None, "UN"),
        (0x00100010, None, b"A" * 0x10000, None, "PN"),
        (0x00101002, "UN", None, None, "SQ"),
        (0x00100000, None, b"\0\0\0\0", None, "UL"),
        (0x00100000, "UN", b"\0\0\0\0", None, "UN"),
        (0x0010FFFE, None, b"A", None, "UN"),
        (0x00090010, None, b"ACME", None, "LO"),
        (0x00091001, None, b"A", "ACME", "UN"),
        (0x00091001, None, b"A", None, "UN"),
        (0x00291008, None, b"A", "SIEMENS CSA HEADER", "CS"),
    ],
)
def test_the_vr_of_what_was_read(tag, vr, data, creator, expected):
    """The VR is the one that was written; unknown and implicit ones are those of the dictionary (PS3.5 6.2.2)."""
    assert element_vr(raw(vr, data, tag), creator) == expected


def test_unknown_with_undefined_length_is_a_sequence():
    """Nothing but a sequence is written without a length in UN (PS3.5 6.2.2, note 6)."""
    element = RawDataElement(Tag(0x00091001), "UN", UNDEFINED, b"", 0, False, True)
    assert element_vr(element, "ACME") == "SQ"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"ISO_IR 100", ("latin_1",)),
        (b"ISO_IR 192 ", ("UTF8",)),
        (b"\\ISO 2022 IR 87", ("iso8859", "iso2022_jp")),
        (b"ISO 2022 IR 100 \\ISO 2022 IR 144", ("latin_1", "iso_ir_144")),
        (b"\xff", ("iso8859",)),
        (b"", ("iso8859",)),
        (None, ("iso8859",)),
    ],
)
def test_the_character_set_of_a_level(value, expected):
    """Specific Character Set says how the text of its level is read; none is the default repertoire."""
    dataset = Dataset()
    dataset._dict[Tag(0x00080005)] = raw("CS", value, 0x00080005)
    assert character_sets_of(dataset, LATIN_1) == expected


def test_an_item_has_the_character_set_around_it():
    """An item without Specific Character Set takes that of the data set it is in (PS3.5 7.5.3)."""
    assert character_sets_of(Dataset(), LATIN_1) == LATIN_1
    assert character_sets_of(dataset_of(SpecificCharacterSet="ISO_IR 192"), LATIN_1) == ("UTF8",)
    assert character_sets_of(dataset_of(SpecificCharacterSet=["", "ISO 2022 IR 87"]), LATIN_1) == (
        "iso8859",
        "iso2022_jp",
    )


@pytest.mark.parametrize("rule", ["REPLACE PatientID X", "REMOVE PatientID", "REMOVE StudyID"])
def test_a_cleaned_item_is_read_in_the_character_set_around_it(rule):
    """Letters of an item are the same letters after something else in it was changed."""
    item = dataset_of(PatientName="Ärger", PatientID="17")
    dataset = dataset_of(SpecificCharacterSet="ISO_IR 100", OtherPatientIDsSequence=Sequence([item]))
    assert clean(rule, file_dataset(dataset)).OtherPatientIDsSequence[0].PatientName == "Ärger"


def test_private_creators():
    """A creator reserves a block of its group; without one, or with an empty one, elements are orphans."""
    dataset = Dataset()
    for place, name in [(0x00090010, b"ACME \0"), (0x00090011, b"  "), (0x000B0010, b"OTHER")]:
        dataset._dict[Tag(place)] = raw("LO", name, place)
    creators = private_creators(dataset, walk_tags(dataset))
    assert creators == {(0x0009, 0x10): "ACME", (0x000B, 0x10): "OTHER"}
    owners = {0x00091001: "ACME", 0x00091101: None, 0x000B10FF: "OTHER", 0x000D1001: None, 0x00090010: None}
    assert {tag: creator_of(tag, creators) for tag in owners} == owners


def test_a_copy_changes_alone():
    """What is done to the value of a copied element, or to an item in it, is not done to the original."""
    names = DataElement(0x00080008, "CS", ["ORIGINAL", "PRIMARY"])
    ids = DataElement(0x00101002, "SQ", Sequence([dataset_of(PatientID="17")]))
    twin = copied(names)
    assert isinstance(twin.value, MultiValue)
    twin.value[0] = "DERIVED"
    twin_ids = copied(ids)
    twin_ids.value[0].PatientID = "18"
    twin_ids.value.append(Dataset())
    assert names.value == ["ORIGINAL", "PRIMARY"]
    assert [item.PatientID for item in ids.value] == ["17"]
    assert copied(element := raw("LO", b"a")) is element


@pytest.mark.parametrize(("length", "undefined"), [(UNDEFINED, True), (8, False)])
def test_a_new_sequence_is_delimited_like_the_old_one(length, undefined):
    """A sequence that was written without a length is written so again."""
    before = RawDataElement(Tag(0x00101002), "SQ", length, b"", 0, False, True)
    made = new_element(0x00101002, "SQ", Sequence([]), like=before)
    assert made.is_undefined_length is undefined
    assert new_element(0x00101002, "SQ", Sequence([]), like=made).is_undefined_length is undefined
