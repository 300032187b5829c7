"""`deidc run` while the ground moves: disks that fail and fill, folders that go, clocks that jump.

The run goes on or ends with a reason; outputs are whole or absent; and when the trouble is over the same command brings
the run to the end it has without trouble. What happens in mid-run is done by a function that the recipe calls.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.run.outcomes import outcome_of
from tests.files import copy_of, shipped, tree_of

RECIPE = "FORMAT dicom\n\n%header\nREPLACE PatientName func:call\n"
RUN = ("run", "my.deid", "scans", "-o", "out", "--functions", "trouble")
PIXELS = 40 << 20
FILES = 10


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    """Ten small files; the function that they call for does nothing."""
    folder = tmp_path / "scans"
    for number in range(FILES):
        copy_of("rtplan.dcm", folder / f"{number}.dcm", PatientID=str(number))
    (tmp_path / "my.deid").write_text(RECIPE)
    trouble(tmp_path, "")
    return folder


def trouble(folder: Path, text: str, at: int = 4) -> None:
    """Have something happen while file number `at` is cleaned, once."""
    body = "".join(f"        {line}\n" for line in text.splitlines() or ["pass"])
    (folder / "trouble.py").write_text(
        "import os, pathlib, shutil\n\ndone = []\n\ndef call():\n    done.append(1)\n"
        f"    if len(done) == {at + 1}:\n{body}    return 'x'\n"
    )


def first(done: subprocess.CompletedProcess[str]) -> str:
    return outcome_of(done) if done.stdout else ""


def whole(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in tree_of(folder)}


@pytest.fixture
def expected(scans: Path, deidc, tmp_path: Path) -> dict[str, bytes]:
    """The outputs of a run that nothing happens to."""
    assert deidc("run", "my.deid", "scans", "-o", "calm", "--functions", "trouble").returncode == 0
    return whole(tmp_path / "calm")


@pytest.mark.parametrize("left", [1500, 1 << 20, PIXELS // 2, PIXELS + 1])
def test_an_input_that_is_cut_while_it_is_cleaned(deidc, scans, tmp_path, left):
    """It is refused and no output is there, or it was in memory and is cleaned as it was; never is a part of it."""
    big = copy_of("CT_small.dcm", scans / "4.dcm", PixelData=os.urandom(1 << 20) + bytes(PIXELS))
    kept = big.read_bytes()
    trouble(tmp_path, f"os.truncate('scans/4.dcm', {left})")
    done = deidc(*RUN)
    written = tree_of(tmp_path / "out")
    if done.returncode:
        assert first(done) == f"{FILES - 1} written, 1 refused"
        assert "scans/4.dcm: refused: DC921" in done.stderr
        assert "was truncated while it was read" in done.stderr
        assert "4.dcm" not in written
    assert {f"{number}.dcm" for number in range(FILES) if number != 4} <= set(written) <= set(tree_of(scans))
    big.write_bytes(kept)
    trouble(tmp_path, "")
    again = deidc(*RUN)
    assert again.returncode == 0, again.stderr
    assert (tmp_path / "out" / "4.dcm").read_bytes().endswith(kept[-PIXELS:])


@pytest.fixture
def failing_disk(tmp_path: Path):
    """A file system on a disk image, and a function that takes half of the disk away; skipped where none can be had."""
    image, folder = tmp_path / "image", tmp_path / "disk"
    folder.mkdir()
    with image.open("wb") as file:
        file.truncate(64 << 20)

    def mounted() -> bool:
        done = subprocess.run(["mount", "-o", "loop", image, folder], capture_output=True, check=False)
        return done.returncode == 0

    def unmounted() -> None:
        subprocess.run(["umount", folder], check=True)

    made = shutil.which("mkfs.ext4") and os.geteuid() == 0
    if not made or subprocess.run(["mkfs.ext4", "-q", "-O", "^has_journal", image], check=False).returncode:
        pytest.skip("no file system can be made here")
    if not mounted():
        pytest.skip("no disk image can be mounted here")

    def cut(keep: int) -> None:
        os.sync()
        shutil.copy(image, tmp_path / "whole-image")
        os.truncate(image, keep)
        for path in folder.glob("*.dcm"):
            with path.open("rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)  # or it would be read from memory

    def mended() -> None:
        unmounted()
        shutil.copy(tmp_path / "whole-image", image)
        assert mounted()

    yield folder, cut, mended
    unmounted()


def test_a_disk_that_cannot_be_read_in_the_middle_of_a_file(deidc, scans, failing_disk, tmp_path):
    """The file is refused with what the disk says, the rest goes on, and with the disk mended it is cleaned."""
    folder, cut, mended = failing_disk
    big = copy_of("CT_small.dcm", tmp_path / "big.dcm", PixelData=os.urandom(PIXELS))
    for number in range(3):
        shutil.copy(scans / f"{number}.dcm", folder / f"{number}.dcm")
    shutil.copy(big, folder / "big.dcm")
    cut(24 << 20)
    with pytest.raises(OSError, match="Input/output error"):
        (folder / "big.dcm").read_bytes()
    command = ("run", "my.deid", "disk", "-o", "out", "--functions", "trouble")
    broken = deidc(*command)
    assert broken.returncode == 1, broken.stdout
    assert "disk/big.dcm: refused: DC" in broken.stderr
    assert "Input/output error" in broken.stderr
    assert "big.dcm" not in tree_of(tmp_path / "out")
    mended()
    done = deidc(*command)
    assert "big.dcm: refused" not in done.stderr
    assert (tmp_path / "out" / "big.dcm").read_bytes().endswith(big.read_bytes()[-PIXELS:])
    assert {f"{number}.dcm" for number in range(3)} < set(tree_of(tmp_path / "out"))


@pytest.fixture
def small_disk(tmp_path: Path):
    """A file system of 1 MB; the test is skipped where none may be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], capture_output=True, check=False
    ).returncode:
        pytest.skip("no file system may be mounted here")
    yield folder
    subprocess.run(["umount", folder], check=True)


FILL = """with open('disk/filler', 'wb') as file:
    try:
        while file.write(b'x' * 4096): file.flush()
    except OSError: pass
"""


@pytest.mark.parametrize("option", ["--journal", "--manifest"])
def test_a_disk_that_fills_under_the_account_of_a_run(deidc, scans, expected, small_disk, tmp_path, option):
    """The run ends with the reason: nothing is passed on that is not accounted for. With room it is completed."""
    trouble(tmp_path, FILL)
    command = (*RUN, option, "disk/account")
    if option == "--journal":
        command = (*command, "--manifest", "m")
    full = deidc(*command)
    assert full.returncode == 4
    assert f"the {option[2:]} cannot be written" in full.stderr
    assert whole(tmp_path / "out").items() <= expected.items()
    trouble(tmp_path, "")
    (small_disk / "filler").unlink()
    again = deidc(*command)
    assert again.returncode == 0, again.stderr
    assert whole(tmp_path / "out") == expected
    manifest = "disk/account" if option == "--manifest" else "m"
    assert deidc("manifest", "verify", manifest, "out").returncode == 0


def without_privilege() -> list[str]:
    """What a command begins with for which the permissions of files count, also if root runs it."""
    if os.geteuid() != 0:
        return []
    lost = "-dac_override,-dac_read_search"
    begin = ["setpriv", f"--bounding-set={lost}", f"--inh-caps={lost}"]
    if shutil.which("setpriv") is None or subprocess.run([*begin, "true"], check=False).returncode:
        pytest.skip("root's privileges cannot be dropped here")
    return begin


def test_permissions_that_are_lost_in_mid_run(scans, expected, tmp_path):
    """What may not be read or written any more is refused; with permissions back the same command does the rest."""
    begin = without_privilege()

    def run() -> subprocess.CompletedProcess[str]:
        command = [*begin, sys.executable, "-m", "deidc", *RUN]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    trouble(tmp_path, "os.chmod('out', 0o500); os.chmod('scans/6.dcm', 0)")
    lost = run()
    assert (lost.returncode, first(lost)) == (1, "4 written, 6 refused"), lost.stderr
    assert "scans/5.dcm: refused: DC925 the output cannot be written: Permission denied" in lost.stderr
    assert "scans/6.dcm: refused: DC921 the file cannot be read: Permission denied" in lost.stderr
    (tmp_path / "out").chmod(0o700)
    (scans / "6.dcm").chmod(0o600)
    assert whole(tmp_path / "out").items() <= expected.items()
    trouble(tmp_path, "")
    again = run()
    assert (again.returncode, first(again)) == (0, "6 written, 4 unchanged"), again.stderr
    assert whole(tmp_path / "out") == expected


def test_an_output_folder_that_is_deleted_in_mid_run(deidc, scans, expected, tmp_path):
    """What was written is gone, and the journal that knew it: the run does not say that all is well."""
    trouble(tmp_path, "shutil.rmtree('out')")
    gone = deidc(*RUN)
    assert gone.returncode == 4
    assert "the journal cannot be written: it was deleted or moved" in gone.stderr
    assert "--overwrite" in gone.stderr
    left = whole(tmp_path / "out") if (tmp_path / "out").exists() else {}
    assert left.items() <= expected.items()
    trouble(tmp_path, "")
    assert deidc(*RUN, "--overwrite").returncode == 0
    assert whole(tmp_path / "out") == expected


def test_an_input_folder_that_changes_in_mid_run(deidc, scans, expected, tmp_path):
    """Files that go are refused or were never met, others take their place: each output is of an input as it was."""
    trouble(
        tmp_path,
        "os.unlink('scans/5.dcm'); os.replace('scans/3.dcm', 'scans/6.dcm')\n"
        "os.unlink('scans/7.dcm'); os.mkdir('scans/7.dcm'); open('scans/8.dcm', 'wb').close()\n"
        "shutil.copy('scans/0.dcm', 'scans/99.dcm')",
    )
    done = deidc(*RUN)
    assert done.returncode == 1
    written = whole(tmp_path / "out")
    assert set(written.values()) <= set(expected.values())
    assert written["6.dcm"] in (expected["3.dcm"], expected["6.dcm"])
    assert {"0.dcm", "1.dcm", "2.dcm", "3.dcm", "4.dcm", "9.dcm"} <= written.keys()
    assert not {"5.dcm", "7.dcm", "8.dcm"} & written.keys()
    for name in ("5.dcm", "8.dcm"):
        assert f"scans/{name}: refused: DC" in done.stderr
    trouble(tmp_path, "")
    (scans / "7.dcm").rmdir()
    for number in (3, 5, 7, 8):
        copy_of("rtplan.dcm", scans / f"{number}.dcm", PatientID=str(number))
    again = deidc(*RUN)
    assert written.items() <= whole(tmp_path / "out").items()
    assert {name: data for name, data in whole(tmp_path / "out").items() if name in ("5.dcm", "7.dcm", "8.dcm")} == {
        name: expected[name] for name in ("5.dcm", "7.dcm", "8.dcm")
    }, again.stderr


def test_runs_that_start_together(scans, expected, tmp_path):
    """One of them does the work; each other is refused as misuse, or finds the work done."""
    command = [sys.executable, "-m", "deidc", *RUN, "--manifest", "m"]
    started = [
        subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    told = [(*one.communicate(timeout=60), one.returncode) for one in started]
    for out, err, code in told:
        assert code in (0, 2), err
        assert code == 0 or "another run is writing to this folder" in err
        assert code == 2 or {f"{FILES} written", f"{FILES} unchanged"} & set(out.splitlines())
    assert sum(f"{FILES} written" in out.splitlines() for out, _, _ in told) == 1
    assert whole(tmp_path / "out") == expected


def fake_clock() -> str | None:
    """The library that gives a process another time, if there is one."""
    named = os.environ.get("DEIDC_FAKETIME")
    found = [named] if named else [str(one) for one in Path("/usr/lib").glob("*/faketime/libfaketime.so.1")]
    return found[0] if found else None


@pytest.mark.parametrize("jump", ["-400d", "+400d"])
def test_a_clock_that_jumps_between_runs(deidc, scans, expected, tmp_path, monkeypatch, jump):
    """Set back or forth, nothing is cleaned again that did not change, and what did change is not taken for the same.

    libfaketime sets the clock; without it the times of the inputs are set.
    """
    assert first(deidc(*RUN, "--digests")) == f"{FILES} written"
    library = fake_clock()
    if library is not None:
        monkeypatch.setenv("LD_PRELOAD", library)
        monkeypatch.setenv("FAKETIME", jump)
    else:
        moment = (scans / "0.dcm").stat().st_mtime + int(jump[:-1]) * 86400
        for path in scans.iterdir():
            os.utime(path, (moment, moment))
    changed = scans / "7.dcm"
    was = changed.stat()
    changed.write_bytes(shipped("CT_small.dcm").read_bytes())
    os.utime(changed, ns=(was.st_atime_ns, was.st_mtime_ns))
    done = deidc(*RUN, "--digests")
    assert first(done) == f"{FILES - 1} unchanged, 1 refused"
    assert "scans/7.dcm: refused: DC929" in done.stderr
    assert whole(tmp_path / "out") == expected
