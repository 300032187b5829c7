"""`kill -9` at random instants: nothing is lost, nothing is doubled, and the same command brings the run to its end.

`DEIDC_KILLS=200` kills more often than the suite has time for.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.files import copy_of, shipped, tree_of

KILLS = int(os.environ.get("DEIDC_KILLS", "12"))
FILES = 60 if KILLS < 100 else 600  # many kills go to all parts of a long run


@pytest.fixture(scope="module")
def scans(tmp_path_factory) -> Path:
    """A tree of files that are cleaned, one that is refused, and one that is skipped."""
    top = tmp_path_factory.mktemp("killed")
    template = copy_of("rtplan.dcm", top / "template").read_bytes()
    name = b"CompressedSamples"
    for number in range(FILES):
        path = top / "in" / str(number % 7) / f"{number}.dcm"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(template.replace(b"Last^First^mid^pre", f"Last^{number:05}^mid^pre".encode()))
    shutil.copy(shipped("rtplan_truncated.dcm"), top / "in" / "cut.dcm")
    (top / "in" / "notes.txt").write_text(name.decode())
    return top


def command(jobs: int) -> list[str]:
    arguments = ["run", "default", "../in", "-o", "out", "--manifest", "m", "--format", "json", "--jobs", str(jobs)]
    return [sys.executable, "-m", "deidc", *arguments]


def start(folder: Path, jobs: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command(jobs), cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def whole(folder: Path) -> dict[str, bytes]:
    """The outputs in a folder; what a dead process left half-written has a name that says so."""
    return {
        name: (folder / "out" / name).read_bytes() for name in tree_of(folder / "out") if not name.endswith(".part")
    }


def records(folder: Path) -> dict[int, tuple[str, str, str | None]]:
    """The records of a manifest by number; fails if an input has two."""
    found = [json.loads(line) for line in (folder / "m").read_text().splitlines()]
    of_inputs = [one for one in found if "outcome" in one]
    by_number = {one["number"]: (one["outcome"], one["input"], one["output"]) for one in of_inputs}
    assert len(by_number) == len(of_inputs)
    return by_number


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_run_that_is_killed_is_finished_by_the_same_command(scans, jobs, record_property):
    """Whole files only, at any instant; and in the end the same bytes and the same records as without a kill."""
    undisturbed = scans / f"undisturbed-{jobs}"
    undisturbed.mkdir()
    began = time.monotonic()
    process = start(undisturbed, jobs)
    while not (undisturbed / "out" / ".deidc" / "journal.sqlite").exists():
        time.sleep(0.005)
    ready = time.monotonic() - began
    process.communicate()
    window = time.monotonic() - began - ready
    expected, told = whole(undisturbed), records(undisturbed)
    assert len(expected) == FILES
    assert len(told) == FILES + 2
    chance, kills, rounds = random.Random(20260101 + jobs), 0, 0
    in_the_midst = 0  # kills that came when some outputs were there and not all
    while kills < KILLS // 2:
        folder = scans / f"round-{jobs}-{rounds}"
        folder.mkdir()
        rounds += 1
        finished = False
        while not finished:
            process = start(folder, jobs)
            try:
                instant = 0.9 * ready + chance.uniform(0, window) if kills < KILLS // 2 else 120
                process.communicate(timeout=instant)
                finished = True
                assert process.returncode == 1
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
                kills += 1
            if (folder / "out").exists():
                found = whole(folder)
                assert found.items() <= expected.items()
                in_the_midst += not finished and 0 < len(found) < FILES
        assert whole(folder) == expected
        assert records(folder) == told
        assert not [name for name in tree_of(folder / "out") if name.endswith(".part")]
        digests = {"sha256:" + hashlib.sha256(data).hexdigest() for data in expected.values()}
        assert {output for _, _, output in records(folder).values() if output} == digests
        verified = subprocess.run(
            [sys.executable, "-m", "deidc", "manifest", "verify", "m", "out"],
            check=False,
            cwd=folder,
            capture_output=True,
            text=True,
        )
        assert (verified.returncode, verified.stdout[:5]) == (0, "well:"), verified.stdout
        shutil.rmtree(folder)
    record_property("told", f"{kills} kills, {in_the_midst} amid the outputs, {rounds} runs that came to their end")
    assert in_the_midst or KILLS < 100
