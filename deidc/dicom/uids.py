"""The UID dictionary (PS3.6 annex A): which UIDs DICOM itself registers, in whatever edition.

Some devices make instance UIDs below DICOM's own root, so no prefix decides; only the dictionary does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from pydicom._uid_dict import UID_dictionary

# Coding schemes that others registered and PS3.16 table 8-1 lists: SNOMED CT, LOINC, UCUM, RadLex, MDC, NCI Thesaurus,
# FMA, UMLS, RxNorm, CPT, ICD-10, ICD-10-CM, ICD-10-PCS, ICD-9 and ICD-9-CM.
_CODING_SCHEMES = frozenset(
    {"2.16.840.1.113883.3.26.1.1"}
    | {f"2.16.840.1.113883.6.{number}" for number in (96, 1, 8, 256, 24, 119, 86, 88, 12, 3, 90, 4, 42, 2)}
)
# Table A-3, which pydicom does not have, numbers context groups one after the other; the last of 2026 is below this.
_CONTEXT_GROUP = re.compile(r"1\.2\.840\.10008\.6\.1\.([1-9][0-9]{0,3})")
_LAST_CONTEXT_GROUP = 1600


def is_registered(uid: str) -> bool:
    """Return whether the UID dictionary has a UID; padding is ignored."""
    bare = uid.strip(" \0")
    if bare in UID_dictionary or bare in _CODING_SCHEMES:
        return True
    group = _CONTEXT_GROUP.fullmatch(bare)
    return group is not None and int(group[1]) <= _LAST_CONTEXT_GROUP


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
