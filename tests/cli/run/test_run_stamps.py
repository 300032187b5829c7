"""`deidc run` writes what recipes state about themselves: codes of methods, composed numbers, ages, on real files."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydicom import dcmread

from tests.files import copy_of

BY_PATH = """FORMAT dicom

%header
ADD PatientIdentityRemoved YES
ADD DeidentificationMethodCodeSequence__0__CodeValue 113100
ADD DeidentificationMethodCodeSequence__0__CodingSchemeDesignator DCM
ADD DeidentificationMethodCodeSequence__0__CodeMeaning Basic Application Confidentiality Profile
"""
BY_CODE = """FORMAT dicom

%header
ADD PatientIdentityRemoved YES
APPEND DeidentificationMethodCodeSequence code:113100,DCM,"Basic Application Confidentiality Profile"
"""
TRIAL = """FORMAT dicom

%vars
VAR site text

%header
REPLACE PatientID "{var:site}-{PatientSex}-{Modality}"
ADD PatientAge deid_func:age birth=PatientBirthDate at=StudyDate
REMOVE PatientBirthDate
REPLACE StudyDate deid_func:shift_moment by=-36 unit=hours
REPLACE StudyTime deid_func:shift_moment by=-36 unit=hours
ADD ClinicalTrialTimePointTypeCodeSequence code:1,99TRIAL,"Baseline"
"""
# Files of each way to be stored that the stream engine knows, and one that pydicom cleans.
FILES = ("CT_small.dcm", "rtplan.dcm", "JPEG2000.dcm", "MR_small_bigendian.dcm", "image_dfl.dcm", "reportsi.dcm")


@pytest.mark.parametrize("text", [BY_PATH, BY_CODE], ids=["by path", "by code"])
def test_the_code_of_the_method_is_stamped(deidc, recipe, tmp_path: Path, text: str):
    """Every output has an item with the code, and another run over the output adds no second one."""
    for name in FILES:
        copy_of(name, tmp_path / "in" / name)
    rules = recipe(text).name
    done = deidc("run", rules, "in", "-o", "out")
    assert done.returncode == 0, done.stderr
    assert deidc("run", rules, "out", "-o", "again").returncode == 0
    for folder in ("out", "again"):
        for name in FILES:
            (item,) = dcmread(tmp_path / folder / name).DeidentificationMethodCodeSequence
            assert [(one.keyword, one.value) for one in item] == [
                ("CodeValue", "113100"),
                ("CodingSchemeDesignator", "DCM"),
                ("CodeMeaning", "Basic Application Confidentiality Profile"),
            ]


def test_numbers_ages_and_times_of_a_trial(deidc, recipe, tmp_path: Path):
    """Values of each object make its own number and age; its date and time go back over midnight together."""
    values = {"PatientSex": "F", "PatientBirthDate": "19300102", "StudyDate": "20200301", "StudyTime": "010203.5"}
    copy_of("CT_small.dcm", tmp_path / "in" / "ct.dcm", **values)
    copy_of("MR_small.dcm", tmp_path / "in" / "mr.dcm", **{**values, "PatientSex": "", "PatientBirthDate": "20190430"})
    done = deidc("run", recipe(TRIAL).name, "in", "-o", "out", "--var", "site=07")
    assert done.returncode == 0, done.stderr
    for name, number, age in (("ct", "07-F-CT", "090Y"), ("mr", "07--MR", "010M")):
        after = dcmread(tmp_path / "out" / f"{name}.dcm")
        assert (after.PatientID, after.PatientAge) == (number, age)
        assert (after.StudyDate, after.StudyTime) == ("20200228", "130203.5")
        assert after.ClinicalTrialTimePointTypeCodeSequence[0].CodeMeaning == "Baseline"
        assert "PatientBirthDate" not in after


def test_an_object_without_the_value_is_refused(deidc, recipe, tmp_path: Path):
    """One object that lacks an attribute is not written, and the message names no value."""
    copy_of("CT_small.dcm", tmp_path / "in" / "ct.dcm")
    copy_of("MR_small.dcm", tmp_path / "in" / "mr.dcm", PatientSpeciesDescription="Smith")
    text = 'FORMAT dicom\n\n%header\nREPLACE PatientID "{PatientSpeciesDescription}"  # deidc: ignore[DC446] a test\n'
    done = deidc("run", recipe(text).name, "in", "-o", "out")
    assert done.returncode == 1
    assert not (tmp_path / "out" / "ct.dcm").exists()
    assert dcmread(tmp_path / "out" / "mr.dcm").PatientID == "Smith"
    assert "DC933" in done.stderr + done.stdout
    assert "Smith" not in done.stderr + done.stdout
