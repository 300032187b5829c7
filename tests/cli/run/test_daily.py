"""What a user of `deidc run` sees each day: the summary, the private record, the log, progress and exit codes."""

from __future__ import annotations

import csv
import json
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO

import pytest

from deidc.cli.run.engines import Jobs
from deidc.cli.run.log import MOST_FILES, Log
from deidc.cli.run.progress import ProgressLines
from deidc.cli.run.summary import Summary
from deidc.ir.compile import compile_recipe
from tests.cli.run.outcomes import outcome_of
from tests.files import copy_of, tree_of

PLAIN = "FORMAT dicom\n\n%header\nJITTER StudyDate 10\nBLANK PatientName\n"
LABELLED = PLAIN.replace("%header", "%filter blacklist\n\nLABEL scanner\n  contains Modality MR\n\n%header")


@pytest.fixture
def mixed(recipe, tmp_path):
    """Return a folder with a file that is cleaned, one that is held, one that is refused, and one that is no DICOM."""
    recipe(LABELLED)
    copy_of("CT_small.dcm", tmp_path / "in" / "Doe^Jane.dcm")
    copy_of("MR_small.dcm", tmp_path / "in" / "held.dcm")
    copy_of("CT_small.dcm", tmp_path / "in" / "refused.dcm", StudyDate="20010132")
    (tmp_path / "in" / "skipped.txt").write_text("no DICOM")
    return tmp_path


def test_the_outcome_the_folder_and_the_next_step_come_last(deidc, mixed):
    """Effects are those of the one written file, though three were read; causes are rows with attribute and line."""
    done = deidc("run", "my.deid", "in", "-o", "out")
    text = done.stdout
    assert "        1  blanked    PatientName\n" in text
    assert " at StudyDate (my.deid:9)\n" in text
    closing = text[text.index(outcome_of(done)) :]
    assert closing.splitlines()[:2] == ["1 written, 1 held for review, 1 refused, 1 skipped", "outputs: out"]
    assert "`deidc preview FILE -r my.deid`" in closing
    assert "`deidc explain DC905`" in closing


def test_a_cause_is_one_row_and_twenty_files_are_named(deidc, recipe, tmp_path):
    """Of 30 files that are refused for one reason 20 are named; -v names all."""
    recipe(PLAIN)
    for number in range(30):
        copy_of("rtplan.dcm", tmp_path / "in" / f"{number:02}.dcm", StudyDate="20010132")
    done = deidc("run", "my.deid", "in", "-o", "out")
    assert (done.returncode, done.stderr.count(": refused: ")) == (1, 20)
    assert "10 more files" in done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines() if "DC905" in line and "explain" not in line] == ["30"]
    assert deidc("run", "my.deid", "in", "-o", "out", "-v").stderr.count(": refused: ") == 30


@pytest.mark.parametrize("jobs", ["1", "auto"])
def test_the_record_has_the_numbers_of_the_manifest(deidc, mixed, jobs):
    """One row for each input, readable by its owner alone; the next command lists all inputs again."""
    command = ("run", "my.deid", "in", "-o", "out", "-j", jobs, "-q", "--record", "r.csv")
    assert deidc(*command, "--manifest", "m").returncode == 1
    rows = list(csv.DictReader((mixed / "r.csv").open(newline="")))
    assert [
        (row["number"], row["input"], row["output"], row["outcome"], row["code"], row["label"]) for row in rows
    ] == [
        ("0", "in/Doe^Jane.dcm", "Doe^Jane.dcm", "written", "", ""),
        ("1", "in/held.dcm", "", "flagged", "", "blacklist/scanner"),
        ("2", "in/refused.dcm", "", "refused", "DC905", ""),
        ("3", "in/skipped.txt", "", "skipped", "DC920", ""),
    ]
    assert stat.S_IMODE((mixed / "r.csv").stat().st_mode) == 0o600
    records = [json.loads(line) for line in (mixed / "m").read_text().splitlines()]
    assert [(str(one["number"]), one["outcome"]) for one in records if "number" in one] == [
        (row["number"], row["outcome"]) for row in rows
    ]
    assert deidc(*command, "--manifest", "m").returncode == 1
    assert next(csv.DictReader((mixed / "r.csv").open(newline="")))["outcome"] == "unchanged"
    assert not list(mixed.glob(".deidc-*"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--record", "out/r.csv"), "handed on"),
        (("--record", "apart/r.jsonl", "--quarantine", "apart"), "handed on"),
        (("--record", "r.txt"), "*.csv or *.jsonl"),
        (("--record", "no/r.csv"), "its folder does not exist"),
        (("--record", "mine.csv"), "is not a record"),
        (("--log", "out/log"), "handed on"),
    ],
)
def test_a_record_is_kept_out_of_what_is_handed_on(deidc, mixed, arguments, said):
    """Exit code 2, one line, and nothing is written."""
    (mixed / "mine.csv").write_text("a,b\n")
    before = tree_of(mixed)
    done = deidc("run", "my.deid", "in", "-o", "out", *arguments)
    assert (done.returncode, said in done.stderr, "Usage:" in done.stderr) == (2, True, False), done.stderr
    assert tree_of(mixed) == before


def test_the_log_names_files_by_number(deidc, mixed):
    """Start, causes and end are in it, and no path of an input; the next run appends."""
    for _ in range(2):
        deidc("run", "my.deid", "in", "-o", "out", "--log", "log.txt", "--progress-every", "0.000001")
    text = (mixed / "log.txt").read_text()
    assert text.count(" started: ") == text.count(" ended: ") == 2
    assert "file 2: refused: DC905 " in text
    assert "file 1: held: blacklist/scanner" in text
    assert " of 4 files: " in text or " files: 1 written" in text
    assert not [name for name in ("Doe", "held.dcm", "refused.dcm", "in/") if name in text]


def test_lines_of_progress_keep_their_period():
    """One line at most in each period, however many files end in it."""
    times: Iterator[float] = iter([0, 1, 29, 30, 31, 59, 61, 100])
    told: list[str] = []
    lines = ProgressLines(30, told.append, lambda: next(times))
    lines.total = 120
    summary = Summary(compile_recipe(PLAIN))
    for _ in range(7):
        lines.take(summary)
    assert len(told) == 3
    silent = ProgressLines(0, told.append, lambda: 1e9)
    silent.take(summary)
    assert len(told) == 3


def test_a_log_has_the_first_files_of_each_cause():
    """What comes after them is one line."""
    from tests.cli.run.refusals import refused

    file = StringIO()
    log = Log(file, lambda: datetime(2026, 1, 2, tzinfo=UTC))
    for number in range(MOST_FILES + 5):
        log.take(refused(number), compile_recipe(PLAIN))
    lines = file.getvalue().splitlines()
    assert len(lines) == MOST_FILES + 1
    assert lines[0].startswith("2026-01-02T00:00:00Z file 0: refused: DC905 ")


@pytest.mark.parametrize("content", [None, "notes.txt"])
def test_nothing_to_clean_is_no_success(deidc, recipe, tmp_path, content):
    """An empty folder, and one without a DICOM file: exit code 1, and a sentence; with -q too."""
    recipe(PLAIN)
    (tmp_path / "in").mkdir()
    if content is not None:
        (tmp_path / "in" / content).write_text("no DICOM")
    for option in ("-v", "-q"):
        done = deidc("run", "my.deid", "in", "-o", "out", option)
        assert (done.returncode, "Nothing to clean" in done.stdout) == (1, True)


def test_a_table_is_checked_before_the_first_file(deidc, recipe, tmp_path):
    """A column that no table has, a key that is there twice, a table that is not there: 2, with path and line."""
    recipe(
        "FORMAT dicom\n\n%vars\nVAR ids table\n\n%header\n"
        "REPLACE PatientID deid_func:lookup table=var:ids column=study_id\n"
    )
    copy_of("CT_small.dcm", tmp_path / "in" / "a.dcm", PatientID="P1")
    for content, said in (
        ("id,studyid\nP1,A\n", "my.deid:7: ids.csv:1 has no column 'study_id'; did you mean 'studyid'?"),
        ("id,study_id\nP1,A\n\nP1,B\n", "ids.csv:4: the row has the same key as line 2"),
        ("id,study_id\nP1\n", "ids.csv:2: the row has 1 columns, the first row has 2"),
        (None, "variable 'ids' is not a table: No such file or directory"),
    ):
        (tmp_path / "ids.csv").unlink(missing_ok=True)
        if content is not None:
            (tmp_path / "ids.csv").write_text(content)
        done = deidc("run", "my.deid", "in", "-o", "out", "--var", "ids=ids.csv")
        assert (done.returncode, said in done.stderr, len(done.stderr.splitlines())) == (2, True, 1), done.stderr
        assert not (tmp_path / "out").exists()


def test_a_defect_ends_with_4_and_quotes_nothing(tmp_path):
    """The text of an unexpected exception, which may quote a value, is not printed."""
    script = (
        "import deidc.cli, deidc.cli.explain as explain\n"
        "def broken(code=None, form=None): raise KeyError('Doe^Jane')\n"
        "explain.command.callback = broken\n"
        "deidc.cli.main(['explain'])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, "Doe" in done.stderr, "KeyError" in done.stderr) == (4, False, True)


def test_jobs_auto_is_the_number_of_processors(monkeypatch):
    """Those that this process may use, where the system knows; all of them elsewhere, as on macOS and Windows."""
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 3, 5}, raising=False)
    assert Jobs().convert("auto", None, None) == 3
    monkeypatch.delattr("os.sched_getaffinity")
    monkeypatch.setattr("os.cpu_count", lambda: 7)
    assert Jobs().convert("auto", None, None) == 7
