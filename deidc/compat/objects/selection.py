"""Select fields by a target of a recipe: the target is compiled, and the machine's own rules decide."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from pydicom.dataset import Dataset

from deidc.compat.objects.deadlines import search_deadline
from deidc.compat.recipes.dicts import program_of
from deidc.dicom import dictionary
from deidc.dicom.values.decoding import Undecodable
from deidc.ir import ops
from deidc.ir.slow_patterns import has_slow_pattern
from deidc.runtime.fold.fold import proviso_holds
from deidc.runtime.fold.frame import Frame
from deidc.runtime.fold.plan import Plan
from deidc.runtime.fold.select import select
from deidc.runtime.fold.toplevel import OfDataset

if TYPE_CHECKING:
    from deidc.compat.objects.field import DicomField


@lru_cache(maxsize=1024)
def plan_of(target: str) -> tuple[ops.Selector, Plan]:
    """Return what a target selects, with the plan of the one rule it was compiled from.

    Names of attributes as PS3.6 prints them ("Patient's Name") are taken too. Raises CompileError for what is no
    target, and ValueError for one with something behind it.
    """
    named = dictionary.find_name(target.strip())
    action = {"action": "REMOVE", "field": target if named is None else named.keyword}
    program = program_of({"format": "dicom", "header": [action]}, protected=())
    rules = [op for op in program.ops if isinstance(op, ops.Remove)]
    if len(rules) != 1 or rules[0].when or rules[0].given:
        raise ValueError("that is not one target")
    return rules[0].at, Plan(program)


def selected(target: str, fields: Iterable[DicomField]) -> list[DicomField]:
    """Return the fields that a target selects, in their order. Raises as `plan_of`."""
    at, plan = plan_of(target)
    frame = Frame(Dataset(), OfDataset(Dataset()), {})
    with search_deadline(has_slow_pattern((at,))):
        return [field for field in fields if is_selected(at, field, frame, plan)]


def selects(target: str, field: DicomField) -> bool:
    """Whether a target selects a field. Raises as `plan_of`."""
    return bool(selected(target, [field]))


def is_selected(at: ops.Selector, field: DicomField, frame: Frame, plan: Plan) -> bool:
    """Whether a selector of a plan's program selects a field; `frame` has its lists filled."""
    verdict = select(at, field.identity, plan.gathers, plan.patterns)
    if isinstance(verdict, bool):
        return verdict
    element = field.input
    try:
        return proviso_holds(verdict, frame, element, element.indexes)
    except Undecodable:
        return False
