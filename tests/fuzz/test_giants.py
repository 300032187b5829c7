"""Giant recipes: nothing fails of them, and nothing hangs (the guard in conftest.py ends what does)."""

from __future__ import annotations

import pytest

from deidc import Source
from deidc.grammar.reader import read
from tests.fuzz.doors import read_bytes, through_every_door
from tests.fuzz.giants import HEAD, LINES, MANY, WORDS, Giant

MEGABYTE = 1_000_000
ALL = {
    **{f"one line of {name}": giant for name, giant in {**WORDS, **MANY}.items()},
    **{f"lines of {name}": giant for name, giant in LINES.items()},
}


@pytest.mark.parametrize("giant", ALL.values(), ids=ALL)
def test_giants_go_through_every_door(giant: Giant):
    """A giant is a recipe or is complained of, like any other text."""
    through_every_door(giant(3_000).encode())


@pytest.mark.parametrize("giant", WORDS.values(), ids=WORDS)
def test_a_line_of_a_megabyte(giant: Giant):
    """A word of a megabyte is read, and complained of in a few words."""
    read_bytes(giant(MEGABYTE).encode())


@pytest.mark.parametrize("giant", MANY.values(), ids=MANY)
def test_a_line_of_very_many_words(giant: Giant):
    """Tens of thousands of words on one line are read."""
    read_bytes(giant(100_000).encode())


def test_a_hundred_thousand_lines():
    """A recipe may have a hundred thousand lines."""
    piece = "# a comment\n\nREMOVE PatientName\n\n# another\nremov PatientID\n\n\n\n# the end\n"
    recipe, said = read(Source("<long>", HEAD + piece * 10_000))
    assert len(recipe.items[-1].body) == 9 * 10_000 + 1
    assert len(said) == 10_000
