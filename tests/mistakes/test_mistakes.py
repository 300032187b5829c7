"""No mistake in a recipe writes the identity that it was meant to remove: each is refused, or done as meant."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from deidc.codes import CATALOGUE
from tests.mistakes.canaries import CANARIES, PIXELS, canary, content
from tests.mistakes.mistake import Ending, Mistake, mistakes
from tests.mistakes.trial import by_command, by_library, folder_of, leaked, report_of, values_of, without_the_complaint

MISTAKES = mistakes()
DEADLINE = "DC932"


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda one: f"{one.kind}-{one.name}")
def test_no_mistake_writes_the_identity(mistake: Mistake, tmp_path: Path):
    """The run ends as the case has it, no output has a canary, and exactly the codes of the case stop it."""
    recipe = folder_of(mistake, tmp_path)
    report = report_of(mistake, recipe)
    tried = by_command(mistake, recipe)
    assert tried.output is None or not leaked(mistake, tried.output), report.diagnostics
    errors = {one.code for one in report.errors}
    stopping = {one.code for one in report.stopping_run}
    assert tried.ending is mistake.ending, tried.printed
    assert errors == (mistake.codes if mistake.ending is Ending.REFUSED else set()), tried.printed
    # A recipe with an error may have warnings of its own: what a KEEP leaves besides the attribute of the error.
    if mistake.ending is not Ending.REFUSED:
        assert stopping - errors == (mistake.codes if mistake.ending is Ending.NOT_RUN else set()), tried.printed
    said = {one.code for one in report.diagnostics} if tried.ending is Ending.DONE else tried.codes
    assert mistake.codes <= said, tried.printed
    if tried.output is not None:
        assert values_of(tried.output, mistake) == dict(mistake.expected)
    # The library sets no deadline: what only that ends would not end here.
    alone = by_library(mistake, recipe) if DEADLINE not in tried.codes else None
    if alone is not None:
        assert alone.ending is mistake.ending
        assert alone.output is None or not leaked(mistake, alone.output)


@pytest.mark.parametrize(
    "mistake",
    [one for one in MISTAKES if one.ending in (Ending.REFUSED, Ending.NOT_RUN)],
    ids=lambda one: f"{one.kind}-{one.name}",
)
def test_the_complaint_is_what_stops_it(mistake: Mistake, tmp_path: Path):
    """A recipe that is lowered without its complaint writes the canary, or does what the case says."""
    assert without_the_complaint(mistake, folder_of(mistake, tmp_path)) is mistake.without


def test_the_suite_is_as_large_as_it_claims():
    """At least 150 mistakes; names are unique, and so are recipes with their files; each is about a canary."""
    assert len(MISTAKES) >= 150
    assert Counter(one.name for one in MISTAKES).most_common(1)[0][1] == 1
    different = Counter((one.text, one.encoding, str(one.files), str(one.variables), one.put) for one in MISTAKES)
    assert different.most_common(1)[0][1] == 1
    assert all(one.canaries or one.texts for one in MISTAKES)
    assert {code for one in MISTAKES for code in one.codes} <= set(CATALOGUE)


def test_canaries_stand_in_the_object_only_where_they_were_put():
    """Each canary is in the input, and none is part of another."""
    data = content()
    names = [*CANARIES, PIXELS]
    assert all(canary(name) in data for name in names)
    assert not [(one, two) for one in names for two in names if one != two and canary(one) in canary(two)]


def test_every_ending_and_many_codes_occur():
    """The suite is about more than one net."""
    assert {one.ending for one in MISTAKES} >= {Ending.REFUSED, Ending.UNLINKED, Ending.FAULT, Ending.HELD, Ending.DONE}
    assert len({code for one in MISTAKES for code in one.codes}) >= 60
