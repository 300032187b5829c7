"""Promotion to another character set changes how text is written, and nothing else."""

from __future__ import annotations

import pytest
from pydicom.dataset import Dataset

from deidc import Machine
from deidc.ir import ops
from deidc.ir.program import FormatName, Needs, Program
from tests.running import SOP_CLASS, clean, dataset_of, fault_codes, file_dataset

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
    assert fault_codes(Machine.link(program).run(dataset)) == ["DC909"]
