"""Many files from Python: the run of the command, with the same outcomes, journal and manifest."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from deidc import (
    ArgumentError,
    CannotStart,
    DestinationError,
    HeldFile,
    InputError,
    LinkError,
    RefusedFile,
    SkippedFile,
    TemplateError,
    UnchangedFile,
    VariablesError,
    WrittenFile,
    compile_recipe,
    link_recipe,
    run_files,
)
from tests.files import copy_of, tree_of

RECIPE = "FORMAT dicom\n\n%header\nREMOVE PatientName\n\n%filter graylist\n\nLABEL look\n  equals PatientID held\n"


@pytest.fixture
def scans(tmp_path, monkeypatch) -> Path:
    """A folder with a file for each ending."""
    monkeypatch.chdir(tmp_path)
    folder = Path("scans")
    copy_of("rtplan.dcm", folder / "a.dcm", PatientID="1", PatientName="Canary")
    copy_of("rtplan.dcm", folder / "b.dcm", PatientID="held", PatientName="Canary")
    (folder / "c.dcm").write_bytes((folder / "a.dcm").read_bytes()[:400])
    (folder / "d.txt").write_text("no DICOM file, nothing at all")
    (folder / "e.dcm").touch()
    Path("my.deid").write_text(RECIPE)
    return folder


def command(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "deidc", "run", *map(str, arguments)], capture_output=True, text=True, check=False
    )


ENDINGS = [WrittenFile, HeldFile, RefusedFile, SkippedFile, RefusedFile]


def test_each_input_ends_as_it_does_by_the_command(scans):
    """The same files, the same bytes, the same manifest but for the chain's start."""
    outcomes = list(run_files(Path("my.deid"), scans, "out", manifest=Path("one.jsonl")))
    done = command("my.deid", scans, "-o", "other", "--manifest", "two.jsonl")
    assert done.returncode == 1
    assert [type(one) for one in outcomes] == ENDINGS
    assert [one.source for one in outcomes] == [
        f"scans/{name}" for name in ("a.dcm", "b.dcm", "c.dcm", "d.txt", "e.dcm")
    ]
    assert tree_of(Path("out")) == tree_of(Path("other")) == ["a.dcm"]
    assert Path("out/a.dcm").read_bytes() == Path("other/a.dcm").read_bytes()
    assert Path("one.jsonl").read_bytes() == Path("two.jsonl").read_bytes()
    written = outcomes[0]
    assert (written.output, written.size) == (Path("a.dcm"), Path("out/a.dcm").stat().st_size)
    assert "Canary" not in repr(outcomes)
    assert "scans" not in repr(outcomes)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_run_is_continued(scans, jobs):
    """By the same call, and by the command; what did not change is left alone."""
    list(run_files(Path("my.deid"), scans, "out", jobs=jobs))
    again = list(run_files(Path("my.deid"), [scans], Path("out")))
    assert [type(one) for one in again] == [UnchangedFile, *ENDINGS[1:]]
    assert "1 unchanged" in command("my.deid", scans, "-o", "out").stdout


def test_outcomes_that_are_not_taken_stop_the_run(scans):
    """What was taken is in the account, the folder is free, and the same call goes on."""
    outcomes = run_files(Path("my.deid"), scans, "out")
    assert isinstance(next(outcomes), WrittenFile)
    with pytest.raises(CannotStart):
        next(run_files(Path("my.deid"), scans, "out"))
    outcomes.close()
    again = list(run_files(Path("my.deid"), scans, "out"))
    assert [type(one) for one in again] == [UnchangedFile, *ENDINGS[1:]]


def test_a_failure_of_the_caller_stops_the_run(scans):
    """An exception of the loop body is the caller's own; the account is closed all the same."""

    def fail() -> None:
        for _ in run_files(Path("my.deid"), scans, "out", manifest=Path("m.jsonl")):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    again = list(run_files(Path("my.deid"), scans, "out", manifest=Path("m.jsonl")))
    assert [type(one) for one in again] == [UnchangedFile, *ENDINGS[1:]]
    records = [json.loads(line) for line in Path("m.jsonl").read_text().splitlines()]
    assert len(records) == 1 + 1 + len(ENDINGS) + 1  # the header, one of the first run, those of the second, the end


def test_a_dry_run_writes_nothing(scans):
    """Not even a folder."""
    before = sorted(Path().rglob("*"))
    outcomes = list(run_files(compile_recipe(RECIPE), scans, None, dry_run=True))
    assert [type(one) for one in outcomes] == ENDINGS
    assert outcomes[0].size is None
    assert sorted(Path().rglob("*")) == before


def test_policies_of_flagged_objects(scans):
    """As --flagged and --quarantine."""
    flagged = list(run_files(RECIPE, scans, "out", write_flagged=True))
    assert [type(one) for one in flagged] == [WrittenFile, WrittenFile, *ENDINGS[2:]]
    apart = RECIPE + "\n%pixels\nQUARANTINE graylist\n"
    outcomes = list(run_files(apart, scans, "out2", write_flagged=True, quarantine="apart"))
    assert [one.quarantined for one in outcomes if isinstance(one, HeldFile)] == [True]
    assert (tree_of(Path("out2")), tree_of(Path("apart"))) == (["a.dcm"], ["b.dcm"])


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"inputs": "missing"}, InputError),
        ({"inputs": []}, InputError),
        ({"inputs": [b"scans"]}, ArgumentError),
        ({"inputs": "out", "output": "out"}, InputError),
        ({"output": None}, ArgumentError),
        ({"output": "my.deid"}, DestinationError),
        ({"output": None, "dry_run": True, "journal": Path("j")}, ArgumentError),
        ({"quarantine": "out/apart"}, DestinationError),
        ({"quarantine": "scans/apart"}, DestinationError),
        ({"name_template": "{Nothing}"}, TemplateError),
        ({"name_template": "{Modality}.dcm", "overwrite": True}, TemplateError),
        ({"rows": Path("my.deid")}, VariablesError),
        ({"rows": Path("missing.csv")}, InputError),
        ({"recipe": link_recipe(RECIPE)}, ArgumentError),
        ({"recipe": "FORMAT dicom\n\n%vars\nVAR a text\n\n%header\nREPLACE PatientID var:a\n"}, LinkError),
    ],
    ids=repr,
)
def test_arguments_are_checked_at_once(scans, given, error):
    """Before an outcome is taken, and before anything is written."""
    Path("out").mkdir()
    call = {"recipe": Path("my.deid"), "inputs": scans, "output": "out", **given}
    with pytest.raises(error):
        run_files(**call)
    assert list(Path("out").iterdir()) == []


def test_an_output_with_the_journal_of_another_run_is_left_alone(scans):
    """The first outcome says so."""
    list(run_files(RECIPE, scans, "out"))
    with pytest.raises(CannotStart, match="another run"):
        next(run_files("default", scans, "out"))
