"""Files that a fuzzer found worth keeping, through the stream engine again; see `fuzz_stream.py`."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from tests.fuzz.streams import check, machines

CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.dcm"))


@pytest.mark.parametrize("number", range(4))
def test_what_the_fuzzer_kept(number: int):
    """No file of the corpus makes the engine fail or hang, and what it cleans the Dataset engine cleans alike."""
    assert len(CORPUS) > 20
    machine = machines()[number]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ends = {check(machine, path.read_bytes()) for path in CORPUS}
    assert {"damaged", "the same bytes"} < ends
