"""Bytes that may be no file at all, through the stream engine, whose results are held against the other engine's."""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Callable

from pydicom import dcmread
from pydicom.dataset import Dataset

from deidc import Cleaned, Machine, Refused, compile_recipe
from deidc.batch.inputs.faults import ReadFault
from deidc.batch.inputs.reading import read_bytes
from deidc.batch.outputs.writing import encode
from deidc.dicom import window
from deidc.dicom.layout import Damaged
from deidc.dicom.window import InMemory, NotWhole, Unsuited
from deidc.ir.library import shipped_recipes
from deidc.runtime.stream.cleaned_bytes import CleanedBytes
from tests.properties.ranges import InPieces, windows_of
from tests.properties.test_engines import RECIPES, seen

GROUP_LENGTH = 0x00020000  # pydicom's writer leaves out padding that is more than it need be


def machines() -> list[Machine]:
    """Machines with the shipped recipe, one for what is nested, and one that changes whatever it can."""
    texts = (shipped_recipes()["default"].read_text(), RECIPES["nested"], RECIPES["longer"], RECIPES["lists"])
    return [Machine.link(compile_recipe(text)) for text in texts]


def check(machine: Machine, data: bytes) -> str:
    """Return how the engine ended with these bytes; raise if it did what it may not."""

    def read() -> Dataset:
        found = read_bytes(data)
        if isinstance(found, ReadFault):
            raise Damaged
        return found

    ours = _cleaned(machine, InMemory(data), read)
    with windows_of(64, 96):
        through_windows = _cleaned(machine, InPieces(data), read)
        assert _told(through_windows) == _told(ours), "what is in memory makes a difference"
    if isinstance(ours, str):
        return ours
    dataset = read_bytes(data)
    if isinstance(dataset, ReadFault):
        return "cleaned, and not read by pydicom"
    theirs = machine.run(dataset)
    if isinstance(ours, Refused) or isinstance(theirs, Refused):
        assert type(ours) is not type(theirs) or set(ours.faults) == set(theirs.faults)
        return "refused" if isinstance(ours, Refused) and isinstance(theirs, Refused) else "refused by one"
    assert isinstance(theirs, Cleaned)
    expected = encode(theirs.dataset)
    if isinstance(expected, ReadFault):
        return "cleaned, and not written by pydicom"
    return _compared(ours.whole(), expected)


def _compared(written: bytes, expected: bytes) -> str:
    if written == expected:
        return "the same bytes"
    one, other = read_bytes(written), dcmread(io.BytesIO(expected))
    if isinstance(one, ReadFault):
        assert not len(other), "every length is right"
        return "cleaned, and nothing is left"
    try:
        mine, theirs = (
            (seen(one), {**seen(one.file_meta), GROUP_LENGTH: None}),
            (seen(other), {**seen(other.file_meta), GROUP_LENGTH: None}),
        )
    except Exception:  # noqa: BLE001  # values that pydicom cannot decode
        return "cleaned, with values that are none"
    assert mine == theirs, "the engines differ"
    return "the same elements"


def _cleaned(machine: Machine, reader: window.Reader, read: Callable[[], Dataset]) -> CleanedBytes | Refused | str:
    try:
        cleaned = machine.run_on_bytes(reader, read)
        if isinstance(cleaned, CleanedBytes):
            cleaned.whole()
        return cleaned
    except Unsuited as reason:
        return str(reason)
    except (NotWhole, Damaged):
        return "damaged"  # in which way, pydicom's reading tells


def _told(outcome: CleanedBytes | Refused | str) -> object:
    if isinstance(outcome, CleanedBytes):
        return outcome.whole(), outcome.events, outcome.flags
    return set(outcome.faults) if isinstance(outcome, Refused) else outcome


def quiet() -> None:
    """Keep pydicom's remarks on broken files out of the way."""
    warnings.simplefilter("ignore")
    logging.getLogger("pydicom").setLevel(logging.CRITICAL)
