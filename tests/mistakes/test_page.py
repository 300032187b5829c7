"""The page of mistakes is made of the cases, and what it says of deid is what deid does where it is installed."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from tests.mistakes.deid import on_record, tried
from tests.mistakes.mistake import mistakes
from tests.mistakes.page import PAGE, page


def test_the_page_is_made_of_the_cases():
    assert PAGE.read_text(encoding="utf-8") == page(), "run `python -m tests.mistakes.page`"


def test_every_mistake_has_what_deid_does():
    assert set(on_record()) == {one.name for one in mistakes()}, "run `python -m tests.mistakes.deid`"


@pytest.mark.skipif(find_spec("deid") is None, reason="deid is not installed")
def test_deid_does_what_is_on_record():
    assert tried(mistakes()) == on_record()
