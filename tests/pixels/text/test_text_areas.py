"""Areas of text: boxes around what hangs together."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from deidc.pixels.text.areas import boxes

masks = arrays.arrays(np.bool_, st.tuples(st.integers(1, 9), st.integers(1, 9)))


def boxes_by_flooding(mask: np.ndarray) -> set[tuple[int, int, int, int]]:
    """Boxes around parts, pixel by pixel."""
    left = {(int(y), int(x)) for y, x in np.argwhere(mask)}
    found = set()
    while left:
        part, edge = set(), {left.pop()}
        while edge:
            part |= edge
            near = {(y + dy, x + dx) for y, x in edge for dy, dx in ((0, 1), (1, 0), (0, -1), (-1, 0))}
            edge = near & left
            left -= edge
        ys, xs = [y for y, _ in part], [x for _, x in part]
        found.add((min(xs), min(ys), max(xs) + 1, max(ys) + 1))
    return found


@given(masks)
def test_boxes_are_those_of_what_hangs_together(mask):
    """Each part has the smallest box around it, and nothing else has one."""
    assert set(boxes(mask)) == boxes_by_flooding(mask)


def test_parts_that_join_below_are_one():
    """A part whose runs meet in a later row only has one box."""
    mask = np.array([[1, 0, 1, 0, 1], [1, 0, 1, 0, 1], [1, 1, 1, 1, 1]], dtype=bool)
    assert boxes(mask) == ((0, 0, 5, 3),)
