"""Recipes that deid takes without a word, and then leaves the patient's number in the file, or writes nonsense."""

from __future__ import annotations

import re

import pytest

from tests.deid.cases import HEAD, Case, file
from tests.deid.sides import Answer, answer_of_deidc, answers_of_deid

# name, line of %header, what deid leaves of Patient ID 1CT1, what deidc does: a value, None for removed, or a code
SILENT = (
    ("lower-case-actions", "replace PatientID anon", "1CT1", "anon"),
    ("lower-case-actions", "Remove PatientID", "1CT1", None),
    ("comments-end-lines", "REMOVE PatientID  # a comment", "1CT1", None),
    ("comments-end-lines", "REPLACE PatientID var:id # a comment", "1CT1", "A-17"),
    ("comments-end-lines", "REPLACE PatientID func:fixed # a comment", "1CT1", "FIXED"),
    ("missing-is-an-error", "REPLACE PatientID var:nope", "1CT1", "LinkError"),
    ("missing-is-an-error", "REPLACE PatientID func:nope", "1CT1", "LinkError"),
    ("missing-is-an-error", "REMOVE PatientID func:nope", "1CT1", "LinkError"),
    ("missing-is-an-error", "REMOVE PatientID var:nope", "1CT1", "LinkError"),
    ("missing-is-an-error", "REPLACE PatientID deid_func:nope", "1CT1", "DC208"),
    ("unknown-is-an-error", "REMOVE PatientIdd", "1CT1", "DC204"),
    ("unknown-is-an-error", "REMOVE regex:PatientID", "1CT1", "DC112"),
    ("unknown-is-an-error", "REMOVE fields:nope", "1CT1", "DC201"),
    ("unknown-is-an-error", "REMOVE values:nope", "1CT1", "DC201"),
    ("unknown-is-an-error", "REPLCE PatientID anon", "1CT1", "DC101"),
    ("unknown-is-an-error", "REPLACE PatientID vr:id", "vr:id", "DC120"),
    ("tags-in-every-spelling", "REMOVE 0010,0020", "1CT1", None),
    ("tags-in-every-spelling", "REMOVE 0x00100020", "1CT1", None),
    ("tags-in-every-spelling", "REMOVE (0010, 0020)", "1CT1", None),
    ("documented-selectors", "REMOVE allexcept:^(?!PatientID$).*Xyz", "1CT1", None),
    ("documented-selectors", "REMOVE allfields", "1CT1", None),
    ("quotes-quote", 'REPLACE PatientID "A B"', '"A B"', "A B"),
    ("quotes-quote", "REPLACE PatientID O'Brien", "O Brien", "O'Brien"),
    ("numbers-and-hashes", "REPLACE PatientID X#1", "X", "X#1"),
    ("conditions-work", "REMOVE all notcontains:.*", None, "1CT1"),
    ("conditions-work", "REMOVE PatientID equals:other", None, "1CT1"),
    ("literal-conditions", "REMOVE PatientID YES", None, "DC119"),
    ("random-is-random", "REPLACE PatientID deid_func:simple_uuid", "1CT1", "*"),
)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
REFINED = "REPLACE PatientID refined"
BASE = "REPLACE PatientID base"


def patient_id(answer: Answer) -> str | None:
    """Return what is left of Patient ID, or the first thing that went wrong."""
    if answer.elements is None:
        return answer.trouble[0]
    found = answer.elements.get("00100020")
    return found and _UUID.sub("*", found[1])


def header(*rules: str, **more: object) -> Case:
    """Return a case with these rules."""
    text = f"{HEAD}%header\n" + "".join(f"{rule}\n" for rule in rules)
    return Case(rules[0], file("CT_small.dcm"), text, **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def left_by_deid() -> list[str | None]:
    return [patient_id(one) for one in answers_of_deid([header(line) for _, line, _, _ in SILENT])]


@pytest.mark.parametrize("number", range(len(SILENT)), ids=lambda number: SILENT[number][1])
def test_silent_leaks_are_no_longer(number, left_by_deid):
    """Where deid keeps data or writes nonsense without a word, deidc does what is meant, or refuses."""
    _, line, left, expected = SILENT[number]
    assert left_by_deid[number] == left
    assert patient_id(answer_of_deidc(header(line))) == expected


def test_a_refined_recipe_wins_over_its_base():
    """bases-come-first"""
    case = header(REFINED, base=header(BASE).recipe)
    (theirs,) = answers_of_deid([case])
    assert (patient_id(theirs), patient_id(answer_of_deidc(case))) == ("base", "refined")


def test_lists_of_all_recipes_count():
    """sections-all-merge"""
    second = f"{HEAD}%fields f\nFIELD PatientID\n\n%header\nREMOVE fields:f\n"
    case = header("KEEP Modality", more=second)
    (theirs,) = answers_of_deid([case])
    assert (patient_id(theirs), patient_id(answer_of_deidc(case))) == ("1CT1", None)


def test_random_uids_differ():
    """random-is-random: deid writes one constant."""
    case = header("REPLACE StudyInstanceUID deid_func:pydicom_uuid stable_remapping=false")
    theirs = [one.elements for one in answers_of_deid([case, case])]
    ours = [answer_of_deidc(case).elements for _ in range(2)]
    assert len({found["0020000D"][1] for found in theirs if found}) == 1
    assert len({found["0020000D"][1] for found in ours if found}) == 2


# What the language says of two rules on one element (deid's own tests hold it): rows first, columns second.
GRID = {
    "ADD": ("added", "", "shifted added", "added", "other", None),
    "BLANK": ("added", "", "", "original", "other", None),
    "JITTER": ("added", "", "shifted twice", "original", "other", "shifted"),
    "KEEP": ("added", "original", "original", "original", "original", "original"),
    "REPLACE": ("added", "", "shifted other", "original", "other", "other"),
    "REMOVE": ("added", None, "shifted", "original", "other", None),
}
RULES = {
    "ADD": "ADD StudyDate 20200101",
    "BLANK": "BLANK StudyDate",
    "JITTER": "JITTER StudyDate 3",
    "KEEP": "KEEP StudyDate",
    "REPLACE": "REPLACE StudyDate 20100101",
    "REMOVE": "REMOVE StudyDate",
}
DATES = {
    "added": "20200101",
    "other": "20100101",
    "original": "20040119",
    "shifted": "20040122",
    "shifted added": "20200104",
    "shifted other": "20100104",
    "shifted twice": "20040125",
}


def test_both_make_the_same_of_two_rules_on_one_element():
    pairs = [(first, second) for first in GRID for second in RULES]
    cases = [header(RULES[first], RULES[second]) for first, second in pairs]
    for (first, second), case, theirs in zip(pairs, cases, answers_of_deid(cases), strict=True):
        word = GRID[first][list(RULES).index(second)]
        expected = None if word is None else DATES.get(word, word)
        for answer in (theirs, answer_of_deidc(case)):
            assert answer.elements is not None
            assert answer.elements.get("00080020", ["DA", None])[1] == expected, f"{first}, {second}"
