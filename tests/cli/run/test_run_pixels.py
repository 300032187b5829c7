"""`deidc run` as a process on images whose labels know where text is: real ultrasounds, and their account."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from deid_data import data as deid_data
from pydicom import dcmread
from pydicom.dataset import FileDataset

from tests.cli.run.outcomes import outcome_of
from tests.files import tree_of

ULTRASOUNDS = Path(deid_data.__file__).parent / "ultrasounds"
RECIPE = """FORMAT dicom

%header
REMOVE PatientName

%filter graylist

LABEL banner
  present Rows
  coordinates 0,0,9999,60
  ctpcoordinates 10,100,30,40
"""


@pytest.fixture
def ultrasounds(tmp_path: Path) -> dict[str, FileDataset]:
    """The ultrasounds of deid-data, unpacked, in a folder; objects by name."""
    folder = tmp_path / "in"
    folder.mkdir()
    found: dict[str, bytes] = {}
    for path in sorted(ULTRASOUNDS.iterdir()):
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                members = [one for one in archive.namelist() if one.endswith(".dcm")]
                found |= {f"{path.stem}-{Path(one).name}": archive.read(one) for one in members}
        elif path.suffix == ".dcm":
            found[path.name] = path.read_bytes()
    for name, content in found.items():
        (folder / name).write_bytes(content)
    return {name: dcmread(io.BytesIO(content)) for name, content in found.items()}


def frames_of(dataset: FileDataset) -> np.ndarray:
    """The samples as they are stored: frames, rows, columns, samples."""
    shape = (int(dataset.get("NumberOfFrames") or 1), dataset.Rows, dataset.Columns, dataset.SamplesPerPixel)
    count = int(np.prod(shape))
    plain = np.frombuffer(dataset.PixelData, np.uint8)[:count]
    if dataset.get("PlanarConfiguration"):
        return np.moveaxis(plain.reshape(shape[0], shape[3], shape[1], shape[2]), 1, 3)
    return plain.reshape(shape)


def test_real_ultrasounds_are_cleaned_in_header_and_pixels(deidc, ultrasounds, tmp_path):
    """Inside of the regions all is black, outside nothing changed, and the account tells how much was done."""
    (tmp_path / "r.deid").write_text(RECIPE)
    assert len(ultrasounds) >= 5
    done = deidc("run", "r.deid", "in", "-o", "out", "--manifest", "m.jsonl", "--format", "json")
    assert done.returncode == 0, done.stderr
    assert tree_of(tmp_path / "out") == sorted(ultrasounds)
    total = 0
    for name, before in ultrasounds.items():
        after = dcmread(tmp_path / "out" / name)
        assert not before.file_meta.TransferSyntaxUID.is_compressed
        old, new = frames_of(before), frames_of(after)
        inside = np.zeros(old.shape[1:3], dtype=bool)
        inside[:60], inside[100:140, 10:40] = True, True
        assert before.PhotometricInterpretation in ("RGB", "MONOCHROME2")
        assert not new[:, inside].any()
        assert np.array_equal(old[:, ~inside], new[:, ~inside])
        assert old[:, inside].any()
        assert ("PatientName" in after, after.BurnedInAnnotation, after.ImageType[0]) == (False, "NO", "DERIVED")
        assert after.PlanarConfiguration == before.PlanarConfiguration if "PlanarConfiguration" in before else True
        total += len(old)
    summary = json.loads(done.stdout)
    assert summary["pixels"] == {"objects": len(ultrasounds), "frames": total}
    records = [json.loads(line) for line in (tmp_path / "m.jsonl").read_text().splitlines()][1:-1]
    assert sum(one["pixels"]["frames"] for one in records) == total
    boxes = [{"keep": False, "shapes": [[0, 0, 9999, 60]]}, {"keep": False, "shapes": [[10, 100, 40, 140]]}]
    flag = {"group": "graylist", "label": "banner", "line": "r.deid:8", "policy": "clean", "held": False}
    flag |= {"regions": boxes}
    assert [one["flags"] for one in records] == [[flag]] * len(ultrasounds)


def test_a_dry_run_tells_what_would_be_blanked(deidc, ultrasounds, tmp_path):
    """Nothing is written, into the quarantine neither."""
    (tmp_path / "r.deid").write_text(RECIPE + "\n%pixels\nQUARANTINE graylist\n")
    done = deidc("run", "r.deid", "in", "--dry-run", "--quarantine", "apart")
    assert done.returncode == 3
    assert outcome_of(done) == f"dry run, nothing written: {len(ultrasounds)} held for review"
    assert "with blanked pixels" not in done.stdout
    assert tree_of(tmp_path / "apart") == []
    assert not (tmp_path / "apart").exists()


def test_a_quarantine_is_told_and_filled_anew(deidc, ultrasounds, tmp_path):
    """The tree is kept in it; the same command goes on as if it were the first time."""
    (tmp_path / "r.deid").write_text(RECIPE + "\n%pixels\nQUARANTINE graylist\n")
    for _ in range(2):
        done = deidc("run", "r.deid", "in", "-o", "out", "--quarantine", "apart", "--flagged", "write")
        assert done.returncode == 3
        assert done.stderr.count("put into the quarantine, flagged by graylist/banner") == len(ultrasounds)
        assert f"{len(ultrasounds):>7}  quarantined" in done.stdout
    assert tree_of(tmp_path / "apart") == sorted(ultrasounds)
    assert tree_of(tmp_path / "out") == []
    assert all("PatientName" not in dcmread(tmp_path / "apart" / name) for name in ultrasounds)


@pytest.mark.parametrize("quarantine", ["out", "out/q", ".", "in", "in/q"])
def test_a_quarantine_is_no_output_and_no_input(deidc, ultrasounds, tmp_path, quarantine):
    """A folder for what is set apart lies neither in the output nor in an input, nor the output in it."""
    (tmp_path / "r.deid").write_text(RECIPE)
    done = deidc("run", "r.deid", "in", "-o", "out", "--quarantine", quarantine)
    assert (done.returncode, "quarantine" in done.stderr) == (2, True)
    assert not (tmp_path / "out").exists()


def test_without_numpy_nothing_is_begun(deidc, ultrasounds, tmp_path, monkeypatch):
    """A recipe that blanks pixels says what to install before the first file; others do not need it."""
    (tmp_path / "r.deid").write_text(RECIPE)
    # A finder that finds no numpy, as on a machine where it is not installed.
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.machinery as m\nfind = m.PathFinder.find_spec\n"
        "m.PathFinder.find_spec = classmethod(lambda c, n, *a: None if n.split('.')[0] == 'numpy' else find(n, *a))\n"
    )
    (tmp_path / "plain.deid").write_text("FORMAT dicom\n\n%header\nREMOVE PatientName\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    done = deidc("run", "r.deid", "in", "-o", "out")
    plain = deidc("run", "plain.deid", "in", "-o", "plain")
    assert (done.returncode, "deidc[pixels]" in done.stderr) == (2, True)
    assert not (tmp_path / "out").exists()
    assert (plain.returncode, tree_of(tmp_path / "plain")) == (0, sorted(ultrasounds))
