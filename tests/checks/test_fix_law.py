"""A safe fix does what it says: its complaint is gone, no new one is there, and fixing comes to an end."""

from __future__ import annotations

from collections import Counter

import pytest

from deidc import Source, check_recipe
from deidc.diagnostics import Applicability
from deidc.fixes import apply_fixes, fix_text
from tests.checks.test_golden import CHUNKS, HEAD

TEXTS = [
    "\n".join(line.partition("#!")[0].rstrip() for line in whole.split("\n"))
    for _, chunk in CHUNKS
    for whole in [chunk if "FORMAT" in chunk else HEAD + chunk]
]
NAMES = [name for name, _ in CHUNKS]


def codes(text: str) -> Counter[str]:
    return Counter(one.code for one in check_recipe(Source("recipe", text)).diagnostics)


@pytest.mark.parametrize("text", TEXTS, ids=NAMES)
def test_a_safe_fix_removes_its_complaint_and_adds_none(text: str):
    """Each safe fix by itself leaves all other complaints at most as they are."""
    source = Source("recipe", text)
    before = codes(text)
    for one in check_recipe(source).diagnostics:
        if one.fix is None or one.fix.applicability is Applicability.UNSAFE:
            continue
        after = codes(apply_fixes(source, [one], Applicability.SAFE))
        assert after[one.code] < before[one.code]
        assert after <= before


@pytest.mark.parametrize("text", TEXTS, ids=NAMES)
@pytest.mark.parametrize("applicability", Applicability)
def test_fixing_comes_to_rest(text: str, applicability: Applicability):
    """A text that was fixed has nothing left to fix."""

    def check(source: Source):
        return check_recipe(source).diagnostics

    fixed = fix_text(Source("recipe", text), check, applicability)
    assert apply_fixes(Source("recipe", fixed), check(Source("recipe", fixed)), applicability) == fixed


def test_a_comment_goes_above_what_ignores_the_line():
    """Moving a comment does not part an ignore comment from its line."""
    text = HEAD + "# deidc: ignore[DC410] a test object\nREMOVE SOPInstanceUID  # by rule\n"
    source = Source("recipe", text)
    fixed = apply_fixes(source, check_recipe(source).diagnostics, Applicability.SAFE)
    assert fixed == HEAD + "# by rule\n# deidc: ignore[DC410] a test object\nREMOVE SOPInstanceUID\n"
    assert not codes(fixed)
