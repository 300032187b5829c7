"""Which attributes a selector is about."""

from __future__ import annotations

import re
import time

import pytest
from pydicom.datadict import DicomDictionary

from deidc import Source, check_recipe
from deidc.dicom import dictionary
from deidc.ir.checks.coverage import everything, of_pattern
from deidc.vocabulary import Anchor

PUBLIC = {f"{tag:08X}": entry for tag, entry in DicomDictionary.items() if entry[4] and tag >> 16}


def by_hand(expression: str) -> set[str]:
    """Try every name of every attribute of pydicom's dictionary, one by one."""
    found = set()
    for digits, (_, _, name, _, keyword) in PUBLIC.items():
        tag = f"({digits[:4]},{digits[4:]})"
        if any(re.search(expression, one, re.IGNORECASE) for one in (keyword, name, digits, tag)):
            found.add(digits)
    return found


@pytest.mark.parametrize(
    ("anchor", "pattern", "expression"),
    [
        (Anchor.CONTAINS, "Date", "Date"),
        (Anchor.STARTSWITH, "Patient|Study", "^(Patient|Study)"),
        (Anchor.ENDSWITH, "ID", "(ID)$"),
        (Anchor.CONTAINS, "^0010", "^0010"),
        (Anchor.CONTAINS, "8103", "8103"),
        (Anchor.CONTAINS, r"^\(0040,0", r"^\(0040,0"),
        (Anchor.CONTAINS, "Patient[^a-z]+Name", "Patient[^a-z]+Name"),
        (Anchor.CONTAINS, r"Patient's\s+N", r"Patient's\s+N"),
        (Anchor.CONTAINS, r"\W\w+$", r"\W\w+$"),
        (Anchor.ENDSWITH, r"[^e]\D", r"([^e]\D)$"),
    ],
)
def test_a_pattern_covers_what_its_search_finds(anchor: Anchor, pattern: str, expression: str):
    """The quick way of laying a pattern against all names finds what the slow way does."""
    quick = {one for one in of_pattern(anchor, pattern) if "X" not in one and one in PUBLIC}
    assert quick == by_hand(expression)


def test_everything_is_every_attribute_of_files():
    """Commands of the network are in no file."""
    assert everything() == {one.pattern for one in dictionary.attributes() if not one.pattern.startswith("0000")}


def test_a_large_recipe_is_checked_at_once():
    """Seven hundred rules and forty patterns are no work; the limit is generous, for slow machines."""
    keywords = [one.keyword for one in dictionary.attributes() if one.vr in ("LO", "SH", "PN")][:660]
    rules = [f"BLANK {keyword}" for keyword in keywords] + [f"REMOVE contains:Zz{number}x" for number in range(40)]
    source = Source("large", "FORMAT dicom\n\n%header\n" + "\n".join(rules) + "\n")
    check_recipe(source)
    begin = time.perf_counter()
    check_recipe(source)
    assert time.perf_counter() - begin < 2
