"""Keys and other variables of a command: where their values come from, and where they never go."""

from __future__ import annotations

import os
import pty
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread

from tests.files import copy_of
from tests.keys import KEY, MARKED_KEY

KEYED = "FORMAT dicom\n\n%vars\nVAR key secret\n\n%header\nREPLACE PatientID deid_func:stable_hash key=var:key\n"
NAMED = "FORMAT dicom\n\n%vars\nVAR who text\n\n%header\nREPLACE PatientName var:who\n"


@pytest.fixture
def ct(tmp_path) -> Path:
    """One real file."""
    return copy_of("CT_small.dcm", tmp_path / "ct.dcm")


def started(tmp_path: Path, *arguments: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """Run a command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "deidc", *arguments], cwd=tmp_path, capture_output=True, check=False, **options
    )


def pseudonym(tmp_path: Path, key: str) -> str:
    """Return what a library call makes of the Patient ID of the file with a key."""
    from deidc import Machine, compile_recipe

    outcome = Machine.link(compile_recipe(KEYED), variables={"key": key}).run(dcmread(tmp_path / "ct.dcm"))
    return str(outcome.dataset.PatientID)


def test_a_new_key_is_long_random_and_private(deidc, recipe, ct, tmp_path):
    """64 hexadecimal digits and a newline, readable by the owner alone; only the place is printed; it can be used."""
    made = [deidc("keys", "new", name) for name in ("a.key", "b.key")]
    keys = [(tmp_path / name).read_text() for name in ("a.key", "b.key")]
    assert all(re.fullmatch("[0-9a-f]{64}\n", one) for one in keys)
    assert keys[0] != keys[1]
    assert stat.S_IMODE((tmp_path / "a.key").stat().st_mode) == 0o600
    assert [(one.returncode, one.stdout) for one in made] == [
        (0, f"a new key is in {name}\n") for name in ("a.key", "b.key")
    ]
    recipe(KEYED)
    done = deidc("run", "my.deid", "ct.dcm", "-o", "out", "--var", "key=file:a.key")
    assert (done.returncode, "warning" in done.stderr) == (0, False)
    assert dcmread(tmp_path / "out" / "ct.dcm").PatientID == pseudonym(tmp_path, keys[0].strip())


def test_a_key_is_never_replaced(deidc, tmp_path):
    """Nor is what a link leads to, one that leads nowhere included; and none is printed."""
    (tmp_path / "old.key").write_text("precious")
    (tmp_path / "link.key").symlink_to("nowhere.key")
    for name in ("old.key", "link.key", "missing/new.key", "-", "."):
        done = deidc("keys", "new", name)
        assert (done.returncode, done.stdout) == (2, ""), name
    assert (tmp_path / "old.key").read_text() == "precious"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["link.key", "old.key"]


@pytest.mark.parametrize(
    ("end", "kept"), [("", ""), ("\n", ""), ("\r\n", ""), ("\n\n", "\n"), (" \n", " "), ("\r", "\r")]
)
def test_one_newline_at_the_end_of_a_file_is_no_part_of_the_value(deidc, recipe, ct, tmp_path, end, kept):
    """No more and no less."""
    recipe(KEYED)
    (tmp_path / "my.key").write_bytes((KEY + end).encode())
    (tmp_path / "my.key").chmod(0o600)
    assert deidc("run", "my.deid", "ct.dcm", "-o", "out", "--var", "key=file:my.key").returncode == 0
    assert dcmread(tmp_path / "out" / "ct.dcm").PatientID == pseudonym(tmp_path, KEY + kept)


def test_a_value_comes_from_a_descriptor_or_the_environment(recipe, ct, tmp_path):
    """The same pseudonym as from a file; nothing is warned of."""
    recipe(KEYED)
    reading, writing = os.pipe()
    os.write(writing, f"{KEY}\n".encode())
    os.close(writing)
    done = started(tmp_path, "run", "my.deid", "ct.dcm", "-o", "1", "--var", f"key=fd:{reading}", pass_fds=[reading])
    os.close(reading)
    assert (done.returncode, done.stderr) == (0, b""), done.stderr
    environment = {**os.environ, "SITE_KEY": KEY}
    done = started(tmp_path, "run", "my.deid", "ct.dcm", "-o", "2", "--var", "key=env:SITE_KEY", env=environment)
    assert (done.returncode, done.stderr) == (0, b""), done.stderr
    assert {dcmread(tmp_path / name / "ct.dcm").PatientID for name in "12"} == {pseudonym(tmp_path, KEY)}


def test_a_value_is_typed_without_being_shown(recipe, ct, tmp_path):
    """On a terminal; where there is none, it is a usage error."""
    recipe(KEYED)
    process, terminal = pty.fork()
    if not process:
        os.chdir(tmp_path)
        command = [sys.executable, "-m", "deidc", "run", "my.deid", "ct.dcm", "-o", "out", "--var", "key=prompt:"]
        os.execv(sys.executable, command)
    shown = b""
    while b"value of key: " not in shown:
        shown += os.read(terminal, 1024)
    os.write(terminal, f"{KEY}\n".encode())
    try:
        while piece := os.read(terminal, 1024):
            shown += piece
    except OSError:  # what Linux answers when the other side is closed
        pass
    os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 0, shown
    assert KEY.encode() not in shown
    assert dcmread(tmp_path / "out" / "ct.dcm").PatientID == pseudonym(tmp_path, KEY)
    done = started(
        tmp_path,
        "run",
        "my.deid",
        "ct.dcm",
        "-o",
        "2",
        "--var",
        "key=prompt:",
        input=KEY.encode(),
        start_new_session=True,
    )
    assert (done.returncode, b"no terminal" in done.stderr, KEY.encode() in done.stderr) == (2, True, False)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("a", "deidc keys new PATH"),
        ("ZQ" * 40, "deidc keys new PATH"),
        ("", "is empty"),
        ("file:missing", "cannot be read"),
        ("file:.", "cannot be read"),
        ("file:", "cannot be read"),
        ("file:/dev/zero", "more than"),
        ("file:binary", "not in UTF-8"),
        ("file:weak", "deidc keys new PATH"),
        ("env:ZQ_NOT_SET", "is not set"),
        ("env:", "is not set"),
        ("fd:ZQ", "not a number"),
        ("fd:99", "cannot be read"),
        ("fd:1", "is an output"),
        ("prompt:ZQ?", "without a text behind it"),
        ("@strong", "key=file:PATH"),
        ("File:" + MARKED_KEY, "unknown source"),
        ("path:/ZQ/a/long/enough/path/of/a/key/in/a/file.key", "unknown source"),
        ("a-long-name-of-a-file-with-3-digits-71f0e5.key", "is the name of a file"),
    ],
)
def test_a_secret_that_is_none_is_a_usage_error(deidc, recipe, ct, tmp_path, value, words):
    """The message names the variable and what to do; the value is not in it, and nothing is written."""
    recipe(KEYED)
    (tmp_path / "binary").write_bytes(b"\xff" * 64)
    (tmp_path / "weak").write_text("ZQ letmein\n")
    (tmp_path / "strong").write_text(KEY)
    (tmp_path / "a-long-name-of-a-file-with-3-digits-71f0e5.key").write_text(KEY)
    done = deidc("run", "my.deid", "ct.dcm", "-o", "out", "--var", f"key={value}")
    assert (done.returncode, words in " ".join(done.stderr.split())) == (2, True), done.stderr
    assert "key" in done.stderr
    assert "ZQ" not in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "options", [("--var", "key"), ("--var", "=x"), ("--var", "nokey=x"), ("--var", f"key={KEY}") * 2]
)
def test_what_is_no_assignment(deidc, recipe, ct, options):
    """No equals sign, no name, an unknown name, the same name twice."""
    recipe(KEYED)
    done = deidc("run", "my.deid", "ct.dcm", "-o", "out", *options)
    assert done.returncode == 2
    assert KEY not in done.stderr


def test_a_secret_that_others_can_see_is_warned_of(deidc, recipe, ct, tmp_path):
    """On the command line, with the other ways; in a file that others can open, with its mode; other values are not."""
    recipe(KEYED)
    done = deidc("run", "my.deid", "ct.dcm", "-o", "1", "--var", f"key={KEY}")
    assert done.returncode == 0
    assert "warning: the secret key is on the command line" in done.stderr
    assert [
        word for word in ("key=file:PATH", "key=env:NAME", "key=fd:N", "key=prompt:") if word not in done.stderr
    ] == []
    assert KEY not in done.stderr
    (tmp_path / "my.key").write_text(KEY)
    for number, (mode, warned) in enumerate({0o600: False, 0o400: False, 0o640: True, 0o604: True}.items()):
        (tmp_path / "my.key").chmod(mode)
        done = deidc("run", "my.deid", "ct.dcm", "-o", f"f{number}", "--var", "key=file:my.key")
        assert done.returncode == 0
        assert ("chmod 600 my.key" in done.stderr) is warned, (oct(mode), done.stderr)
    recipe(NAMED, "named.deid")
    assert "warning" not in deidc("run", "named.deid", "ct.dcm", "-o", "2", "--var", "who=Anna").stderr


def test_text_that_looks_like_a_source(deidc, recipe, ct, tmp_path):
    """With text: before it, and with a word that is no source, it is the value."""
    recipe(NAMED)
    for name, value, written in (("1", "text:file:x", "file:x"), ("2", "Site:7", "Site:7"), ("3", "text:", "")):
        assert deidc("run", "my.deid", "ct.dcm", "-o", name, "--var", f"who={value}").returncode == 0
        assert dcmread(tmp_path / name / "ct.dcm").PatientName == written


def test_why_and_preview_need_no_key(deidc, recipe, ct):
    """They say that they use a stand-in; given a key, they say nothing; a weak one is refused there too."""
    recipe(KEYED)
    done = deidc("why", "ct.dcm", "PatientID", "-r", "my.deid")
    assert (done.returncode, "my.deid:7" in done.stdout, "-> replaced" in done.stdout) == (0, True, True)
    assert "stand-in for the secret key" in done.stderr
    assert "stand-in" not in deidc("why", "ct.dcm", "PatientID", "-r", "my.deid", "--var", f"key={KEY}").stderr
    assert deidc("why", "ct.dcm", "PatientID", "-r", "my.deid", "--var", "key=a").returncode == 2
    done = deidc("preview", "ct.dcm", "-r", "my.deid")
    assert (done.returncode, "stand-in for the secret key" in done.stderr) == (0, True), done.stderr
    for command in (("check", "my.deid"), ("compile", "my.deid"), ("explain", "DC250"), ("show", "ct.dcm")):
        assert deidc(*command).returncode == 0


def test_a_missing_key_is_asked_for_with_the_command_that_makes_one(deidc, recipe, ct):
    """A run has no stand-in."""
    recipe(KEYED)
    done = deidc("run", "my.deid", "ct.dcm", "-o", "out")
    assert (done.returncode, "deidc keys new PATH" in done.stderr, "key=file:PATH" in done.stderr) == (2, True, True)


def test_a_table_of_variables_has_no_weak_key(deidc, recipe, ct, tmp_path):
    """It is a usage error before the first file, which names the row by its place."""
    recipe(KEYED)
    (tmp_path / "rows.csv").write_text(f"patient,key\n1CT1,{KEY}\nZQ,ZQ\n")
    done = deidc("run", "my.deid", "ct.dcm", "-o", "out", "--vars", "rows.csv")
    assert (done.returncode, "row 2" in done.stderr, "deidc keys new PATH" in " ".join(done.stderr.split())) == (
        2,
        True,
        True,
    )
    assert "ZQ" not in done.stderr
    assert not (tmp_path / "out").exists()


UNUSED = "FORMAT dicom\n\n%vars\nVAR key secret\n\n%header\nREMOVE PatientName\n"


def test_a_declared_variable_that_no_rule_uses_is_called_that(deidc, recipe, ct):
    """It is in the recipe, so the message is not that the recipe has no such variable."""
    recipe(UNUSED)
    done = deidc("run", "my.deid", "ct.dcm", "-o", "out", "--var", "key=k")
    assert (done.returncode, "has no variable" in done.stderr) == (1, False)
    assert "DC212 warning: var:key is declared, and no rule uses it" in done.stderr


@pytest.mark.parametrize("value", ["k", "env:DEIDC_NOT_SET", "file:nowhere", "prompt:"])
def test_a_run_goes_on_with_an_unused_variable_that_the_recipe_explains(deidc, recipe, ct, value):
    """The value is not read, and every command says so."""
    recipe(UNUSED.replace("VAR", "# deidc: ignore[DC212] for the next version of this recipe\nVAR"))
    done = deidc("run", "my.deid", "ct.dcm", "-o", "out", "--var", f"key={value}")
    assert (done.returncode, done.stderr) == (0, "note: variable 'key' is not read, because no rule uses it\n")
    shown = deidc("why", "ct.dcm", "PatientName", "-r", "my.deid", "--var", f"key={value}")
    assert (shown.returncode, "note: variable 'key' is not read" in shown.stderr) == (0, True)
    wrong = deidc("run", "my.deid", "ct.dcm", "-o", "other", "--var", f"kez={value}")
    assert wrong.stderr == "Error: the recipe has no variable 'kez'; did you mean 'key'?\n"


def test_the_environment_variable_of_an_unused_variable_is_inherited_by_no_process(recipe, ct, tmp_path):
    """A secret that no rule uses is a secret all the same."""
    recipe(
        UNUSED.replace("VAR", "# deidc: ignore[DC212] for the next version of this recipe\nVAR")
        + "REPLACE PatientID func:from_environment\n"
    )
    (tmp_path / "mine.py").write_text(
        "import os\ndef from_environment(item):\n    return os.environ.get('SITE_KEY', 'none')\n"
    )
    done = started(
        tmp_path, "run", "my.deid", "ct.dcm", "-o", "out", "--functions", "mine.py", "--var", "key=env:SITE_KEY",
        env={**os.environ, "SITE_KEY": MARKED_KEY},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert dcmread(tmp_path / "out" / "ct.dcm").PatientID == "none"
