"""Edits of a text with an account of its lines."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from deidc.codes import CATALOGUE
from deidc.diagnostics import Applicability, Diagnostic, Edit, Fix
from deidc.fixes import apply_fixes
from deidc.migration.rewriting import Rewritten
from deidc.source import Source, Span

SOURCE = Source("a", "one\ntwo\n\nthree")


def fix(*edits: tuple[int, int, str]) -> tuple[Fix, Span]:
    """A fix about the place of its last edit."""
    made = [Edit(Span("a", start, end), text) for start, end, text in edits]
    return Fix.safe("", *made), made[-1].span


def after(*fixes: tuple[Fix, Span]) -> tuple[str, tuple[tuple[int, ...], ...]]:
    found = Rewritten.unchanged(SOURCE).after(fixes)
    return found.source.text, found.origins


def test_an_edit_inside_a_line_leaves_it_the_same_line():
    """The line stands for itself."""
    assert after(fix((4, 7, "2"))) == ("one\n2\n\nthree", ((1,), (2,), (3,), (4,)))


def test_lines_that_are_put_before_another_stand_for_what_the_fix_is_about():
    """A comment that goes above its statement, past another line, belongs to the statement."""
    made = after(fix((0, 0, "# x\n"), (6, 7, "")))
    assert made == ("# x\none\ntw\n\nthree", ((2,), (1,), (2,), (3,), (4,)))
    assert Rewritten.unchanged(SOURCE).after([fix((0, 0, "# x\n"), (6, 7, ""))]).lines_of(2) == "# x\ntw"


def test_lines_that_are_joined_stand_for_all_of_them():
    """One line has two origins, and both lines have one text."""
    assert after(fix((3, 4, " "))) == ("one two\n\nthree", ((1, 2), (3,), (4,)))


def test_a_line_that_is_parted_stands_twice():
    """Both parts stand for the line."""
    assert after(fix((5, 6, "\n"))) == ("one\nt\no\n\nthree", ((1,), (2,), (2,), (3,), (4,)))


def test_of_overlapping_fixes_the_first_is_taken_whole():
    """The other is not applied at all."""
    assert after(fix((0, 3, "1")), fix((2, 5, "x"), (9, 9, "y")))[0] == "1\ntwo\n\nthree"
    assert after(fix((4, 4, "a")), fix((4, 4, "b")), fix((4, 7, "2")))[0] == "one\na2\n\nthree"


texts = st.text("ab\n", max_size=12)


@st.composite
def texts_and_fixes(draw: st.DrawFn) -> tuple[str, list[tuple[Fix, Span]]]:
    text = draw(texts)
    places = st.integers(0, len(text))
    fixes = []
    for _ in range(draw(st.integers(0, 4))):
        start, end = sorted((draw(places), draw(places)))
        fixes.append(fix((start, end, draw(st.text("xy\n", max_size=3)))))
    return text, fixes


@given(texts_and_fixes())
def test_the_text_is_that_of_the_fixes(drawn):
    """What comes out is what `apply_fixes` makes; each line has an origin, and each original line is accounted for."""
    text, fixes = drawn
    source = Source("a", text)
    said = [Diagnostic(CATALOGUE["DC401"], "", span, fix=one) for one, span in fixes]
    found = Rewritten.unchanged(source).after(fixes)
    assert found.source.text == apply_fixes(source, said, Applicability.SAFE)
    assert len(found.origins) == found.source.text.count("\n") + 1
    assert all(found.origins)
    numbers = {number for origin in found.origins for number in origin}
    assert numbers == set(range(1, text.count("\n") + 2))
