"""Targets by VR reach what the dictionary has under that VR, whatever VR a file gives it."""

from __future__ import annotations

import pytest
from pydicom.dataset import Dataset

from deidc import Cleaned
from tests.running import dataset_of, file_dataset, run

HELD_AS_TEXT = {
    "StudyInstanceUID": ("UI", "1.2.3", "1.2.9"),
    "StudyDate": ("DA", "20200101", "19000101"),
    "AcquisitionDateTime": ("DT", "20200101", "19000101"),
    "StudyTime": ("TM", "1200", "0101"),
    "PatientAge": ("AS", "034Y", "001Y"),
    "PatientName": ("PN", "ZQ^NAME", "none"),
}


def object_with(keyword: str, vr: str) -> Dataset:
    dataset = dataset_of(PatientID="17")
    dataset.add_new(keyword, vr, HELD_AS_TEXT[keyword][1])
    return file_dataset(dataset)


def cleaned(rules: str, dataset: Dataset) -> Dataset:
    outcome = run(rules, dataset)
    assert isinstance(outcome, Cleaned), outcome
    return outcome.dataset


@pytest.mark.parametrize("keyword", HELD_AS_TEXT)
@pytest.mark.parametrize("vr", ["LO", "SH", "UT"])
def test_the_vr_of_the_dictionary_is_selected(keyword, vr):
    """A rule that changes elements reaches it by the VR of the dictionary, and by that of the file."""
    known, value, other = HELD_AS_TEXT[keyword]
    dataset = object_with(keyword, vr)
    assert keyword not in cleaned(f"REMOVE select:VR:{known}", dataset)
    assert keyword not in cleaned(f"REMOVE select:VR:{vr}", dataset)
    assert cleaned(f"REPLACE select:VR:{known} {other}", dataset)[keyword].value == other
    assert cleaned("REMOVE select:VR:US", dataset)[keyword].value == value


@pytest.mark.parametrize("keyword", HELD_AS_TEXT)
def test_what_spares_goes_by_the_file(keyword):
    """KEEP and exceptions by VR spare an element only if the file has that VR."""
    known, value, _ = HELD_AS_TEXT[keyword]
    for rules in (f"KEEP select:VR:{known}\nREMOVE all", f"REMOVE all except:select:VR:{known}"):
        assert keyword not in cleaned(rules, object_with(keyword, "LO"))
        assert str(cleaned(rules, object_with(keyword, known))[keyword].value) == value
