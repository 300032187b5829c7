"""`deidc run` on lists, archives, media and URLs, as a process: where files come from, and where outputs go."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from pydicom import dcmread

from tests.cli.run.outcomes import outcome_of
from tests.files import FOLDER, copy_of, shipped, tree_of

PLAIN = "FORMAT dicom\n\n%header\nBLANK PatientName\n"


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    """Return a folder with two files, one in a folder."""
    copy_of("CT_small.dcm", tmp_path / "scans" / "ct.dcm")
    copy_of("MR_small.dcm", tmp_path / "scans" / "deep" / "mr.dcm")
    return tmp_path / "scans"


@pytest.fixture
def run(deidc, recipe):
    """Return a function that runs the recipe of these tests."""
    recipe(PLAIN)
    return lambda *arguments, **how: deidc("run", "my.deid", *arguments, **how)


@pytest.mark.parametrize("way", ["-", "-0", "file"])
def test_lists_of_paths(run, scans, tmp_path, way):
    """A listed file keeps the path it is listed by; a listed folder is walked; what is not there is refused."""
    listed = ["scans/ct.dcm", "", "./scans/deep", "nothing.dcm", "../up.dcm", str(tmp_path / "scans" / "ct.dcm")]
    text = ("\0" if way == "-0" else "\n").join(listed)
    if way == "file":
        (tmp_path / "list").write_text(text)
        done = run("--files-from", "list", "-o", "out")
    else:
        done = run("-", "-o", "out", *(["-0"] if way == "-0" else []), stdin=text)
    absolute = (tmp_path / "scans" / "ct.dcm").as_posix().lstrip("/")
    assert tree_of(tmp_path / "out") == sorted([absolute, "scans/ct.dcm", "scans/deep/mr.dcm"])
    assert (done.returncode, outcome_of(done)) == (1, "3 written, 2 refused")
    assert "nothing.dcm: refused: DC921" in done.stderr
    assert "../up.dcm: refused: DC940" in done.stderr


def test_a_list_may_have_any_file_name(run, scans, tmp_path):
    """Names with line ends and bytes that are no text are taken as they are."""
    name = os.fsdecode(b"scans/\xff\nodd.dcm")
    shutil.copy(scans / "ct.dcm", tmp_path / name)
    done = run("-", "-0", "-o", "out", stdin=os.fsencode(name))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / name).is_file()


def test_inputs_of_a_list_are_not_taken_from_the_output(run, scans, tmp_path):
    """They may be replaced while the run goes on."""
    done = run("-", "-o", "scans", "--overwrite", stdin="scans/ct.dcm\n")
    assert (done.returncode, "DC927" in done.stderr) == (1, True)


@pytest.mark.parametrize("jobs", [1, 2])
def test_members_of_archives_are_cleaned(run, scans, tmp_path, jobs):
    """Below the archive's name without suffix; names that lead out, links and damage are refused one by one."""
    data = (scans / "ct.dcm").read_bytes()
    with tarfile.open(tmp_path / "t.tar.gz", "w:gz") as archive:
        archive.add(scans / "ct.dcm", "s/ct.dcm")
        archive.add(scans / "deep" / "mr.dcm", "./s/mr.dcm")
        info = tarfile.TarInfo("../../evil.dcm")
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
        link = tarfile.TarInfo("link.dcm")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr("/absolute.dcm", data)
        archive.writestr("z.dcm", data)
        archive.writestr("notes.txt", "no DICOM")
    (tmp_path / "bad.zip").write_bytes(b"PK\x03\x04 and no more")
    done = run("t.tar.gz", "z.zip", "bad.zip", "-o", "deep/out", "--jobs", jobs)
    assert tree_of(tmp_path / "deep") == ["out/t/s/ct.dcm", "out/t/s/mr.dcm", "out/z/z.dcm"]
    assert dcmread(tmp_path / "deep" / "out" / "t" / "s" / "mr.dcm").Modality == "MR"
    assert dcmread(tmp_path / "deep" / "out" / "z" / "z.dcm").PatientName == ""
    assert (done.returncode, outcome_of(done)) == (1, "3 written, 4 refused, 1 skipped")
    for told in ("t.tar.gz/../../evil.dcm: refused: DC940", "t.tar.gz/link.dcm: refused: DC921",
                 "z.zip//absolute.dcm: refused: DC940", "bad.zip: refused: DC942",
                 "z.zip/notes.txt: skipped: DC920"):  # fmt: skip
        assert told in done.stderr


def test_archives_in_folders_are_opened_if_asked(run, scans, tmp_path):
    """Else they are no DICOM; a folder called as the archive is does not take its members silently."""
    with zipfile.ZipFile(scans / "deep.zip", "w") as archive:
        archive.write(shipped("rtplan.dcm"), "mr.dcm")
        archive.write(shipped("rtplan.dcm"), "plan.dcm")
    done = run("scans", "-o", "one")
    assert (done.returncode, tree_of(tmp_path / "one")) == (0, ["ct.dcm", "deep/mr.dcm"])
    assert "scans/deep.zip: skipped: DC920" in done.stderr
    done = run("scans", "-o", "two", "--archives")
    assert (done.returncode, tree_of(tmp_path / "two")) == (1, ["ct.dcm", "deep/mr.dcm", "deep/plan.dcm"])
    assert "scans/deep.zip/mr.dcm: refused: DC927" in done.stderr
    assert dcmread(tmp_path / "two" / "deep" / "mr.dcm").Modality == "MR"


def test_members_above_the_limit_are_refused(run, scans, tmp_path):
    """And the limit is the user's."""
    with zipfile.ZipFile(tmp_path / "z.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.dcm", bytes(2_000_000))
        archive.write(scans / "ct.dcm", "ct.dcm")
    done = run("z.zip", "-o", "out", "--member-limit", "1M")
    assert (done.returncode, tree_of(tmp_path / "out")) == (1, ["z/ct.dcm"])
    assert "z.zip/bomb.dcm: refused: DC941" in done.stderr
    assert run("z.zip", "-o", "more", "--member-limit", "1X").returncode == 2


@pytest.mark.parametrize("name", ["DICOMDIR", "DICOMDIR-bigEnd", "DICOMDIR-implicit"])
def test_a_dicomdir_stands_for_its_files(run, tmp_path, name):
    """As far as they are there; the others are refused. In a folder it is left out, because its files are met."""
    medium = tmp_path / "medium"
    shutil.copytree(FOLDER / "dicomdirtests", medium, ignore=shutil.ignore_patterns("DICOMDIR*", "README.txt", "TINY*"))
    shutil.copy(FOLDER / "dicomdirtests" / name, medium / "DICOMDIR")
    files = tree_of(medium)
    files.remove("DICOMDIR")
    lost = files.pop()
    (medium / lost).unlink()
    done = run("medium/DICOMDIR", "-o", "out")
    assert (done.returncode, tree_of(tmp_path / "out")) == (1, files)
    assert f"medium/{lost}: refused: DC921" in done.stderr
    done = run("medium", "-o", "all")
    assert (done.returncode, tree_of(tmp_path / "all")) == (0, files)
    assert "medium/DICOMDIR: skipped: DC928" in done.stderr


def test_a_dicomdir_leads_nowhere_else(run, tmp_path):
    """A File ID that climbs out of the medium is refused, and so is a DICOMDIR that is none."""
    medium = tmp_path / "medium"
    medium.mkdir()
    index = dcmread(FOLDER / "dicomdirtests" / "DICOMDIR")
    for record in index.DirectoryRecordSequence:
        if "ReferencedFileID" in record:
            record.ReferencedFileID = ["..", "secret.dcm"]
    index.save_as(medium / "DICOMDIR")
    copy_of("CT_small.dcm", tmp_path / "secret.dcm")
    done = run("medium/DICOMDIR", "-o", "out")
    assert (done.returncode, tree_of(tmp_path / "out"), "DC940" in done.stderr) == (1, [], True)
    (medium / "DICOMDIR").write_text("nothing")
    done = run("medium/DICOMDIR", "-o", "out")
    assert (done.returncode, "refused: DC921" in done.stderr) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nosuch://bucket/a", "-o", "out"), "cannot be used"),
        (("memory://bucket/nothing", "-o", "out"), "the input memory://bucket/nothing does not exist"),
        (("scans", "-o", "nosuch://bucket"), "cannot be written to"),
        (("scans", "-o", "memory://bucket", "--fsync"), "--fsync"),
        (("scans", "-o", "file:///proc/version"), "is a file"),
        (("-o", "out"), "Missing argument"),
        (("scans", "-o", "out", "--null"), "--null"),
        (("scans", "-o", "out", "--files-from", "none"), "does not exist"),
    ],
)
def test_misuse_is_told_before_the_first_file(run, scans, tmp_path, arguments, said):
    """Exit code 2, a sentence, and nothing written."""
    done = run(*arguments)
    assert (done.returncode, said in done.stderr) == (2, True), done.stderr
    assert not (tmp_path / "out").exists()


def test_a_url_without_the_extra_names_it(scans, recipe, tmp_path):
    """Where fsspec is not installed, local files are cleaned as ever, and a URL is misuse."""
    recipe(PLAIN)
    script = "import sys; sys.modules['fsspec'] = None; from deidc.cli import main; main()"

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", script, "run", "my.deid", *arguments],
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip

    for arguments in (("s3://bucket/a", "-o", "out"), ("scans", "-o", "s3://bucket/out")):
        done = run(*arguments)
        assert (done.returncode, "deidc[remote]" in done.stderr) == (2, True), done.stderr
    assert run("scans", "-o", "out").returncode == 0


def test_a_file_url_is_a_local_file(run, scans, tmp_path):
    """So that what keeps an input from being its own output knows it."""
    done = run(f"file://{scans}", "-o", f"file://{tmp_path}/out")
    assert (done.returncode, tree_of(tmp_path / "out")) == (0, ["ct.dcm", "deep/mr.dcm"])
    assert run(f"file://{scans}/ct.dcm", "-o", str(scans), "--overwrite").returncode == 2


def test_from_a_store_to_a_store(run, scans, tmp_path, bucket):
    """A prefix is walked like a folder, outputs are put whole, and none is replaced unasked."""
    filesystem, name = bucket
    for path in tree_of(scans):
        filesystem.pipe_file(f"{name}/in/{path}", (scans / path).read_bytes())
    filesystem.pipe_file(f"{name}/in/notes.txt", b"no DICOM")
    filesystem.pipe_file(f"{name}/in/deep/", b"")  # some tools make an object for a folder
    arguments = (f"s3://{name}/in", "-o", f"s3://{name}/in/out")
    done = run(*arguments, "--jobs", 2)
    assert (done.returncode, outcome_of(done)) == (0, "2 written, 1 skipped"), done.stderr
    for path, modality in (("ct.dcm", "CT"), ("deep/mr.dcm", "MR")):
        written = dcmread(io.BytesIO(filesystem.cat_file(f"{name}/in/out/{path}")))
        assert (written.PatientName, written.Modality) == ("", modality)
    again = run(*arguments)
    assert outcome_of(again) == "2 refused, 1 skipped", again.stderr
    assert again.stderr.count("DC924") == 2
    assert run(*arguments, "--overwrite").returncode == 0
    assert run(f"s3://{name}/in/out/ct.dcm", "-o", f"s3://{name}/in/out").returncode == 2
    assert run(f"s3://{name}/in/*.dcm", f"s3://{name}/in/deep/mr.dcm", "-o", "back").returncode == 0
    assert tree_of(tmp_path / "back") == ["ct.dcm", "mr.dcm"]


def test_keys_that_lead_out_of_the_output_are_refused(run, scans, tmp_path, bucket):
    """A store has no folders, so a key may climb."""
    filesystem, name = bucket
    filesystem.pipe_file(f"{name}/in/../../evil.dcm", (scans / "ct.dcm").read_bytes())
    done = run(f"s3://{name}/in", "-o", "deep/out")
    assert (done.returncode, "DC940" in done.stderr, tree_of(tmp_path / "deep")) == (1, True, []), done.stderr


def test_a_store_that_fails_refuses_its_files(run, scans, bucket):
    """No bucket to write to, and none to read from."""
    _, name = bucket
    done = run("scans", "-o", "s3://no-such-bucket-anywhere/out")
    assert (done.returncode, done.stderr.count("DC925")) == (1, 2), done.stderr
    assert run(f"s3://{name}/nothing", "-o", "out").returncode == 2
