"""Broken DICOM files, hundreds of them, in one run: an outcome for each, and nothing half-written."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest
from pydicom import dcmread

from deidc.batch.inputs.faults import ReadFault
from deidc.batch.inputs.reading import read_file
from tests.files import shipped, tree_of

CUT = "rtplan.dcm"
FLIPPED = ("rtplan.dcm", "nested_priv_SQ.dcm", "JPEG2000.dcm", "image_dfl.dcm", "ExplVR_BigEnd.dcm", "UN_sequence.dcm")
LONGEST = 4_000  # of a flipped file only the head is flipped: behind it are pixels


def write_cut(folder: Path) -> int:
    """Write every prefix of a small file whose length is a multiple of 11."""
    data = shipped(CUT).read_bytes()
    lengths = range(0, len(data), 11)
    for length in lengths:
        (folder / f"cut-{length:05}.dcm").write_bytes(data[:length])
    return len(lengths)


def write_flipped(folder: Path, count: int) -> int:
    """Write files with up to four bytes changed, the same ones in every run of the tests."""
    random = Random(20)
    for number in range(count):
        data = bytearray(shipped(FLIPPED[number % len(FLIPPED)]).read_bytes())
        for _ in range(random.randint(1, 4)):
            data[random.randrange(min(len(data), LONGEST))] = random.randrange(256)
        (folder / f"flipped-{number:03}.dcm").write_bytes(data)
    return count


@pytest.mark.parametrize("jobs", [1, 2])
def test_every_broken_file_ends_in_one_outcome(deidc, tmp_path, jobs):
    """No traceback, no hang; what is written can be read, and what is not written has left nothing."""
    folder = tmp_path / "in"
    folder.mkdir()
    count = write_cut(folder) + write_flipped(folder, 240)
    done = deidc("run", "default", "in", "-o", "out", "--format", "json", "--jobs", jobs)
    outcomes = json.loads(done.stdout)["outcomes"]
    assert sum(outcomes.values()) == count > 400
    assert outcomes["refused"] > 100
    written = tree_of(tmp_path / "out")
    assert len(written) == outcomes["written"]
    for name in written:
        assert not isinstance(read_file(tmp_path / "out" / name), ReadFault), name
        assert not dcmread(tmp_path / "out" / name, force=True).get("PatientName"), name
