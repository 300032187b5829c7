"""The table of deviations, the predicates, the tests and the page tell of the same deviations."""

from __future__ import annotations

from pathlib import Path

from tests.deid import test_silence
from tests.deid.deviations import ELEMENTS
from tests.deid.outcomes import OUTCOMES
from tests.deid.page import PAGE, ROOT, deviations, page


def test_every_deviation_is_shown_by_a_test():
    """A predicate accounts for it, a table of silent leaks has it, or a test elsewhere holds it."""
    source = Path(test_silence.__file__).read_text(encoding="utf-8")
    for one in deviations():
        if one.held is not None:
            path, _, function = one.held.partition("::")
            assert f"def {function}(" in (ROOT / path).read_text(encoding="utf-8")
        else:
            assert one.name in {*ELEMENTS, *OUTCOMES} or f'"{one.name}"' in source or f'"""{one.name}' in source


def test_every_predicate_is_in_the_table():
    names = [one.name for one in deviations()]
    assert len(set(names)) == len(names)
    silent = {name for name, _, _, _ in test_silence.SILENT}
    assert {*ELEMENTS, *OUTCOMES, *silent} <= set(names)


def test_the_page_is_made_of_the_table():
    assert PAGE.read_text(encoding="utf-8") == page(), "run `python -m tests.deid.page`"
