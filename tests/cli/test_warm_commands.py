"""Commands that are forked from a process that has imported deidc say and do what those do that are started anew."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.files import copy_of, tree_of

RECIPE = "FORMAT dicom\n\n%header\nBLANK PatientName\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("run", "--help"),
        ("no-such-command",),
        ("check", "wrong.deid"),
        ("check", "-"),
        ("run", "my.deid", "in", "-o", "out", "--jobs", "2", "--manifest", "m"),
        ("run", "my.deid", "nothing", "-o", "out"),
        ("run", "my.deid", "in", "-o", "out", "--functions", "mine"),
    ],
    ids=" ".join,
)
def test_both_say_and_do_the_same(warm_commands, tmp_path, arguments):
    """Exit code, output, errors, files."""
    found = []
    for name in ("anew", "warm"):
        folder = tmp_path / name / "work"
        copy_of("rtplan.dcm", folder / "in" / "a.dcm")
        (folder / "my.deid").write_text(RECIPE)
        (folder / "wrong.deid").write_text(RECIPE + "REMOVE PatientsName\n")
        (folder / "mine.py").write_text("def call():\n    return 'x'\n")
        if name == "warm":
            done = warm_commands.run(arguments, folder, RECIPE.encode())
        else:
            done = started(arguments, folder)
        # A manifest has the time, and compiled modules have their folder.
        files = {one: (folder / one).read_bytes() for one in tree_of(folder) if one != "m" and "__pycache__" not in one}
        said = [text.replace(str(folder).encode(), b"") for text in (done.stdout, done.stderr)]
        found.append((done.returncode, said, files))
    for anew, warm in zip(*found, strict=True):
        assert warm == anew


def started(arguments: tuple[str, ...], folder: Path) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "deidc", *arguments]
    return subprocess.run(command, cwd=folder, input=RECIPE.encode(), capture_output=True, check=False)


def test_an_environment_that_imports_depend_on_asks_for_a_new_process(warm_commands, monkeypatch):
    """Modules that are imported already would hide what such a variable does."""
    assert warm_commands.suits()
    for name in ("PYTHONPATH", "LD_PRELOAD"):
        with monkeypatch.context() as changed:
            changed.setenv(name, "/nowhere")
            assert not warm_commands.suits()
    monkeypatch.setenv("COLUMNS", "99")
    assert warm_commands.suits()


def test_one_command_leaves_nothing_to_the_next(warm_commands, tmp_path):
    """Neither the folder nor what was imported from it."""
    for name in ("one", "two"):
        folder = tmp_path / name
        copy_of("rtplan.dcm", folder / "in" / "a.dcm")
        (folder / "my.deid").write_text(RECIPE.replace("BLANK PatientName", "REPLACE PatientName func:call"))
        (folder / "mine.py").write_text(f"def call():\n    return {name!r}\n")
        done = warm_commands.run(("run", "my.deid", "in", "-o", "out", "--functions", "mine"), folder, None)
        assert done.returncode == 0, done.stderr
        assert name.encode() in (folder / "out" / "a.dcm").read_bytes()
