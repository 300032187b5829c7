"""Commands that open files: one reader for all, and what cannot be read is reported and never taken for nothing."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.files import copy_of

LABELS = "FORMAT dicom\n\n%filter graylist\n\nLABEL burned\n  equals BurnedInAnnotation YES\n"
PREAMBLE = 132


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _empty(path: Path) -> None:
    path.touch()


def _loop(path: Path) -> None:
    path.symlink_to(path.name)


def _cut(path: Path) -> None:
    copy_of("rtplan.dcm", path)
    path.write_bytes(path.read_bytes()[:801])


UNREADABLE = [_pipe, _empty, _loop, _cut]


def headless(path: Path, **attributes: object) -> Path:
    """Write a file without preamble and prefix."""
    copy_of("rtplan.dcm", path, **attributes)
    path.write_bytes(path.read_bytes()[PREAMBLE:])
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a file, and a recipe that flags other files."""
    copy_of("rtplan.dcm", tmp_path / "in" / "a.dcm", BurnedInAnnotation="NO")
    (tmp_path / "labels.deid").write_text(LABELS)
    return tmp_path / "in"


@pytest.mark.parametrize("make", UNREADABLE, ids=lambda make: make.__name__)
@pytest.mark.parametrize(
    ("arguments", "good"),
    [
        (("inspect", "in", "-r", "labels.deid"), "1 clean, 0 flagged, 1 not judged"),
        (("identifiers", "get", "in"), "PatientName"),
        (("identifiers", "all", "in", "-o", "out"), "1 written to out, 1 refused"),
        (("show", "in"), "PatientName"),
        (("run", "labels.deid", "in", "-o", "out"), "1 written, 1 refused"),
    ],
    ids=lambda one: " ".join(one[:2]) if isinstance(one, tuple) else "",
)
def test_a_folder_with_something_unreadable_ends_with_1(deidc, folder, make, arguments, good):
    """The other file is read, the command ends, and names what it could not read."""
    make(folder / "b.dcm")
    done = deidc(*arguments)
    assert done.returncode == 1, done.stdout
    assert good in done.stdout
    assert "in/b.dcm: " in done.stdout + done.stderr


@pytest.mark.parametrize("make", UNREADABLE, ids=lambda make: make.__name__)
@pytest.mark.parametrize(
    "arguments",
    [
        ("inspect", "in/b.dcm", "-r", "labels.deid"),
        ("identifiers", "get", "in/b.dcm"),
        ("show", "in/b.dcm"),
        ("why", "in/b.dcm", "PatientName", "-r", "labels.deid"),
        ("preview", "in/b.dcm", "-r", "labels.deid"),
        ("run", "labels.deid", "in/b.dcm", "-o", "out"),
    ],
    ids=lambda one: one[0],
)
def test_something_unreadable_that_is_named_is_reported(deidc, folder, make, arguments):
    """No command waits for a pipe, and none is content."""
    make(folder / "b.dcm")
    done = deidc(*arguments)
    assert done.returncode in (1, 2), done.stdout
    assert "b.dcm" in done.stdout + done.stderr


def test_a_file_without_preamble_is_read_by_every_command(deidc, folder):
    """As `run` reads it: there is one reader."""
    headless(folder / "b.dcm", BurnedInAnnotation="YES", PatientName="Headless")
    found = deidc("inspect", "in", "-r", "labels.deid", "--format", "json")
    assert found.returncode == 1
    document = json.loads(found.stdout)
    assert [Path(one["dicom_file"]).name for one in document["flagged"]] == ["b.dcm"]
    assert [Path(one).name for one in document["clean"]] == ["a.dcm"]
    got = deidc("identifiers", "get", "in/b.dcm")
    assert got.returncode == 0, got.stderr
    ((_, values),) = json.loads(got.stdout).items()
    assert values["PatientName"] == "Headless"
    written = deidc("identifiers", "all", "in", "-o", "out")
    assert (written.returncode, written.stdout) == (0, "2 written to out, 0 refused\n"), written.stderr
    assert deidc("show", "in/b.dcm").returncode == 0
    why = deidc("why", "in/b.dcm", "PatientName", "-r", "labels.deid")
    assert why.returncode == 0, why.stderr


def test_what_is_no_dicom_is_left_out_as_by_a_run(deidc, folder):
    """Text beside images, and the index of a medium, are no images that were not judged."""
    (folder / "notes.txt").write_text("no image at all")
    copy_of("DICOMDIR", folder / "DICOMDIR")
    done = deidc("inspect", "in", "-r", "labels.deid")
    assert (done.returncode, done.stdout) == (0, "1 clean, 0 flagged, 0 not judged\n"), done.stderr


def test_a_folder_that_cannot_be_listed_was_not_judged(folder, monkeypatch):
    """Its files would be missing from the counts."""
    from click.testing import CliRunner

    from deidc.cli.inspect import command

    (folder / "closed").mkdir()
    scandir = os.scandir

    def closed(path):
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", closed)
    monkeypatch.chdir(folder.parent)
    done = CliRunner().invoke(command, ["in", "-r", "labels.deid"])
    assert (done.exit_code, "1 clean, 0 flagged, 1 not judged" in done.output) == (1, True), done.output
    assert "NOT JUDGED in/closed: " in done.output


@pytest.mark.parametrize("make", [_pipe, _loop], ids=lambda make: make.__name__)
def test_a_manifest_is_verified_beside_what_no_run_wrote(deidc, folder, make):
    """A pipe in the output folder is surplus, and is not waited for."""
    assert deidc("run", "labels.deid", "in", "-o", "out", "--manifest", "m.jsonl").returncode == 0
    make(folder.parent / "out" / "odd")
    done = deidc("manifest", "verify", "m.jsonl", "out")
    assert (done.returncode, done.stdout) == (1, "not in the manifest: out/odd\n"), done.stderr
