"""Many threads at once: each gets its own result, and nothing of another's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from pydicom import dcmread

from deidc.compat.config import DeidRecipe
from deidc.compat.dicom import get_identifiers, replace_identifiers
from deidc.compat.dicom.parser import DicomParser
from tests.compat.dicom.objects import files, nested, recipe_of

THREADS = 8


def test_eight_threads_clean_files_with_one_recipe(tmp_path):
    """Variables, functions and lists are those of each file."""
    paths = files(tmp_path / "in", [f"{number}.dcm" for number in range(16)])
    recipe = DeidRecipe(
        recipe_of(
            "REPLACE PatientID var:id",
            "REPLACE StudyID func:make",
            "REMOVE values:names",
            values={"names": [{"action": "FIELD", "field": "PatientName"}]},
        )
    )

    def clean(number: int) -> tuple[str, str, str]:
        def make(item: dict[str, object], field: object) -> str:
            assert item["id"] == f"A{number}"
            return f"S{number}"

        ids = {paths[number]: {"id": f"A{number}", "make": make}}
        (cleaned,) = replace_identifiers(paths[number], ids, recipe)
        (place,) = replace_identifiers(paths[number], ids, recipe, save=True, output_folder=tmp_path / "out")
        assert dcmread(place).PatientID == cleaned.PatientID
        (fields,) = get_identifiers(paths[number]).values()
        return cleaned.PatientID, cleaned.StudyID, fields["(0010,0020)"].element.value

    with ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(clean, range(len(paths))))
    assert found == [(f"A{number}", f"S{number}", f"ZQ{number}") for number in range(len(paths))]


def test_eight_threads_parse_objects_with_recipes_of_their_own():
    """A recipe that one edits is not that of another, although they are equal at first."""

    def parse(number: int) -> tuple[str, str]:
        recipe = DeidRecipe(recipe_of("REPLACE PatientID var:id"))
        parser = DicomParser(nested(), recipe)
        parser.define("id", f"A{number}")
        parser.parse()
        recipe.deid["header"].append({"action": "REPLACE", "field": "StudyID", "value": f"S{number}"})
        parser.parse()
        return str(parser.dicom.PatientID), str(parser.dicom.StudyID)

    with ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(parse, range(24)))
    assert found == [(f"A{number}", f"S{number}") for number in range(24)]
