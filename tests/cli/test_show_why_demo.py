"""show, why and demo, as processes."""

from __future__ import annotations

import json
import shutil

import pytest
from pydicom import dcmread

from tests.files import copy_of, shipped, tree_of


def test_show_lists_what_identifies(deidc, tmp_path):
    """Names, numbers, dates, UIDs and private elements at every depth, with their values; not the pixels."""
    shutil.copy(shipped("CT_small.dcm"), tmp_path / "ct.dcm")
    done = deidc("show", "ct.dcm", "--format", "json")
    assert done.returncode == 0
    (document,) = json.loads(done.stdout)["files"]
    found = {one["path"]: (one["name"], one["values"]) for one in document["elements"]}
    assert found["00100010"] == ("PatientName", ["CompressedSamples^CT1"])
    assert found["00101002[0].00100020"] == ("PatientID", ["ABCD1234"])
    assert found["00080018"][1] == [dcmread(shipped("CT_small.dcm")).SOPInstanceUID]
    assert found["00091002"][1] == ["CT01"]
    assert not {"7FE00010", "00280010", "00080016"} & found.keys()
    everything = json.loads(deidc("show", "ct.dcm", "--format", "json", "--all").stdout)["files"][0]["elements"]
    assert {"7FE00010", "00280010", "00080016", *found} <= {one["path"] for one in everything}
    table = deidc("show", "ct.dcm").stdout
    assert "CompressedSamples^CT1" in table


def test_show_of_a_folder(deidc, tmp_path):
    """Each file in turn; what is no DICOM is named and passed over, what is damaged makes the exit code 1."""
    copy_of("rtplan.dcm", tmp_path / "in" / "a.dcm")
    copy_of("rtplan.dcm", tmp_path / "in" / "b" / "c.dcm")
    (tmp_path / "in" / "notes.txt").write_text("no DICOM")
    done = deidc("show", "in", "--format", "json")
    assert [one["file"] for one in json.loads(done.stdout)["files"]] == ["in/a.dcm", "in/b/c.dcm"]
    assert (done.returncode, "in/notes.txt: DC920" in done.stderr) == (0, True)
    shutil.copy(shipped("MR_truncated.dcm"), tmp_path / "in")
    done = deidc("show", "in", "--format", "json")
    assert (done.returncode, len(json.loads(done.stdout)["files"])) == (1, 2)
    assert json.loads(deidc("show", "in/notes.txt", "--format", "json").stdout) == {"version": 1, "files": []}
    assert deidc("show", "nothing").returncode == 2


def test_show_cannot_move_the_cursor(deidc, tmp_path):
    """Control characters in a value are shown by their codes."""
    copy_of("CT_small.dcm", tmp_path / "ct.dcm", PatientID="A\x1b[2JB")
    assert "A<U+001B>[2JB" in deidc("show", "ct.dcm").stdout


RECIPE = """FORMAT dicom

%header
KEEP StudyDescription
REMOVE startswith:Study
REPLACE StudyID own
BLANK PatientID if contains:nobody
REMOVE OtherPatientIDsSequence
ADD DeidentificationMethod deidc
"""


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("StudyDate", ["00080020 StudyDate", "my.deid:5", "-> removed"]),
        ("StudyDescription", ["my.deid:4", "keeps it", "my.deid:5", "nothing: kept by a KEEP rule"]),
        ("(0020,0010)", ["00200010 StudyID", "my.deid:5", "nothing: ", "my.deid:6", "-> replaced"]),
        ("PatientID", ["00100020 PatientID", "my.deid:7", "nothing: ", "00101002[0].00100020 PatientID",
                       "my.deid:8", "removed with its sequence"]),
        ("OtherPatientIDsSequence__PatientID", ["00101002[0].00100020 PatientID\n", "my.deid:8", "00101002[1]"]),
        ("OtherPatientIDsSequence__1__PatientID", ["00101002[1].00100020 PatientID\n", "my.deid:8"]),
        ('(0009,"GEMS_IDEN_01",02)', ["00091002\n", "no rule changes it"]),
        ("PixelData", ["deidc", "protect system tag 7FE00010", "keeps it"]),
        ("ImplementationVersionName", ["00020013", "deidc", "sync", "-> synced"]),
        ("DeidentificationMethod", ["00120063 DeidentificationMethod", "my.deid:9", "-> added"]),
        ("Modality", ["00080060 Modality", "no rule changes it"]),
        ("PatientAddress", ["no element PatientAddress"]),
    ],
)  # fmt: skip
def test_why_tells_each_rule_by_line(deidc, recipe, tmp_path, target, expected):
    """Every occurrence, every rule that selects it, in order, with what it does or why nothing; no values."""
    copy_of("CT_small.dcm", tmp_path / "ct.dcm", StudyID="ZQ1ZQ", PatientID="ZQ2ZQ", StudyDescription="ZQ3ZQ")
    recipe(RECIPE)
    done = deidc("why", "ct.dcm", target, "--recipe", "my.deid")
    assert done.returncode == 0, done.stderr
    at = 0
    for piece in expected:
        at = done.stdout.find(piece, at)
        assert at >= 0, (piece, done.stdout)
    assert "ZQ" not in done.stdout
    if "__" in target:
        assert "\n00100020" not in "\n" + done.stdout


@pytest.mark.parametrize(
    ("rules", "target", "expected"),
    [
        ("KEEP StudyID\nADD StudyID own", "StudyID", ["nothing: an ADD rule writes the element"]),
        ("KEEP StudyID if equals:other\nREMOVE StudyID", "StudyID", ["nothing: its condition does not hold"]),
        ("KEEP StudyID equals:ZQ1ZQ\nREMOVE PatientID", "StudyID", ["keeps it"]),
        (
            "KEEP contains:^OtherPatientIDsSequence$\nDESCEND OtherPatientIDsSequence\nREMOVE PatientID",
            "OtherPatientIDsSequence",
            ["keeps it, and rules reach its items by a DESCEND rule", "leaves it in place, and rules reach its items"],
        ),
    ],
)
def test_why_of_a_keep_that_is_outranked(deidc, recipe, tmp_path, rules, target, expected):
    """KEEP is said to keep what stays by it, and no more."""
    copy_of("CT_small.dcm", tmp_path / "ct.dcm", StudyID="ZQ1ZQ")
    recipe(f"FORMAT dicom\n\n%header\n{rules}\n")
    done = deidc("why", "ct.dcm", target, "--recipe", "my.deid")
    assert done.returncode == 0, done.stderr
    holding = [line.partition("-> ")[2] for line in done.stdout.splitlines() if "protect" in line or "descend" in line]
    assert holding == expected, done.stdout


def test_why_as_json(deidc, recipe, tmp_path):
    """The same rules with their lines, and the faults of an object that is refused; no values."""
    copy_of("CT_small.dcm", tmp_path / "ct.dcm", StudyDate="20010132", StudyDescription="ZQ3ZQ")
    recipe("FORMAT dicom\n\n%header\nREMOVE StudyDescription\nJITTER StudyDate 3\n")
    done = deidc("why", "ct.dcm", "StudyDescription", "-r", "my.deid", "--format", "json")
    document = json.loads(done.stdout)
    assert (done.returncode, document["outcome"]) == (1, "refused")
    (fault,) = document["faults"]
    assert (fault["path"], fault["code"][:2]) == ("00080020", "DC")
    (element,) = document["elements"]
    assert (element["path"], element["keyword"]) == ("00081030", "StudyDescription")
    assert [(one["line"], one["does"]) for one in element["rules"]] == [("my.deid:4", "removed")]
    assert "ZQ" not in done.stdout
    absent = json.loads(deidc("why", "ct.dcm", "PatientAddress", "-r", "my.deid", "--format", "json").stdout)
    assert absent["elements"] == []


def test_why_tells_the_labels_that_blank_pixels(deidc, recipe, tmp_path):
    """Pixel data is kept by the rules for headers, and blanked where labels that fire have regions."""
    copy_of("CT_small.dcm", tmp_path / "ct.dcm")
    label = "\nLABEL {}\n  equals Modality {}\n  {}\n"
    labels = [("one", "CT", "coordinates 0,0,9,9"), ("two", "MR", "coordinates all"), ("three", "CT", "present Rows")]
    recipe("FORMAT dicom\n\n%filter graylist\n" + "".join(label.format(*one) for one in labels))
    done = deidc("why", "ct.dcm", "PixelData", "-r", "my.deid")
    blanking = [line for line in done.stdout.splitlines() if line.endswith("-> blanks regions of its frames")]
    assert ["my.deid:5" in line for line in blanking] == [True], done.stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("ct.dcm", "PatientsName", "-r", "my.deid"), 2),
        (("nothing.dcm", "PatientName", "-r", "my.deid"), 2),
        (("ct.dcm", "PatientName"), 2),
        (("ct.dcm", "PatientName", "-r", "nothing.deid"), 2),
        (("my.deid", "PatientName", "-r", "my.deid"), 1),
    ],
)
def test_misuse_of_why(deidc, recipe, tmp_path, arguments, code):
    """2 for misuse, 1 for a file that cannot be read."""
    copy_of("CT_small.dcm", tmp_path / "ct.dcm")
    recipe(RECIPE)
    assert deidc("why", *arguments).returncode == code


def test_the_demo_needs_nothing(deidc, tmp_path):
    """It cleans files, shows what changed element by element, and says where they are; and again."""
    for _ in range(2):
        done = deidc("demo")
        assert done.returncode == 0, done.stderr
    assert "CompressedSamples^CT1" in done.stdout
    assert "PatientName" in done.stdout
    assert "deidc-demo" in done.stdout.splitlines()[-1]
    written = tree_of(tmp_path / "deidc-demo")
    assert len(written) >= 3
    assert all(not dcmread(tmp_path / "deidc-demo" / name).get("PatientName") for name in written)
