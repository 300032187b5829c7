"""The generator of damaged files reaches what its tables say, and its writer writes DICOM where nothing is wrong."""

from __future__ import annotations

import io
import random

from hypothesis import find, settings
from pydicom import dcmread

from tests.damaged.doors import found, survivors
from tests.damaged.draft import Canary, Combination, Place, Scope
from tests.damaged.files import ALL, alone, damaged_files, drawn
from tests.damaged.pen import Encoding, swapped

FEWEST = 300
SOUND = ("good sequence, defined", "good sequence, undefined", "delimiters in a value", "VOI LUT with items, defined")


def test_hundreds_of_combinations_can_be_drawn() -> None:
    """The tables have at least 300 different kinds at places in encodings, and none is there twice."""
    assert len(set(ALL)) == len(ALL) >= FEWEST
    assert {one.place for one in ALL} == set(Place)
    assert {one.encoding for one in ALL} == set(Encoding)


def test_what_is_in_the_tables_is_drawn() -> None:
    """Two thousand drawn files have 300 combinations and more, with every encoding and place among them."""
    seen: set[Combination] = set()
    for seed in range(2000):
        seen.update(drawn(random.Random(seed), unnamed=True).kinds)
    assert len(seen) >= FEWEST
    assert {one.place for one in seen} == set(Place)
    assert {one.encoding for one in seen} == set(Encoding)


def test_every_file_has_a_canary_or_is_burned_in_or_padded() -> None:
    """A kind without any canary, which could not fail, is one about padding, lengths or file meta information."""
    idle = {one.kind for one in ALL if one.place is not Place.FILE and not _can_fail(one)}
    assert not idle


def _can_fail(one: Combination) -> bool:
    file = alone(one)
    return bool(file.canaries) or one.kind.startswith(("burned in", "not burned in"))


def test_canaries_are_in_the_file_that_was_drawn() -> None:
    """What is planted is there, in plain or in swapped words, unless it was deflated."""
    for one in ALL:
        if one.encoding is not Encoding.DEFLATED:
            file = alone(one)
            assert found(file.canaries, file.data) == list(file.canaries), str(one)


def test_the_same_seed_makes_the_same_file() -> None:
    """A seed that a failing run prints brings back its files."""
    assert drawn(random.Random(7)) == drawn(random.Random(7))
    assert drawn(random.Random(7)).data != drawn(random.Random(8)).data


def test_sound_files_are_dicom() -> None:
    """Where nothing is wrong, pydicom finds names at the depth where they were written."""
    for one in ALL:
        if one.kind in SOUND and one.place is Place.TOP:
            file = alone(one)
            dataset = dcmread(io.BytesIO(file.data))
            texts = [str(element.value).encode() for element in dataset.iterall()]
            for canary in file.canaries:
                assert any(canary.text in text for text in texts), str(one)


def test_files_shrink() -> None:
    """The smallest file of a kind that hypothesis finds has that kind and not three others."""
    found = find(damaged_files(), lambda file: any(one.place is Place.PRIVATE for one in file.kinds), settings=_MANY)
    assert len(found.kinds) == 1


_MANY = settings(max_examples=2000, database=None, derandomize=True)


def test_survivors_are_seen_whole_swapped_and_in_part() -> None:
    """The search itself finds what it is there for, and nothing in the scope of another recipe."""
    canary = Canary(b"CANARY0001x23456", Scope.NAMED, "made here")
    named = frozenset((Scope.NAMED,))
    for data in (canary.text, canary.text[4:], canary.text[:12], *(swapped(canary.text, width) for width in (2, 4, 8))):
        assert survivors((canary,), b"xx" + data + b"yy", named) == [canary]
    assert not survivors((canary,), canary.text, frozenset((Scope.WIDE,)))
    assert not survivors((canary,), b"CANARY0002x34567", named)
