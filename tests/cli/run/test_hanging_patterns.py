"""Patterns that take practically unlimited time on some value: judged by check, or ended by the deadline of the file.

Each is written as a condition of a rule, and run on an object whose Study Comments make it hang.
"""

from __future__ import annotations

import time

import pytest
from pydicom import dcmread

from deidc import RefusedFile, check_recipe, clean_file, compile_recipe
from deidc.batch.job.deadline import has_deadlines
from deidc.compat.objects import deadlines
from deidc.compat.objects.cleaning import ObjectRefused, clean_in_place
from deidc.dicom.limits import Limits
from tests.cli.conftest import Run
from tests.files import copy_of

pytestmark = pytest.mark.skipif(not has_deadlines(), reason="this system has no timers of CPU time")

RECIPE = 'FORMAT dicom\n\n%header\nREMOVE PatientComments if contains:"{}"\n'
LETTERS = "a" * 80
# Patterns that are judged, and a value for each that does not match in the end.
JUDGED = {
    "(a{1,30}){1,30}b": LETTERS,
    "(?:a{1,20}){2,20}c": LETTERS,
    "(a|a){40}b": LETTERS,
    "(a?){40}a{40}b": LETTERS,
    "a?" * 34 + "a" * 34 + "b": LETTERS,
    "(aa?){1,40}b": LETTERS,
    "(?:a|aa|aaa)+$": LETTERS + "-",
    "(a*)*$": LETTERS + "-",
    "((a+)b?)+c": LETTERS,
    "(a+a+)+b": LETTERS,
    "([a-z]+)*[0-9]": LETTERS,
    r"(\w+\s?)+$": LETTERS + "!",
    r"^(\w+\\.?){1,40}@": LETTERS,
    r"(\d+,?)+;": "1" * 40,
    r"^(\d{1,3}[., ]?){20}$": "1" * 40 + "x",
    "(?=(a+)+b)a": LETTERS,
    "(?!(a|a)*b)c|(a|a)*d": LETTERS,
    "(?>(?:a|aa)+b)": LETTERS,
    "((?:a?)+a)+b": LETTERS,
    "((?=a)*a)+b": LETTERS,
    r"(?:(a+)\1?)+b": LETTERS,
    "(.*a){14}b": LETTERS,
    "(.*,){12}x": "," * 40,
    "a*a*a*a*a*a*a*a*a*a*b": LETTERS * 2,
    "([^-]*-?)*=": LETTERS,
    ".*.*=.*": " " * 10_000,
    r"\s*\s*x": " " * 10_000,
    "(ab)*(ab)*(ab)*c": "ab" * 5_000,
    ".*,.*,.*,.*,.*,.*x": "," * 1_000,
}


def test_there_are_enough():
    """The table has as many patterns as were promised, none twice."""
    assert len(JUDGED) >= 28


@pytest.mark.parametrize("pattern", JUDGED, ids=ascii)
def test_check_judges_the_pattern(pattern):
    """The author reads of it before the first file."""
    assert "DC335" in {one.code for one in check_recipe(RECIPE.format(pattern)).diagnostics}


@pytest.mark.parametrize(("pattern", "value"), JUDGED.items(), ids=map(ascii, JUDGED))
def test_a_file_that_hangs_is_refused_by_the_library(tmp_path, pattern, value):
    """The call comes back, with the fault of this file; a search that ends in time removes nothing."""
    path = copy_of("rtplan.dcm", tmp_path / "a.dcm", PatientComments=value)
    program = compile_recipe(RECIPE.format(pattern))
    begun = time.process_time()
    outcome = clean_file(program, path, limits=Limits(seconds=0.3, seconds_a_megabyte=0.0))
    if isinstance(outcome, RefusedFile):
        assert [one.rule.code for one in outcome.faults] == ["DC932"]
    assert time.process_time() - begun < 60


@pytest.mark.parametrize("pattern", ["(a{1,30}){1,30}b", "(a?){40}a{40}b"])
def test_a_file_that_hangs_is_refused_in_compat(tmp_path, monkeypatch, pattern):
    """The object is as it was, and the exception has the code."""
    path = copy_of("rtplan.dcm", tmp_path / "a.dcm", PatientComments=LETTERS)
    dataset = dcmread(path)
    monkeypatch.setattr(deadlines, "LIMITS", Limits(seconds=0.3, seconds_a_megabyte=0.0))
    with pytest.raises(ObjectRefused, match="DC932"):
        clean_in_place(compile_recipe(RECIPE.format(pattern)), dataset, {})
    assert dataset.PatientComments == LETTERS


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_file_that_hangs_ends_no_run(tmp_path, deidc: Run, jobs):
    """The files before and behind it are written, whichever process cleans them."""
    for name, value in (("a", "b"), ("b", LETTERS), ("c", "b")):
        copy_of("rtplan.dcm", tmp_path / "in" / f"{name}.dcm", PatientComments=value)
    # A run refuses the recipe unless it says that this is meant.
    meant = "%header\n# deidc: ignore[DC335] it ends at the deadline"
    (tmp_path / "my.deid").write_text(RECIPE.format("(a{1,30}){1,30}b").replace("%header", meant))
    done = deidc("run", "my.deid", "in", "-o", "out", "--jobs", jobs, "--deadline", "1")
    assert done.returncode == 1
    assert "2 written, 1 refused" in done.stdout
    assert "in/b.dcm: refused: DC932" in done.stderr
    assert sorted(one.name for one in (tmp_path / "out").glob("*.dcm")) == ["a.dcm", "c.dcm"]
