"""Look up tags, and find or remove the private elements and sequences of an object."""

from __future__ import annotations

import re
from typing import Any

from pydicom._dicom_dict import DicomDictionary, RepeatersDictionary
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag, Tag

from deidc.compat.logger import bot
from deidc.compat.objects.cleaning import clean_in_place
from deidc.compat.objects.selection import selected
from deidc.compat.objects.table import get_fields_with_lookup
from deidc.compat.recipes.dicts import program_of
from deidc.dicom import dictionary

# VR, VM, name, "Retired" or nothing, keyword.
Entry = tuple[str, str, str, str, str]


def get_tag(field: str) -> dict[str, Any] | None:
    """Return tag, VR, VM, name and keyword of an attribute by its keyword, or None if there is none."""
    found = dictionary.find_keyword(field)
    if found is None or found.repeating or found.keyword != field:
        return None
    return _manifest(Tag(int(found.pattern, 16)), found.vr, found.vm, found.name, found.keyword)


def add_tag(
    identifier: str,
    VR: str = "ST",  # noqa: N803  # deid's name
    VM: str | None = None,  # noqa: N803  # deid's name
    name: str | None = None,
    keyword: str | None = None,
) -> dict[str, Any]:
    """Return the same for a tag of eight hexadecimal digits. Raises ValueError for other text."""
    if re.fullmatch(r"[0-9A-Fa-f]{8}", identifier) is None:
        raise ValueError("a tag has eight hexadecimal digits")
    return _manifest(Tag(int(identifier, 16)), VR, VM, name, keyword)


def _manifest(tag: BaseTag, vr: str, vm: str | None, name: str | None, keyword: str | None) -> dict[str, Any]:
    return {"tag": tag, "VR": vr, "VM": vm, "keyword": keyword, "name": name}


def find_tag(
    term: str,
    VR: str | list[str] | None = None,  # noqa: N803  # deid's name
    VM: str | list[str] | None = None,  # noqa: N803  # deid's name
    retired: bool = False,
) -> list[Entry]:
    """Return entries of the dictionary whose keyword or name a regular expression is found in, case counting.

    With `retired`, they are those of repeating groups, as in deid.
    """
    entries: list[Entry] = list((RepeatersDictionary if retired else DicomDictionary).values())
    found = [one for one in entries if re.search(term, one[4]) or re.search(term, one[2])]
    for place, wanted in ((0, VR), (1, VM)):
        if wanted is not None:
            found = [one for one in found if one[place] in ([wanted] if isinstance(wanted, str) else wanted)]
    return found


def update_tag(dicom: Dataset, field: str | BaseTag, value: object) -> Dataset:
    """Write a value to an attribute that an object has, by keyword or tag; return the object."""
    if field not in dicom:
        return dicom
    if isinstance(field, str) and get_tag(field) is None:
        bot.error("the field to update is no keyword")
        return dicom
    dicom[field].value = value
    return dicom


def remove_sequences(dicom: Dataset) -> Dataset:
    """Remove all sequences from an object; return the object."""
    return _removed(dicom, "select:VR:SQ")


def remove_private(dicom: Dataset) -> Dataset:
    """Remove all private elements from an object, in items, too; return the object."""
    return _removed(dicom, "select:private")


def _removed(dicom: Dataset, target: str) -> Dataset:
    """Take elements out of an object; its file meta information becomes that of deidc's output."""
    rule = {"action": "REMOVE", "field": target}
    clean_in_place(program_of({"format": "dicom", "header": [rule]}, protected=()), dicom, {})
    return dicom


def get_private(dicom: Dataset) -> list[DataElement]:
    """Return the private elements of an object, those of its items, too."""
    table = get_fields_with_lookup(dicom)
    return [field.element for field in selected("select:private", table.values())]


def has_private(dicom: Dataset) -> bool:
    """Whether an object has private elements; says how many."""
    count = len(get_private(dicom))
    bot.info(f"found {count} private tags")
    return count > 0
