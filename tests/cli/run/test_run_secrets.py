"""The value of a variable is in no list of processes, environment of a worker, account, page or message."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.files import copy_of
from tests.keys import MARKED_KEY

SLOW = "import time\ndef slow(item):\n    time.sleep(1.5)\n    raise ValueError(str(item))\n"

pytestmark = pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="reads /proc")


def below(process: int) -> list[int]:
    """Return the processes that a process started, and those that these started."""
    children: list[int] = []
    for task in Path(f"/proc/{process}/task").iterdir():
        for child in map(int, (task / "children").read_text().split()):
            children += [child, *below(child)]
    return children


def read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def test_where_a_key_never_is(recipe, tmp_path):
    """While workers clean real files, which a function refuses with all variables in its exception; and afterwards."""
    recipe("FORMAT dicom\n\n%vars\nVAR key secret\n\n%header\nREPLACE PatientID deid_func:stable_hash key=var:key\n"
           "REPLACE PatientName func:slow\n")  # fmt: skip
    (tmp_path / "mine.py").write_text(SLOW)
    for number in range(6):
        copy_of("CT_small.dcm", tmp_path / "in" / f"{number}.dcm", SOPInstanceUID=f"1.2.{number}")
    command = ["run", "my.deid", "in", "-o", "out", "--jobs", "2", "--functions", "mine.py", "--manifest", "m.jsonl"]
    with subprocess.Popen(
        [sys.executable, "-m", "deidc", *command, "--report", "page.html", "--var", "key=env:SITE_KEY"],
        cwd=tmp_path,
        env={**os.environ, "SITE_KEY": MARKED_KEY},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as run:
        seen: dict[int, bytes] = {}
        while run.poll() is None:
            for child in below(run.pid):
                folder = Path(f"/proc/{child}")
                seen[child] = seen.get(child, b"") + read(folder / "cmdline") + read(folder / "environ")
            assert b"ZQ" not in read(Path(f"/proc/{run.pid}/cmdline"))
            time.sleep(0.05)
        assert run.stdout is not None
        assert run.stderr is not None
        said = run.stdout.read() + run.stderr.read()
    assert run.returncode == 1, said
    assert said.count(b".dcm: refused: DC902 slow raised ValueError") == 6, said
    assert len(seen) >= 2
    assert all(b"python" in one for one in seen.values() if one)
    assert not [one for one in (*seen.values(), said) if b"ZQ" in one or b"SITE_KEY=" in one]
    files = [one for one in tmp_path.rglob("*") if one.is_file()]
    assert {"journal.sqlite", "m.jsonl", "page.html"} <= {one.name for one in files}
    assert not [one for one in files if b"ZQ" in one.read_bytes()]
