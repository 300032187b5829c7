"""Promotion to another character set changes how text is written, and nothing else."""

from __future__ import annotations

import io
import struct

import pytest
from pydicom import dcmread
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag

from deidc import Cleaned, Machine, Refused
from deidc.ir import ops
from deidc.ir.program import FormatName, Needs, Program
from tests.running import SOP_CLASS, clean, dataset_of, file_dataset, written

TO_UTF8 = 'REPLACE SpecificCharacterSet "ISO_IR 192"'


def latin(**values: object) -> Dataset:
    return dataset_of(SpecificCharacterSet="ISO_IR 100", SOPClassUID=SOP_CLASS, SOPInstanceUID="1.2.3", **values)


@pytest.mark.parametrize("from_file", [False, True], ids=["made", "read"])
def test_text_stays_as_it_is(from_file):
    """Blanks at the beginning, several values and values that are too long survive."""
    values = {
        "PatientName": "Müller^Jörg",
        "AdditionalPatientHistory": "  two blanks, ü",
        "OtherPatientIDs": ["ü", "", "a"],
        "PatientID": "ü" * 70,
        "StudyID": "x" * 70,
    }
    dataset = latin(**values)
    if from_file:
        dataset = file_dataset(dataset)
    cleaned = clean(TO_UTF8, dataset)
    assert cleaned.SpecificCharacterSet == "ISO_IR 192"
    assert {keyword: cleaned[keyword].value for keyword in values} == values


@pytest.mark.parametrize("from_file", [False, True], ids=["made", "read"])
def test_letters_the_new_set_lacks(from_file):
    """Text that the new character set cannot hold refuses the object, if a program asks for such a set."""
    program = Program(FormatName.DICOM, (ops.Transcode("ISO_IR 144"),), Needs(), ())
    dataset = latin(PatientName="Müller")
    if from_file:
        dataset = file_dataset(dataset)
    outcome = Machine.link(program).run(dataset)
    assert isinstance(outcome, Refused)
    assert [(one.rule.code, one.path, one.op) for one in outcome.faults] == [("DC909", "00100010", 0)]


@pytest.mark.parametrize("from_file", [False, True], ids=["made", "read"])
def test_what_is_empty_stays_empty(from_file):
    """An element without a value has none in the new character set either."""
    dataset = latin(PatientComments=None, OtherPatientIDs=[], PatientName="")
    cleaned = clean(TO_UTF8, file_dataset(dataset) if from_file else dataset)
    assert all(cleaned[keyword].is_empty for keyword in ("PatientComments", "OtherPatientIDs", "PatientName"))


def test_an_object_without_a_character_set():
    """Text of an object that names no character set is read as Latin-1, as pydicom reads it."""
    dataset = file_dataset(dataset_of(PatientID="17"))
    dataset._dict[Tag(0x00100010)] = raw("PN", b"M\xfcller", 0x00100010)
    cleaned = clean(TO_UTF8, dataset)
    assert "Müller".encode() in written(cleaned)


def raw(vr: str, data: bytes, tag: int) -> RawDataElement:
    return RawDataElement(Tag(tag), vr, len(data), data, 0, False, True)


@pytest.mark.parametrize(
    ("declared", "vr", "data", "expected"),
    [
        (b"ISO_IR 100", "LO", b"M\xfcller\\\xe4 ", ["Müller", "ä"]),
        (b"ISO_IR 100", "LO", b"M\xfcller\0", "Müller"),
        (b"ISO_IR 100", "LO", b"X\xfcX", "XüX"),
        (b"ISO_IR 100", "LT", b"M\xfcller\\a b\r\n ", "Müller\\a b\r\n"),
        (b"ISO_IR 100", "UC", b"\xfc", "ü"),
        (b"ISO_IR 100", "LO", b"plain", "plain"),
        (b"\\ISO 2022 IR 87", "LO", b"\x1b$B;3ED\x1b(B", "山田"),
        (b"\\ISO 2022 IR 87", "PN", b"Yamada=\x1b$B;3ED\x1b(B", "Yamada=山田"),
        (b"ISO_IR 144", "LO", b"\xbb", "Л"),
        (b"", "LO", b"plain", "plain"),
    ],
)
@pytest.mark.parametrize("nested", [False, True], ids=["top", "item"])
def test_bytes_become_letters(declared, vr, data, expected, nested):
    """Text is read in the character set of its level, and is the same text when it was written in UTF-8."""
    place = 0x00091001
    dataset = file_dataset(latin())
    home = dataset
    if nested:
        dataset = file_dataset(latin(OtherPatientIDsSequence=Sequence([dataset_of(PatientID="1")])))
        home = dataset.OtherPatientIDsSequence[0]
    home._dict[Tag(0x00090010)] = raw("LO", b"ACME", 0x00090010)
    home._dict[Tag(0x00080005)] = raw("CS", declared, 0x00080005)
    home._dict[Tag(place)] = raw(vr, data, place)
    cleaned = dcmread(io.BytesIO(written(clean(TO_UTF8, dataset))))
    assert cleaned.SpecificCharacterSet == "ISO_IR 192"
    found = cleaned.OtherPatientIDsSequence[0] if nested else cleaned
    assert found[place].value == expected
    assert nested is ("SpecificCharacterSet" not in found)


@pytest.mark.parametrize("from_file", [False, True], ids=["made", "read"])
def test_what_is_no_text_stays_as_it_is(from_file):
    """Numbers, bytes and code strings are not encoded anew, nor is ASCII; items are, at every depth."""
    deep = dataset_of(PatientComments="ü", Rows=5)
    item = dataset_of(PatientComments="ö", OtherPatientIDsSequence=Sequence([deep]))
    values = {"Rows": 512, "ImageType": ["ORIGINAL", "PRIMARY"], "StudyID": "s", "EncapsulatedDocument": b"\xfc\xff"}
    dataset = latin(**values, OtherPatientIDsSequence=Sequence([item]))
    cleaned = clean(TO_UTF8, file_dataset(dataset) if from_file else dataset)
    assert {keyword: cleaned[keyword].value for keyword in values} == values
    (first,) = cleaned.OtherPatientIDsSequence
    assert first.PatientComments == "ö"
    assert first.OtherPatientIDsSequence[0].PatientComments == "ü"
    assert first.OtherPatientIDsSequence[0].Rows == 5


@pytest.mark.parametrize("undefined", [False, True])
def test_sequences_keep_their_delimitation(undefined):
    """A sequence that was written without a length is written so again."""
    dataset = latin(OtherPatientIDsSequence=Sequence([dataset_of(PatientComments="ö")]))
    dataset["OtherPatientIDsSequence"].is_undefined_length = undefined
    for one in (dataset, file_dataset(dataset)):
        assert clean(TO_UTF8, one)["OtherPatientIDsSequence"].is_undefined_length is undefined


OUTSIDE = "the text is not in the character set that the object declares"
MISSING = "the new character set cannot encode the text"


@pytest.mark.parametrize(
    ("charset", "declared", "data", "message"),
    [
        ("ISO_IR 192", b"ISO_IR 192", b"M\xfcller", OUTSIDE),
        ("ISO_IR 192", b"ISO_IR 192", b"a\\\xfc", OUTSIDE),
        ("ISO_IR 144", b"ISO_IR 100", b"M\xfcller", MISSING),
        ("ISO_IR 144", b"ISO_IR 100", b"a\\\xfc", MISSING),
        ("ISO 2022 IR 6\\ISO 2022 IR 87", b"ISO_IR 100", b"M\xfcller", MISSING),
        ("ISO 2022 IR 6\\ISO 2022 IR 87", b"ISO_IR 192", "山田".encode(), None),
    ],
)
@pytest.mark.parametrize("nested", [False, True], ids=["top", "item"])
def test_what_cannot_be_promoted_is_said(charset, declared, data, message, nested):
    """The fault says whether the object lies about its text or the new character set is too small, and where."""
    program = Program(FormatName.DICOM, (ops.SyncMeta(), ops.Transcode(charset)), Needs(), ())
    items = Sequence([dataset_of(PatientID="1"), dataset_of(PatientID="2")])
    dataset = file_dataset(latin(OtherPatientIDsSequence=items))
    home = dataset.OtherPatientIDsSequence[1] if nested else dataset
    home._dict[Tag(0x00080005)] = raw("CS", declared, 0x00080005)
    home._dict[Tag(0x00100020)] = raw("LO", data, 0x00100020)
    outcome = Machine.link(program).run(dataset)
    if message is None:
        assert isinstance(outcome, Cleaned)
        return
    assert isinstance(outcome, Refused)
    path = "00101002[1].00100020" if nested else "00100020"
    assert [(one.rule.code, one.message, one.path, one.op) for one in outcome.faults] == [("DC909", message, path, 1)]


@pytest.mark.parametrize("rule", ["REMOVE StudyID", "REMOVE PatientID"])
def test_text_in_a_hidden_sequence_is_promoted(rule):
    """The sequence in an element of unknown VR is a sequence then, whether another rule changed it or not."""
    name = "Müller^Jörg".encode("latin-1")
    inside = struct.pack("<HHL", 0x10, 0x10, len(name) + 1) + name + b" " + struct.pack("<HHL", 0x10, 0x20, 2) + b"17"
    dataset = latin(StudyID="1")
    dataset.add_new(0x00990010, "LO", "UNKNOWN TO ALL")
    dataset.add_new(0x00991001, "UN", struct.pack("<HHL", 0xFFFE, 0xE000, len(inside)) + inside)
    read = dcmread(io.BytesIO(written(clean(f"{TO_UTF8}\n{rule}", file_dataset(dataset)))), force=True)
    (item,) = read[0x00991001].value
    assert item.PatientName == "Müller^Jörg"
    assert ("PatientID" in item) is (rule == "REMOVE StudyID")
