"""`deidc run --report`, as a process: a page that tells what a run did, and nothing of what is in the files."""

from __future__ import annotations

import base64
import html
import io
import json
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from pydicom import dcmread, dcmwrite
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from tests.cli.test_preview import FOLDER, ORANGE, chunks, cine
from tests.files import copy_of, shipped

RECIPE = """FORMAT dicom

%header
BLANK PatientName
REMOVE InstitutionName
JITTER StudyDate 3

%filter graylist

LABEL Banner
  contains Modality US
  coordinates 0,0,1024,40

%filter blacklist

LABEL Somebody's scan
  contains Modality CT
  coordinates 0,0,30,30
"""
# What no page may have in it, in any value, name of a file or private element; begins all that is planted.
CANARY = "ZQ7"
# The colours of a picture of regions alone.
REGIONS = {(0, 0, 0), ORANGE, (56, 33, 0)}


@pytest.fixture
def scans(tmp_path) -> Path:
    """Two images to be cleaned, one to be held back, one to be refused, one without labels, and no DICOM file."""
    folder = tmp_path / f"{CANARY}scans"
    folder.mkdir()
    shutil.copy(FOLDER / "GREYSCALE_IMAGE.dcm", folder / f"{CANARY}grey.dcm")
    cine(folder / f"{CANARY}cine.dcm", 3)
    copy_of("CT_small.dcm", folder / f"{CANARY}ct.dcm", PatientName=f"{CANARY}^Name")
    copy_of("MR_small.dcm", folder / f"{CANARY}mr.dcm", InstitutionName=f"{CANARY}Clinic")
    shutil.copy(shipped("MR_truncated.dcm"), folder / f"{CANARY}truncated.dcm")
    (folder / "notes.txt").write_text(f"{CANARY}notes")
    return folder


def run(deidc, scans, *more: object) -> subprocess.CompletedProcess[str]:
    return deidc("run", "my.deid", scans.name, "-o", "out", "--report", "page.html", *more)


def page(folder: Path) -> str:
    return (folder / "page.html").read_text(encoding="utf-8")


def data_of(text: str) -> dict:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def pictures_of(text: str) -> list[bytes]:
    return [base64.b64decode(one["png"]) for one in data_of(text)["pictures"] if one["png"]]


def drawn(png: bytes) -> np.ndarray:
    return np.asarray(Pillow.open(io.BytesIO(png)).convert("RGB"))


def all_of(text: str) -> bytes:
    """The page, and all that is encoded in it."""
    encoded = [base64.b64decode(one) for one in re.findall(r"[A-Za-z0-9+/]{40,}={0,2}", text) if len(one) % 4 == 0]
    return b"\n".join([text.encode(), html.unescape(text).encode(), *encoded, *pictures_of(text)])


def test_the_page_tells_outcomes_reasons_rules_and_attributes(deidc, recipe, scans, tmp_path):
    """Each input is in the list with its outcome; counts are those of the summary; pictures are of cleaned pixels."""
    recipe(RECIPE)
    done = run(deidc, scans, "--format", "json", "--jobs", 2)
    assert done.returncode == 1, done.stderr
    summary = json.loads(done.stdout)
    assert "plan" not in summary
    text = page(tmp_path)
    data = data_of(text)
    outcomes = [data["outcomes"][row[1]] for row in data["rows"]]
    assert {one: outcomes.count(one) for one in data["outcomes"]} == summary["outcomes"]
    assert sorted(outcomes) == ["flagged", "refused", "skipped", "written", "written", "written"]
    # One line for each rule, with the attributes that it changed.
    assert re.search(r"my\.deid:5</td><td>removed</td><td[^>]*>\d+</td><td>InstitutionName</td>", text)
    assert re.search(r"DC9\d\d</td>", text)
    assert "graylist/Banner" in text
    assert "Somebody&#39;s scan" in text
    by_label = {row[0]: [data["labels"][one] for one in row[2]] for row in data["rows"]}
    assert sorted(map(str, by_label.values())) == sorted(
        map(str, [["graylist/Banner"], ["graylist/Banner"], ["blacklist/Somebody's scan"], [], [], []])
    )
    for row in data["rows"]:
        if row[6] < 0:
            continue
        picture = drawn(base64.b64decode(data["pictures"][row[6]]["png"]))
        rows = picture.shape[0]
        if data["outcomes"][row[1]] == "flagged":
            assert {tuple(one) for one in picture.reshape(-1, 3).tolist()} == REGIONS
        else:
            inside = picture[4 : rows * 40 // 768 - 4, 4:-4]
            assert inside.size
            assert not inside.any()
            assert len(np.unique(picture)) > 30


def test_no_value_of_any_kind_is_on_the_page(deidc, recipe, scans, tmp_path):
    """Values of every VR, private ones, names of files: none of them is in the page, nor in what is encoded in it.

    Some are kept, some changed, some refused, and one makes a label fire.
    """
    recipe(RECIPE.replace("contains Modality CT", f"contains PatientComments {CANARY}.*"))
    planted = canaries()
    for number, source in enumerate(("CT_small.dcm", "MR_small.dcm", "rtplan.dcm")):
        dataset = dcmread(shipped(source))
        dataset.update(planted)
        if number == 1:
            dataset.add_new("StudyDate", "LO", f"{CANARY}date")
        dcmwrite(scans / f"{CANARY}{number}.dcm", dataset, enforce_file_format=False)
    done = run(deidc, scans, "--manifest", "m")
    assert done.returncode == 1
    text = page(tmp_path)
    everything = all_of(text).lower()
    assert "notes.txt" not in text
    words = {CANARY, "compressedsamples", "1.3.6.1.4.1.5962", *TEXTS, str(NUMBER), str(tmp_path)}
    assert not [one for one in words if one.lower().encode() in everything]
    assert NUMBER.to_bytes(4, "little") not in everything
    for png in pictures_of(text):
        assert chunks(png) <= {b"IHDR", b"PLTE", b"IDAT", b"IEND"}


NUMBER = 1918273645
TEXTS = ("1887-06-23", "18870623", "112233.445566", "077Y", "7766.55443322")


def canaries() -> Dataset:
    """Values of every VR that can hold something told from all others."""
    planted = Dataset()
    for tag, vr in {
        0x00100010: "PN", 0x00104000: "LT", 0x00081030: "LO", 0x00080050: "SH", 0x00081070: "PN", 0x00402400: "LT",
        0x00321060: "LO", 0x00400280: "ST", 0x00081120: "SQ", 0x0040A160: "UT", 0x00189004: "CS", 0x00020016: "AE",
        0x00080120: "UR", 0x00080119: "UC",
    }.items():  # fmt: skip
        if tag >> 16 == 0x0002 or vr == "SQ":
            continue
        planted.add_new(tag, vr, f"{CANARY}{vr}" if vr != "CS" else f"{CANARY} CS")
    planted.add_new(0x00100030, "DA", TEXTS[1])
    planted.add_new(0x00080030, "TM", TEXTS[2])
    planted.add_new(0x00101010, "AS", TEXTS[3])
    planted.add_new(0x00101030, "DS", TEXTS[4])
    planted.add_new(0x0008002A, "DT", f"{TEXTS[1]}{TEXTS[2]}")
    planted.add_new(0x00200013, "IS", str(NUMBER))
    planted.add_new(0x00720078, "UL", NUMBER)
    planted.add_new(0x00720064, "IS", str(NUMBER))
    planted.add_new(0x0072006D, "UN", f"{CANARY}UN".encode())
    planted.add_new(0x00420011, "OB", f"{CANARY}OB__".encode())
    planted.add_new(0x00090010, "LO", f"{CANARY} PRIVATE")
    planted.add_new(0x00091001, "LO", f"{CANARY}private")
    inside = Dataset()
    inside.PatientName = f"{CANARY}^Inside"
    planted.add_new(0x00101002, "SQ", Sequence([inside]))
    return planted


def test_originals_only_if_they_are_asked_for(deidc, recipe, scans, tmp_path):
    """With --report-originals pictures have the pixels of the inputs, also of what is held back, and the page warns."""
    recipe(RECIPE)
    run(deidc, scans)
    assert "may identify patients" not in page(tmp_path)
    run(deidc, scans, "--report-originals", "--overwrite")
    text = page(tmp_path)
    assert "may identify patients" in text
    pictures = [drawn(one) for one in pictures_of(text)]
    assert len(pictures) == 3
    assert all(len(np.unique(one)) > 30 for one in pictures)
    assert any(one[4 : one.shape[0] * 40 // 768 - 4, 4:-4].any() for one in pictures)
    alone = deidc("run", "my.deid", scans.name, "-o", "out", "--report-originals")
    assert (alone.returncode, "--report" in alone.stderr) == (2, True)


def test_what_is_flagged_and_written_all_the_same_shows_no_pixels(deidc, recipe, scans, tmp_path):
    """With --flagged write the pixels that nobody looked at are in the output, and not on the page."""
    recipe(RECIPE.replace("coordinates 0,0,1024,40", "").replace("contains Modality US", "contains Modality US|CT"))
    done = run(deidc, scans, "--flagged", "write", "--format", "json")
    assert json.loads(done.stdout)["outcomes"]["flagged"] == 0
    pictures = [drawn(one) for one in pictures_of(page(tmp_path))]
    assert len(pictures) == 3
    colours = {tuple(one) for picture in pictures for one in picture.reshape(-1, 3).tolist()}
    assert colours == REGIONS


def test_what_is_left_out_is_told(deidc, recipe, scans, tmp_path):
    """No more pictures than asked for, the first of them, and the page says how many are left out; none of a dry run
    is of a file that is written."""
    recipe(RECIPE)
    deidc("run", "my.deid", scans.name, "--dry-run", "--report", "page.html", "--report-thumbnails", 1)
    text = page(tmp_path)
    assert len(pictures_of(text)) == 1
    assert "2 are not shown" in text
    assert "A dry run: nothing was written" in text
    first = next(row for row in data_of(text)["rows"] if row[2])
    assert first[6] == 0
    deidc("run", "my.deid", scans.name, "--dry-run", "--report", "page.html", "--report-thumbnails", 0)
    assert pictures_of(page(tmp_path)) == []
    assert "3 are not shown" in page(tmp_path)


def test_a_file_that_is_no_page_is_not_replaced(deidc, recipe, tmp_path):
    """A page of a run before is replaced, since the same command goes on; another file only with --overwrite.

    A run that cannot begin leaves the page as it is.
    """
    recipe(RECIPE)
    scans = copy_of("rtplan.dcm", tmp_path / "scans" / "plan.dcm").parent
    (tmp_path / "page.html").write_text("<!doctype html>\n<p>mine</p>")
    done = run(deidc, scans)
    assert (done.returncode, "already exists" in done.stderr) == (2, True)
    assert page(tmp_path).endswith("mine</p>")
    assert not (tmp_path / "out").exists()
    assert run(deidc, scans, "--overwrite").returncode == 0
    assert run(deidc, scans).returncode == 0
    assert "1 unchanged" in page(tmp_path)
    recipe(RECIPE.replace("graylist", "greylist"))
    assert run(deidc, scans).returncode == 2
    assert "1 unchanged" in page(tmp_path)
    (tmp_path / "taken").write_text("")
    done = deidc("run", "my.deid", scans.name, "-o", "other", "--report", "taken/page.html")
    assert (done.returncode, "cannot be written" in done.stderr) == (2, True)


SLOW = """import time
def call(dicom):
    time.sleep(0.3)
    return 'x'
"""


def test_a_run_that_is_stopped_leaves_a_page_that_says_so(deidc, recipe, tmp_path):
    """The page tells of the files that had ended, and that there were others."""
    recipe("FORMAT dicom\n\n%header\nREPLACE PatientName func:call\n")
    (tmp_path / "slow.py").write_text(SLOW)
    for number in range(30):
        copy_of("rtplan.dcm", tmp_path / "scans" / f"{number:02}.dcm")
    command = ("run", "my.deid", "scans", "-o", "out", "--functions", "slow:call", "--report", "page.html", "--quiet")
    process = subprocess.Popen([sys.executable, "-m", "deidc", *command], cwd=tmp_path, stderr=subprocess.PIPE)
    end = time.monotonic() + 60
    while len(list((tmp_path / "out").glob("*.dcm"))) < 2:
        assert time.monotonic() < end
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGINT
    text = page(tmp_path)
    assert "run was interrupted" in text
    assert 2 <= len(data_of(text)["rows"]) < 30
    assert not list(tmp_path.glob(".deidc-*"))


def test_pictures_of_outputs_in_a_store(deidc, recipe, scans, bucket, tmp_path):
    """Of outputs at a URL there are pictures too: they are read from where they were written."""
    recipe(RECIPE)
    _, name = bucket
    deidc("run", "my.deid", scans.name, "-o", f"s3://{name}/out", "--report", "page.html")
    pictures = [drawn(one) for one in pictures_of(page(tmp_path))]
    assert len(pictures) == 3
    assert sum(len(np.unique(one)) > 30 for one in pictures) == 2
