"""`deidc run` as a process with a recipe that asks for text: what is found is blanked, and what was sought told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydicom import dcmread, examples

from tests.files import tree_of

RECIPE = """FORMAT dicom

%header
REMOVE PatientName

%filter graylist

LABEL screens
  present Rows
  coordinates ocr
"""
# A finder that does not find the package of the extra, as on a machine where it is not installed.
WITHOUT = (
    "import importlib.machinery as m\nfind = m.PathFinder.find_spec\n"
    "m.PathFinder.find_spec = classmethod(\n"
    "    lambda c, n, *a: None if n.split('.')[0] == 'onnxruntime' else find(n, *a)\n)\n"
)


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """A real ultrasound with the name of a hospital in its pixels, and the same with nothing in them."""
    folder = tmp_path / "in"
    folder.mkdir()
    image = examples.rgb_color
    image.save_as(folder / "text.dcm")
    image.PixelData = bytes(len(image.PixelData))
    image.SOPInstanceUID = "1.2.3.4"
    image.file_meta.MediaStorageSOPInstanceUID = image.SOPInstanceUID
    image.save_as(folder / "none.dcm")
    return folder


def test_text_is_blanked_and_its_search_told(deidc, images, tmp_path):
    """An object in which no text is found is written as it is, not held back; the manifest says who looked."""
    (tmp_path / "r.deid").write_text(RECIPE)
    done = deidc("run", "r.deid", "in", "-o", "out", "--manifest", "m.jsonl")
    assert done.returncode == 0, done.stderr
    before, after = dcmread(images / "text.dcm").pixel_array, dcmread(tmp_path / "out" / "text.dcm")
    # The name of the hospital: the bright letters above the ultrasound on the left.
    letters = before[5:35, 5:110].min(axis=2) > 128
    assert letters.sum() > 300
    assert not after.pixel_array[5:35, 5:110][letters].any()
    changed = (before != after.pixel_array).any(axis=2)
    assert not changed[205:].all()
    assert changed.mean() < 0.5
    assert after.BurnedInAnnotation == "NO"
    empty, source = dcmread(tmp_path / "out" / "none.dcm"), dcmread(images / "none.dcm")
    assert empty.PixelData == source.PixelData
    assert (empty.get("BurnedInAnnotation"), empty.ImageType) == (source.get("BurnedInAnnotation"), source.ImageType)
    records = [json.loads(line) for line in (tmp_path / "m.jsonl").read_text().splitlines()][1:-1]
    assert sorted(one["text"]["found_in"] for one in records) == [0, 1]
    assert {(one["outcome"], *one["text"]["detectors"], one["text"]["frames"]) for one in records} == {
        ("written", "rapidocr", 1)
    }
    assert [one["flags"][0]["regions"][0]["shapes"] for one in records] == [["ocr:rapidocr"]] * 2
    assert [one["pixels"] is None for one in sorted(records, key=lambda one: one["text"]["found_in"])] == [True, False]


def test_without_the_extra_nothing_is_begun(deidc, images, tmp_path, monkeypatch):
    """The label that asks for text is named, with what to install; to check and compile it nothing is needed."""
    (tmp_path / "r.deid").write_text(RECIPE)
    (tmp_path / "sitecustomize.py").write_text(WITHOUT)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    done = deidc("run", "r.deid", "in", "-o", "out")
    assert done.returncode == 2
    assert "r.deid:8: `coordinates ocr` needs the extra `ocr`: pip install 'deidc[ocr]'" in " ".join(
        done.stderr.split()
    )
    assert not (tmp_path / "out").exists()
    assert deidc("check", "r.deid").returncode == 0
    compiled = deidc("compile", "r.deid")
    assert (compiled.returncode, 'text-by "rapidocr"' in compiled.stdout) == (0, True)


def test_a_detector_that_nobody_offers_is_named(deidc, images, tmp_path):
    """Detectors of others are asked by their names; regions of a whitelist are not blanked, and need none."""
    (tmp_path / "r.deid").write_text(RECIPE.replace("ocr", "ocr:nobodys"))
    done = deidc("run", "r.deid", "in", "-o", "out")
    assert done.returncode == 2
    assert "r.deid:8: no installed package provides the text detector nobodys" in " ".join(done.stderr.split())
    assert tree_of(tmp_path / "out") == []
    ignored = "# deidc: ignore[DC427] images with screens are shown, not blanked\nLABEL"
    whitelist = RECIPE.replace("ocr", "ocr:nobodys").replace("graylist", "whitelist").replace("LABEL", ignored)
    (tmp_path / "w.deid").write_text(whitelist)
    passing = deidc("run", "w.deid", "in", "-o", "out")
    assert (passing.returncode, tree_of(tmp_path / "out")) == (0, ["none.dcm", "text.dcm"])


def test_a_program_without_places_tells_no_line(deidc, images, tmp_path):
    """Of a printed program without remarks the detector alone is named."""
    (tmp_path / "r.deid").write_text(RECIPE.replace("ocr", "ocr:nobodys"))
    printed = deidc("compile", "r.deid").stdout
    bare = "\n".join(line.split(";")[0].rstrip() for line in printed.splitlines()) + "\n"
    (tmp_path / "r.program").write_text(bare)
    done = deidc("run", "r.program", "in", "-o", "out")
    assert done.returncode == 2
    assert "no installed package provides the text detector nobodys" in " ".join(done.stderr.split())
    assert tree_of(tmp_path / "out") == []


def test_a_preview_and_a_page_of_text_that_is_found(deidc, images, tmp_path):
    """A preview outlines what the detector finds; a page has the cleaned image, and says that it does not."""
    (tmp_path / "r.deid").write_text(RECIPE)
    done = deidc("preview", "in/text.dcm", "-r", "r.deid", "-o", "p.png")
    assert (done.returncode, "coordinates ocr:rapidocr" in done.stdout) == (0, True), done.stderr
    assert "regions are blanked in 1" in done.stderr
    assert (tmp_path / "p.png").stat().st_size > 1000
    done = deidc("run", "r.deid", "in/text.dcm", "-o", "out", "--report", "r.html")
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "r.html").read_text()
    assert ("detected text is not outlined" in page, "data:image/png" in page) == (True, True)


def test_a_preview_needs_the_detector(deidc, images, tmp_path, monkeypatch):
    """What is missing is told before anything is made."""
    (tmp_path / "r.deid").write_text(RECIPE)
    (tmp_path / "sitecustomize.py").write_text(WITHOUT)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    done = deidc("preview", "in/text.dcm", "-r", "r.deid", "-o", "p.png")
    assert (done.returncode, "r.deid:8" in done.stderr, "deidc[ocr]" in done.stderr) == (2, True, True)
    assert not (tmp_path / "p.png").exists()
