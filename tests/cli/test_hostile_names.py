"""Names of files, folders, recipes, lists and labels that are made to deceive a reader of a terminal."""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import sys

import pytest

from tests.files import copy_of

# Clears the screen, begins a line of its own, reorders what follows, is nothing, or is no text at all.
HOSTILE = (
    "\x1b[2J\x1b]0;owned\x07",
    "a\nwell: 9 records",
    "\u202egnp.mcd",
    "\u200b\u2066",
    b"\xff\xfe".decode("utf-8", "surrogateescape"),
    "\x9b31m",
    "[red]",
    "\r0 refused",
)
RECIPE = "FORMAT dicom\n\n%header\nREMOVE PatientName\n"
DAMAGED = b"\x00" * 128 + b"DICM" + b"\xff" * 40


def seen(done: subprocess.CompletedProcess[bytes]) -> str:
    """Return what a command printed, which has no character but printable ones and ends of lines."""
    text = (done.stdout + done.stderr).decode("utf-8", "surrogateescape")
    odd = [one for one in text if not one.isprintable() and one != "\n"]
    assert not odd, ascii(text)
    assert "Traceback" not in text, text
    return text


def run(folder, *arguments: object) -> subprocess.CompletedProcess[bytes]:
    command: list[str | bytes] = [sys.executable, "-m", "deidc", *(os.fsencode(str(one)) for one in arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=120)


@pytest.fixture(params=HOSTILE, ids=ascii)
def name(request, tmp_path):
    """A name that this file system can have."""
    try:
        (tmp_path / f"try{request.param}").touch()
    except OSError:
        pytest.skip("this file system has no such names")
    (tmp_path / f"try{request.param}").unlink()
    return request.param


def test_files_with_such_names_in_a_run(tmp_path, name):
    """No line of the report of a run is one that a file name made, on the terminal or on the page."""
    copy_of("rtplan.dcm", tmp_path / "in" / name / "good.dcm")
    (tmp_path / "in" / name / f"bad{name}.dcm").write_bytes(DAMAGED)
    recipe = tmp_path / f"my{name}.deid"
    recipe.write_text(RECIPE)
    for options in (("-o", "out"), ("--dry-run",), ("-o", "out2", "--json")):
        done = run(tmp_path, "run", recipe.name, "in", *options, "--report", f"page-{options[-1]}.html")
        text = seen(done)
        assert done.returncode == 1, text
        assert not re.search("^well", text, re.MULTILINE)
        assert text.count("refused: DC") == 1
    for page in tmp_path.glob("page*.html"):
        written = page.read_text(encoding="utf-8")
        assert all(one.isprintable() or one in "\n\t" for one in html.unescape(written)), page


@pytest.mark.parametrize("command", ["show", "inspect", "identifiers", "why", "preview"])
def test_files_with_such_names_in_other_commands(tmp_path, name, command):
    """Each command names the file as something that can be printed."""
    (tmp_path / "in").mkdir()
    copy_of("rtplan.dcm", tmp_path / "in" / f"good{name}.dcm")
    bad = tmp_path / "in" / f"bad{name}.dcm"
    bad.write_bytes(DAMAGED)
    (tmp_path / "my.deid").write_text(RECIPE)
    arguments: dict[str, tuple[object, ...]] = {
        "show": ("in",),
        "inspect": ("in",),
        "identifiers": ("in",),
        "why": ("my.deid", f"in/{bad.name}", "PatientName"),
        "preview": ("my.deid", f"in/{bad.name}", "-o", "p.png"),
    }
    seen(run(tmp_path, command, *arguments[command]))
    if command in ("show", "inspect"):
        done = run(tmp_path, command, *arguments[command], "--json")
        seen(done)
        if command == "inspect":
            assert any(name in one for one in json.loads(done.stdout)["clean"])


@pytest.mark.parametrize(
    "arguments",
    [
        ("check",),
        ("compile",),
        ("fmt", "--check"),
        ("fmt", "--diff"),
        ("migrate", "--diff"),
        ("check", "--format", "github"),
    ],
    ids=" ".join,
)
def test_recipes_with_such_names_and_texts(tmp_path, name, arguments):
    """Neither the name of a recipe nor what is in it moves the cursor."""
    word = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace").replace("\n", " ").replace("\r", " ")
    text = f'FORMAT dicom\n\n%values "list{word}"\nFIELD PatientNam{word}\n%labels {word}\nLABEL {word}\n%header\n'
    text += f'remove PatientNam{word} # {word}\nREPLACE PatientID "{word}"\n%include "{word}.deid"\n'
    (tmp_path / f"my{name}.deid").write_text(text, encoding="utf-8")
    seen(run(tmp_path, *arguments, f"my{name}.deid"))
    seen(run(tmp_path, *arguments, f"absent{name}.deid"))


@pytest.mark.parametrize(
    "arguments", [("run",), ("nonsense",), ("check", "--nonsense"), ("manifest", "verify")], ids=" ".join
)
def test_errors_of_usage(tmp_path, name, arguments):
    """Words of the command line are printed with care, too."""
    done = run(tmp_path, *arguments[:-1], f"{arguments[-1]}{name}", "x")
    seen(done)
    assert done.returncode == 2
