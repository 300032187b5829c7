"""Bytes that are no value of their VR: where a rule must read them the object is refused, else they stay."""

from __future__ import annotations

import pytest
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from deidc import Cleaned, Functions, Machine, Refused
from deidc.ir import ops
from deidc.ir.program import Needs, Program
from deidc.vocabulary import FormatName
from tests.running import clean, dataset_of, file_dataset, program_as_deid, run

CHARSET, NAME, ROWS, ITEMS = 0x00080005, 0x00100010, 0x00280010, 0x00101002

BROKEN = {
    # A number of 16 bits has two bytes.
    "number": {ROWS: ("US", b"\1")},
    # Items begin with a tag and a length.
    "items": {ITEMS: ("SQ", b"abcd")},
    # Python knows codecs of these names, and text is not written in them.
    "rot13": {CHARSET: ("CS", b"rot13"), NAME: ("PN", "Müller".encode())},
    "idna": {CHARSET: ("CS", b"idna "), NAME: ("PN", "Müller".encode())},
    "undefined": {CHARSET: ("CS", b"undefined"), NAME: ("PN", "Müller".encode())},
}
PATHS = {"number": "00280010", "items": "00101002", "rot13": "00100010", "idna": "00100010", "undefined": "00100010"}
SAID = {"00280010": "the bytes are not a value of VR US", "00101002": "the bytes are not a value of VR SQ"}

LISTS = "FORMAT dicom\n%values ids\nFIELD PatientID\n%fields held\nFIELD values:ids\n"
LABEL = "%filter graylist\n\nLABEL it\n"


def broken(kind: str) -> Dataset:
    dataset = file_dataset(dataset_of(PatientID="17", Modality="CT", Columns=1))
    for tag, (vr, data) in BROKEN[kind].items():
        dataset._dict[Tag(tag)] = RawDataElement(Tag(tag), vr, len(data), data, 0, False, True)
    return dataset


def functions() -> Functions:
    return Functions.standard().with_function("f", lambda: "X")


@pytest.mark.parametrize(
    ("recipe", "kinds"),
    [
        (LISTS + "%header\nREMOVE values:ids\n", "number rot13 idna undefined items"),
        (LISTS + "%header\nBLANK all contains:X\n", "number rot13 idna undefined"),
        (LISTS + "%header\nKEEP values:ids\nREMOVE all\n", "number rot13 idna undefined"),
        (LISTS + "%header\nREPLACE Modality func:f\nREMOVE fields:held\n", "number rot13 idna undefined items"),
        (LISTS + LABEL + "  contains values:ids 1\n", "number rot13 idna undefined items"),
        (LISTS + LABEL + "  contains fields:held 1\n", "number rot13 idna undefined items"),
        (LISTS + LABEL + "  equals Rows 1\n", "number"),
        (LISTS + LABEL + "  contains PatientName M\n", "rot13 idna undefined"),
        (LISTS + LABEL + "  present OtherPatientIDsSequence__PatientID\n", "items"),
        ("FORMAT dicom\n%values taken\nFIELD Rows\nFIELD PatientName\n%header\nREMOVE values:taken\n", "number rot13"),
        (
            "FORMAT dicom\n%values a\nFIELD PatientID\n%values b\nFIELD values:a\n%header\nREMOVE values:b\n",
            "number rot13 idna undefined items",
        ),
        ("REPLACE Rows func:f\nREPLACE PatientName func:f", "number rot13 idna undefined"),
        ("REMOVE PatientName contains:M\nREMOVE Rows equals:1", "number rot13 idna undefined"),
        ("REPLACE PatientID X", "items"),
        ('REPLACE SpecificCharacterSet "ISO_IR 192"', "rot13 idna undefined items"),
        ('KEEP OtherPatientIDsSequence\nREPLACE SpecificCharacterSet "ISO_IR 192"', "items"),
    ],
)
def test_what_must_be_read_and_cannot_refuses_the_object(recipe, kinds):
    """Whoever asks for the value, the object is refused with the place and the VR, and nothing is raised."""
    for kind in kinds.split():
        outcome = run(recipe, broken(kind), functions())
        assert isinstance(outcome, Refused)
        assert {(fault.rule.code, fault.path, fault.message) for fault in outcome.faults} == {
            ("DC907", PATHS[kind], SAID.get(PATHS[kind], "the bytes are not a value of VR PN"))
        }


@pytest.mark.parametrize("kind", BROKEN)
@pytest.mark.parametrize(
    "rules", ["REMOVE Modality", "REPLACE Modality func:f", "KEEP all", "KEEP all\nREMOVE PatientID"]
)
def test_what_nobody_reads_stays(rules, kind):
    """Rules that do not need a value leave its bytes unchanged; items are walked, also where a rule keeps them."""
    program = program_as_deid(f"FORMAT dicom\n\n%header\n{rules}\n")
    outcome = Machine.link(program, functions()).run(broken(kind))
    if kind == "items":
        assert isinstance(outcome, Refused)
        return
    assert isinstance(outcome, Cleaned)
    for tag, (_, data) in BROKEN[kind].items():
        assert outcome.dataset.get_item(tag).value == data


@pytest.mark.parametrize("kind", ["number", "rot13", "items"])
def test_removing_needs_no_value(kind):
    """What cannot be read can be removed."""
    cleaned = clean("REMOVE Rows\nREMOVE PatientName\nREMOVE OtherPatientIDsSequence", broken(kind))
    assert {int(tag) for tag in cleaned.keys()}.isdisjoint({ROWS, NAME, ITEMS})


def test_the_rule_that_promotes_is_to_blame():
    """Text that cannot be decoded for another character set is refused at the rule that asks for it."""
    program = Program(FormatName.DICOM, (ops.SyncMeta(), ops.Transcode("ISO_IR 192")), Needs(), ())
    outcome = Machine.link(program).run(broken("rot13"))
    assert isinstance(outcome, Refused)
    assert [(fault.path, fault.op) for fault in outcome.faults] == [("00100010", 1)]
