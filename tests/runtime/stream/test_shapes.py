"""Shapes of items: they fit what is laid out alike, and nothing else."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import dcmread, dcmwrite
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from deidc import Machine, Refused, compile_recipe
from deidc.dicom.window import InMemory
from deidc.runtime.stream import decisions, shapes
from deidc.runtime.stream.cleaned_bytes import CleanedBytes

RULES = "FORMAT dicom\n\n%header\nREPLACE CodeValue X\nREMOVE CodeMeaning\nREPLACE ReferencedSOPInstanceUID 1.2\n"


def code(value: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "99LOCAL", meaning
    return item


def file_of(items: list[Dataset], *, undefined: bool = False) -> bytes:
    dataset = Dataset()
    dataset.SOPInstanceUID = "1.2.3"
    dataset.ProcedureCodeSequence = items
    dataset["ProcedureCodeSequence"].is_undefined_length = undefined
    for item in items:
        item.is_undefined_length_sequence_item = undefined
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.preamble = bytes(128)
    buffer = io.BytesIO()
    dcmwrite(buffer, dataset, enforce_file_format=False)
    return buffer.getvalue()


def cleaned(machine: Machine, data: bytes) -> bytes:
    outcome = machine.run_on_bytes(InMemory(data), Dataset)
    assert isinstance(outcome, CleanedBytes)
    return outcome.whole()


def test_a_fault_in_an_item_of_known_shape_is_told_once_and_where():
    """As it would be told of any other item; the items behind it are looked at too."""
    items = [Dataset() for _ in range(8)]
    for number, item in enumerate(items):
        item.CodeValue, item.StudyDate = "X", "20200101"
        if number in (5, 7):
            with pytest.warns(UserWarning, match="Invalid value"):
                item.StudyDate = f"nodate {number}"
    machine = Machine.link(compile_recipe("FORMAT dicom\n\n%header\nJITTER StudyDate 1\n"))
    outcome = machine.run_on_bytes(InMemory(file_of(items)), Dataset)
    assert isinstance(outcome, Refused)
    assert [fault.path for fault in outcome.faults] == ["00081032[5].00080020", "00081032[7].00080020"]


@pytest.mark.parametrize("undefined", [False, True])
def test_items_alike_are_cleaned_alike(undefined):
    """The tenth item, which is stepped over by its shape, becomes what it would become alone."""
    items = [code(f"V{number}", "MEANING" + "X" * (number % 2)) for number in range(10)]
    together = cleaned(Machine.link(compile_recipe(RULES)), file_of(items, undefined=undefined))
    expected = [code("X", "") for _ in items]
    for item in expected:
        del item.CodeMeaning
    read = dcmread(io.BytesIO(together)).ProcedureCodeSequence
    assert list(read) == expected
    assert [item.is_undefined_length_sequence_item for item in read] == [undefined] * 10


@pytest.fixture
def shape():
    """The shape of an item that a machine has walked, and the item."""
    machine = Machine.link(compile_recipe(RULES))
    data = file_of([code("AB", "MEANING!") for _ in range(4)])
    cleaned(machine, data)
    (context,) = [one for one in machine._decisions._contexts.values() if any(one.shapes.values())]
    (known,) = [one for kinds in context.shapes.values() for one in kinds.values()]
    (found,) = known.shapes
    at = data.index(b"\xfe\xff\x00\xe0")
    return found, data[at : at + found.size]


def test_only_values_may_differ(shape):
    """Whatever byte of a header is another one, the shape does not fit; whatever values are others, it does."""
    found, item = shape
    values = {
        at for text in (b"AB", b"99LOCAL ", b"MEANING!") for at in range(item.index(text), item.index(text) + len(text))
    }
    for at in range(len(item)):
        other = item[:at] + bytes([item[at] ^ 0x01]) + item[at + 1 :]
        assert found.fits(other, 0) == (at in values), at
    assert not found.fits(item[:-1], 0)


def test_what_is_remembered_is_never_shown():
    """Decisions are kept by the values they were made for; no repr of what keeps them has one."""
    machine = Machine.link(compile_recipe(RULES))
    outcome = machine.run_on_bytes(InMemory(file_of([code("ZQ1ZQ", "ZQ2ZQ") for _ in range(4)])), Dataset)
    assert isinstance(outcome, CleanedBytes)
    (context,) = [one for one in machine._decisions._contexts.values() if any(one.shapes.values())]
    kept = [machine, machine._decisions, context, *context._memos.values(), *context.shapes.values(), outcome]
    acts = [act for kinds in context.shapes.values() for one in kinds.values() for act in one.shapes[0].acts]
    assert acts
    assert not [one for one in (*kept, *acts, outcome._told) if "ZQ" in repr(one)]


def test_what_never_fits_is_given_up():
    """Items that begin alike and go on differently are not compared for ever."""
    known = shapes.Shapes((object(),))  # type: ignore[arg-type]
    for _ in range(shapes._PATIENCE + 1):
        known.learn(b"", None, None)  # type: ignore[arg-type]
    assert known.shapes == ()


@given(st.integers(1, 60))
def test_forgetting_changes_nothing(limit):
    """A machine that forgets its decisions every few objects does what one does that keeps them."""
    files = [file_of([code(f"{a}{b}", "M") for b in range(3)]) for a in range(6)]
    keeping, forgetting = (Machine.link(compile_recipe(RULES)) for _ in range(2))
    before, decisions.MOST_DECISIONS = decisions.MOST_DECISIONS, limit
    try:
        forgot = [cleaned(forgetting, data) for data in files]
    finally:
        decisions.MOST_DECISIONS = before
    assert forgot == [cleaned(keeping, data) for data in files]
