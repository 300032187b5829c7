"""deidc protects VOI LUT Sequence (0028,3010), so that images stay readable; what its items hold is cleaned."""

from __future__ import annotations

import pytest
from pydicom.dataset import Dataset

from deidc import Cleaned, CompileError, Machine, compile_recipe
from deidc.batch.inputs.reading import read_bytes
from deidc.batch.outputs.writing import encode
from deidc.dicom.window import InMemory
from deidc.ir.reader import read_program
from tests.program_text import sealed
from tests.running import clean, dataset_of, file_dataset, machine_for

LUT_DATA = b"\x00\x01\x02\x03"


def with_lut() -> Dataset:
    """An object whose VOI LUT has an explanation that names a person, and a sequence that does not belong there."""
    lut = dataset_of(LUTDescriptor=[2, 0, 16], LUTExplanation="window of Dr Doe", PatientName="Doe^Jane")
    lut.add_new(0x00283006, "OW", LUT_DATA)
    lut.ConceptNameCodeSequence = [dataset_of(CodeMeaning="Doe^Jane", PatientID="17")]
    dataset = dataset_of(PatientID="17", SOPClassUID="1.2.840.10008.5.1.4.1.1.7", SOPInstanceUID="1.2.3")
    dataset.VOILUTSequence = [lut]
    return dataset


def by_both(recipe: str) -> list[Dataset]:
    """What both engines make of the object."""
    dataset = file_dataset(with_lut())
    data = encode(dataset)
    assert isinstance(data, bytes)
    machine: Machine = machine_for(recipe)
    streamed = read_bytes(machine.run_on_bytes(InMemory(data), lambda: dataset).whole())
    assert isinstance(streamed, Dataset)
    return [clean(recipe, dataset), streamed]


@pytest.mark.parametrize(
    ("rule", "gone"),
    [
        ("REMOVE PatientName", "PatientName"),
        ("REMOVE LUTExplanation", "LUTExplanation"),
        ("BLANK contains:Explanation", "LUTExplanation"),
        ("REMOVE select:VR:PN", "PatientName"),
    ],
)
def test_rules_reach_text_in_its_items(rule: str, gone: str) -> None:
    for cleaned in by_both(rule):
        (lut,) = cleaned.VOILUTSequence
        assert not lut.get(gone)
        assert lut["LUTData"].value == LUT_DATA


def test_rules_reach_sequences_in_its_items() -> None:
    for cleaned in by_both("REMOVE PatientID"):
        (code,) = cleaned.VOILUTSequence[0].ConceptNameCodeSequence
        assert [element.keyword for element in code] == ["CodeMeaning"]


@pytest.mark.parametrize(
    "rule", ["REMOVE contains:LUT", "REMOVE all", "BLANK all", "REMOVE select:VR:SQ", "REMOVE select:VR:OW|US"]
)
def test_the_sequence_and_its_values_that_are_no_text_stay(rule: str) -> None:
    """An image cannot be displayed without them."""
    for cleaned in by_both(rule):
        (lut,) = cleaned.VOILUTSequence
        assert lut["LUTData"].value == LUT_DATA
        assert list(lut.LUTDescriptor) == [2, 0, 16]


@pytest.mark.parametrize("rule", ["REMOVE select:private", "REMOVE all", "REMOVE select:VR:OB"])
def test_rules_reach_bytes_that_are_no_image_attributes(rule: str) -> None:
    """Only attributes of the image (group 0028) are needed to display it; bytes of others may be a name."""
    dataset = with_lut()
    lut = dataset.VOILUTSequence[0]
    lut.add_new(0x00091001, "OB", b"Doe^Jane")
    lut.add_new(0x00420011, "OB", b"Doe^Jane")
    data = encode(file_dataset(dataset))
    assert isinstance(data, bytes)
    machine = machine_for(rule)
    streamed = read_bytes(machine.run_on_bytes(InMemory(data), Dataset).whole())
    assert isinstance(streamed, Dataset)
    for cleaned in (clean(rule, file_dataset(dataset)), streamed):
        left = cleaned.VOILUTSequence[0]
        assert 0x00091001 not in left
        assert rule == "REMOVE select:private" or 0x00420011 not in left
        assert left["LUTData"].value == LUT_DATA


def test_nothing_is_added_to_its_items() -> None:
    """A recipe that would is not compiled, and a program that would adds nothing."""
    with pytest.raises(CompileError, match="DC413"):
        machine_for("ADD VOILUTSequence__AccessionNumber 4711")
    program = compile_recipe("FORMAT dicom\n\n%header\nADD RequestAttributesSequence__AccessionNumber 4711\n").text
    assert program.count("00400275") == 2, "the items and what is set in them"
    machine = Machine.link(read_program(sealed(program.replace("00400275", "00283010"))))
    dataset = file_dataset(with_lut())
    outcome = machine.run(dataset)
    assert isinstance(outcome, Cleaned)
    data = encode(dataset)
    assert isinstance(data, bytes)
    streamed = read_bytes(machine.run_on_bytes(InMemory(data), lambda: dataset).whole())
    for cleaned in (outcome.dataset, streamed):
        assert "AccessionNumber" not in cleaned.VOILUTSequence[0]
