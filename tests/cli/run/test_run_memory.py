"""How much memory `deidc run` takes, as a process: little, however long a file or its header is.

Memory is what the process had at most, above that of an interpreter that has imported nothing: imports count. But
pydicom imports whatever it knows that is installed (decoders, requests), 41 MiB with all that these tests need and
18 MiB without; so where no pixel is looked at, its import is taken for what it is without.
`DEIDC_SPARSE_GIB=20` takes a longer file than the suite needs.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import warnings
import zipfile
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.uid import JPEGBaseline8Bit

from benchmarks.corpora import CORPORA
from benchmarks.pixels import write_sparse
from benchmarks.shipped import header_of
from tests.fuzz.greedy_files import (
    creators_alone,
    private_blocks,
    write_cut_off,
    write_deflate_bomb,
    write_lying_zip,
)
from tests.fuzz.greedy_files import (
    file_of as with_meta,
)
from tests.pixels.pictures import EXPLICIT, Picture, dataset_for, file_of

resource = pytest.importorskip("resource")

MIB, GIB = 1 << 20, 1 << 30
BUDGET = 64 * MIB
PYDICOM_ALONE = 18 * MIB
SPARSE_GIB = int(os.environ.get("DEIDC_SPARSE_GIB", "2"))

# A process of its own: what children took at most is asked for all that a process had.
PEAK = """import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=False)
most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(most * (1 if sys.platform == 'darwin' else 1024), done.returncode)
"""


def peak(*command: object, cwd: Path, code: int = 0) -> int:
    """The most memory that a process had, in bytes; it must end with an exit code."""
    done = subprocess.run(
        [sys.executable, "-c", PEAK, *map(str, command)], cwd=cwd, capture_output=True, text=True, check=True
    )
    most, found = map(int, done.stdout.split())
    assert found == code, done.stderr
    return most


def taken(folder: Path, *options: str) -> int:
    """The memory of a run over what is in a folder, above an idle interpreter, where pydicom is alone."""
    (folder / "my.deid").write_text(
        "FORMAT dicom\n\n%header\nREPLACE select:VR:PN anonymous\nREMOVE select:private\nBLANK PatientID\n"
        "REPLACE StudyDescription longer than it was before\nADD PatientIdentityRemoved YES\n"
    )
    command = [sys.executable, "-m", "deidc", "run", "my.deid", "in", "-o", "out", "--quiet", *options]
    return peak(*command, cwd=folder) - peak(sys.executable, "-c", "import pydicom", cwd=folder) + PYDICOM_ALONE


def test_a_file_that_no_memory_holds(tmp_path):
    """Fragments of a gibibyte each, which are a hole, go from file to file by the kernel, and stay one."""
    (tmp_path / "in").mkdir()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        write_sparse(
            tmp_path / "in" / "a.dcm", header_of("ultrasound-multiframe.dcm"), [GIB] * SPARSE_GIB, JPEGBaseline8Bit
        )
    if (tmp_path / "in" / "a.dcm").stat().st_blocks * 512 > MIB:
        pytest.skip("this file system knows no holes")
    most = taken(tmp_path)
    assert (tmp_path / "out" / "a.dcm").stat().st_size > SPARSE_GIB * GIB
    assert (tmp_path / "out" / "a.dcm").stat().st_blocks * 512 < MIB
    assert most < BUDGET, f"{most / MIB:.1f} MiB"


def test_a_header_of_a_hundred_thousand_elements(tmp_path):
    """What is remembered of elements does not grow with their number where they are alike."""
    (tmp_path / "in").mkdir()
    CORPORA["long"].make(tmp_path / "in", False)
    most = taken(tmp_path)
    elements = sum(1 for _ in dcmread(tmp_path / "out" / "long.dcm", stop_before_pixels=True).iterall())
    assert elements > 100_000
    assert most < BUDGET, f"{most / MIB:.1f} MiB"


def test_a_cine_of_300_megabytes_whose_frames_are_blanked(tmp_path):
    """Header and pixels are cleaned with the memory of one frame, not of the file."""
    rows, columns, frames = 720, 960, 145
    frame = rows * columns * 3
    small = dataset_for(Picture("RGB", rows=8, columns=8), b"")
    small.Rows, small.Columns, small.NumberOfFrames = rows, columns, frames
    small.PixelData = b"\1\2" * 8
    data = file_of(small, EXPLICIT)
    (tmp_path / "in").mkdir()
    with (tmp_path / "in" / "a.dcm").open("wb") as file:
        file.write(data[: -len(small.PixelData) - 4] + (frames * frame).to_bytes(4, "little"))
        file.write(b"\7" * frame)
        file.truncate(file.tell() + (frames - 1) * frame)  # the other frames are a hole
    (tmp_path / "my.deid").write_text(
        "FORMAT dicom\n\n%header\nREMOVE PatientName\n\n%filter graylist\n\nLABEL banner\n  coordinates 0,0,960,60\n"
    )
    command = [sys.executable, "-m", "deidc", "run", "my.deid", "in", "-o", "out", "--quiet"]
    most = peak(*command, cwd=tmp_path) + PYDICOM_ALONE - peak(sys.executable, "-c", "import pydicom", cwd=tmp_path)
    assert frames * frame > 300_000_000
    assert most < BUDGET + frame, f"{most / MIB:.1f} MiB"
    with (tmp_path / "out" / "a.dcm").open("rb") as file:
        file.seek(-frames * frame, os.SEEK_END)
        first = file.read(frame)
    assert first == bytes(60 * 960 * 3) + b"\7" * (660 * 960 * 3)


def write_other_file(path: Path) -> None:
    """Write a file of 3 GiB that is no DICOM, like a film, and consists of a hole."""
    with path.open("wb") as file:
        file.write(b"\0\0\0\x20ftypisom")
        file.truncate(3 * GIB)


# What a file costs that is made to cost much.
GREEDY = 128 * MIB


@pytest.mark.parametrize(
    ("name", "make", "code"),
    [
        ("a.dcm", lambda path: write_deflate_bomb(path, 4 * GIB), "DC930"),
        ("a.dcm", lambda path: write_deflate_bomb(path, 900 * MIB), None),
        ("a.dcm", lambda path: path.write_bytes(with_meta(private_blocks(255_000))), None),
        ("a.dcm", lambda path: path.write_bytes(with_meta(creators_alone(255_000))), None),
        ("a.dcm", lambda path: write_cut_off(path, 3500 * MIB), "DC922"),
        ("a.dcm", write_other_file, "DC920"),
        ("a.zip", lambda path: write_lying_zip(path, 1984 * MIB), "DC942"),
        ("a.zip", lambda path: write_lying_zip(path, 1984 * MIB, zipfile.ZIP_BZIP2), "DC942"),
    ],
    ids=["bomb", "inflating", "blocks", "creators", "cut-off", "other", "zip", "zip-bz2"],
)
@pytest.mark.parametrize("rule", ["", 'REPLACE SpecificCharacterSet "ISO_IR 192"\n'], ids=["stream", "dataset"])
def test_a_file_that_asks_for_very_much(tmp_path, name, make, code, rule):
    """It is cleaned or refused, and takes no more memory than 128 MiB above an idle interpreter."""
    make(tmp_path / name)
    if (tmp_path / name).stat().st_blocks * 512 > 64 * MIB:
        pytest.skip("this file system knows no holes")
    if rule and code is None:
        pytest.skip("the Dataset engine holds an object in memory")
    (tmp_path / "my.deid").write_text(
        f"FORMAT dicom\n\n%header\nREPLACE select:VR:PN anonymous\n{rule}REMOVE select:private\n"
    )
    command = [sys.executable, "-m", "deidc", "run", "my.deid", name, "-o", "out", "--manifest", "m"]
    most = peak(*command, cwd=tmp_path, code=0 if code is None else 1)
    (told,) = [json.loads(line) for line in (tmp_path / "m").read_text().splitlines() if '"outcome"' in line]
    assert [fault["code"] for fault in told.get("faults", [])] == [code] * (code is not None)
    most += PYDICOM_ALONE - peak(sys.executable, "-c", "import pydicom", cwd=tmp_path)
    assert most < GREEDY, f"{most / MIB:.1f} MiB"
