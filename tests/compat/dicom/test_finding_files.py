"""`get_files` and `validate_dicoms`: what is found, in which order, and what is left out."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from pydicom import dcmread

from deidc.compat.dicom import get_files
from deidc.compat.dicom.validate import validate_dicoms
from tests.compat.dicom.objects import files, said
from tests.files import shipped, tree_of


def names_of(paths) -> list[str]:
    return [os.path.basename(path) for path in paths]


def test_files_come_one_after_the_other(tmp_path):
    """Nothing is looked at before it is asked for."""
    paths = files(tmp_path, ["b.dcm", "a.dcm", "s/c.dcm"])
    found = get_files(tmp_path)
    assert os.fspath(next(found)) == paths[1]
    Path(paths[2]).unlink()
    assert names_of(found) == ["b.dcm"]


def test_folders_files_and_patterns(tmp_path):
    """A pattern is for the names of files below folders; a file that is named is meant."""
    paths = files(tmp_path, ["in/a.dcm", "in/s/b.img", "c.dcm"])
    assert names_of(get_files([tmp_path / "in", paths[2]])) == ["a.dcm", "b.img", "c.dcm"]
    assert names_of(get_files((str(tmp_path / "in"), paths[2]), pattern="*.img")) == ["b.img", "c.dcm"]
    assert list(get_files(str(tmp_path / "in"), pattern="*.none")) == []


def test_what_is_no_dicom_is_left_out_with_a_warning(tmp_path, caplog):
    """Unless nothing is to be checked; force takes files without prefix, and pixels are not read. No name is told."""
    (tmp_path / "text.txt").write_text("no DICOM")
    (tmp_path / "none").symlink_to(tmp_path / "nowhere")
    (path,) = files(tmp_path, ["a.dcm"])
    Path(path).write_bytes(Path(path).read_bytes()[:-1000])
    assert names_of(get_files(tmp_path)) == ["a.dcm"]
    assert [one.split(" cannot")[0] for one in said(caplog)] == ["file 2", "file 3"]
    assert names_of(get_files(tmp_path, check=False)) == ["a.dcm", "none", "text.txt"]
    headless = str(shipped("no_meta.dcm"))
    assert validate_dicoms(headless) == []
    assert validate_dicoms([headless, path], force=True) == [headless, path]
    assert list(get_files(tmp_path / "not there")) == []


def packed(path: Path, *members: tuple[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path


def test_every_member_of_every_zip_file_is_found(tmp_path):
    """deid yields the first file of the folder that it unpacked to, whatever zip file that is from."""
    data = Path(shipped("CT_small.dcm")).read_bytes()
    packed(tmp_path / "one.ZIP", ("a.dcm", data), ("s/a.dcm", data), ("text.txt", b"no DICOM"))
    packed(tmp_path / "two.zip", ("a.dcm", data))
    found = list(get_files(tmp_path, tempdir=tmp_path / "tmp"))
    assert names_of(found) == ["a.dcm", "a.dcm", "a.dcm"]
    assert len(set(found)) == 3
    assert all(Path(one).is_relative_to(tmp_path / "tmp") for one in found)
    assert {dcmread(one).PatientID for one in found} == {"1CT1"}
    assert list(get_files(packed(tmp_path / "empty.zip"))) == []


def test_a_member_cannot_leave_its_folder(tmp_path, caplog):
    """Names that climb up, and an archive that is none, are told and left out."""
    data = Path(shipped("CT_small.dcm")).read_bytes()
    path = packed(tmp_path / "evil.zip", ("../evil.dcm", data), ("/evil.dcm", data), ("good.dcm", data))
    assert names_of(get_files(path, tempdir=tmp_path / "tmp")) == ["good.dcm"]
    assert [one for one in tree_of(tmp_path) if "evil.dcm" in one] == []
    (tmp_path / "text.zip").write_text("no archive")
    assert list(get_files(tmp_path / "text.zip", tempdir=tmp_path / "tmp")) == []
    assert len(said(caplog)) == 3
    assert not any(name in one for one in said(caplog) for name in ("evil", "text"))


def test_a_damaged_member_ends_its_archive(tmp_path, caplog):
    data = Path(shipped("CT_small.dcm")).read_bytes()
    path = packed(tmp_path / "cut.zip", ("a.dcm", data), ("b.dcm", data))
    damaged = bytearray(path.read_bytes())
    at = damaged.index(b"1CT1", damaged.index(b"1CT1", damaged.index(b"b.dcm")) - 1)
    damaged[at : at + 4] = b"XXXX"
    path.write_bytes(damaged)
    assert names_of(get_files(path, tempdir=tmp_path / "tmp")) == ["a.dcm"]
    assert said(caplog)


def test_what_is_unpacked_without_a_folder_is_gone_with_the_process(tmp_path):
    """Nobody else knows that it is there."""
    path = packed(tmp_path / "one.zip", ("a.dcm", Path(shipped("CT_small.dcm")).read_bytes()))
    script = """
import os, sys
from deidc.compat.dicom import get_files
found = list(get_files(sys.argv[1]))
assert all(map(os.path.isfile, found))
print(found[0])
"""
    (tmp_path / "tmp").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", script, path],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "TMPDIR": str(tmp_path / "tmp")},
    )
    assert done.stdout.strip().endswith("a.dcm")
    assert tree_of(tmp_path / "tmp") == []
    assert os.listdir(tmp_path / "tmp") == []


@pytest.mark.parametrize("given", [[], ()])
def test_nothing_is_found_in_nothing(given):
    assert list(get_files(given)) == []
