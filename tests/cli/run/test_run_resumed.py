"""`deidc run` again: what was written and did not change is left alone, and what is not known is never replaced."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pydicom import dcmread

from tests.cli.run.outcomes import outcome_of
from tests.files import copy_of, tree_of
from tests.keys import MARKED_KEY, OTHER_MARKED_KEY

PLAIN = "FORMAT dicom\n\n%header\nBLANK PatientName\n"
NAMED = "FORMAT dicom\n\n%vars\nVAR key secret\n\n%header\nREPLACE PatientID deid_func:stable_hash key=var:key\n"
CALLING = "FORMAT dicom\n\n%header\nREPLACE PatientName func:call\n"
DIES = """import os, pathlib, signal
def call(dicom):
    if dicom.PatientID == '2' and not pathlib.Path('spared').exists():
        os.kill(os.getpid(), signal.SIGKILL)
    return 'x'
"""
RUN = ("run", "my.deid", "scans", "-o", "out")


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    """Three files of patients 0 to 2, written long ago, and one that is no DICOM file."""
    for number in range(3):
        copy_of("rtplan.dcm", tmp_path / "scans" / "deep" / f"{number}.dcm", PatientID=str(number))
    (tmp_path / "scans" / "notes.txt").write_text("no DICOM, by any reading")
    return tmp_path / "scans" / "deep"


def settle() -> None:
    """Wait until a change of a file is sure to show in its times, so that these are trusted."""
    time.sleep(2.1)


def first(done: subprocess.CompletedProcess[str]) -> str:
    return outcome_of(done)


@pytest.mark.parametrize("options", [("--manifest", "m"), ("--jobs", "2"), ("--overwrite",)])
def test_a_run_that_has_ended_is_not_done_again(deidc, recipe, scans, tmp_path, options):
    """The same command writes nothing: no output, no line of the manifest. With --overwrite all is done again."""
    recipe(PLAIN)
    assert first(deidc(*RUN, *options)) == "3 written, 1 skipped"
    before = {path: path.stat() for path in tmp_path.rglob("*") if path.is_file() and ".deidc" not in path.parts}
    again = deidc(*RUN, *options)
    if options == ("--overwrite",):
        assert first(again) == "3 written, 1 skipped"
        return
    assert (again.returncode, first(again)) == (0, "3 unchanged, 1 skipped")
    assert {path: path.stat().st_mtime_ns for path in before} == {path: was.st_mtime_ns for path, was in before.items()}
    assert {path: path.stat().st_ino for path in before} == {path: was.st_ino for path, was in before.items()}
    assert tree_of(tmp_path / "out") == ["deep/0.dcm", "deep/1.dcm", "deep/2.dcm"]


@pytest.mark.parametrize("options", [(), ("--digests",)])
def test_an_input_that_was_changed_is_refused_and_not_replaced(deidc, recipe, scans, tmp_path, options):
    """Of the same size and with its time set back, too; touched ones are unchanged; --overwrite cleans it again."""
    recipe(PLAIN)
    settle()
    assert deidc(*RUN, *options).returncode == 0
    changed, touched = scans / "0.dcm", scans / "1.dcm"
    was = changed.stat()
    changed.write_bytes(changed.read_bytes().replace(b"Plan 1", b"Plan 9").replace(b"RTPLAN ", b"RTPLAM "))
    data = changed.read_bytes()
    changed.write_bytes(data[:-2] + b"ZZ")
    os.utime(changed, ns=(was.st_atime_ns, was.st_mtime_ns))
    assert (changed.stat().st_size, changed.stat().st_mtime_ns) == (was.st_size, was.st_mtime_ns)
    os.utime(touched)
    output = (tmp_path / "out" / "deep" / "0.dcm").read_bytes()
    for _ in range(2):
        done = deidc(*RUN, *options)
        assert (done.returncode, first(done)) == (1, "2 unchanged, 1 refused, 1 skipped")
        assert "deep/0.dcm: refused: DC929" in done.stderr
        assert (tmp_path / "out" / "deep" / "0.dcm").read_bytes() == output
    assert deidc(*RUN, *options, "--overwrite").returncode == 0
    assert (tmp_path / "out" / "deep" / "0.dcm").read_bytes() != output
    assert first(deidc(*RUN, *options)) == "3 unchanged, 1 skipped"


def test_an_output_that_is_gone_is_written_again(deidc, recipe, scans, tmp_path):
    """And one that somebody changed is refused: it is not what the run left."""
    recipe(PLAIN)
    assert deidc(*RUN).returncode == 0
    (tmp_path / "out" / "deep" / "0.dcm").unlink()
    (tmp_path / "out" / "deep" / "1.dcm").write_text("mine")
    done = deidc(*RUN)
    assert first(done) == "1 written, 1 unchanged, 1 refused, 1 skipped"
    assert "deep/1.dcm: refused: DC924" in done.stderr
    assert (tmp_path / "out" / "deep" / "1.dcm").read_text() == "mine"


def test_a_new_input_is_cleaned_and_a_twin_stays_refused(deidc, recipe, scans, tmp_path):
    """What was there is left alone; of two inputs with one place the second is refused each time."""
    recipe(PLAIN)
    copy_of("CT_small.dcm", tmp_path / "other" / "deep" / "0.dcm")
    command = ("run", "my.deid", "scans", "other", "-o", "out", "--manifest", "m")
    assert first(deidc(*command)) == "3 written, 1 refused, 1 skipped"
    copy_of("MR_small.dcm", scans / "00.dcm")
    done = deidc(*command)
    assert first(done) == "1 written, 3 unchanged, 1 refused, 1 skipped"
    assert "other/deep/0.dcm: refused: DC927" in done.stderr
    lines = [json.loads(line) for line in (tmp_path / "m").read_text().splitlines()]
    assert [one["number"] for one in lines if "outcome" in one] == [0, 1, 2, 3, 4, 5]
    assert [one["entry"] for one in lines if "resumed" in one] == [7]
    assert deidc("manifest", "verify", "m", "out").returncode == 0


def test_another_run_does_not_go_into_the_folder(deidc, recipe, scans, tmp_path):
    """Another secret, another recipe: misuse, and the reason is told without the secret; --overwrite begins anew."""
    recipe(NAMED)
    assert deidc(*RUN, "--var", f"key={MARKED_KEY}").returncode == 0
    before = (tmp_path / "out" / "deep" / "0.dcm").read_bytes()
    other = deidc(*RUN, "--var", f"key={OTHER_MARKED_KEY}")
    assert (other.returncode, "the difference is the variables" in other.stderr, "ZQ" in other.stderr) == (
        2,
        True,
        False,
    )
    recipe(NAMED + "BLANK PatientName\n")
    assert "the difference is the recipe" in deidc(*RUN, "--var", f"key={MARKED_KEY}").stderr
    assert (tmp_path / "out" / "deep" / "0.dcm").read_bytes() == before
    assert deidc(*RUN, "--var", f"key={OTHER_MARKED_KEY}", "--overwrite").returncode == 0
    assert (tmp_path / "out" / "deep" / "0.dcm").read_bytes() != before
    journal = (tmp_path / "out" / ".deidc" / "journal.sqlite").read_bytes()
    assert not [word for word in (b"ZQ", b"0.dcm", b"deep", b"scans", b"notes") if word in journal]


def test_a_second_run_is_refused_while_the_first_is_at_work(deidc, recipe, scans, tmp_path):
    """It is misuse, and the first goes on to its end; a lock that is but a file that was left does not count."""
    (tmp_path / "slow.py").write_text(
        "import pathlib, time\n"
        "def call():\n"
        "    pathlib.Path('begun').touch()\n"
        "    while not pathlib.Path('go').exists():\n"
        "        time.sleep(0.01)\n"
        "    return 'x'\n"
    )
    recipe(CALLING)
    command = (*RUN, "--functions", "slow")
    running = subprocess.Popen([sys.executable, "-m", "deidc", *command], cwd=tmp_path, stdout=subprocess.PIPE)
    while not (tmp_path / "begun").exists():
        time.sleep(0.01)
    second = deidc(*command)
    assert (second.returncode, "another run is writing to this folder" in second.stderr) == (2, True)
    (tmp_path / "go").touch()
    out, _ = running.communicate(timeout=60)
    assert (running.returncode, out.splitlines()[-2]) == (0, b"3 written, 1 skipped")
    assert first(deidc(*command)) == "3 unchanged, 1 skipped"


def test_what_a_killed_run_did_not_write_is_not_replaced(recipe, deidc, scans, tmp_path):
    """What it left half-written goes, but a file that lay in a place before the run is refused, begun or not."""
    (tmp_path / "dies.py").write_text(DIES)
    recipe(CALLING)
    (tmp_path / "out" / "deep").mkdir(parents=True)
    (tmp_path / "out" / "deep" / "2.dcm").write_text("mine")
    (tmp_path / "out" / "deep" / ".deidc-mine.part").write_text("mine")
    command = (*RUN, "--functions", "dies")
    killed = subprocess.run([sys.executable, "-m", "deidc", *command], cwd=tmp_path, capture_output=True, check=False)
    assert killed.returncode == -9
    journal = sqlite3.connect(tmp_path / "out" / ".deidc" / "journal.sqlite")
    ((token,),) = journal.execute("SELECT value FROM facts WHERE name = 'token'").fetchall()
    journal.close()
    (tmp_path / "out" / "deep" / f".deidc-{token}-0123.part").write_text("half")
    (tmp_path / "spared").touch()
    done = deidc(*command)
    assert "deep/2.dcm: refused: DC924" in done.stderr
    assert sorted(tree_of(tmp_path / "out")) == ["deep/.deidc-mine.part", "deep/0.dcm", "deep/1.dcm", "deep/2.dcm"]
    assert (tmp_path / "out" / "deep" / "2.dcm").read_text() == "mine"
    assert dcmread(tmp_path / "out" / "deep" / "0.dcm").PatientName == "x"


def test_a_killed_run_with_overwrite_is_continued(recipe, deidc, scans, tmp_path):
    """What it had replaced is not replaced again, and the rest is."""
    (tmp_path / "dies.py").write_text(DIES.replace("os.kill", "__import__('time').sleep(0.4); os.kill"))
    recipe(CALLING)
    (tmp_path / "out" / "deep").mkdir(parents=True)
    for number in range(3):
        (tmp_path / "out" / "deep" / f"{number}.dcm").write_text("old")
    command = (*RUN, "--functions", "dies", "--overwrite", "--manifest", "m")
    killed = subprocess.run([sys.executable, "-m", "deidc", *command], cwd=tmp_path, capture_output=True, check=False)
    assert killed.returncode == -9
    (tmp_path / "spared").touch()
    assert deidc(*command).returncode == 0
    assert all(dcmread(tmp_path / "out" / "deep" / f"{number}.dcm").PatientName == "x" for number in range(3))
    assert deidc("manifest", "verify", "m", "out").returncode == 0


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (lambda path: path.unlink(), "does not exist"),
        (lambda path: path.write_text("mine"), "cannot be continued"),
        (lambda path: path.write_bytes(path.read_bytes().replace(b'"written"', b'"refused"', 1)), "was changed"),
        (lambda path: path.write_bytes(b"".join(path.read_bytes().splitlines(True)[:2])), "but the journal records"),
    ],
)
def test_a_manifest_that_is_not_as_it_was_left_is_not_continued(deidc, recipe, scans, tmp_path, broken, said):
    """Misuse, and the file is left as it is."""
    recipe(PLAIN)
    assert deidc(*RUN, "--manifest", "m").returncode == 0
    broken(tmp_path / "m")
    left = (tmp_path / "m").read_bytes() if (tmp_path / "m").exists() else None
    done = deidc(*RUN, "--manifest", "m")
    assert (done.returncode, said in done.stderr) == (2, True), done.stderr
    assert left == ((tmp_path / "m").read_bytes() if (tmp_path / "m").exists() else None)


def test_a_manifest_is_there_from_the_first_file_or_never(deidc, recipe, scans, tmp_path):
    """A run that is continued with one, or without, would have records of a part only."""
    recipe(PLAIN)
    assert deidc(*RUN).returncode == 0
    done = deidc(*RUN, "--manifest", "m")
    assert (done.returncode, "has no manifest" in done.stderr, (tmp_path / "m").exists()) == (2, True, False)
    assert deidc(*RUN, "--manifest", "m", "--overwrite").returncode == 0
    assert "has a manifest" in deidc(*RUN).stderr


def test_a_journal_may_lie_elsewhere(deidc, recipe, scans, tmp_path):
    """It is for its output folder only; a file that is no journal is not touched; a dry run has none."""
    recipe(PLAIN)
    assert deidc(*RUN, "--journal", "j").returncode == 0
    assert not (tmp_path / "out" / ".deidc" / "journal.sqlite").exists()
    assert first(deidc(*RUN, "--journal", "j")) == "3 unchanged, 1 skipped"
    elsewhere = deidc("run", "my.deid", "scans", "-o", "other", "--journal", "j")
    assert (elsewhere.returncode, "the difference is the output folder" in elsewhere.stderr) == (2, True)
    assert deidc(*RUN, "--journal", "my.deid", "--overwrite").returncode == 2
    assert (tmp_path / "my.deid").read_text() == PLAIN
    assert deidc(*RUN, "--journal", "j", "--dry-run").returncode == 2


def test_an_output_folder_in_an_input_folder_keeps_working(deidc, recipe, scans, tmp_path):
    """Neither outputs nor what runs keep for themselves are inputs of the next run, or of a run elsewhere."""
    recipe(PLAIN)
    command = ("run", "my.deid", ".", "-o", "out")
    assert first(deidc(*command)) == "3 written, 2 skipped"
    assert first(deidc(*command)) == "3 unchanged, 2 skipped"
    assert first(deidc("run", "my.deid", "out", "-o", "twice")) == "3 written"


def test_an_output_folder_that_closes_in_the_middle(recipe, scans, tmp_path):
    """What cannot be written any more is refused one by one; open again, the same command brings the rest."""
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        recipe(CALLING)
        shutil.copytree(tmp_path / "scans" / "deep", folder / "scans")
        shutil.copy(tmp_path / "my.deid", folder / "my.deid")
        (folder / "closes.py").write_text(
            "import os, pathlib\n"
            "def call(dicom):\n"
            "    if dicom.PatientID == '1' and not pathlib.Path('spared').exists():\n"
            "        os.chmod('out', 0o555)\n"
            "    return 'x'\n"
        )
        owner: dict[str, object] = {}
        if os.geteuid() == 0:
            # Permissions do not bind root, so somebody else runs it.
            owner = {"user": 65534, "group": 65534, "extra_groups": []}
            for path in (folder, *folder.rglob("*")):
                os.chown(path, 65534, 65534)
        run = lambda: subprocess.run(  # noqa: E731
            [sys.executable, "-B", "-m", "deidc", *RUN, "--functions", "closes"],
            cwd=folder, capture_output=True, text=True, check=False, env={**os.environ, "HOME": name}, **owner,
        )  # fmt: skip
        try:
            done = run()
        except PermissionError:
            pytest.skip("nobody else may run Python here")
        if "No module named" in done.stderr:
            pytest.skip("nobody else may read the package here")
        assert (done.returncode, first(done)) == (1, "1 written, 2 refused"), done.stderr
        assert "scans/1.dcm: refused: DC925 the output cannot be written: Permission denied" in done.stderr
        (folder / "out").chmod(0o755)
        (folder / "spared").touch()
        again = run()
        assert (again.returncode, first(again)) == (0, "2 written, 1 unchanged"), again.stderr


def test_a_dry_run_tells_by_attribute_what_would_be_done(deidc, recipe, scans, tmp_path):
    """Counts by line, attribute and effect, items counted together; nothing is written, and no journal."""
    recipe("FORMAT dicom\n\n%header\nBLANK PatientName\nREMOVE BeamName\n")
    before = tree_of(tmp_path)
    done = deidc("run", "my.deid", "scans", "-o", "out", "--dry-run", "--format", "json")
    plan = [(one["line"], one["attribute"], one["path"], one["effect"], one["count"])
            for one in json.loads(done.stdout)["plan"] if one["line"] != "deidc"]  # fmt: skip
    assert plan == [
        ("my.deid:4", "PatientName", "00100010", "blanked", 3),
        ("my.deid:5", "BeamSequence.BeamName", "300A00B0.300A00C2", "removed", 3),
    ]
    told = deidc("run", "my.deid", "scans", "-o", "out", "--dry-run", "-v").stdout
    assert ["3", "removed", "BeamSequence.BeamName", "my.deid:5"] in [line.split() for line in told.splitlines()]
    assert tree_of(tmp_path) == before
    assert not (tmp_path / "out").exists()
