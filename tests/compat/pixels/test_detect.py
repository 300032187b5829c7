"""`has_burned_pixels` of deidc.compat on its own: inputs, lists of inputs, recipes, and what it leaves alone."""

from __future__ import annotations

import io
import logging
from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.errors import InvalidDicomError
from pydicom.sequence import Sequence

from deidc import CompileError
from deidc.compat.config import DeidRecipe
from deidc.compat.dicom.pixels import has_burned_pixels
from deidc.compat.dicom.pixels.detect import (
    _has_burned_pixels_multi,
    _has_burned_pixels_single,
    evaluate_group,
    extract_coordinates,
)
from deidc.compat.objects.cleaning import ObjectRefused
from tests.files import shipped
from tests.running import dataset_of, file_dataset, written

CLEAN = {"flagged": False, "results": []}


def criteria(*texts: str, operator: str | None = None, joins: tuple[str, ...] = ()) -> dict:
    """A line of criteria in deid's dictionary, from `action field value`."""
    parts = [text.split(" ", 2) for text in texts]
    return {
        "action": [part[0] for part in parts],
        "field": [part[1] for part in parts],
        "operator": operator,
        "InnerOperators": list(joins),
        "value": [part[2] for part in parts if len(part) > 2],
    }


def recipe(**groups: list[dict]) -> dict:
    return {"format": "dicom", "filter": dict(groups)}


def label(*lines: dict, coordinates: tuple = (), name: str = "LABEL it") -> dict:
    return {"name": name, "filters": list(lines), "coordinates": [list(one) for one in coordinates]}


CT = label(criteria("equals Modality CT"), coordinates=([0, "0,0,10,20"], [1, "all"]))
FLAGGED = {
    "flagged": True,
    "results": [{"reason": " Modality equals CT", "group": "graylist", "coordinates": [[0, "0,0,10,20"], [1, "all"]]}],
}


@pytest.mark.parametrize("kind", ["path", "Path", "bytes", "BytesIO", "FileDataset", "Dataset"])
def test_an_object_may_be_given_in_every_form(kind):
    """A path, bytes, or an object in memory: the result is the same, and the object is as it was."""
    path = shipped("CT_small.dcm")
    plain = dataset_of(Modality="CT")
    given = {
        "path": str(path),
        "Path": path,
        "bytes": path.read_bytes(),
        "BytesIO": io.BytesIO(path.read_bytes()),
        "FileDataset": dcmread(path),
        "Dataset": plain,
    }[kind]
    before = deepcopy(given) if kind.endswith("Dataset") else None
    assert has_burned_pixels(given, deid=recipe(graylist=[CT])) == FLAGGED
    assert before is None or given == before


def test_a_list_has_what_is_clean_and_what_is_flagged():
    """Paths are keys as they were given; objects in memory have the path that they were read from, or a number."""
    ct, mr = str(shipped("CT_small.dcm")), shipped("MR_small.dcm")
    screen, other = dataset_of(Modality="CT"), dataset_of(Modality="MR")
    result = has_burned_pixels([ct, mr, screen, other, dcmread(ct)], deid=recipe(graylist=[CT]))
    assert result == {"clean": [mr, other], "flagged": {ct: FLAGGED, "object-1": FLAGGED, "object-5": FLAGGED}}
    (name,) = has_burned_pixels([dcmread(ct)], deid=recipe(graylist=[CT]))["flagged"]
    assert name == ct
    assert has_burned_pixels([], deid=recipe(graylist=[CT])) == {"clean": [], "flagged": {}}


def test_the_functions_behind_it_are_deids():
    """deid's own tests call these by name."""
    made = DeidRecipe(recipe(graylist=[CT]))
    dataset = dataset_of(Modality="CT")
    assert _has_burned_pixels_single(dataset, force=True, deid=made) == FLAGGED
    assert _has_burned_pixels_multi([dataset], True, made) == {"clean": [], "flagged": {"object-1": FLAGGED}}


def test_regions_are_those_of_each_object_and_not_written_into_the_recipe():
    """The list of texts is of the object that was asked; the recipe stays as it was (deid keeps the first object's)."""
    regions = label(criteria("present Modality"), coordinates=([0, "from:SequenceOfUltrasoundRegions"],))
    made = DeidRecipe(recipe(graylist=[regions]))
    before = deepcopy(made.deid)
    for edge in (10, 20, 10):
        item = dataset_of(
            RegionLocationMinX0=1, RegionLocationMinY0=2, RegionLocationMaxX1=edge, RegionLocationMaxY1=edge + 5
        )
        dataset = dataset_of(Modality="US", SequenceOfUltrasoundRegions=Sequence([item]))
        (result,) = has_burned_pixels(dataset, deid=made)["results"]
        assert result["coordinates"] == [[0, [f"1,2,{edge + 1},{edge + 6}"]]]
        assert extract_coordinates(dataset, "from:SequenceOfUltrasoundRegions") == [f"1,2,{edge},{edge + 5}"]
        assert extract_coordinates(dataset, "SequenceOfUltrasoundRegions") == [f"1,2,{edge},{edge + 5}"]
    assert made.deid == before


def test_an_object_without_regions_has_none():
    """No sequence, and items without corners, give an empty list; what is no attribute is an error."""
    assert extract_coordinates(dataset_of(Modality="US"), "from:SequenceOfUltrasoundRegions") == []
    bare = dataset_of(SequenceOfUltrasoundRegions=Sequence([dataset_of(RegionDataType=1)]))
    assert extract_coordinates(bare, "from:SequenceOfUltrasoundRegions") == []
    with pytest.raises(CompileError):
        extract_coordinates(bare, "from:SequenceOfUltrasoundRegion")


def test_results_do_not_share_anything_with_the_recipe():
    """Who changes a result changes no recipe."""
    made = DeidRecipe(recipe(graylist=[deepcopy(CT)]))
    result = has_burned_pixels(dataset_of(Modality="CT"), deid=made)
    result["results"][0]["coordinates"][0][1] = "changed"
    assert has_burned_pixels(dataset_of(Modality="CT"), deid=made) == FLAGGED


def test_a_recipe_that_is_edited_means_what_it_says_then():
    """The dictionary of a recipe may be changed between two objects."""
    made = DeidRecipe(recipe(graylist=[CT]))
    assert has_burned_pixels(dataset_of(Modality="MR"), deid=made) == CLEAN
    made.deid["filter"]["later"] = [label(criteria("equals Modality MR"), name="LABEL new")]
    assert [one["group"] for one in has_burned_pixels(dataset_of(Modality="MR"), deid=made)["results"]] == ["later"]


def test_groups_that_lie_apart_in_the_recipe_are_told_together(tmp_path: Path):
    """Results are in the order of groups, and of labels in a group, wherever sections stand."""
    path = tmp_path / "deid.apart"
    lines = [
        "FORMAT dicom",
        *("%filter a", "LABEL a1", "equals Modality CT", "coordinates 1,1,2,2"),
        *("%filter b", "LABEL b1", "equals Modality MR", "LABEL b2", "contains Modality C"),
        *("%filter a", "LABEL a2", "contains Modality T", "coordinates 3,3,4,4"),
    ]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    results = has_burned_pixels(dataset_of(Modality="CT"), deid=str(path))["results"]
    assert [(one["group"], one["reason"], one["coordinates"]) for one in results] == [
        ("a", " Modality equals CT", [[0, "1,1,2,2"]]),
        ("a", " Modality contains T", [[0, "3,3,4,4"]]),
        ("b", " Modality contains C", []),
    ]


def test_a_recipe_without_labels_warns_and_flags_nothing(caplog):
    """Nobody is told that an image is clean because nobody looked, without a warning."""
    with caplog.at_level(logging.WARNING, "deidc.compat"):
        assert has_burned_pixels(dataset_of(Modality="CT"), deid={"format": "dicom", "header": []}) == CLEAN
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_a_whitelist_flags_as_in_deid():
    """Groups have no meaning in results: whoever asks decides what a whitelist is."""
    result = has_burned_pixels(
        dataset_of(Modality="CT"), deid=recipe(whitelist=[label(criteria("equals Modality CT"))])
    )
    assert (result["flagged"], [one["group"] for one in result["results"]]) == (True, ["whitelist"])


def test_what_cannot_be_judged_is_refused():
    """Bytes that are no value of their VR, and regions that cannot be read, are errors, and no clean image."""
    dataset = file_dataset(dataset_of(Modality="CT", Rows=5))
    dataset._dict[0x00280010] = dataset._dict[0x00280010]._replace(value=b"abc", length=3)
    with pytest.raises(ObjectRefused) as caught:
        has_burned_pixels(dataset, deid=recipe(graylist=[label(criteria("equals Rows 5"))]))
    assert [fault.rule.code for fault in caught.value.faults] == ["DC907"]
    broken = dataset_of(Modality="US", SequenceOfUltrasoundRegions=Sequence([dataset_of(RegionLocationMinX0=1)]))
    regions = label(criteria("present Modality"), coordinates=([0, "from:SequenceOfUltrasoundRegions"],))
    with pytest.raises(ObjectRefused) as caught:
        has_burned_pixels(written(file_dataset(broken)), deid=recipe(graylist=[regions]))
    assert [fault.rule.code for fault in caught.value.faults] == ["DC970"]


def test_what_is_no_object_is_no_clean_image(tmp_path):
    """An empty file, one that is not there, and one that is no DICOM file are errors; a number is no path."""
    made = recipe(graylist=[CT])
    (tmp_path / "empty.dcm").touch()
    (tmp_path / "text.dcm").write_text("nothing of an image")
    with pytest.raises(ObjectRefused):
        has_burned_pixels(str(tmp_path / "empty.dcm"), deid=made)
    with pytest.raises(FileNotFoundError):
        has_burned_pixels(str(tmp_path / "nowhere.dcm"), deid=made)
    with pytest.raises(InvalidDicomError):
        has_burned_pixels(str(tmp_path / "text.dcm"), force=False, deid=made)
    with pytest.raises(TypeError):
        has_burned_pixels(17, deid=made)


@pytest.mark.parametrize(
    ("flags", "result"),
    [
        ([], False),
        ([True], True),
        (["and", True], True),
        (["or", False], False),
        ([True, False], False),
        ([True, "or", False], True),
        ([False, "or", True, "and", False], False),
        ([True, "or", True, "and", False], False),
        ([True, "or", False, True], True),
    ],
)
def test_answers_are_joined_from_left_to_right(flags, result):
    """As deid joins them, and the caller's list is left alone."""
    before = list(flags)
    assert evaluate_group(flags) is result
    assert flags == before


@given(st.lists(st.booleans(), min_size=1, max_size=6), st.data())
def test_answers_are_joined_like_pythons(answers, data):
    """From left to right: each word joins the answer behind it to all before."""
    words = data.draw(st.lists(st.sampled_from(["and", "or"]), min_size=len(answers) - 1, max_size=len(answers) - 1))
    expected = answers[0]
    flags: list[bool | str] = [answers[0]]
    for word, answer in zip(words, answers[1:], strict=True):
        expected = (expected and answer) if word == "and" else (expected or answer)
        flags += [word, answer]
    assert evaluate_group(flags) is expected
