"""Edits put into a text: whole fixes, in any order, never two in one place."""

from __future__ import annotations

from deidc.codes import CATALOGUE
from deidc.diagnostics import Applicability, Diagnostic, Edit, Fix
from deidc.fixes import apply_fixes, fix_text
from deidc.source import Source, Span

SOURCE = Source("a", "one two three")
RULE = CATALOGUE["DC401"]


def said(fix: Fix) -> Diagnostic:
    return Diagnostic(RULE, "", fix.edits[0].span, fix=fix)


def edit(start: int, end: int, text: str, source: str = "a") -> Edit:
    return Edit(Span(source, start, end), text)


def test_edits_are_put_at_their_places_whatever_the_order():
    """Later edits do not move earlier ones."""
    fixes = [Fix.safe("", edit(8, 13, "3"), edit(0, 3, "1")), Fix.safe("", edit(4, 7, "2"))]
    assert apply_fixes(SOURCE, map(said, fixes), Applicability.SAFE) == "1 2 3"


def test_of_overlapping_fixes_the_first_is_taken_whole_and_the_other_not_at_all():
    """No fix is applied in part."""
    fixes = [Fix.safe("", edit(0, 7, "x")), Fix.safe("", edit(4, 9, "y"), edit(10, 11, "z"))]
    assert apply_fixes(SOURCE, map(said, fixes), Applicability.SAFE) == "x three"


def test_an_insertion_before_a_replaced_word_stays_before_it():
    """An insertion does not overlap what begins there."""
    fixes = [Fix.safe("", edit(4, 4, "# ")), Fix.safe("", edit(4, 7, "TWO"))]
    assert apply_fixes(SOURCE, map(said, fixes), Applicability.SAFE) == "one # TWO three"


def test_guesses_are_applied_only_when_asked_for():
    """An unsafe fix waits for its applicability."""
    fixes = [Fix.unsafe("", edit(0, 3, "1"))]
    assert apply_fixes(SOURCE, map(said, fixes), Applicability.SAFE) == SOURCE.text
    assert apply_fixes(SOURCE, map(said, fixes), Applicability.UNSAFE) == "1 two three"


def test_fixes_of_other_sources_are_left_alone():
    """A recipe that is included is not edited through the one that includes it."""
    fixes = [Fix.safe("", edit(0, 3, "1", source="b"))]
    assert apply_fixes(SOURCE, map(said, fixes), Applicability.SAFE) == SOURCE.text


def test_fixes_that_fight_come_to_an_end():
    """A check that is never content does not run for ever."""

    def never_content(source: Source) -> list[Diagnostic]:
        return [said(Fix.safe("", edit(0, 0, "x")))]

    assert fix_text(SOURCE, never_content, Applicability.SAFE).endswith("xone two three")
