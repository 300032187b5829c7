"""Masks: regions painted one after the other, against painting pixel by pixel."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from deidc.pixels.frames.masks import Masks, Painting, bands, blanks_outside, painted
from tests.pixels.frames.test_native import regions
from tests.pixels.pictures import mask_of

boxes = st.tuples(*[st.integers(0, 12)] * 4).map(
    lambda box: (min(box[0], box[2]), min(box[1], box[3]), max(box[0], box[2]) + 1, max(box[1], box[3]) + 1)
)
paintings = st.lists(st.tuples(st.booleans(), st.none() | boxes), max_size=6)
sizes = st.tuples(st.integers(1, 10), st.integers(1, 10))


@given(paintings, sizes)
def test_later_regions_are_painted_over_earlier_ones(lines, size):
    """A pixel is as the last region that holds it says; without any it stays."""
    mask = painted(regions(lines), *size)
    assert np.array_equal(mask, mask_of(*size, lines))


@given(paintings, paintings, sizes)
def test_painting_in_two_goes_is_painting_in_one(first, second, size):
    """A mask is painted over as if its regions stood before."""
    under = painted(regions(first), *size)
    before = under.copy()
    assert np.array_equal(painted(regions(second), *size, under), painted(regions([*first, *second]), *size))
    assert np.array_equal(under, before)


@given(paintings, sizes)
def test_bands_are_the_rows_in_which_something_is_blanked(lines, size):
    """Together they have each such row once, from the top, and no others; no two of them touch."""
    mask = painted(regions(lines), *size)
    found = bands(mask)
    rows = [row for first, last in found for row in range(first, last)]
    assert rows == [row for row in range(size[0]) if mask[row].any()]
    assert all(left[1] < right[0] for left, right in pairwise(found))
    assert all(first < last for first, last in found)


@given(paintings)
def test_what_lies_outside_goes_with_the_whole_image(lines):
    """The last line about the whole image says what becomes of what lies outside."""
    whole = [not keep for keep, box in lines if box is None]
    assert blanks_outside(regions(lines)) is (whole[-1] if whole else False)


@given(paintings, st.dictionaries(st.integers(0, 5), paintings, max_size=3), sizes, st.integers(1, 4))
def test_masks_of_frames(everywhere, apart, size, frames):
    """Each frame has what is painted everywhere, then what is painted in it; the union has all of them."""
    painting = Painting(regions(everywhere), {frame: regions(lines) for frame, lines in apart.items()})
    masks = Masks(painting, *size, frames)
    expected = [mask_of(*size, [*everywhere, *apart.get(frame, [])]) for frame in range(frames)]
    assert all(np.array_equal(masks.of(frame), expected[frame]) for frame in range(frames))
    assert [masks.touches(frame) for frame in range(frames)] == [bool(one.any()) for one in expected]
    assert masks.touched() == sum(bool(one.any()) for one in expected)
    assert np.array_equal(masks.of_any(), np.logical_or.reduce(expected))
    assert np.array_equal(masks.of_any([0]), expected[0])
    assert not masks.of_any([]).any()
