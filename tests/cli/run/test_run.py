"""`deidc run` as a process, on files that come with pydicom."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from pydicom import dcmread

from tests.cli.run.outcomes import outcome_of
from tests.files import FOLDER, copy_of, shipped, tree_of

NAMES = "FORMAT dicom\n\n%header\nREPLACE PatientName var:alias\nREMOVE InstitutionName\n"
PLAIN = "FORMAT dicom\n\n%header\nBLANK PatientName\nREMOVE InstitutionName\n"
JITTERED = "FORMAT dicom\n\n%header\nJITTER StudyDate 10\nBLANK PatientName\n"
FLAGGED = """FORMAT dicom

%filter greylist

LABEL scanner
  contains Modality CT

%header
BLANK PatientName
"""


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    """Return a folder with two files of two patients, one in a folder, and one that is no DICOM file."""
    folder = tmp_path / "scans"
    copy_of("CT_small.dcm", folder / "ct.dcm", PatientID="P1")
    copy_of("MR_small.dcm", folder / "deep" / "er" / "mr.dcm", PatientID="P2")
    (folder / "notes.txt").write_text("Patient: CompressedSamples^CT1")
    return folder


def digest(path: Path) -> str:
    return "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_tree_is_cleaned_and_accounted_for(deidc, recipe, scans, tmp_path):
    """The tree is kept, what is no DICOM is left out, and the summary counts by attribute, with -v by line too."""
    before = {path: path.read_bytes() for path in scans.rglob("*") if path.is_file()}
    done = deidc("run", recipe(PLAIN).name, "scans", "-o", "out")
    assert done.returncode == 0, done.stderr
    assert tree_of(tmp_path / "out") == ["ct.dcm", "deep/er/mr.dcm"]
    assert dcmread(tmp_path / "out" / "ct.dcm").PatientName == ""
    assert "InstitutionName" not in dcmread(tmp_path / "out" / "deep" / "er" / "mr.dcm")
    lines = done.stdout.splitlines()
    assert outcome_of(done) == "2 written, 1 skipped"
    assert sorted(line.split() for line in lines[1:3]) == [
        ["2", "blanked", "PatientName"],
        ["2", "removed", "InstitutionName"],
    ]
    assert lines[-2:] == ["2 written, 1 skipped", "outputs: out"]
    again = deidc("run", "my.deid", "scans", "-n", "-v").stdout.splitlines()
    assert [line.split() for line in again if "my.deid:" in line and "Name" not in line] == [
        ["2", "blanked", "my.deid:4"],
        ["2", "removed", "my.deid:5"],
    ]
    assert "scans/notes.txt: skipped: DC920" in done.stderr
    assert {path: path.read_bytes() for path in before} == before


def test_a_program_runs_in_place_of_its_recipe(deidc, recipe, scans, tmp_path):
    """The text that compile prints gives the same bytes as the recipe, and the same account by line."""
    deidc("compile", recipe(PLAIN).name, "-o", "my.program")
    one = deidc("run", "my.deid", "scans", "-o", "one", "--format", "json")
    two = deidc("run", "my.program", "scans", "-o", "two", "--format", "json")
    first, second = json.loads(one.stdout), json.loads(two.stdout)
    assert first.pop("seconds") > 0 < second.pop("seconds")
    assert (two.returncode, second) == (0, first)
    for name in tree_of(tmp_path / "one"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


@pytest.mark.parametrize("jobs", [1, 3])
def test_workers_change_nothing(deidc, scans, tmp_path, jobs):
    """The same files with any number of workers: same bytes, same manifest, in the order of the inputs."""
    for number in range(8):
        shutil.copy(shipped("rtplan.dcm"), scans / f"{number}.dcm")
    done = deidc("run", "default", "scans", "-o", "out", "--jobs", jobs, "--manifest", "m.jsonl", "--quiet")
    assert (done.returncode, done.stdout) == (0, "")
    records = [json.loads(line) for line in (tmp_path / "m.jsonl").read_text().splitlines()]
    assert records.pop()["end"] == {"written": 10, "unchanged": 0, "flagged": 0, "refused": 0, "skipped": 1}
    assert [one["number"] for one in records[1:]] == list(range(11))
    inputs = [*(f"{number}.dcm" for number in range(8)), "ct.dcm", "deep/er/mr.dcm"]
    written = [one for one in records[1:] if one["outcome"] == "written"]
    assert [one["input"] for one in written] == [digest(scans / name) for name in inputs]
    assert [one["output"] for one in written] == [digest(tmp_path / "out" / name) for name in inputs]
    alone = deidc("run", "default", "scans", "-o", "alone", "--manifest", "alone.jsonl", "--quiet")
    assert alone.returncode == 0
    assert (tmp_path / "alone.jsonl").read_text() == (tmp_path / "m.jsonl").read_text()


def test_the_manifest_has_nothing_of_the_data(deidc, recipe, tmp_path):
    """Neither values nor file names, which may name patients; refusals neither."""
    marked = {"PatientName": "ZQ1ZQ^A", "PatientID": "ZQ2ZQ", "StudyDescription": "ZQ3ZQ"}
    copy_of("CT_small.dcm", tmp_path / "in" / "ZQ4ZQ.dcm", **marked)
    bad = copy_of("MR_small.dcm", tmp_path / "in" / "ZQ5ZQ.dcm", **marked)
    bad.write_bytes(bad.read_bytes().replace(b"20040826", b"ZQ6ZQ!!!"))
    done = deidc("run", recipe(JITTERED).name, "in", "-o", "out", "--manifest", "m.jsonl")
    manifest = (tmp_path / "m.jsonl").read_text()
    header, *records, _ = map(json.loads, manifest.splitlines())
    assert "ZQ" not in manifest
    assert "ZQ" not in done.stdout
    assert "ZQ" not in done.stderr.replace("ZQ4ZQ.dcm", "").replace("ZQ5ZQ.dcm", "")
    assert header["program"] == deidc("compile", "my.deid", "--emit", "digest").stdout.strip()
    assert [one["outcome"] for one in records] == ["written", "refused"]
    assert records[1]["faults"][0]["code"] == "DC905"
    assert records[1]["faults"][0]["line"] == "my.deid:4"
    assert {"line": "my.deid:4", "effect": "shifted", "count": 1} in records[0]["effects"]


def test_a_dry_run_writes_nothing(deidc, recipe, scans, tmp_path):
    """It needs no output folder, and tells what would happen."""
    before = tree_of(tmp_path)
    done = deidc("run", recipe(PLAIN).name, "scans", "--dry-run")
    assert done.returncode == 0
    assert outcome_of(done) == "dry run, nothing written: 2 written, 1 skipped"
    assert "2  blanked    PatientName" in done.stdout
    assert tree_of(tmp_path) == sorted([*before, "my.deid"])


def test_nothing_is_overwritten_unless_asked(deidc, recipe, scans, tmp_path):
    """What lies in the place of an output is refused; --overwrite replaces it. A manifest is no exception."""
    arguments = ("run", recipe(PLAIN).name, "scans/ct.dcm", "-o", "out", "--manifest", "m")
    (tmp_path / "m").write_text("mine")
    refused = deidc(*arguments)
    assert (refused.returncode, "m already exists" in refused.stderr) == (2, True)
    (tmp_path / "m").unlink()
    (tmp_path / "out" / "ct.dcm").write_text("mine")
    again = deidc(*arguments)
    assert (again.returncode, "DC924" in again.stderr) == (1, True)
    assert (tmp_path / "out" / "ct.dcm").read_text() == "mine"
    assert deidc(*arguments, "--overwrite").returncode == 0
    assert dcmread(tmp_path / "out" / "ct.dcm").PatientName == ""


def test_two_inputs_never_become_one_output(deidc, recipe, scans, tmp_path):
    """The second is refused, with --overwrite too; what is skipped does not count."""
    copy_of("MR_small.dcm", tmp_path / "other" / "ct.dcm")
    (tmp_path / "other" / "notes.txt").write_text("more")
    done = deidc("run", recipe(PLAIN).name, "scans", "other", "-o", "out", "--overwrite", "--jobs", "2")
    assert done.returncode == 1
    assert outcome_of(done) == "2 written, 1 refused, 2 skipped"
    assert "other/ct.dcm: refused: DC927" in done.stderr
    assert dcmread(tmp_path / "out" / "ct.dcm").Modality == "CT"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("my.deid", "scans"), "say where to write"),
        (("my.deid", "scans", "-o", "scans"), "inside the output folder"),
        (("my.deid", "scans/ct.dcm", "-o", "scans", "--overwrite"), "inside the output folder"),
        (("my.deid", "nothing", "-o", "out"), "the input nothing does not exist"),
        (("my.deid", "-o", "out"), "Missing argument"),
        (("nothing.deid", "scans", "-o", "out"), "there is no file nothing.deid"),
        (("defalt", "scans", "-o", "out"), "did you mean 'default'?"),
        (("my.deid", "scans", "-o", "out", "--nope"), "No such option"),
        (("my.deid", "scans", "-o", "out", "--jobs", "0"), "--jobs"),
        (("my.deid", "scans", "-o", "out", "--var", "nope=1"), "no variable 'nope'"),
        (("my.deid", "scans", "-o", "out", "--var", "nope"), "name=value"),
        (("my.deid", "scans", "-o", "out", "--vars", "my.deid"), "first column"),
        (("my.deid", "scans", "-o", "out", "--functions", "no_such_module"), "no_such_module"),
        (("my.deid", "scans", "-o", "out", "--manifest", "no/such/folder"), "cannot be written"),
    ],
)
def test_misuse_is_told_before_the_first_file(deidc, recipe, scans, tmp_path, arguments, said):
    """Exit code 2, a sentence, and nothing written."""
    recipe(PLAIN)
    before = tree_of(tmp_path)
    done = deidc("run", *arguments)
    assert (done.returncode, said in done.stderr) == (2, True), done.stderr
    assert tree_of(tmp_path) == before


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("FORMAT dicom\n\n%header\nREMOVE PatientsName\n", "DC205"),
        ("FORMAT dicom\n\n%header\nREMOVE PatientName  # \udcff\n", "DC129"),
        ("deidc program 1\nformat dicom\n0000 nonsense\n", "my.deid"),
    ],
)
def test_a_broken_recipe_runs_on_nothing(deidc, tmp_path, scans, text, code):
    """Exit code 1 and the complaints; bytes that are no UTF-8 and programs that are none too."""
    (tmp_path / "my.deid").write_bytes(text.encode("utf-8", "surrogateescape"))
    done = deidc("run", "my.deid", "scans", "-o", "out")
    assert (done.returncode, done.stdout, code in done.stderr) == (1, "", True), done.stderr
    assert not (tmp_path / "out").exists()


def test_all_that_is_missing_is_named_before_the_first_file(deidc, recipe, scans, tmp_path):
    """Variables and functions that nobody supplies are one error."""
    recipe("FORMAT dicom\n\n%header\nREPLACE PatientID var:id\nREPLACE StudyID var:study\nADD StudyDate func:when\n")
    done = deidc("run", "my.deid", "scans", "-o", "out")
    assert done.returncode == 2
    assert all(name in done.stderr for name in ("id", "study", "when", "--var", "--functions"))
    assert not (tmp_path / "out").exists()


def test_variables_for_all_and_for_each(deidc, recipe, scans, tmp_path):
    """--var is for every file, a row of --vars for its patient; a patient without a row is refused."""
    recipe(NAMES)
    assert deidc("run", "my.deid", "scans", "-o", "one", "--var", "alias=A").returncode == 0
    assert dcmread(tmp_path / "one" / "ct.dcm").PatientName == "A"
    (tmp_path / "v.csv").write_text("patient,alias\nP1,Nemo\n")
    done = deidc("run", "my.deid", "scans", "-o", "two", "--vars", "v.csv", "--jobs", "2")
    assert (done.returncode, tree_of(tmp_path / "two")) == (1, ["ct.dcm"])
    assert dcmread(tmp_path / "two" / "ct.dcm").PatientName == "Nemo"
    assert "mr.dcm: refused: DC901" in done.stderr
    (tmp_path / "v.json").write_text('{"deep/er/mr.dcm": {"alias": "By^File"}}')
    done = deidc(
        "run", "my.deid", "scans/", "-o", "three", "--vars", "v.json", "--vars-key", "file", "--var", "alias=B"
    )
    assert done.returncode == 0, done.stderr
    assert dcmread(tmp_path / "three" / "deep" / "er" / "mr.dcm").PatientName == "By^File"
    assert dcmread(tmp_path / "three" / "ct.dcm").PatientName == "B"


@pytest.mark.parametrize("jobs", [1, 2])
def test_functions_come_from_modules_of_the_user(deidc, recipe, scans, tmp_path, jobs):
    """A module in the current folder is found, in workers too; one that raises refuses its object alone."""
    (tmp_path / "mine.py").write_text(
        "def initials(field):\n"
        "    return ''.join(part[0] for part in str(field.value).split('^'))\n"
        "def fails(dicom):\n"
        "    if dicom.Modality == 'MR':\n"
        "        raise ValueError(dicom.PatientName)\n"
        "    return 'x'\n"
    )
    recipe("FORMAT dicom\n\n%header\nREPLACE PatientName func:initials\nREPLACE StudyID func:fails\n")
    done = deidc("run", "my.deid", "scans", "-o", "out", "--functions", "mine", "--jobs", jobs)
    assert (done.returncode, tree_of(tmp_path / "out")) == (1, ["ct.dcm"])
    assert dcmread(tmp_path / "out" / "ct.dcm").PatientName == "CC"
    assert "DC902" in done.stderr
    assert "ValueError" in done.stderr
    assert "CompressedSamples" not in done.stderr


def test_flagged_objects_are_held_back(deidc, recipe, scans, tmp_path):
    """They are not written unless the user says so; if nothing was refused, the exit code is 3."""
    recipe(FLAGGED)
    done = deidc("run", "my.deid", "scans", "-o", "out")
    assert (done.returncode, tree_of(tmp_path / "out")) == (3, ["deep/er/mr.dcm"])
    assert "ct.dcm: held for review, flagged by greylist/scanner" in done.stderr
    again = deidc("run", "my.deid", "scans", "-o", "all", "--flagged", "write")
    assert (again.returncode, tree_of(tmp_path / "all")) == (0, ["ct.dcm", "deep/er/mr.dcm"])


def test_every_file_of_pydicoms_ends_in_one_outcome(deidc, tmp_path):
    """The default recipe on every test file of pydicom's: what is valid is written, what is cut is refused."""
    done = deidc("run", "default", FOLDER, "-o", "out", "--format", "json", "--manifest", "m", "-v")
    outcomes = json.loads(done.stdout)["outcomes"]
    files = [path for path in FOLDER.rglob("*") if path.is_file()]
    assert sum(outcomes.values()) == len(files)
    refused = {line.split(": ")[0].rpartition("/")[2] for line in done.stderr.splitlines() if ": refused: " in line}
    assert refused == {"MR_truncated.dcm", "rtplan_truncated.dcm"}
    assert outcomes["written"] == len(tree_of(tmp_path / "out"))
    for name in tree_of(tmp_path / "out"):
        assert not dcmread(tmp_path / "out" / name).get("PatientName")
    assert len((tmp_path / "m").read_text().splitlines()) == len(files) + 2
