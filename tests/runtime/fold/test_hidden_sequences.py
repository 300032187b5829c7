"""Sequences in elements of unknown VR: a system that does not know an attribute writes it so (PS3.5 6.2.2)."""

from __future__ import annotations

import struct

import pytest
from pydicom.dataset import Dataset

from deidc import Refused
from tests.running import clean, dataset_of, file_dataset, run

CREATOR, PLACE = 0x00990010, 0x00991001
NAME, ID, OTHER_IDS = 0x00100010, 0x00100020, 0x00101002


def implicit(tag: int, value: bytes) -> bytes:
    """An element in implicit VR little endian, in which the contents of UN are (PS3.5 6.2.2, note 4)."""
    return struct.pack("<HHL", tag >> 16, tag & 0xFFFF, len(value)) + value


def item(*elements: bytes) -> bytes:
    data = b"".join(elements)
    return struct.pack("<HHL", 0xFFFE, 0xE000, len(data)) + data


def item_without_length(*elements: bytes) -> bytes:
    return struct.pack("<HHL", 0xFFFE, 0xE000, 0xFFFFFFFF) + b"".join(elements) + struct.pack("<HHL", 0xFFFE, 0xE00D, 0)


def holding(data: bytes) -> Dataset:
    dataset = dataset_of(PatientSex="O")
    dataset.add_new(CREATOR, "LO", "UNKNOWN TO ALL")
    dataset.add_new(PLACE, "UN", data)
    return dataset


def touched(dataset: Dataset) -> Dataset:
    """An object from a file, after somebody asked for each value."""
    read = file_dataset(dataset)
    for element in read.iterall():
        element.value  # noqa: B018  # pydicom turns raw elements into others when asked
    return read


@pytest.fixture(params=[lambda dataset: dataset, file_dataset, touched], ids=["made", "read", "touched"])
def as_input(request):
    return request.param


NAMED = item(implicit(NAME, b"DOE^JOHN"), implicit(ID, b"17"))
NESTED = item(implicit(OTHER_IDS, NAMED), implicit(0x00402017, b"X1"))


@pytest.mark.parametrize(
    ("rules", "before", "after"),
    [
        ("REMOVE PatientName", NAMED, item(implicit(ID, b"17"))),
        ("REMOVE PatientName", NAMED + NAMED, item(implicit(ID, b"17")) * 2),
        (
            "REMOVE PatientName",
            NESTED,
            item(implicit(OTHER_IDS, item(implicit(ID, b"17"))), implicit(0x00402017, b"X1")),
        ),
        (
            "REMOVE PatientName",
            item_without_length(implicit(NAME, b"DOE^JOHN"), implicit(ID, b"17")),
            item_without_length(implicit(ID, b"17")),
        ),
        ("BLANK PatientName", NAMED, item(implicit(NAME, b""), implicit(ID, b"17"))),
        ("REPLACE PatientID anon", NAMED, item(implicit(NAME, b"DOE^JOHN"), implicit(ID, b"anon"))),
        ("REMOVE values:ids", NAMED, item(implicit(NAME, b"DOE^JOHN"))),
        ("BLANK select:private", NAMED, None),
        ('KEEP (0099,"UNKNOWN TO ALL",01)\nREMOVE PatientName', NAMED, NAMED),
        ("REMOVE StudyID", NAMED, NAMED),
        ("REMOVE StudyID", item_without_length(implicit(ID, b"17")), item_without_length(implicit(ID, b"17"))),
    ],
)
def test_rules_reach_what_is_hidden(as_input, rules, before, after):
    """Whether pydicom has seen the value or not; what no rule reaches is the same to the byte."""
    recipe = f"FORMAT dicom\n%values ids\nFIELD PatientID\n%header\n{rules}\n"
    assert clean(recipe, as_input(holding(before)))[PLACE].value == after


@pytest.mark.parametrize(
    "data",
    [
        b"\xfe\xff\x00\xe0",
        b"\xfe\xff\x00\xe0\x08\0\0\0abcd",
    ],
)
def test_what_only_looks_like_items_stays_bytes(as_input, data):
    """An element of unknown VR may hold anything; rules for it reach it as a whole."""
    assert clean("REMOVE StudyID", as_input(holding(data)))[PLACE].value == data
    assert clean("REMOVE PatientID\nREMOVE PatientName", as_input(holding(data)))[PLACE].value == data
    assert PLACE not in clean("REMOVE select:private", as_input(holding(data)))


@pytest.mark.parametrize(
    "data",
    [
        item(implicit(ID, b"17"), implicit(NAME, b"A^B ")),  # not in the order of tags
        NAMED + b"\0\0",  # filled up
        item(implicit(NAME, b"A^B ") + b"\0" * 8),  # filled up within an item
    ],
)
def test_items_that_no_sound_writer_makes_are_reached(as_input, data):
    """Rules reach elements out of order, and those in front of padding; a removed name is gone."""
    cleaned = clean("REMOVE PatientID\nREMOVE PatientName", as_input(holding(data)))
    assert cleaned[PLACE].value[8:] == b""


@pytest.mark.parametrize(
    "data",
    [
        item(implicit(NAME, b"DOE^JOHN"))[:-2],  # cut off
        NAMED + b"DOE^JOHN",  # text behind the last item
        NAMED + implicit(NAME, b"DOE^JOHN"),  # an element behind the last item
    ],
)
def test_items_that_cannot_be_walked_refuse_the_object(as_input, data):
    """What begins like items with elements in them is walked to its last byte, or the object is not written."""
    outcome = run("REMOVE PatientName", as_input(holding(data)))
    assert isinstance(outcome, Refused)
    assert [fault.rule.code for fault in outcome.faults] == ["DC907"]
    assert PLACE not in clean("REMOVE select:private", as_input(holding(data)))
