"""No input gets its output among the files of the run itself, whatever its name looks like."""

from __future__ import annotations

import sqlite3
import stat
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from deidc.batch.outputs.reserved import is_reserved
from tests.files import copy_of, shipped

RECIPE = "FORMAT dicom\n\n%header\nBLANK PatientName\n"


@pytest.mark.parametrize(
    "name",
    [".deidc", ".DEIDC", ".Deidc", ".deidc.", ".deidc ", ".deidc. .", ".dei\u200bdc", ".deidc::$INDEX_ALLOCATION",
     "DEIDC~1", ".\uff44eidc", ".deidc-0123-abc.part", ".DEIDC-1.PART"],
)  # fmt: skip
def test_names_that_a_file_system_takes_for_ours(name):
    """In any part of a place, on any system."""
    assert is_reserved(Path(name))
    assert is_reserved(Path("a") / name / "journal.sqlite")
    assert not is_reserved(Path("a") / f"x{name}y")


@pytest.mark.parametrize("dry", [False, True])
@pytest.mark.parametrize("folder", [".deidc", ".DEIDC", ".Deidc."])
def test_an_archive_or_a_list_does_not_reach_the_state_folder(deidc, recipe, tmp_path, folder, dry):
    """Its members are refused with a code, the journal stays, and so do all other outputs; also with --overwrite."""
    recipe(RECIPE)
    with zipfile.ZipFile(tmp_path / f"{folder}.zip", "w") as archive:
        for name in ("journal.sqlite", "lock", "x.dcm"):
            archive.write(shipped("CT_small.dcm"), name)
    copy_of("MR_small.dcm", tmp_path / "ok.dcm")
    copy_of("MR_small.dcm", tmp_path / folder / "listed.dcm")
    (tmp_path / "list").write_text(f"{folder}/listed.dcm\nok.dcm\n")
    options = ("--dry-run",) if dry else ("--overwrite",)
    done = deidc("run", "my.deid", f"{folder}.zip", "--files-from", "list", "-o", "out", *options)
    assert (done.returncode, done.stderr.count("refused: DC953")) == (1, 4), done.stderr
    if not dry:
        written = {
            one.relative_to(tmp_path / "out").as_posix() for one in (tmp_path / "out").rglob("*") if one.is_file()
        }
        assert not {one for one in written if one.endswith(".dcm")} - {"ok.dcm"}
        with closing(sqlite3.connect(tmp_path / "out" / ".deidc" / "journal.sqlite")) as journal:
            assert journal.execute("SELECT count(*) FROM inputs").fetchone() == (5,)


def test_a_link_does_not_reach_the_state_folder(deidc, recipe, tmp_path):
    """A folder of the output may be a link; one to the state folder takes no output, and is no output folder itself."""
    recipe(RECIPE)
    copy_of("CT_small.dcm", tmp_path / "in" / "link" / "x.dcm")
    (tmp_path / "out" / ".deidc").mkdir(parents=True)
    (tmp_path / "out" / "link").symlink_to(".deidc")
    done = deidc("run", "my.deid", "in", "-o", "out")
    assert (done.returncode, "DC953" in done.stderr) == (1, True)
    assert not (tmp_path / "out" / ".deidc" / "x.dcm").exists()
    for place in ("out/.deidc", "out/link", "out/.deidc/below"):
        assert deidc("run", "my.deid", "in", "-o", place).returncode == 2


@pytest.mark.parametrize(
    "fact",
    [
        ("salt", "no hex"),
        ("salt", ""),
        ("salt", 7),
        ("token", "../*"),
        ("manifest lines", "many"),
        ("manifest chain", 1),
    ],
)
def test_a_damaged_journal_is_a_usage_error(deidc, recipe, tmp_path, fact):
    """Nothing is written and nothing is raised."""
    recipe(RECIPE)
    copy_of("CT_small.dcm", tmp_path / "in" / "x.dcm")
    command = ("run", "my.deid", "in", "-o", "out", "--manifest", "m")
    assert deidc(*command).returncode == 0
    with closing(sqlite3.connect(tmp_path / "out" / ".deidc" / "journal.sqlite")) as journal, journal:
        journal.execute("UPDATE facts SET value = ? WHERE name = ?", (fact[1], fact[0]))
    done = deidc(*command)
    assert (done.returncode, "journal" in done.stderr, "damaged" in done.stderr) == (2, True, True), done.stderr


def test_verify_sees_every_file(deidc, recipe, tmp_path):
    """In the state folder, below a second one, and through a link to a folder."""
    recipe(RECIPE)
    copy_of("CT_small.dcm", tmp_path / "in" / "x.dcm")
    assert deidc("run", "my.deid", "in", "-o", "out", "--manifest", "m").returncode == 0
    assert deidc("manifest", "verify", "m", "out").returncode == 0
    copy_of("CT_small.dcm", tmp_path / "elsewhere" / "name.dcm")
    for place in (".deidc/name.dcm", ".deidc/lock.dcm", "deep/.deidc/name.dcm", ".deidc/below/journal.sqlite"):
        copy_of("CT_small.dcm", tmp_path / "out" / place)
        done = deidc("manifest", "verify", "m", "out")
        assert (done.returncode, place in done.stdout) == (1, True), done.stdout
        (tmp_path / "out" / place).unlink()
    (tmp_path / "out" / "link").symlink_to(tmp_path / "elsewhere")
    done = deidc("manifest", "verify", "m", "out")
    assert (done.returncode, "link/name.dcm" in done.stdout) == (1, True)
    (tmp_path / "out" / "link").unlink()
    (tmp_path / "out" / "round").symlink_to(".")
    done = deidc("manifest", "verify", "m", "out")
    assert (done.returncode, "round" in done.stdout) == (1, True)


def test_a_page_with_originals_is_private(deidc, recipe, tmp_path):
    """Also where it replaces one that others could read; so is every preview."""
    recipe(RECIPE)
    copy_of("CT_small.dcm", tmp_path / "x.dcm")
    (tmp_path / "page.html").write_text("")
    (tmp_path / "page.html").chmod(0o644)
    options = ("--report", "page.html", "--report-originals", "--overwrite")
    assert deidc("run", "my.deid", "x.dcm", "-o", "out", *options).returncode == 0
    assert stat.S_IMODE((tmp_path / "page.html").stat().st_mode) == 0o600
    assert deidc("preview", "x.dcm", "-r", "my.deid").returncode == 0
    assert stat.S_IMODE((tmp_path / "preview.png").stat().st_mode) == 0o600
    assert deidc("inspect", "x.dcm", "--save", "table.tsv").returncode in (0, 1)
    assert stat.S_IMODE((tmp_path / "table.tsv").stat().st_mode) == 0o600
