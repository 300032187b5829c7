"""The nastiest files given to the command line, as a process: an exit code, a reason, and nothing half done."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fuzz.giants import HEAD, MANY, WORDS

Run = Callable[..., subprocess.CompletedProcess[str]]

NASTY = {
    "nothing": b"",
    "nul": b"FORMAT dicom\n%header\x00\nREMOVE PatientName\x00\n",
    "no text": bytes(range(256)) * 40,
    "UTF-16": (HEAD + "REMOVE PatientName\n").encode("utf-16"),
    "half a letter": HEAD.encode() + b"REPLACE PatientName M\xc3",
    "a surrogate": HEAD.encode() + b"REPLACE PatientName \xed\xa0\x80\n",
    "marks in the middle": HEAD.encode() + b"\xef\xbb\xbfREMOVE \xef\xbb\xbfPatientName\n",
    "only carriage returns": HEAD.replace("\n", "\r").encode() + b"REMOVE PatientName\r",
    "line separators": HEAD.encode() + "REMOVE PatientName\u2028REMOVE PatientID\n".encode(),
    "turned writing": HEAD.encode() + "REMOVE Patient\u202eemaN # \u2066x\n".encode(),
    "escape sequences": HEAD.encode() + b"REMOVE \x1b[2J\x1b]0;x\x07PatientName\n",
    "open groups": WORDS["open groups"](200_000).encode(),
    "groups": WORDS["groups"](9_000).encode(),
    "stars": WORDS["stars"](8_000).encode(),
    "a giant word": WORDS["target"](300_000).encode(),
    "a giant quoted text": WORDS["quoted text"](300_000).encode(),
    "a giant path": MANY["path"](30_000).encode(),
    "length": WORDS["length"](5_000).encode(),
    "arguments": (HEAD + "REPLACE PatientName func:f a=1 a=2\n").encode(),
}


@pytest.mark.parametrize("data", NASTY.values(), ids=NASTY)
def test_checking_nasty_files(deidc: Run, tmp_path: Path, data: bytes):
    """`check` ends with 0, 1 or 2, says why if not 0, and leaves the file."""
    path = tmp_path / "nasty.deid"
    path.write_bytes(data)
    done = deidc("check", path)
    assert done.returncode in (0, 1, 2)
    assert done.returncode == 0 or done.stdout + done.stderr
    assert "\x1b]" not in done.stdout + done.stderr
    assert path.read_bytes() == data


@pytest.mark.parametrize("data", NASTY.values(), ids=NASTY)
def test_formatting_nasty_files(deidc: Run, tmp_path: Path, data: bytes):
    """`fmt` rewrites a file as a whole or leaves every byte, and leaves nothing beside it."""
    path = tmp_path / "nasty.deid"
    path.write_bytes(data)
    done = deidc("fmt", path)
    assert done.returncode in (0, 1, 2)
    if done.returncode != 0:
        assert path.read_bytes() == data
    else:
        assert deidc("fmt", "--check", path).returncode == 0
    assert [one.name for one in tmp_path.iterdir()] == ["nasty.deid"]


@pytest.mark.parametrize("data", NASTY.values(), ids=NASTY)
def test_compiling_nasty_files(deidc: Run, tmp_path: Path, data: bytes):
    """`compile` prints a program or nothing on its output."""
    path = tmp_path / "nasty.deid"
    path.write_bytes(data)
    done = deidc("compile", path)
    assert done.returncode in (0, 1, 2)
    assert done.stdout.startswith("deidc program") == (done.returncode == 0)
    assert done.returncode == 0 or done.stderr
    assert [one.name for one in tmp_path.iterdir()] == ["nasty.deid"]
