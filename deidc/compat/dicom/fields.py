"""Extract the fields of an object, and those that a target selects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from deidc.compat.objects.field import ByUid, DicomField
from deidc.compat.objects.selection import selected
from deidc.compat.objects.table import FieldsWithLookups, get_fields, get_fields_with_lookup

__all__ = [
    "DicomField",
    "FieldsWithLookups",
    "expand_field_expression",
    "extract_item",
    "extract_sequence",
    "get_fields",
    "get_fields_with_lookup",
]


Contenders = FieldsWithLookups | Mapping[str, DicomField]


def expand_field_expression(
    field: str, dicom: Dataset | None, contenders: Contenders | None = None
) -> dict[str, DicomField]:
    """Return the fields that a target of a recipe selects, by uid.

    `contenders` are the fields to choose from; all of the object if None is given. Raises CompileError for what is
    no target, like a word that is no keyword.
    """
    if contenders is None:
        if dicom is None:
            raise ValueError("there is neither an object nor fields to choose from")
        contenders = get_fields_with_lookup(dicom)
    chosen = {id(one) for one in selected(field, contenders.values())}
    return ByUid({uid: one for uid, one in contenders.items() if id(one) in chosen})


# ---- sequences as flat dictionaries -----------------------------------------------------------------------


def extract_item(
    item: DataElement | RawDataElement, prefix: str | None = None, entry: dict[str, object] | None = None
) -> dict[str, object]:
    """Return an element's value by its nested name, put into `entry`; of a sequence, those in its items.

    Elements that are not decoded, and those without keyword, have no name and are left out.
    """
    found = {} if entry is None else entry
    keyword = "" if isinstance(item, RawDataElement) else item.keyword
    if isinstance(item, RawDataElement) or not keyword:
        return found
    name = keyword if prefix is None else f"{prefix}__{keyword}"
    value = item.value
    if isinstance(value, Sequence):
        return extract_sequence(value, prefix=name)
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    found[name] = value
    return found


def extract_sequence(
    sequence: Iterable[Dataset], prefix: str | None = None, indexed: bool = False
) -> dict[str, object]:
    """Return the values in the items of a sequence by nested name, `FieldA__FieldB`.

    The values of a later item take the place of those of an earlier one; with `indexed` they have names of their own,
    `FieldA__0__FieldB`.
    """
    items: dict[str, object] = {}
    for number, item in enumerate(sequence):
        here = "__".join(part for part in (prefix, str(number)) if part) if indexed else prefix
        for element in item:
            if indexed and isinstance(element.value, Sequence) and element.keyword:
                name = element.keyword if here is None else f"{here}__{element.keyword}"
                items.update(extract_sequence(element.value, name, indexed))
            else:
                items.update(extract_item(element, here))
    return items
