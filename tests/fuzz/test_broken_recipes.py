"""Broken recipes: whatever happened to the bytes of a recipe, it is complained of and nothing fails."""

from __future__ import annotations

from zlib import crc32

import pytest

from deidc.ir.library import shipped_recipes
from tests.fuzz import damage
from tests.fuzz.doors import read_bytes, through_every_door

RECIPES = {name: path.read_bytes() for name, path in shipped_recipes().items()}
SMALL = {name: data for name, data in RECIPES.items() if len(data) < 700 and b"%include" not in data}
# Long recipes, and those whose bases make checking slow, are led through every door a few times only.
FEW, MANY = 4, 60


def doors_of(name: str) -> int:
    """Return how many broken versions of a recipe are led through every door."""
    return FEW if len(RECIPES[name]) > 1900 or b"%include" in RECIPES[name] else MANY


def spread(versions: list[bytes], most: int) -> list[bytes]:
    """Return some of the versions, from all over them."""
    return versions[:: max(1, len(versions) // most)]


@pytest.mark.parametrize("name", RECIPES)
def test_recipes_cut_at_line_ends(name: str):
    """A recipe that ends after any of its lines is read, and checked as a whole."""
    versions = list(damage.cut_at_line_ends(RECIPES[name]))
    for data in spread(versions, 60):
        read_bytes(data)
    for data in spread(versions, doors_of(name)):
        through_every_door(data)


@pytest.mark.parametrize("name", RECIPES)
def test_recipes_cut_anywhere(name: str):
    """A recipe that ends after any byte is read; small ones go through every door."""
    versions = list(damage.cut_anywhere(RECIPES[name], 700 if name in SMALL else 40, crc32(name.encode())))
    for data in versions:
        read_bytes(data)
    for data in spread(versions, doors_of(name)):
        through_every_door(data)


@pytest.mark.parametrize("name", RECIPES)
def test_recipes_with_a_byte_flipped(name: str):
    """A recipe with one bit wrong is complained of or means something; it never fails."""
    for data in damage.flipped(RECIPES[name], doors_of(name) // 3, crc32(name.encode())):
        through_every_door(data)


@pytest.mark.parametrize("name", SMALL)
def test_recipes_with_intruders(name: str):
    """Characters that do not belong into text, put anywhere, never make a door fail."""
    for data in damage.intruded(RECIPES[name], 2, crc32(name.encode())):
        through_every_door(data)


@pytest.mark.parametrize("name", SMALL)
def test_recipes_with_words_in_any_order(name: str):
    """The words of a recipe in any order never make a door fail."""
    for data in damage.shuffled(RECIPES[name], 10, crc32(name.encode())):
        through_every_door(data)


@pytest.mark.parametrize("intruder", damage.INTRUDERS.values(), ids=damage.INTRUDERS)
def test_intruders_alone(intruder: bytes):
    """A file of nothing but an intruder, or of many, is complained of."""
    for count in (1, 2, 1000):
        through_every_door(intruder * count)


@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "latin-1", "cp037", "utf-7"]
)
def test_recipes_in_other_encodings(encoding: str):
    """A recipe saved in another encoding never makes a door fail."""
    text = "FORMAT dicom\n%header\nREPLACE PatientName M\u00fcller # \u00e9t\u00e9\nREMOVE (0010,0020)\n"
    through_every_door(text.encode(encoding))
