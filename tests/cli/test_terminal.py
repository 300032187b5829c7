"""What is different where there is a terminal: colours, and a line of progress."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

from tests.files import copy_of

BROKEN = "FORMAT dicom\n\n%header\nREMOVE PatientsName\n"


def on_terminal(*arguments: object, folder: Path, **environment: str) -> tuple[int, str]:
    """Run deidc with standard output and standard error on a terminal; return exit code and what was shown."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "deidc", *map(str, arguments)],
        cwd=folder, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs,
        env={**{key: value for key, value in os.environ.items() if key != "NO_COLOR"}, "TERM": "xterm", **environment},
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # how Linux says that the other end is closed
            break
        if not piece:
            break
        shown += piece
    os.close(ours)
    return process.wait(timeout=60), shown.decode()


def test_reports_have_colours_on_a_terminal_only(tmp_path, deidc, recipe):
    """Without its colours the text is the same; NO_COLOR asks for none."""
    recipe(BROKEN)
    code, shown = on_terminal("check", "my.deid", folder=tmp_path)
    assert code == 1
    assert "\x1b[31m\x1b[1mDC205 error\x1b[0m" in shown
    uncoloured = re.sub(r"\x1b\[[0-9;]*m", "", shown).replace("\r\n", "\n")
    assert uncoloured == deidc("check", "my.deid").stdout
    assert "\x1b" not in on_terminal("check", "my.deid", folder=tmp_path, NO_COLOR="1")[1]


def test_a_run_shows_progress_on_a_terminal_only(tmp_path, deidc, recipe):
    """How many of how many, how fast, how long still; and the summary at the end."""
    recipe("FORMAT dicom\n\n%header\nBLANK PatientName\n")
    for number in range(5):
        copy_of("rtplan.dcm", tmp_path / "in" / f"{number}.dcm")
    code, shown = on_terminal("run", "my.deid", "in", "-o", "out", folder=tmp_path)
    assert code == 0
    assert "files/s, 0 refused, 0 held" in shown
    assert re.search(r"\d/(5|\?)", shown)
    assert "5 written" in shown
    assert on_terminal("run", "my.deid", "in", "-o", "quiet", "--quiet", folder=tmp_path) == (0, "")
    assert deidc("run", "my.deid", "in", "-o", "other").stderr == ""


def test_the_overview_loads_next_to_nothing():
    """`deidc --help` is quick because it imports no DICOM, no grammar and no tables for terminals."""
    script = "import sys; import deidc.cli; print(sorted({'pydicom', 'lark', 'rich', 'attrs'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
