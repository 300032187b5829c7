"""The recipe `default` on files that are not as PS3.5 and PS3.10 have them: read, cleaned, and written in order."""

from __future__ import annotations

import io
from functools import cache

import pytest
from pydicom import dcmread
from pydicom.dataset import FileDataset

from deidc import Machine, compile_recipe
from deidc.ir.library import shipped_recipes
from tests.damaged.doors import DOORS, Written
from tests.damaged.pen import EXPLICIT, IMPLICIT, Layout, element

SYNTAX = "1.2.840.10008.1.2.1"
PREFIX = bytes(128) + b"DICM"
CT = b"1.2.840.10008.5.1.4.1.1.2\0"
NAME, NUMBER = b"Doe^Jane", b"MRN900117 "


@cache
def default() -> Machine:
    return Machine.link(compile_recipe(shipped_recipes()["default"]))


def meta(layout: Layout, syntax: str = SYNTAX, more: bytes = b"") -> bytes:
    return (
        element(layout, 0x00020001, "OB", b"\0\1")
        + element(layout, 0x00020002, "UI", CT)
        + element(layout, 0x00020003, "UI", b"1.2.826.0.1.99")
        + element(layout, 0x00020010, "UI", syntax.encode() + b"\0" * (len(syntax) % 2))
        + element(layout, 0x00020012, "UI", b"1.2.3.4\0")
        + more
    )


def body(layout: Layout, number_vr: str = "LO", last: bytes = b"") -> bytes:
    """An object of a patient; `last` are elements of group 0028."""
    return (
        element(layout, 0x00080016, "UI", CT)
        + element(layout, 0x00080018, "UI", b"1.2.826.0.1.99")
        + element(layout, 0x00080060, "CS", b"CT")
        + element(layout, 0x00100010, "PN", NAME)
        + element(layout, 0x00100020, number_vr, NUMBER)
        + element(layout, 0x0020000D, "UI", b"1.2.826.0.1.55")
        + last
    )


def written(data: bytes) -> list[FileDataset]:
    """What each engine writes; each has to write the file, without the patient."""
    found = []
    for door in DOORS.values():
        outcome = door(default(), data)
        assert isinstance(outcome, Written), outcome
        assert NAME not in outcome.data
        assert NUMBER not in outcome.data
        found.append(dcmread(io.BytesIO(outcome.data)))
    return found


@pytest.mark.parametrize("vr", ["  ", "??", "--", "\0\0", "us"])
def test_a_vr_that_is_none_is_read(vr: str) -> None:
    """GE dose reports leave the VR of Pixel Padding Value blank; what follows is cleaned."""
    last = element(EXPLICIT, 0x00280120, vr, b"\0\0") + element(EXPLICIT, 0x0040A123, "PN", NAME)
    for cleaned in written(PREFIX + meta(EXPLICIT) + body(EXPLICIT, last=last)):
        assert cleaned.PatientName == ""
        assert cleaned.Modality == "CT"


@pytest.mark.parametrize("vr", ["  ", "??", "--", "\0\0", "lo"])
def test_rules_reach_an_attribute_whose_vr_is_none(vr: str) -> None:
    for cleaned in written(PREFIX + meta(EXPLICIT) + body(EXPLICIT, number_vr=vr)):
        assert "PatientID" not in cleaned or str(cleaned.PatientID) != NUMBER.decode()


@pytest.mark.parametrize("layout", [EXPLICIT, IMPLICIT])
@pytest.mark.parametrize("prefix", [PREFIX, b""])
@pytest.mark.parametrize("has_length", [True, False])
def test_file_meta_information_in_implicit_vr_is_rebuilt(layout: Layout, prefix: bytes, has_length: bool) -> None:
    """With or without preamble and group length; the output has it in explicit VR."""
    group = meta(IMPLICIT, SYNTAX if layout is EXPLICIT else "1.2.840.10008.1.2")
    length = element(IMPLICIT, 0x00020000, "UL", len(group).to_bytes(4, "little")) if has_length else b""
    for cleaned in written(prefix + length + group + body(layout)):
        assert cleaned.file_meta.MediaStorageSOPClassUID == CT.decode().rstrip("\0")
        assert cleaned.file_meta.MediaStorageSOPInstanceUID == cleaned.SOPInstanceUID != "1.2.826.0.1.99"
        assert cleaned.file_meta.FileMetaInformationVersion == b"\0\1"


def test_private_information_goes_with_its_creator() -> None:
    """PS3.10 table 7.1-1: each needs the other."""
    more = element(EXPLICIT, 0x00020100, "UI", b"1.2.3\0") + element(EXPLICIT, 0x00020102, "OB", b"Doe^Jane")
    for cleaned in written(PREFIX + meta(EXPLICIT, more=more) + body(EXPLICIT)):
        assert "PrivateInformationCreatorUID" not in cleaned.file_meta
        assert "PrivateInformation" not in cleaned.file_meta


FLAGS = {
    "yes": [("CS", b"YES ")],
    "yes, then no": [("CS", b"YES "), ("CS", b"NO")],
    "no, then yes": [("CS", b"NO"), ("CS", b"YES ")],
    "yes as US": [("US", b"YES ")],
    "yes as UN": [("UN", b"YES ")],
    "yes with a VR that is none": [("??", b"YES ")],
}


@pytest.mark.parametrize("flags", FLAGS)
@pytest.mark.parametrize("door", DOORS)
def test_any_statement_of_burned_in_text_holds_the_object(flags: str, door: str) -> None:
    last = b"".join(element(EXPLICIT, 0x00280301, vr, value) for vr, value in FLAGS[flags])
    outcome = DOORS[door](default(), PREFIX + meta(EXPLICIT) + body(EXPLICIT, last=last))
    assert isinstance(outcome, Written), outcome
    assert outcome.is_held
