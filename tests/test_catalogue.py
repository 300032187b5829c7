"""Every complaint proves itself on its own page: the bad recipe raises it, the good one raises nothing."""

from __future__ import annotations

import importlib
import pkgutil
import re

import pytest

import deidc.codes as codes_of_deidc
from deidc import Severity, Source, check_recipe
from deidc.codes import CATALOGUE
from deidc.diagnostics import Applicability, Rule
from deidc.fixes import apply_fixes
from deidc.ir.library import FileLibrary, FoundRecipe, NotFound

# What a bad recipe cannot help raising beside its own complaint.
COMPANIONS = {
    "DC115": {"DC501"},
    "DC225": {"DC201", "DC202"},
    "DC503": {"DC412"},
}
# The first digit of the codes in each file.
RANGES = {
    "words": 1,
    "names": 2,
    "values": 3,
    "operands": 3,
    "misdirected": 3,
    "privacy": 4,
    "left_behind": 4,
    "layout": 5,
    "faults": 9,
}
WITH_PAGE = [rule for rule in CATALOGUE.values() if rule.bad]


class WithReview(FileLibrary):
    """A library with one recipe whose digest is not the one noted."""

    def find(self, reference: str, beside: str | None) -> FoundRecipe | NotFound:
        if reference == "examples/remove":
            return FoundRecipe(Source("deidc:examples/remove", "FORMAT dicom\n\n%header\nREMOVE PatientName\n"))
        return super().find(reference, beside)


def codes(text: str) -> set[str]:
    return {one.code for one in check_recipe(text, library=WithReview()).diagnostics}


def test_there_are_enough_rules():
    """The catalogue covers the language: at least 60 complaints with a bad and a good recipe."""
    assert len(WITH_PAGE) >= 60


def constants() -> list[tuple[str, str, Rule]]:
    """Return the rules that the files in deidc/codes define: file, name of the constant, rule."""
    return [
        (module.name, name, value)
        for module in pkgutil.iter_modules(codes_of_deidc.__path__)
        for name, value in vars(importlib.import_module(f"deidc.codes.{module.name}")).items()
        if isinstance(value, Rule)
    ]


def test_every_rule_is_in_the_catalogue():
    """Each rule that a file in deidc/codes defines is in the catalogue, and the catalogue has no others."""
    assert {id(rule) for _, _, rule in constants()} == {id(rule) for rule in CATALOGUE.values()}
    assert list(CATALOGUE) == sorted(CATALOGUE)


def test_codes_and_names_are_of_one_rule():
    """A code, a short name and a constant each stand for one rule."""
    rules = [rule for _, _, rule in constants()]
    assert len({rule.code for rule in rules}) == len({rule.name for rule in rules}) == len(rules)
    assert all(rule.code == code for code, rule in CATALOGUE.items())


@pytest.mark.parametrize(("module", "name", "rule"), constants(), ids=lambda one: one if isinstance(one, str) else "")
def test_a_code_is_of_the_range_of_its_file(module: str, name: str, rule: Rule):
    """Codes have three digits, the first of which belongs to one file in deidc/codes."""
    assert re.fullmatch(rf"DC{RANGES[module]}[0-9]{{2}}", rule.code), name


@pytest.mark.parametrize("rule", WITH_PAGE, ids=lambda rule: rule.code)
def test_the_bad_recipe_raises_its_complaint(rule: Rule):
    """The bad text raises its own code, and no other that it could do without."""
    assert rule.code in codes(rule.bad)
    assert codes(rule.bad) - {rule.code} == COMPANIONS.get(rule.code, set())


@pytest.mark.parametrize("rule", WITH_PAGE, ids=lambda rule: rule.code)
def test_the_good_recipe_raises_nothing(rule: Rule):
    """The good text raises nothing at all, notes included."""
    assert codes(rule.good) == set()


@pytest.mark.parametrize("rule", CATALOGUE.values(), ids=lambda rule: rule.code)
def test_every_page_says_what_happens(rule: Rule):
    """A page has a sentence for a title and tells the consequence."""
    assert rule.title.endswith(".")
    assert len(rule.why) > 40


@pytest.mark.parametrize("rule", WITH_PAGE, ids=lambda rule: rule.code)
def test_a_safe_fix_removes_its_complaint_and_adds_none(rule: Rule):
    """What is mended safely is mended: the complaint is gone and no new one is there."""
    source = Source("<recipe>", rule.bad)
    said = [
        one
        for one in check_recipe(source, library=WithReview()).diagnostics
        if one.code == rule.code and one.fix is not None and one.fix.applicability is Applicability.SAFE
    ]
    if not said:
        return
    mended = apply_fixes(source, said, Applicability.SAFE)
    assert mended != rule.bad
    assert codes(mended) <= codes(rule.bad) - {rule.code}


def test_errors_stop_and_warnings_do_not():
    """Only errors keep a recipe from being compiled."""
    report = check_recipe(CATALOGUE["DC401"].bad)
    assert [one.severity for one in report.diagnostics] == [Severity.WARNING]
