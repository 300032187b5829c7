"""What deid's documentation shows of `replace_identifiers`."""

from __future__ import annotations

from pathlib import Path

from pydicom import dcmread
from pydicom.dataset import Dataset

from deidc.compat.config import DeidRecipe
from deidc.compat.data import get_dataset
from deidc.compat.dicom import get_files, remove_private_identifiers, replace_identifiers

RECIPE = {"format": "dicom", "header": [{"action": "REPLACE", "field": "PatientID", "value": "new"}]}


def cookies(count: int = 2) -> list[str]:
    return list(get_files(get_dataset("dicom-cookies")))[:count]


def test_a_folder_that_is_named_is_written_to(tmp_path):
    """Both generations of the page name a folder and nothing else, and get the paths of the files in it."""
    places = replace_identifiers(dicom_files=cookies(), deid=RECIPE, output_folder=str(tmp_path / "clean"))
    assert places == [str(tmp_path / "clean" / "image1.dcm"), str(tmp_path / "clean" / "image2.dcm")]
    assert [dcmread(place).PatientID for place in places] == ["new", "new"]
    again = replace_identifiers(cookies(), deid=RECIPE, output_folder=str(tmp_path / "clean"), overwrite=True)
    assert again == places


def test_without_a_folder_nothing_is_written(tmp_path, monkeypatch):
    """Overwriting is asked for by `save`, not by `overwrite` alone."""
    monkeypatch.chdir(tmp_path)
    Path("one.dcm").write_bytes(Path(cookies(1)[0]).read_bytes())
    before = Path("one.dcm").read_bytes()
    (cleaned,) = replace_identifiers("one.dcm", deid=RECIPE, overwrite=True)
    assert isinstance(cleaned, Dataset)
    assert Path("one.dcm").read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["one.dcm"]


def test_private_elements_are_removed_in_memory_if_that_is_said(tmp_path):
    """There `save` is true unless said, so a caller who says otherwise means it."""
    (cleaned,) = remove_private_identifiers(cookies(1), save=False, output_folder=tmp_path / "clean")
    assert isinstance(cleaned, Dataset)
    assert not (tmp_path / "clean").exists()


def test_who_gives_no_recipe_is_told_that_the_default_is_taken(caplog):
    """Once for a recipe, and once for a call."""
    caplog.set_level("WARNING", "deidc.compat")
    for call in (DeidRecipe, lambda: replace_identifiers(cookies(1))):
        call()
        (record,) = caplog.records
        assert "default" in record.getMessage()
        caplog.clear()
    DeidRecipe(RECIPE)
    DeidRecipe(RECIPE, base=True)  # who asks for it knows
    replace_identifiers(cookies(1), deid=RECIPE)
    assert not caplog.records
