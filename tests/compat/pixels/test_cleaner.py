"""`DicomCleaner` asks the labels of one recipe for one object after the other."""

from __future__ import annotations

import pytest

from deidc.compat.config import DeidRecipe
from deidc.compat.dicom import *  # noqa: F403
from deidc.compat.dicom import DicomCleaner
from tests.files import shipped

LABELS = "FORMAT dicom\n\n%filter graylist\n\nLABEL CT\n  equals Modality CT\n  coordinates 0,0,10,10\n"


@pytest.fixture
def cleaner(tmp_path):
    (tmp_path / "labels.deid").write_text(LABELS)
    return DicomCleaner(deid=str(tmp_path / "labels.deid"))


def test_it_remembers_what_it_was_asked_last(cleaner):
    """The same answer as `has_burned_pixels`, with the regions; of the next object that of the next."""
    assert (cleaner.results, cleaner.dicom_file) == (None, None)
    found = cleaner.detect(shipped("CT_small.dcm"))
    assert found["flagged"]
    assert found["results"][0]["coordinates"] == [[0, "0,0,10,10"]]
    assert cleaner.results is found
    assert cleaner.dicom_file == shipped("CT_small.dcm")
    assert cleaner.detect(shipped("MR_small.dcm")) == {"flagged": False, "results": []}


def test_an_object_that_cannot_be_read_leaves_no_answer(cleaner, tmp_path):
    """Of the object before it nothing is told for it."""
    cleaner.detect(shipped("CT_small.dcm"))
    with pytest.raises(FileNotFoundError):
        cleaner.detect(tmp_path / "not there")
    assert (cleaner.results, cleaner.dicom_file) == (None, None)


def test_its_recipe_is_live(cleaner):
    cleaner.recipe.deid["filter"]["graylist"][0]["filters"][0]["value"] = ["MR"]
    assert cleaner.detect(shipped("MR_small.dcm"))["flagged"]


def test_without_a_recipe_it_has_the_one_called_dicom():
    assert DicomCleaner().recipe.deid == DeidRecipe("dicom").deid
