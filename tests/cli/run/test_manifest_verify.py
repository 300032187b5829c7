"""`deidc manifest verify` as a process: what was done to a manifest or to the files it tells of is told."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.files import copy_of

PLAIN = "FORMAT dicom\n\n%header\nBLANK PatientName\n"


@pytest.fixture(scope="module")
def done_once(tmp_path_factory) -> Path:
    """A folder with the outputs of two files in `out`, and their manifest `m`."""
    folder = tmp_path_factory.mktemp("verify")
    for number in range(2):
        copy_of("rtplan.dcm", folder / "in" / f"{number}.dcm", PatientID=str(number))
    (folder / "my.deid").write_text(PLAIN)
    arguments = ["run", "my.deid", "in", "-o", "out", "--manifest", "m", "--quiet"]
    subprocess.run([sys.executable, "-m", "deidc", *arguments], cwd=folder, check=True)
    return folder


@pytest.fixture
def folder(done_once: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed."""
    shutil.copytree(done_once, tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_a_manifest_that_is_as_it_was_written_is_well(deidc, folder):
    """With its files and without; the last digest is told, to be noted elsewhere."""
    last = json.loads((folder / "m").read_text().splitlines()[-1])
    for arguments in (("m",), ("m", "out")):
        done = deidc("manifest", "verify", *arguments)
        assert (done.returncode, done.stdout) == (0, f"well: 2 records, chain {last['chain']}\n")
    document = json.loads(deidc("manifest", "verify", "m", "out", "--format", "json").stdout)
    assert document.pop("version") == 1
    assert document == {
        "well": True, "records": 2, "chain": last["chain"], "complaints": [], "missing": [], "surplus": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda lines: [lines[0], lines[1].replace(b"written", b"refused"), *lines[2:]], "line 2 was changed"),
        (lambda lines: [lines[0], *lines[2:]], "lines are missing before line 2: 1"),
        (lambda lines: [*lines[:2], *lines[1:]], "line 3 was inserted"),
        (lambda lines: lines[:-1], "no end line: the run was interrupted"),
        (lambda lines: [*lines[:-1], lines[-1][:-9]], "line 4 is truncated"),
        (lambda lines: [], "it is empty"),
    ],
)
def test_what_was_done_to_a_manifest_is_told(deidc, folder, change, said):
    """And where; exit code 1."""
    lines = (folder / "m").read_bytes().splitlines(keepends=True)
    (folder / "m").write_bytes(b"".join(change(lines)))
    done = deidc("manifest", "verify", "m")
    assert (done.returncode, said in done.stdout) == (1, True), done.stdout


def test_files_that_are_not_those_of_the_manifest_are_told(deidc, folder):
    """One that is gone, one that was changed, one that was added; a file may lie elsewhere in the folder."""
    (folder / "out" / "0.dcm").unlink()
    (folder / "out" / "more").mkdir()
    (folder / "out" / "1.dcm").rename(folder / "out" / "more" / "1.dcm")
    (folder / "out" / "more" / "added").write_text("x")
    digest = json.loads((folder / "m").read_text().splitlines()[1])["output"]
    done = deidc("manifest", "verify", "m", "out")
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        f"missing: the output of input 0, {digest}",
        "not in the manifest: out/more/added",
    ]


def test_misuse(deidc, folder):
    """A manifest that is not there, and one of a dry run held against files."""
    assert deidc("manifest", "verify", "nothing").returncode == 2
    assert deidc("run", "my.deid", "in", "--dry-run", "--manifest", "dry", "--quiet").returncode == 0
    assert deidc("manifest", "verify", "dry").returncode == 0
    done = deidc("manifest", "verify", "dry", "out")
    assert (done.returncode, "it belongs to a dry run" in done.stdout) == (1, True)
