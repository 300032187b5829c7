"""The UID dictionary (PS3.6 annex A): which UIDs DICOM itself registers, in whatever edition.

Some devices make instance UIDs below DICOM's own root, so no prefix decides; only the dictionary does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from pydicom._uid_dict import UID_dictionary

# Context groups (table A-3), and the arcs below which HL7 registers the code systems of others (PS3.16 table 8-1), of
# which pydicom has no list. What follows is one short number, which cannot stand for a patient or a study.
_VOCABULARY = re.compile(r"(?:1\.2\.840\.10008\.6\.1|2\.16\.840\.1\.113883\.6)\.[1-9][0-9]{0,3}")


def is_registered(uid: str) -> bool:
    """Return whether a UID is in the UID dictionary, or names a vocabulary; padding is ignored."""
    bare = uid.strip(" \0")
    return bare in UID_dictionary or _VOCABULARY.fullmatch(bare) is not None


@cache
def uid_keywords() -> Mapping[str, str]:
    """Return the registered UIDs by keyword, in the order of PS3.6."""
    return MappingProxyType({row[4]: uid for uid, row in UID_dictionary.items() if row[4]})


@cache
def _by_spelling() -> Mapping[str, str]:
    names = {_folded(row[0]): uid for uid, row in UID_dictionary.items() if row[0]}
    return MappingProxyType({**names, **{_folded(keyword): uid for keyword, uid in uid_keywords().items()}})


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def registered_uid(text: str) -> str | None:
    """Return the UID with a keyword or name of PS3.6, in any case of letters, or None if there is none."""
    return _by_spelling().get(_folded(text))
