"""`deidc run` when things break: workers that die, full disks, signals. Nothing is left half-written."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.run.outcomes import outcome_of
from tests.files import copy_of, tree_of

CALLING = "FORMAT dicom\n\n%header\nREPLACE PatientName func:call\n"
PLAIN = "FORMAT dicom\n\n%header\nBLANK PatientName\n"


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    """Return a folder of ten files, of patients 0 to 9."""
    for number in range(10):
        copy_of("rtplan.dcm", tmp_path / "scans" / f"{number}.dcm", PatientID=str(number))
    return tmp_path / "scans"


def test_a_worker_that_dies_takes_only_its_own_file_down(deidc, recipe, scans, tmp_path):
    """The file that kills its worker twice is refused; all others are written, and no temporary file is left."""
    (tmp_path / "killer.py").write_text(
        "import os, signal\n"
        "def call(dicom):\n"
        "    if dicom.PatientID == '4':\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return 'x'\n"
    )
    recipe(CALLING)
    done = deidc("run", "my.deid", "scans", "-o", "out", "--functions", "killer", "--jobs", "2")
    assert done.returncode == 1
    assert outcome_of(done) == "9 written, 1 refused"
    assert "scans/4.dcm: refused: DC926" in done.stderr
    assert tree_of(tmp_path / "out") == [f"{number}.dcm" for number in range(10) if number != 4]


def test_a_file_whose_worker_died_is_tried_once_more(deidc, recipe, scans, tmp_path):
    """A worker that dies by chance costs nothing, even if its file was written already."""
    (tmp_path / "unlucky.py").write_text(
        "import os, pathlib, signal\n"
        "def call(dicom):\n"
        "    marker = pathlib.Path('died')\n"
        "    if dicom.PatientID == '4' and not marker.exists():\n"
        "        marker.touch()\n"
        "        pathlib.Path('out', '.deidc-mine.part').touch()\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return 'x'\n"
    )
    recipe(CALLING)
    (tmp_path / "out").mkdir()
    done = deidc("run", "my.deid", "scans", "-o", "out", "--functions", "unlucky", "--jobs", "2")
    assert (done.returncode, outcome_of(done)) == (0, "10 written")
    assert tree_of(tmp_path / "out") == [".deidc-mine.part", *(f"{number}.dcm" for number in range(10))]


def test_a_file_that_kills_a_run_of_one_process_is_refused_by_the_next(deidc, recipe, scans, tmp_path):
    """The first run dies of it; the next cleans it in a process of its own, refuses it, and comes to its end.

    So does every run after that.
    """
    (tmp_path / "killer.py").write_text(
        "import os, signal\n"
        "def call(dicom):\n"
        "    if dicom.PatientID == '4':\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return 'x'\n"
    )
    recipe(CALLING)
    command = ("run", "my.deid", "scans", "-o", "out", "--functions", "killer", "--manifest", "m")
    assert deidc(*command).returncode == -signal.SIGKILL
    done = deidc(*command)
    assert (done.returncode, outcome_of(done)) == (1, "9 written, 1 refused")
    assert "scans/4.dcm: refused: DC926" in done.stderr
    again = deidc(*command)
    assert (again.returncode, outcome_of(again)) == (1, "9 unchanged, 1 refused")
    assert "scans/4.dcm: refused: DC926" in again.stderr
    assert tree_of(tmp_path / "out") == [f"{number}.dcm" for number in range(10) if number != 4]
    assert deidc("manifest", "verify", "m", "out").returncode == 0


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_file_that_exceeds_its_deadline_is_refused_and_tried_again(deidc, recipe, scans, tmp_path, jobs):
    """The other files are written. The next run of the same command cleans it, if it is quick enough then."""
    (tmp_path / "slow.py").write_text(
        "import pathlib, re\n"
        "def call(dicom):\n"
        "    if dicom.PatientID == '4' and not pathlib.Path('quick').exists():\n"
        "        re.fullmatch('(a|aa|a)+b', 'a' * 60)\n"
        "    return 'x'\n"
    )
    recipe(CALLING)
    command = ("run", "my.deid", "scans", "-o", "out", "--functions", "slow", "--jobs", jobs, "--deadline", "2")
    done = deidc(*command)
    assert (done.returncode, outcome_of(done)) == (1, "9 written, 1 refused")
    assert "scans/4.dcm: refused: DC932" in done.stderr
    (tmp_path / "quick").touch()
    again = deidc(*command)
    assert (again.returncode, outcome_of(again)) == (0, "1 written, 9 unchanged")


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_leaves_whole_files_and_no_process(deidc, recipe, scans, tmp_path, number, jobs):
    """On Ctrl-C and on a request to terminate: what is written is whole, and workers end."""
    (tmp_path / "slow.py").write_text(
        "import os, pathlib, time\n"
        "def call(dicom):\n"
        "    pathlib.Path(f'pid-{os.getpid()}').touch()\n"
        "    time.sleep(0.3)\n"
        "    return 'x'\n"
    )
    recipe(CALLING)
    arguments = ["run", "my.deid", "scans", "-o", "out", "--functions", "slow", "--jobs", jobs]
    process = subprocess.Popen(
        [sys.executable, "-m", "deidc", *arguments], cwd=tmp_path, stderr=subprocess.PIPE, start_new_session=True
    )
    wait_for(lambda: len(tree_of(tmp_path / "out")) >= 2 if (tmp_path / "out").exists() else False)
    if number == signal.SIGINT:
        os.killpg(process.pid, number)  # a terminal interrupts the whole group
    else:
        process.send_signal(number)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 128 + number
    assert b"Traceback" not in told, told.decode()
    assert told.decode().splitlines()[-1].endswith("the same command goes on from here")
    pids = [int(path.name.removeprefix("pid-")) for path in tmp_path.glob("pid-*")]
    wait_for(lambda: not any(is_alive(pid) for pid in pids))
    written = tree_of(tmp_path / "out")
    assert all(name.endswith(".dcm") for name in written)
    assert len({(tmp_path / "out" / name).stat().st_size for name in written}) == 1
    again = deidc(*arguments)
    assert again.returncode == 0, again.stderr
    assert sum(int(part.split()[0]) for part in outcome_of(again).split(", ")) == 10
    assert "unchanged" in outcome_of(again)


def test_workers_end_when_their_parent_is_killed(recipe, scans, tmp_path):
    """A run that is killed leaves no process behind that waits for work for ever."""
    (tmp_path / "slow.py").write_text(
        "import os, pathlib, time\n"
        "def call(dicom):\n"
        "    pathlib.Path(f'pid-{os.getpid()}').touch()\n"
        "    time.sleep(0.2)\n"
        "    return 'x'\n"
    )
    recipe(CALLING)
    arguments = ["run", "my.deid", "scans", "-o", "out", "--functions", "slow", "--jobs", "2"]
    process = subprocess.Popen([sys.executable, "-m", "deidc", *arguments], cwd=tmp_path, stderr=subprocess.DEVNULL)
    wait_for(lambda: len(list(tmp_path.glob("pid-*"))) == 2)
    process.kill()
    process.wait(timeout=10)
    pids = [int(path.name.removeprefix("pid-")) for path in tmp_path.glob("pid-*")]
    wait_for(lambda: not any(is_alive(pid) for pid in pids))


def wait_for(condition, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def is_alive(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def test_a_file_that_the_disk_does_not_take_is_refused_and_the_rest_goes_on(recipe, scans, tmp_path):
    """Where no file may grow beyond a size, the big one is refused and leaves nothing; the journal still fits."""
    copy_of("CT_small.dcm", scans / "5-big.dcm", PixelData=bytes(1_000_000))
    recipe(PLAIN)
    limit = 500_000

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    assert (scans / "0.dcm").stat().st_size < limit < (scans / "5-big.dcm").stat().st_size
    done = subprocess.run(
        [sys.executable, "-m", "deidc", "run", "my.deid", "scans", "-o", "out"],
        cwd=tmp_path, preexec_fn=limited, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "scans/5-big.dcm: refused: DC925 the output cannot be written: File too large" in done.stderr
    assert outcome_of(done) == "10 written, 1 refused"
    assert tree_of(tmp_path / "out") == [f"{number}.dcm" for number in range(10)]


@pytest.fixture
def small_disk(tmp_path: Path):
    """A file system of 512 kB; the test is skipped where none may be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", folder], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no file system may be mounted here")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk(deidc, recipe, small_disk, tmp_path):
    """What fits is whole, nothing half-written is left, and with room the same command brings the rest."""
    for number in range(20):
        copy_of("CT_small.dcm", tmp_path / "scans" / f"{number:02}.dcm", PatientID=str(number))
    recipe(PLAIN)
    full = deidc("run", "my.deid", "scans", "-o", small_disk / "out")
    assert full.returncode == 1
    assert "DC925 the output cannot be written: No space left on device" in full.stderr
    assert deidc("run", "my.deid", "scans", "-o", "roomy").returncode == 0
    written = tree_of(small_disk / "out")
    assert 0 < len(written) < 20
    assert all((small_disk / "out" / name).read_bytes() == (tmp_path / "roomy" / name).read_bytes() for name in written)
    subprocess.run(["mount", "-o", "remount,size=8m", small_disk], check=True)
    again = deidc("run", "my.deid", "scans", "-o", small_disk / "out")
    assert (again.returncode, again.stderr) == (0, "")
    for name in tree_of(tmp_path / "roomy"):
        assert (small_disk / "out" / name).read_bytes() == (tmp_path / "roomy" / name).read_bytes()


def test_a_disk_without_room_for_the_journal_begins_nothing(deidc, recipe, scans, small_disk, tmp_path):
    """Misuse, told in a sentence; no file is cleaned that could not be accounted for."""
    recipe(PLAIN)
    (small_disk / "filler").write_bytes(bytes(512 * 1024 - 12 * 1024))
    done = deidc("run", "my.deid", "scans", "-o", small_disk / "out")
    assert (done.returncode, "the journal" in done.stderr) == (2, True), done.stderr
    assert tree_of(small_disk) == ["filler"]


def test_outputs_that_cannot_be_made(deidc, recipe, scans, tmp_path):
    """An output folder that is a file is misuse; a folder in it that is a file refuses what would lie there."""
    recipe(PLAIN)
    (tmp_path / "file").touch()
    assert deidc("run", "my.deid", "scans", "-o", "file").returncode == 2
    copy_of("rtplan.dcm", tmp_path / "nested" / "a" / "x.dcm")
    copy_of("rtplan.dcm", tmp_path / "nested" / "b.dcm")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a").touch()
    done = deidc("run", "my.deid", "nested", "-o", "out")
    assert (done.returncode, "nested/a/x.dcm: refused: DC92" in done.stderr) == (1, True)
    assert tree_of(tmp_path / "out") == ["a", "b.dcm"]
