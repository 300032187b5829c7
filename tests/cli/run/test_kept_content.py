"""The content of a report is kept over a recipe that removes it, and its names and texts are not."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from tests.files import shipped

OVER_DEFAULT = 'FORMAT dicom\n\n%include "deidc:default"\n\n%header\n'
IDENTITY = (b"ZQPERSON", b"ZQTEXT")
NUMBER = b"0.00123"


@pytest.fixture
def report(tmp_path) -> Path:
    """A real report with a name, a text and a measured number in its content."""
    dataset = dcmread(shipped("reportsi.dcm"))
    measured = Dataset()
    measured.NumericValue = NUMBER.decode()
    number, person, text = Dataset(), Dataset(), Dataset()
    number.ValueType, number.MeasuredValueSequence = "NUM", Sequence([measured])
    person.ValueType, person.PersonName = "PNAME", "ZQPERSON^A"
    text.ValueType, text.TextValue = "TEXT", "seen by ZQTEXT"
    dataset.ContentSequence = Sequence([number, person, text])
    dataset.BurnedInAnnotation = "NO"
    path = tmp_path / "in" / "a.dcm"
    path.parent.mkdir()
    dataset.save_as(path)
    assert all(one in path.read_bytes() for one in (*IDENTITY, NUMBER))
    return path


def test_descend_keeps_the_numbers_and_lets_rules_reach_names(deidc, recipe, report, tmp_path):
    """The sequence stays over the REMOVE of the include; the rules of the include act in its items."""
    recipe(OVER_DEFAULT + "DESCEND ContentSequence\n")
    assert deidc("check", "my.deid").stdout == "no complaints\n"
    assert deidc("run", "my.deid", "in", "-o", "out").returncode == 0
    output = (tmp_path / "out" / "a.dcm").read_bytes()
    assert NUMBER in output
    assert not [one for one in IDENTITY if one in output]


def test_keep_of_the_content_is_refused_with_the_word_that_does_it(deidc, recipe, report, tmp_path):
    """KEEP shelters names in items, so the recipe is not run; check names DESCEND."""
    recipe(OVER_DEFAULT + "KEEP ContentSequence\n")
    done = deidc("run", "my.deid", "in", "-o", "out")
    assert (done.returncode, "DC462" in done.stderr) == (1, True)
    assert "write DESCEND ContentSequence: the sequence stays, and other rules reach its items" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("inner", ["MeasuredValueSequence", "ConceptNameCodeSequence"])
def test_keep_inside_content_that_an_include_removes_is_one_complaint(deidc, recipe, inner):
    """The advice is about the sequence that is removed: nothing inside it stays without it."""
    recipe(OVER_DEFAULT + f"KEEP ContentSequence__{inner}\n")
    done = deidc("check", "my.deid")
    assert [line.split()[1] for line in done.stdout.splitlines() if line.startswith("my.deid:")] == ["DC430"]
    assert "write DESCEND ContentSequence: the sequence stays, and rules reach its items" in done.stdout


def test_the_advice_keeps_what_was_asked_for(deidc, recipe, report, tmp_path):
    """DESCEND of the content beside the KEEP inside it: the number stays, names and texts do not."""
    recipe(
        OVER_DEFAULT + "DESCEND ContentSequence\n"
        "# deidc: ignore[DC462] items of measurements hold numbers and their units\n"
        "KEEP ContentSequence__MeasuredValueSequence\n"
    )
    assert deidc("run", "my.deid", "in", "-o", "out").returncode == 0
    output = (tmp_path / "out" / "a.dcm").read_bytes()
    assert NUMBER in output
    assert not [one for one in IDENTITY if one in output]
