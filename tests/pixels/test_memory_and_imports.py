"""What blanking takes: memory of one frame, and numpy only when pixels are to be blanked."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from pydicom.uid import RLELossless

from deidc.pixels.frames import recoding
from tests.pixels.compressed import compressed_file
from tests.pixels.pictures import EXPLICIT, Picture, dataset_for, file_of

resource = pytest.importorskip("resource")

MIB = 1 << 20
FRAME = 720 * 960 * 3
PEAK = """
import os, resource, sys
idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
from deidc.batch.outputs.content import Content
from deidc.ir.ops import Rectangle, WholeImage
from deidc.pixels.frames import recoding
from deidc.pixels.blanking.whole_objects import BlankedBytes, blank_bytes
from deidc.pixels.frames.masks import Painting
from deidc.runtime.outcome import Region


class Opened:
    def __init__(self, path):
        self.descriptor = os.open(path, os.O_RDONLY)
        self.size = os.fstat(self.descriptor).st_size

    def read(self, at, count):
        return os.pread(self.descriptor, count, at)

    def fileno(self):
        return self.descriptor


recoding.KEPT = int(sys.argv[3])
opened = Opened(sys.argv[1])
keep = (Region(False, (WholeImage(),)), Region(True, (Rectangle(100, 60, 860, 700),)))
outcome = blank_bytes(opened, Painting(keep))
assert isinstance(outcome, BlankedBytes), outcome
target = os.open(sys.argv[2], os.O_RDWR | os.O_CREAT)
Content(outcome.pieces, opened).write_to(target)
most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print((most - idle) * (1 if sys.platform == "darwin" else 1024))
"""


def memory_of(path: Path, target: Path, kept: int = recoding.KEPT) -> int:
    """What a process that blanks a file takes above what it had when it began."""
    command = [sys.executable, "-c", PEAK, str(path), str(target), str(kept)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def test_a_cine_of_300_megabytes_takes_the_memory_of_a_frame(tmp_path):
    """Frames go from file to file one after the other."""
    frames = 300_000_000 // FRAME
    small = dataset_for(Picture("RGB", rows=8, columns=8), b"")
    small.Rows, small.Columns, small.NumberOfFrames = 720, 960, frames
    small.PixelData = b"\1\2" * 8
    data = file_of(small, EXPLICIT)
    head, size = data[: -len(small.PixelData) - 4], frames * FRAME
    with (tmp_path / "cine.dcm").open("wb") as file:
        file.write(head + size.to_bytes(4, "little"))
        file.write(b"\7" * FRAME)
        file.truncate(len(head) + 4 + size)  # the other frames are a hole
    most = memory_of(tmp_path / "cine.dcm", tmp_path / "out.dcm")
    assert (tmp_path / "out.dcm").stat().st_size > size
    assert most < 64 * MIB + FRAME, f"{most / MIB:.1f} MiB"
    first = np.memmap(tmp_path / "out.dcm", np.uint8, "r")[-size:][:FRAME].reshape(720, 960, 3)
    assert (first[60:700, 100:860] == 7).all()
    assert first.sum(dtype=np.int64) == 7 * 640 * 760 * 3


def test_a_compressed_cine_takes_no_more_memory_for_more_frames(tmp_path):
    """Compressed frames are decoded and encoded one after the other, and new ones kept up to a limit."""
    taken = []
    for frames in (2, 30):
        _, _, data = compressed_file(Picture("RGB", frames=frames, rows=240, columns=320, syntax=RLELossless))
        (tmp_path / f"{frames}.dcm").write_bytes(data)
        taken.append(memory_of(tmp_path / f"{frames}.dcm", tmp_path / f"{frames}.out", kept=1 << 20))
    assert len(data) > 6 * MIB
    assert taken[1] - taken[0] < 5 * MIB, taken


def test_numpy_is_not_needed_before_pixels_are_blanked():
    """Recipes compile, headers are cleaned and labels asked where numpy cannot be imported."""
    script = """
import sys
sys.modules["numpy"] = None
from pydicom.dataset import Dataset
from deidc import Detector, Machine, compile_recipe
from deidc.errors import MissingExtra
from deidc.pixels import require_extra
program = compile_recipe("FORMAT dicom\\n\\n%filter a\\n\\nLABEL b\\n  equals Modality US\\n  coordinates all\\n")
dataset = Dataset()
dataset.Modality = "US"
assert len(Detector.of(program).detect(dataset)) == len(Machine.link(program).run(dataset).flags) == 1
import deidc.compat.dicom.pixels.detect
del sys.modules["numpy"]
import importlib.util
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, *more: None if name == "numpy" else found(name, *more)
import deidc.pixels
deidc.pixels.find_spec = importlib.util.find_spec
try:
    require_extra()
except MissingExtra as failure:
    print(failure)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stdout == "blanking pixels needs the extra `pixels`: pip install 'deidc[pixels]'\n", done.stderr
