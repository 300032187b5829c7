"""Where elements end: found in the bytes of a file, or told that they are not whole."""

from __future__ import annotations

import struct

import pytest

from deidc import Machine, compile_recipe
from deidc.dicom import window
from deidc.dicom.layout import Layout, behind, header_at
from deidc.dicom.window import InMemory, NotWhole, Window

OPEN = 0xFFFFFFFF
ITEM, ITEM_END = struct.pack("<HHL", 0xFFFE, 0xE000, OPEN), struct.pack("<HHL", 0xFFFE, 0xE00D, 0)
SEQUENCE_END = struct.pack("<HHL", 0xFFFE, 0xE0DD, 0)


def element(tag: int, value: bytes, *, implicit: bool, vr: bytes = b"LO") -> bytes:
    head = struct.pack("<HH", tag >> 16, tag & 0xFFFF)
    return head + (struct.pack("<L", len(value)) if implicit else vr + struct.pack("<H", len(value))) + value


def open_sequence(tag: int, *, implicit: bool) -> bytes:
    head = struct.pack("<HH", tag >> 16, tag & 0xFFFF) + (b"" if implicit else b"SQ\0\0") + struct.pack("<L", OPEN)
    inside = element(0x00100020, b"12345678", implicit=implicit)
    return head + ITEM + inside + ITEM_END + SEQUENCE_END


@pytest.mark.parametrize("implicit", [True, False])
def test_an_open_sequence_that_is_cut_is_not_whole(implicit):
    """After whichever of its bytes it ends, that is told, and the search for its end ends itself."""
    encoding = Layout(implicit=implicit, little=True)
    data = open_sequence(0x00101002, implicit=implicit)
    assert behind(data, header_at(data, 0, encoding), encoding) == len(data)
    for cut in range(13, len(data)):
        with pytest.raises(NotWhole):
            behind(data[:cut], header_at(data, 0, encoding), encoding)


class Ranges:
    """Bytes that are read by ranges."""

    def __init__(self, data: bytes) -> None:
        self.data, self.size = data, len(data)

    def read(self, at: int, count: int) -> bytes:
        return self.data[at : at + count]


@pytest.mark.parametrize("implicit", [True, False])
def test_a_sequence_before_the_window_is_found_in_the_file(implicit):
    """Wherever the window stands, an open sequence ends where it ends: places before it are not counted from behind."""
    encoding = Layout(implicit=implicit, little=True)
    data = open_sequence(0x00101002, implicit=implicit)
    for filler in range(60):
        whole = data * 2 + bytes(filler)
        looked_at = Window(Ranges(whole))
        for base in range(len(whole)):
            looked_at.move(base)
            assert behind(looked_at, header_at(looked_at, 0, encoding), encoding) == len(data)


@pytest.mark.parametrize("implicit", [True, False])
def test_an_open_sequence_across_the_end_of_a_window_is_stepped_over(implicit, monkeypatch):
    """Where nothing in it can change, too, however little of it is in memory."""
    monkeypatch.setattr(window, "FIRST_WINDOW", 240)
    syntax = b"1.2.840.10008.1.2\0" if implicit else b"1.2.840.10008.1.2.1\0"
    meta = element(0x00020010, syntax, implicit=False, vr=b"UI")
    kept = open_sequence(0x00101002, implicit=implicit)
    data = bytes(128) + b"DICM" + meta + kept + element(0x00104000, b"gone", implicit=implicit, vr=b"LT")
    machine = Machine.link(
        compile_recipe("FORMAT dicom\n\n%header\nKEEP OtherPatientIDsSequence\nREMOVE PatientComments\n")
    )
    for first in range(133, len(data)):
        monkeypatch.setattr(window, "FIRST_WINDOW", first)
        cleaned = machine.run_on_bytes(Ranges(data), lambda: None)
        assert cleaned.whole().endswith(kept)
        assert cleaned.whole() == machine.run_on_bytes(InMemory(data), lambda: None).whole()


def test_what_is_added_to_a_padded_file_stands_before_the_padding():
    """A file filled to an even length has its last element in front of the zeros, also if that is a new one."""
    syntax = element(0x00020010, b"1.2.840.10008.1.2.1\0", implicit=False, vr=b"UI")
    data = bytes(128) + b"DICM" + syntax + element(0x00100020, b"12", implicit=False)
    machine = Machine.link(compile_recipe("FORMAT dicom\n\n%header\nKEEP PatientID\nADD PatientComments x\n"))
    for padding in range(8):
        cleaned = machine.run_on_bytes(InMemory(data + bytes(padding)), lambda: None).whole()
        added = element(0x00104000, b"x ", implicit=False, vr=b"LT")
        assert cleaned.endswith(element(0x00100020, b"12", implicit=False) + added + bytes(padding))


def test_a_uid_that_is_no_text_is_repeated_as_it_is():
    """The file meta information gets the bytes that the data set has, whatever they are."""
    uid = b"1.2.\xe9\xff"
    meta = element(0x00020003, b"1.2.30", implicit=False, vr=b"UI") + element(
        0x00020010, b"1.2.840.10008.1.2.1\0", implicit=False, vr=b"UI"
    )
    data = bytes(128) + b"DICM" + meta + element(0x00080018, uid, implicit=False, vr=b"UI")
    machine = Machine.link(compile_recipe("FORMAT dicom\n\n%header\nKEEP SOPInstanceUID\n"))
    cleaned = machine.run_on_bytes(InMemory(data), lambda: None).whole()
    assert element(0x00020003, uid, implicit=False, vr=b"UI") in cleaned
