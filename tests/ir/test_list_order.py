"""Laws of the order in which lists are filled."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from deidc.ir.resolving.list_order import FillingOrder


@st.composite
def references(draw: st.DrawFn) -> list[list[int]]:
    """Draw for each of some lists those it is filled from."""
    count = draw(st.integers(1, 7))
    return draw(st.lists(st.lists(st.integers(0, count - 1), max_size=4), min_size=count, max_size=count))


@given(references())
def test_every_list_comes_after_those_it_is_filled_from(sources):
    """All lists are in the order once, and all references but those that close a circle point backwards."""
    found = FillingOrder.of(sources)
    assert sorted(found.order) == list(range(len(sources)))
    position = {slot: at for at, slot in enumerate(found.order)}
    for slot, needed in enumerate(sources):
        for one in needed:
            assert (slot, one) in found.closing or position[one] < position[slot]


@given(references())
def test_only_circles_are_complained_of(sources):
    """A reference closes a circle only if the list it names is filled from the list it stands in."""
    for slot, needed in FillingOrder.of(sources).closing:
        reached, new = {needed}, [needed]
        while new:
            new = [one for at in new for one in sources[at] if one not in reached]
            reached.update(new)
        assert slot in reached


def test_lists_without_references_stay_in_order():
    """Nothing moves that need not."""
    assert FillingOrder.of([[]] * 5).order == (0, 1, 2, 3, 4)


def test_long_chains_end():
    """A chain of many thousand lists is ordered."""
    count = 20_000
    found = FillingOrder.of([[number + 1] for number in range(count)] + [[]])
    assert found.order == tuple(range(count, -1, -1))
