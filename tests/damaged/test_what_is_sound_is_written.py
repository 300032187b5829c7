"""Refusing everything would keep the law of canaries: what can be read is read, and written without its names."""

from __future__ import annotations

import pytest

from tests.damaged.doors import DOORS, Written
from tests.damaged.draft import Combination, Place
from tests.damaged.files import ALL, alone
from tests.damaged.pen import Encoding
from tests.damaged.recipe import machine
from tests.depth import sampled

# Good sequences, elements out of order or doubled, and odd lengths.
SOUND = (
    "delimiters in a value",
    "doubled",
    "doubled, far away",
    "good sequence, defined",
    "good sequence, undefined",
    "icon with items, defined",
    "icon with items, undefined",
    "modality LUT with items, defined",
    "odd length of OB",
    "odd length of PN",
    "out of order",
    "private value as OB",
    "wrong group length",
)
# What is around a data set and hides nothing of it: padding, and file meta information that can be made anew.
AROUND = (
    "canary in preamble",
    "meta in implicit VR",
    "meta in implicit VR without group length",
    "meta without group length",
    "newline behind the file",
    "no SOP UIDs in meta",
    "no meta",
    "no meta, no preamble",
    "no preamble",
    "private information",
    *(
        f"{count} zeros behind the {what}"
        for count in (1, 2, 7, 8, 9, 16, 512, 4096)
        for what in ("file", "last element")
    ),
)
_NOT_READ = (
    Place.UNKNOWN_VR,
    Encoding.BIG,
)  # pydicom reads items of VR UN in the order of the file, against PS3.5 6.2.2, note 4


def _is_readable(one: Combination) -> bool:
    return (one.place, one.encoding) != _NOT_READ


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("kind", [*SOUND, *AROUND])
def test_what_is_sound_is_written(door: str, kind: str) -> None:
    """In the profile `deep` at each place and in each encoding, in others at some."""
    chosen = sampled((one for one in ALL if one.kind == kind and _is_readable(one)), lambda one: one.kind, 2)
    assert chosen
    for one in chosen:
        outcome = DOORS[door](machine("narrow"), alone(one).data)
        assert isinstance(outcome, Written), f"{one}: {outcome}"
