"""Lists of a program as a host sees them: what they hold for an object, and values that the host puts in."""

from __future__ import annotations

import io

import pytest
from pydicom import dcmread, dcmwrite
from pydicom.dataelem import RawDataElement
from pydicom.sequence import Sequence
from pydicom.tag import Tag

from deidc import Cleaned, Machine, Refused, compile_recipe
from deidc.dicom.window import InMemory
from deidc.runtime.fold.lists import Lists
from tests.running import dataset_of, file_dataset

RECIPE = """FORMAT dicom

%values names
SPLIT PatientName by="^"

%fields ids
FIELD contains:PatientID

%header
REMOVE values:names
BLANK fields:ids
"""


def whole():
    dataset = dataset_of(PatientName="ZQ^NAME", PatientID="7", StudyDescription="of Mr Simpson", StudyID="SIMPSON")
    dataset.RequestAttributesSequence = Sequence([dataset_of(PatientID="8")])
    return file_dataset(dataset)


def test_lists_are_told():
    """Values once each, in document order; members by the paths of events."""
    lists = Machine.link(compile_recipe(RECIPE)).lists(whole())
    assert isinstance(lists, Lists)
    assert lists.values == {"names": ("ZQ", "NAME")}
    assert lists.fields == {"ids": ("00100020", "00400275[0].00100020")}
    assert "ZQ" not in repr(lists)


def test_lists_that_cannot_be_filled_are_not_told():
    dataset = whole()
    dataset._dict[Tag("Rows")] = RawDataElement(Tag("Rows"), "US", 1, b"\1", 0, False, True)
    machine = Machine.link(compile_recipe(RECIPE.replace("SPLIT PatientName", "SPLIT Rows")))
    assert isinstance(machine.lists(dataset), Refused)


@pytest.mark.parametrize("lines", ['SPLIT PatientName by="^"', "FIELD PatientComments"])
def test_values_of_the_host_are_found_beside_those_of_the_object(lines):
    """As words, and by the parts of what has the form of a name; by both engines."""
    machine = Machine.link(compile_recipe(RECIPE.replace('SPLIT PatientName by="^"', lines)))
    given = {"names": ["SIMPSON^HOMER"], "no such list": ["7"]}
    outcome = machine.run(whole(), lists=given)
    assert isinstance(outcome, Cleaned)
    buffer = io.BytesIO()
    dcmwrite(buffer, whole())
    streamed = machine.run_on_bytes(InMemory(buffer.getvalue()), whole, lists=given)
    assert not isinstance(streamed, Refused)
    for cleaned in (outcome.dataset, dcmread(io.BytesIO(streamed.whole()))):
        assert "StudyDescription" not in cleaned
        assert "StudyID" not in cleaned
        assert ("PatientName" in cleaned) == (lines == "FIELD PatientComments")
    # Nothing of it is kept for the next object.
    again = machine.run(whole())
    assert isinstance(again, Cleaned)
    assert "StudyID" in again.dataset
