"""Fill lists of values and of fields from one object."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydicom.dataset import Dataset

from deidc.compat.dicom.fields import Contenders
from deidc.compat.objects.field import ByUid, DicomField
from deidc.compat.objects.selection import is_selected
from deidc.compat.objects.table import get_fields_with_lookup
from deidc.compat.recipes.dicts import program_of
from deidc.dicom.values.decoding import Undecodable
from deidc.ir import ops
from deidc.runtime.fold.frame import Frame
from deidc.runtime.fold.lists import collected
from deidc.runtime.fold.plan import Plan
from deidc.runtime.fold.toplevel import OfDataset

_NAME = "list"


def extract_values_list(
    dicom: Dataset, actions: Sequence[Mapping[str, Any]], fields: Contenders | None = None
) -> list[str]:
    """Return what the lines of a `%values` list take from an object, each text once, in document order.

    `fields` are those to take from; all of the object if None is given. What cannot be decoded gives nothing. Raises
    CompileError for what is no line of such a list.
    """
    plan = _plan("values", actions)
    frame = Frame(Dataset(), OfDataset(Dataset()), {})
    found: dict[str, None] = {}
    for op in plan.collects:
        for field in _chosen(dicom, fields):
            if is_selected(op.at, field, frame, plan):
                found.update(dict.fromkeys(_taken(op, field)))
    return list(found)


def _taken(op: ops.Collect, field: DicomField) -> Iterator[str]:
    try:
        yield from (one.text for one in collected(op, field.input))
    except Undecodable:
        return


def extract_fields_list(
    dicom: Dataset,
    actions: Sequence[Mapping[str, Any]],
    fields: Contenders | None = None,
    field_lookup_tables: object = None,
) -> dict[str, DicomField]:
    """Return the fields that the lines of a `%fields` list select, by uid.

    `fields` are those to choose from; all of the object if None is given. `field_lookup_tables` is not looked at, as
    in deid. Raises CompileError for what is no line of such a list.
    """
    del field_lookup_tables
    plan = _plan("fields", actions)
    frame = Frame(Dataset(), OfDataset(Dataset()), {})
    selectors = plan.gathers.get(0, ())
    chosen = [one for one in _chosen(dicom, fields) if any(is_selected(at, one, frame, plan) for at in selectors)]
    return ByUid((one.uid, one) for one in chosen)


def _chosen(dicom: Dataset, fields: Contenders | None) -> list[DicomField]:
    return list((get_fields_with_lookup(dicom) if fields is None else fields).values())


def _plan(kind: str, actions: Sequence[Mapping[str, Any]]) -> Plan:
    """Return the plan of a recipe that has one list and uses it."""
    rule = {"action": "BLANK", "field": f"{kind}:{_NAME}"}
    deid = {"format": "dicom", kind: {_NAME: list(actions)}, "header": [rule]}
    return Plan(program_of(deid, protected=()))
