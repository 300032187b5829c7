"""Any two bundled recipes in one program: they agree, or the program is refused with the lines that contradict."""

from __future__ import annotations

from itertools import permutations

import pytest

from deidc import check_recipe
from deidc.diagnostics import Report
from deidc.ir.library import shipped_recipes

WHOLE = ("default", "default-keyed", "dates-shifted", "ultrasound", "xray", "minimal")
PARTS = tuple(name for name in shipped_recipes() if name.startswith("parts/"))
# What each does to Patient ID: emptied, or replaced by a keyed pseudonym.
EMPTIES = ("default", "ultrasound", "xray")
REPLACES = ("default-keyed", "dates-shifted", "parts/pseudonyms-keyed")


def both(one: str, other: str) -> Report:
    return check_recipe(f'FORMAT dicom\n\n%include "deidc:{one}"\n\n%include "deidc:{other}"\n')


def contradictions(report: Report) -> list[str]:
    return [said.message for said in report.errors if said.code == "DC452"]


@pytest.mark.parametrize(("one", "other"), list(permutations((*WHOLE, *PARTS), 2)))
def test_what_contradicts_does_so_in_any_order(one, other):
    """The order of two includes never decides in silence."""
    here, there = both(one, other), both(other, one)
    assert bool(contradictions(here)) == bool(contradictions(there))
    for said in here.errors:
        if said.code == "DC452":
            assert said.span is not None
            assert [label.span.source for label in said.labels] != [said.span.source]


@pytest.mark.parametrize("one", EMPTIES)
@pytest.mark.parametrize("other", REPLACES)
def test_a_patient_id_cannot_be_emptied_and_replaced(one, other):
    """Both lines are named: the one that empties Patient ID, and the one that replaces it."""
    for report in (both(one, other), both(other, one)):
        about = [said for said in report.errors if said.code == "DC452" and "PatientID" in said.message]
        assert len(about) == 1
        lines = {
            next(source.text for source in report.sources if source.name == span.source)[span.start : span.end]
            for span in (about[0].span, about[0].labels[0].span)
        }
        assert "BLANK PatientID" in lines
        assert any(line.startswith("REPLACE PatientID deid_func:stable_hash") for line in lines)


@pytest.mark.parametrize("name", [*WHOLE, *PARTS])
def test_a_bundled_recipe_agrees_with_its_own_parts(name):
    """No bundled recipe contradicts what it includes."""
    assert not contradictions(check_recipe(f'FORMAT dicom\n\n%include "deidc:{name}"\n'))
