"""One cause, one complaint."""

from __future__ import annotations

import pytest

from deidc import check_recipe

HEAD = "FORMAT dicom\n\n%header\n"


def codes(text: str) -> list[str]:
    return [one.code for one in check_recipe(text).diagnostics]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("REPLACE StudyDate vr:x", "DC120"),
        ("REPLACE AccessionNumber var.a_name_that_is_too_long", "DC120"),
        ('REPLACE PatientID "var:id"', "DC121"),
        ('ADD SOPInstanceUID "func:hashuid(x)"', "DC301"),
        ("REPLACE StudyDate soon", "DC301"),
    ],
)
def test_a_mistaken_reference_is_one_complaint(line, expected):
    """Text that is meant as a reference need not fit the attribute; what stops compilation keeps doing so."""
    assert codes(f"{HEAD}{line}\n") == [expected]


def test_the_error_about_a_quoted_reference_says_what_to_do():
    """The instruction is that of the complaint about the quotation marks, and its fix removes them."""
    (one,) = check_recipe(HEAD + 'ADD SOPInstanceUID "func:hashuid(x)"\n').diagnostics
    assert (one.hint, one.fix is not None) == ("remove the quotation marks", True)


def test_one_missing_section_is_one_complaint():
    """27 rules without %header above them are one complaint, and a criterion among them is another."""
    rules = "REMOVE PatientName\n" * 27
    found = check_recipe(f"FORMAT dicom\n{rules}contains Modality CT\n").diagnostics
    assert [(one.code, one.hint) for one in found] == [
        ("DC103", "it belongs in %header"),
        ("DC103", "it belongs in a LABEL"),
    ]
    assert found[0].message == "REMOVE is outside any section, as are 26 lines below"


@pytest.mark.parametrize("body", ["%header\n", "%header\n# REMOVE PatientName\n\n%values names\n"])
def test_a_recipe_without_rules_is_one_complaint(body):
    """Its empty sections need no complaints of their own."""
    assert set(codes(f"FORMAT dicom\n\n{body}")) - {"DC202"} == {"DC506"}


def test_a_list_of_the_other_kind_is_one_complaint():
    """A rule that names a list of values as a list of attributes is about that list, which is not unused."""
    (one,) = check_recipe(
        "FORMAT dicom\n\n%values people\nFIELD PatientID\n\n%header\nREMOVE fields:people\n"
    ).diagnostics
    assert (one.code, one.hint) == ("DC201", "people is a %values list, which rules name by values:people")
