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


@pytest.mark.parametrize(
    ("line", "keyword"),
    [
        ("REMOVE Patient's Name", "PatientName"),
        ("REMOVE Patient's Nam", "PatientName"),
        ("BLANK Patient\u2019s Name", "PatientName"),
        ("KEEP Patient's Siz", "PatientSize"),
        ("REPLACE Patient's Nam X", "PatientName"),
        ("REPLACE Patient's Nam deid_func:stable_hash key=var:k", "PatientName"),
        ("JITTER Patient's BirthDat 5", "PatientBirthDate"),
        ("REMOVE Referring Physician's Name", "ReferringPhysicianName"),
        ("REMOVE Patient Name", "PatientName"),
    ],
)
def test_a_name_with_blanks_is_one_complaint_with_its_keyword(line, keyword):
    """The words behind the first one are no value, condition or argument; the fix writes the keyword."""
    text = f"{HEAD}{line}\n"
    (one,) = check_recipe(text).diagnostics
    assert (one.code, one.hint) == ("DC204", f"did you mean {keyword}?")
    assert one.fix is not None
    (edit,) = one.fix.edits
    rest = line.rpartition(" ")[2] if line.endswith(("X", " 5")) else ""
    rest = "deid_func:stable_hash key=var:k" if "stable_hash" in line else rest
    fixed = text[: edit.span.start] + edit.text + text[edit.span.end :]
    assert fixed == f"{HEAD}{line.split()[0]} {keyword} {rest}".rstrip() + "\n"


def test_a_name_with_blanks_in_a_list_is_one_complaint():
    """The rules that use the list need no complaint of their own."""
    text = "FORMAT dicom\n\n%fields names\nFIELD Patient's Nam\n\n%header\nREMOVE fields:names\n"
    assert codes(text) == ["DC204"]


def test_two_keywords_are_no_name():
    """Words that are keywords are what they are."""
    assert codes(HEAD + "REMOVE PatientName PatientID\n") == ["DC119"]


@pytest.mark.parametrize(
    "target",
    [
        '(0029,10,"MY CREATOR")',
        '(0029,"MY CREATOR",1010)',
        '("MY CREATOR",0029,10)',
        '(0029;"MY CREATOR";10)',
        '[0029,"MY CREATOR",10]',
        '(0029, 1010, "MY CREATOR")',
    ],
)
def test_a_private_element_with_its_parts_in_another_order_is_named(target):
    """The instruction is the private element, with the creator in quotation marks."""
    (one,) = check_recipe(f"{HEAD}REMOVE {target}\n").diagnostics
    assert (one.code, one.hint) == ("DC111", 'did you mean (0029,"MY CREATOR",10)?')


def test_a_creator_without_an_element_is_its_block():
    """All elements of the block are meant."""
    (one,) = check_recipe(HEAD + 'REMOVE (0029,"MY CREATOR")\n').diagnostics
    assert (one.code, one.hint) == ("DC111", 'did you mean (0029,"MY CREATOR",xx)?')


@pytest.mark.parametrize(
    ("amount", "code", "word"),
    [
        ("99999999999999999999", "DC306", "3652058"),
        ("4000000", "DC306", "3652058"),
        ("-3652059", "DC306", "3652058"),
        ("1.5", "DC306", "whole number"),
        ("0000000000030", None, ""),
        ("-3652058", None, ""),
    ],
)
def test_a_shift_beyond_the_calendar_is_called_that(amount, code, word):
    """PS3.5 writes dates of the years 1 to 9999."""
    said = check_recipe(f"{HEAD}JITTER StudyDate {amount}\n").diagnostics
    assert [one.code for one in said] == ([code] if code else [])
    assert not said or (word in said[0].message and said[0].hint is not None and "30 or -30" in said[0].hint)


@pytest.mark.parametrize("value", ["Yes", "yes", "true", "1", "de-id"])
def test_the_value_of_patient_identity_removed_is_one_complaint(value):
    """Whatever is wrong with the value, the instruction is to write YES."""
    said = check_recipe(f"{HEAD}ADD PatientIdentityRemoved {value}\n").diagnostics
    about = [one for one in said if one.code in ("DC303", "DC304", "DC429", "DC301")]
    assert [one.hint for one in about] == ["write YES"]
