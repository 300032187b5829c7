"""`deidc run --check-references`: what belonged together still does, or is told; compared with pydicom's reading."""

from __future__ import annotations

import json

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset

from tests.files import copy_of

HEAD = "FORMAT dicom\n\n%header\nBLANK PatientName\n"
STABLE = HEAD + "REPLACE select:VR:UI deid_func:pydicom_uuid if contains:^(?!1[.]2[.]840[.]10008)\n"
RANDOM = "deid_func:pydicom_uuid stable_remapping=false"


def reference(uid: object, sop_class: object) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = sop_class, uid
    return item


@pytest.fixture
def run(deidc, recipe, tmp_path):
    """Return a function that runs a recipe over two slices of a series and an object that refers to one of them."""
    folder = tmp_path / "in"
    first = dcmread(copy_of("CT_small.dcm", folder / "1.dcm"))
    copy_of("CT_small.dcm", folder / "2.dcm", SOPInstanceUID="1.2.826.0.1.2")
    outer = Dataset()
    outer.ReferencedSOPSequence = [
        reference(first.SOPInstanceUID, first.SOPClassUID), reference("1.2.826.0.1.999", first.SOPClassUID),
    ]  # fmt: skip
    copy_of("MR_small.dcm", folder / "mr.dcm", ReferencedSeriesSequence=[outer])

    def checked(text: str, *arguments: object) -> tuple[int, dict, str]:
        recipe(text)
        done = deidc("run", "my.deid", "in", "-o", "out", "--check-references", "--format", "json", *arguments)
        return done.returncode, json.loads(done.stdout)["references"], done.stderr

    return checked


def broken(document: dict) -> dict[str, tuple[int, list[str]]]:
    return {one["code"]: (one["count"], one["names"]) for one in document["broken"]}


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("text", [HEAD, STABLE])
def test_a_mapping_that_is_one_keeps_references(run, text, jobs):
    """One reference leads to an output, the other led out of the data before."""
    code, document, told = run(text, "--jobs", jobs)
    assert (code, document) == (0, {"kept": 1, "external": 1, "broken": []}), told


def test_instances_that_are_mapped_and_references_that_are_not(run, tmp_path):
    """The edge is broken; nothing of the input's UIDs is told."""
    code, document, told = run(HEAD + "REPLACE SOPInstanceUID deid_func:pydicom_uuid\n")
    assert (code, broken(document)) == (1, {"DC947": (1, ["mr.dcm"])})
    assert "references: DC947" in told
    for path in (tmp_path / "in").iterdir():
        assert str(dcmread(path).SOPInstanceUID) not in told


def test_references_that_are_removed_are_not_broken(run):
    """A recipe may take them away."""
    code, document, _ = run(HEAD + "REPLACE SOPInstanceUID deid_func:pydicom_uuid\nREMOVE ReferencedSeriesSequence\n")
    assert (code, document) == (0, {"kept": 0, "external": 0, "broken": []})


def test_a_target_that_was_refused_leaves_a_reference_that_leads_nowhere(run):
    """The object that refers to it was written."""
    held = "%filter greylist\n\nLABEL slice\n  equals InstanceNumber 1\n  + equals Modality CT\n\n"
    code, document, _ = run(STABLE.replace("%header", held + "%header"))
    assert (code, broken(document)) == (1, {"DC948": (1, ["mr.dcm"])})


def test_a_series_that_is_torn_apart(run):
    """Each slice got a UID of its own."""
    code, document, _ = run(HEAD + f"REPLACE SeriesInstanceUID {RANDOM}\n")
    assert (code, broken(document)) == (1, {"DC949": (1, ["1.dcm", "2.dcm"])})


def test_series_of_two_studies_that_became_one(run):
    """And instances that became one; each under its own code."""
    code, document, _ = run(HEAD + "REPLACE SeriesInstanceUID 1.2.3\n")
    assert (code, broken(document)) == (1, {"DC950": (1, ["1.dcm", "2.dcm", "mr.dcm"])})


def test_instances_that_became_one(run):
    """Two outputs with one SOP Instance UID, of two inputs with two; the reference leads to both."""
    code, document, _ = run(HEAD + "REPLACE SOPInstanceUID 1.2.3\nREPLACE ReferencedSOPInstanceUID 1.2.3\n")
    assert (code, broken(document)) == (1, {"DC951": (1, ["1.dcm", "2.dcm", "mr.dcm"])})


def test_what_the_inputs_had_already_is_not_the_runs(run, tmp_path):
    """The same object twice, and a series in two studies, before and after."""
    first = dcmread(tmp_path / "in" / "1.dcm")
    copy_of("CT_small.dcm", tmp_path / "in" / "again.dcm")
    copy_of(
        "MR_small.dcm",
        tmp_path / "in" / "other.dcm",
        SOPInstanceUID="1.2.826.0.1.3",
        SeriesInstanceUID=first.SeriesInstanceUID,
    )
    code, document, _ = run(STABLE)
    assert (code, document["broken"]) == (0, [])


def test_a_class_that_is_mapped_breaks_the_reference(run):
    """A reference is a class and an instance; the class of the object stayed."""
    code, document, _ = run(HEAD + "REPLACE ReferencedSOPClassUID 1.2.3\n")
    assert (code, broken(document)) == (1, {"DC947": (1, ["mr.dcm"])})


def test_a_dry_run_compares_too(run, tmp_path):
    """What would be written is compared."""
    code, document, _ = run(HEAD + "REPLACE SOPInstanceUID deid_func:pydicom_uuid\n", "--dry-run")
    assert (code, list(broken(document)), (tmp_path / "out").exists()) == (1, ["DC947"], False)
