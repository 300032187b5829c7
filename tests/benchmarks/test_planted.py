"""Planted text: where it is said to be is where pixels differ, and shares are shares of it."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from benchmarks import planted
from benchmarks.ocr import Measured


@pytest.mark.parametrize("size", [8, 24, 60])
def test_letters_are_where_the_picture_differs(size):
    """A picture is its background but for its letters and their soft edges, and differs from it in all letters."""
    for one in planted.pictures(4, 3, sizes=(size,), contrasts=(100,), backgrounds=("black", "white", "CT")):
        differs = one.pixels != planted.background(one.background)
        letters = np.logical_or.reduce([text.letters for text in one.texts])
        assert letters.any()
        assert not (letters & ~differs).any()
        near = np.zeros_like(letters)
        for dy in (-2, -1, 0, 1, 2):
            for dx in (-2, -1, 0, 1, 2):
                near |= np.roll(letters, (dy, dx), (0, 1))
        assert (differs & ~near).mean() < 0.001


def test_covered_is_the_share_of_letters_found():
    """Half of the letters found are a half."""
    letters = np.zeros((4, 4), bool)
    letters[1, :] = True
    found = np.zeros((4, 4), bool)
    found[:, :2] = True
    assert planted.covered(planted.Text("x", "bitmap", 8, 9, 0, letters), found) == 0.5


def test_recall_counts_strings_of_a_kind():
    """Only strings of the background, the contrast and the sizes asked for are counted."""
    strings = {("smooth", 50, 8): 3, ("smooth", 50, 12): 5, ("smooth", 30, 8): 7, ("grainy", 50, 8): 11}
    measured = Measured(Counter(strings), Counter({("smooth", 50, 8): 2, ("grainy", 50, 8): 11}))
    assert measured.recall("smooth", 50, range(8, 11)) == (2, 3)
    assert measured.recall("smooth", 50, range(8, 13)) == (2, 8)
