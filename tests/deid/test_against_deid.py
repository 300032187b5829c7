"""deidc against deid 0.4.13 itself, on real files: equal, or a deviation with a name."""

from __future__ import annotations

from collections import Counter
from itertools import chain

from tests.deid import cases
from tests.deid.deviations import ELEMENTS, Difference
from tests.deid.generated import generated
from tests.deid.outcomes import OUTCOMES
from tests.deid.sides import Compared, compared
from tests.depth import DEEP

GENERATED = 3000 if DEEP else 80


def names_of(one: Compared) -> dict[str, str | None]:
    """Return each difference of a case beside the name of the deviation that accounts for it, or None."""
    if one.ours.elements is None or one.theirs.elements is None:
        return {"": next((name for name, accounts in OUTCOMES.items() if accounts(one)), None)}
    differing = [
        Difference(one, path)
        for path in sorted(one.ours.elements.keys() | one.theirs.elements.keys())
        if one.ours.elements.get(path) != one.theirs.elements.get(path)
    ]
    return {
        difference.path: next((name for name, accounts in ELEMENTS.items() if accounts(difference)), None)
        for difference in differing
    }


def told(one: Compared, path: str) -> str:
    """Return what a reader of a failure needs to know of a difference."""
    if path:
        ours, theirs = (answer.elements or {} for answer in (one.ours, one.theirs))
        what = f"{path} {one.before.get(path)}: deidc {ours.get(path)}, deid {theirs.get(path)}"
    else:
        what = f"deidc {one.ours.trouble or 'ran'}, deid {one.theirs.trouble or 'ran'}"
    return f"{one.case.name}\n{what}\n{one.case.recipe}"


def test_results_are_equal_or_the_difference_has_a_name():
    """No element differs without a named deviation, and no named deviation is without an element."""
    every = chain(
        cases.grid(),
        cases.selectors(),
        cases.values(),
        cases.shifts(),
        cases.lists(),
        cases.mixtures(),
        generated(GENERATED),
    )
    used: Counter[str] = Counter()
    unnamed: list[str] = []
    elements = 0
    for one in compared(list(every)):
        if one.ours.elements is not None and one.theirs.elements is not None:
            elements += len(one.before)
        for path, name in names_of(one).items():
            if name is None:
                unnamed.append(told(one, path))
            else:
                used[name] += 1
    assert not unnamed, "\n".join([f"{len(unnamed)} differences without a name", *unnamed[:20]])
    assert {*ELEMENTS, *OUTCOMES} - used.keys() == set(), "these deviations never occurred"
    # Most elements are the same in both, or the predicates account for too much.
    assert sum(used.values()) < elements / 10
