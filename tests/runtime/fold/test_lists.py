"""%values and %fields: what they take from an object and where it is found again."""

from __future__ import annotations

import pytest
from pydicom.sequence import Sequence

from deidc import Cleaned, Machine
from deidc.ir import ops
from deidc.ir.program import Needs, Program, Slot
from deidc.ir.verify import verify
from deidc.vocabulary import FormatName, ListKind
from tests.running import clean, dataset_of, file_dataset


def remove_named(line: str, **attributes: object) -> set[str]:
    """Return the keywords left after every element that holds a value of the list is removed."""
    recipe = f"""
        FORMAT dicom
        %values names
        {line}
        %header
        REMOVE values:names
    """
    dataset = dataset_of(**attributes)
    left = {frozenset(element.keyword for element in clean(recipe, one)) for one in (dataset, file_dataset(dataset))}
    assert len({keywords - {"SpecificCharacterSet"} for keywords in left}) == 1
    return set(next(iter(left)))


@pytest.mark.parametrize(
    ("line", "attributes", "left"),
    [
        ("FIELD PatientName", {"PatientName": "SIMPSON^HOMER^J", "StudyID": "7"}, {"StudyID"}),
        (
            "FIELD PatientName",
            {"PatientName": "SIMPSON^HOMER^J", "StudyDescription": "Mr Homer  Simpson", "StudyID": "J"},
            {"StudyID"},
        ),
        ("FIELD PatientID", {"PatientID": "A.C", "StudyID": "ABC"}, {"StudyID"}),
        ("FIELD PatientID", {"PatientID": "12", "StudyID": "1234"}, {"StudyID"}),
        ("FIELD PatientID", {"PatientID": "12", "ImageComments": "seen 12."}, set()),
        ("FIELD PatientSex", {"PatientSex": "M", "StudyID": "M", "Modality": "M1"}, {"Modality"}),
        (
            'SPLIT PatientID by="-";minlength=3',
            {"PatientID": "AB-CDEF", "StudyID": "AB", "Modality": "CDEF"},
            {"StudyID"},
        ),
        ("FIELD PatientID", {"PatientID": "", "StudyID": "None"}, {"PatientID", "StudyID"}),
        ("FIELD OtherPatientIDs", {"OtherPatientIDs": ["aa", "bb"], "StudyID": "BB"}, set()),
        ("FIELD PatientName", {"PatientName": "DOE^JOHN (JR", "StudyID": "1"}, {"StudyID"}),
    ],
)
def test_values_are_found_as_values_and_words(line, attributes, left):
    """A collected value is text, no pattern; it is found whole or as a word, in any case."""
    assert remove_named(line, **attributes) == left


def test_kept_attributes_still_fill_lists():
    """KEEP PatientID with FIELD PatientID cleans the copies elsewhere (deid's list is empty then)."""
    recipe = """
        FORMAT dicom
        %values ids
        FIELD PatientID
        %header
        KEEP PatientID
        REMOVE values:ids
    """
    cleaned = clean(recipe, dataset_of(PatientID="A-1", ImageComments="copy of A-1"))
    assert [element.keyword for element in cleaned] == ["PatientID"]


def test_values_in_items_are_collected_and_found():
    """Lists read and rules reach every depth."""
    recipe = """
        FORMAT dicom
        %values ids
        FIELD PatientID
        %header
        REPLACE values:ids X
    """
    item = dataset_of(PatientID="nested-7")
    cleaned = clean(recipe, dataset_of(StudyID="nested-7", OtherPatientIDsSequence=Sequence([item])))
    assert cleaned.StudyID == "X"
    assert cleaned.OtherPatientIDsSequence[0].PatientID == "X"


def test_fields_select_exactly_their_members():
    """A nested member selects the nested element only (deid selects its tag everywhere)."""
    recipe = """
        FORMAT dicom
        %fields ids
        FIELD OtherPatientIDsSequence__PatientID
        FIELD endswith:StudyID
        %header
        REMOVE fields:ids
    """
    item = dataset_of(PatientID="b")
    cleaned = clean(recipe, dataset_of(PatientID="a", StudyID="1", OtherPatientIDsSequence=Sequence([item])))
    assert cleaned.PatientID == "a"
    assert "StudyID" not in cleaned
    assert "PatientID" not in cleaned.OtherPatientIDsSequence[0]


def test_an_added_attribute_is_no_member():
    """Lists are of the input: what ADD makes is not in them."""
    recipe = """
        FORMAT dicom
        %fields study
        FIELD StudyID
        %header
        ADD StudyID 1
        REMOVE fields:study
    """
    assert clean(recipe, dataset_of(PatientID="a")).StudyID == "1"


def test_a_list_that_nothing_fills_holds_nothing():
    """A program may name a list that no op fills; nothing is found by it, and nothing goes wrong."""
    at = ops.Holding(0)
    lists = (Slot(ListKind.VALUES, "none"),)
    program = Program(FormatName.DICOM, (ops.Remove(at, ()), ops.SyncMeta()), Needs(), lists)
    outcome = Machine.link(verify(program)).run(dataset_of(PatientID="1"))
    assert isinstance(outcome, Cleaned)
    assert outcome.dataset.PatientID == "1"
