"""Journal, manifest, record, report and log of a run are replaced by no output, and replace nothing that it reads."""

from __future__ import annotations

import os

import pytest

from deidc import InputError, run_files
from tests.files import copy_of

RECIPE = "FORMAT dicom\n\n%header\nBLANK PatientName\n"
OPTIONS = ("--journal", "--manifest", "--record", "--report", "--log")


@pytest.fixture
def folder(recipe, tmp_path):
    """Return the folder with a recipe and one input."""
    recipe(RECIPE)
    copy_of("CT_small.dcm", tmp_path / "in" / "a.dcm")
    return tmp_path


@pytest.mark.parametrize("first", OPTIONS)
@pytest.mark.parametrize("second", OPTIONS)
def test_two_files_of_a_run_at_one_place(deidc, folder, first, second):
    """Nothing is begun, also where a link leads to the same place."""
    if first == second:
        return
    (folder / "real").mkdir()
    (folder / "link").symlink_to("real")
    name = "x.jsonl"
    done = deidc("run", "my.deid", "in", "-o", "out", first, f"real/{name}", second, f"link/{name}", "--overwrite")
    assert (done.returncode, "name another file" in done.stderr) == (2, True), done.stderr
    assert not (folder / "out").exists()
    assert not os.listdir(folder / "real")


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("name", ["in/a.dcm", "my.deid"])
def test_what_a_run_reads_is_no_file_that_it_writes(deidc, folder, option, name):
    """An input in a folder, an input by name and the recipe stay as they are."""
    before = (folder / name).read_bytes()
    inputs = name if name.endswith(".dcm") else "in"
    for given in {inputs, "in"}:
        done = deidc("run", "my.deid", given, "-o", "out", option, name, "--overwrite")
        assert (done.returncode, "another file" in done.stderr) == (2, True), done.stderr
    assert (folder / name).read_bytes() == before
    assert not (folder / "out").exists()


@pytest.mark.parametrize("place", ["m.jsonl", "M.jsonl"])
@pytest.mark.parametrize("option", ["--journal", "--manifest", "--report"])
def test_no_output_replaces_a_file_of_its_run(deidc, folder, option, place):
    """The input of that name is refused with a code, all others are written, and the file is the one of the run."""
    copy_of("CT_small.dcm", folder / "in" / "m.jsonl")
    done = deidc("run", "my.deid", "in", "-o", "out", option, f"out/{place}", "--overwrite")
    (folder / "out").mkdir(exist_ok=True)
    done = deidc("run", "my.deid", "in", "-o", "out", option, f"out/{place}", "--overwrite")
    assert (done.returncode, "DC953" in done.stderr + done.stdout) == (1, True), done.stderr
    assert (folder / "out" / "a.dcm").exists()
    assert (folder / "out" / place).read_bytes()[128:132] != b"DICM"


@pytest.mark.parametrize("what", ["journal", "manifest"])
def test_the_library_refuses_an_input_that_is_a_file_of_the_run(folder, what):
    """The error is raised before anything is written."""
    given = folder / "in" / "a.dcm"
    with pytest.raises(InputError, match="another file"):
        list(run_files(folder / "my.deid", given, folder / "out", overwrite=True, **{what: given}))
    assert given.read_bytes()[128:132] == b"DICM"
    assert not (folder / "out").exists()
