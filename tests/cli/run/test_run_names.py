"""`deidc run --name-template`: outputs named by what is in them after the recipe."""

from __future__ import annotations

import pytest
from pydicom import dcmread

from tests.files import copy_of, tree_of

UIDS = """FORMAT dicom

%header
BLANK PatientName
REPLACE PatientID A
REPLACE StudyInstanceUID 1.2.3
REPLACE SOPInstanceUID deid_func:pydicom_uuid
REPLACE StationName B if contains:nothing_has_this
"""


@pytest.fixture
def run(deidc, recipe, tmp_path):
    """Return a function that runs a recipe over two files with one name in two folders."""
    recipe(UIDS)
    copy_of("CT_small.dcm", tmp_path / "one" / "x.dcm")
    copy_of("MR_small.dcm", tmp_path / "two" / "x.dcm")
    return lambda *arguments: deidc("run", "my.deid", "one", "two", *arguments)


@pytest.mark.parametrize("jobs", [1, 2])
def test_outputs_are_named_by_cleaned_values(run, tmp_path, jobs):
    """Both inputs are written, though they have one name; the names are what stands in the outputs."""
    done = run("-o", "out", "--name-template", "{StudyInstanceUID}/{Modality}-{SOPInstanceUID}.dcm", "--jobs", jobs)
    assert done.returncode == 0, done.stderr
    names = tree_of(tmp_path / "out")
    assert len(names) == 2
    for name in names:
        written = dcmread(tmp_path / "out" / name)
        assert name == f"1.2.3/{written.Modality}-{written.SOPInstanceUID}.dcm"


def test_works_through_the_dataset_engine(run, recipe, tmp_path):
    """Where a recipe needs it."""
    recipe(UIDS + 'REPLACE SpecificCharacterSet "ISO_IR 192"\n')
    done = run("-v", "-o", "out", "--name-template", "{MediaStorageSOPInstanceUID}")
    assert (done.returncode, "Dataset engine" in done.stdout) == (0, True), done.stderr
    for name in tree_of(tmp_path / "out"):
        assert dcmread(tmp_path / "out" / name).SOPInstanceUID == name


@pytest.mark.parametrize("dry", [[], ["--dry-run"]])
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_name_that_is_taken_refuses_the_second(run, tmp_path, jobs, dry):
    """A dry run says so as well."""
    done = run("-o", "out", "--name-template", "{PatientID}", "--jobs", jobs, *dry)
    assert (done.returncode, done.stderr.count("DC945")) == (1, 1), done.stderr
    assert "1 written, 1 refused" in done.stdout
    if not dry:
        assert tree_of(tmp_path / "out") == ["A"]


def test_a_value_that_was_not_changed_names_nothing(run, tmp_path):
    """A rule is about it, and its condition did not hold for these objects."""
    done = run("-o", "out", "--name-template", "{StationName}-{number}")
    assert (done.returncode, done.stderr.count("DC946")) == (1, 2), done.stderr
    assert tree_of(tmp_path / "out") == []
    assert "CT01" not in done.stderr


def test_inputs_that_are_named_twice_have_two_outputs(run, tmp_path):
    """Where the template tells them apart; and the journal does too, so that another run leaves all alone."""
    again = ("one", "two", "-o", "out", "--name-template", "{number}.dcm")
    for counts in ("4 written", "4 unchanged"):
        done = run(*again)
        assert (done.returncode, counts in done.stdout) == (0, True), done.stderr
    assert tree_of(tmp_path / "out") == ["0.dcm", "1.dcm", "2.dcm", "3.dcm"]


def test_an_absent_value_names_nothing(run, tmp_path):
    """The object is refused with a code of its own."""
    done = run("-o", "out", "--name-template", "{EchoTime}")
    assert (done.returncode, done.stderr.count("DC943")) == (1, 1), done.stderr
    assert tree_of(tmp_path / "out") == ["240.0000"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["{StudyInstanceUid}"], "did you mean 'StudyInstanceUID'?"),
        (["{SeriesInstanceUID}"], "may identify the patient"),
        (["{PatientID}", "--overwrite"], "{number}"),
    ],
)
def test_misuse(run, tmp_path, arguments, said):
    """Exit code 2 before the first file."""
    done = run("-o", "out", "--name-template", *arguments)
    assert (done.returncode, said in done.stderr, (tmp_path / "out").exists()) == (2, True, False), done.stderr


def test_numbers_may_overwrite(run, tmp_path):
    """They are unique in a run."""
    for _ in range(2):
        assert run("-o", "out", "--name-template", "{number}.dcm", "--overwrite").returncode == 0
    assert tree_of(tmp_path / "out") == ["0.dcm", "1.dcm"]
