"""Rules that changed nothing in a whole run and labels that never fired are reported, and `--strict` fails on them."""

from __future__ import annotations

import json

import pytest

from tests.files import copy_of

RECIPE = (
    'FORMAT dicom\n\n%include "base.deid"\n\n%filter graylist\n\nLABEL never\n  contains Manufacturer nobody-at-all\n\n'
    "LABEL scanner\n  contains Modality CT\n\n%pixels\nPASS graylist\n\n"
    "%header\nREMOVE PatientName\n{}"
)
BASE = "FORMAT dicom\n\n%header\nREMOVE PatientBirthName\n"
STRICT = "--strict: the run fails, because rules of the recipe changed nothing in any object: "


@pytest.fixture
def prepared(recipe, tmp_path):
    """Return a function that writes the recipe with more lines, beside its base and two files to clean."""
    (tmp_path / "base.deid").write_text(BASE)
    copy_of("CT_small.dcm", tmp_path / "in" / "a.dcm")
    copy_of("MR_small.dcm", tmp_path / "in" / "b.dcm")
    return lambda lines: recipe(RECIPE.format(lines))


def test_idle_rules_are_named_by_attribute_and_recipe(deidc, prepared):
    """The user's own rules come first, those of the base apart; of the labels, the one that fired for no file."""
    prepared("REMOVE VerifyingObserverName\nBLANK PersonTelephoneNumbers\n")
    done = deidc("run", "my.deid", "in", "-o", "out")
    lines = [line.strip() for line in done.stdout.splitlines()]
    own = "2 rules of my.deid changed nothing: VerifyingObserverName, PersonTelephoneNumbers"
    base = "1 rule of base.deid changed nothing: PatientBirthName"
    assert lines.index(own) + 1 == lines.index(base)
    assert "1 label never fired: graylist/never" in lines
    assert done.returncode == 0


def test_strict_fails_for_rules_of_the_recipe_alone(deidc, prepared):
    """A rule of a base that changed nothing is reported; one of the recipe itself fails the run."""
    prepared("")
    assert deidc("run", "my.deid", "in", "-o", "out", "--strict").returncode == 0
    prepared("REMOVE VerifyingObserverName\n")
    done = deidc("run", "my.deid", "in", "-o", "other", "--strict")
    assert (done.returncode, STRICT + "VerifyingObserverName" in done.stdout.splitlines()) == (1, True)


def test_strict_does_not_judge_what_an_earlier_run_wrote(deidc, prepared):
    """Nothing is known of the effects on files that are there already, and the summary says so."""
    prepared("REMOVE VerifyingObserverName\n")
    assert deidc("run", "my.deid", "in", "-o", "out").returncode == 0
    done = deidc("run", "my.deid", "in", "-o", "out", "--strict")
    assert (done.returncode, "rules are not judged" in done.stdout) == (0, True)


def test_strict_makes_warnings_errors(deidc, recipe, tmp_path):
    """A recipe with a warning is executed without --strict, and refused with it before any file is written."""
    recipe("FORMAT dicom\n\n%header\nremove PatientName\n")
    copy_of("CT_small.dcm", tmp_path / "in" / "a.dcm")
    done = deidc("run", "my.deid", "in", "-o", "out", "--strict")
    assert (done.returncode, "DC102" in done.stderr, (tmp_path / "out").exists()) == (1, True, False)
    assert deidc("run", "my.deid", "in", "-o", "out").returncode == 0


def test_the_json_summary_has_both(deidc, prepared):
    """Programs find the target of each rule and whether it is the user's own."""
    prepared("REMOVE VerifyingObserverName\n")
    found = json.loads(deidc("run", "my.deid", "in", "-o", "out", "--format", "json").stdout)
    assert [(one["target"], one["own"]) for one in found["idle_rules"]] == [
        ("PatientBirthName", False),
        ("VerifyingObserverName", True),
    ]
    assert found["silent_labels"] == [{"group": "graylist", "label": "never"}]
