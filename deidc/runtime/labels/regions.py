"""Evaluate the regions that the labels of a program name for one input object."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from attrs import evolve
from pydicom.dataset import Dataset

from deidc.codes import faults
from deidc.dicom.values.decoding import DEFAULT_CHARACTER_SETS, Undecodable
from deidc.ir import ops
from deidc.runtime.fold.elements import InputElement, input_elements, sequence_items
from deidc.runtime.fold.frame import Frame, trouble
from deidc.runtime.fold.plan import Plan
from deidc.runtime.fold.questions import Questions
from deidc.runtime.outcome import Flag, Region, Shape

# Region Location Min X0, Min Y0, Max X1, Max Y1 (PS3.3 C.8.5.5.1.1-4).
CORNERS = (0x00186018, 0x0018601A, 0x0018601C, 0x0018601E)


def located(raised: tuple[Flag, ...], frame: Frame, plan: Plan) -> tuple[Flag, ...]:
    """Return flags with the regions that their labels name in this object; raises Trouble."""
    marks = dict(plan.marks)
    if not any(marks[flag.op].masks for flag in raised):
        return raised
    questions = Questions(frame, plan)
    return tuple(evolve(flag, regions=regions_of(marks[flag.op], flag.op, questions)) for flag in raised)


def regions_of(mark: ops.Mark, op: int, questions: Questions) -> tuple[Region, ...]:
    """Return one region for each mask of a Mark, in its order; raises Trouble.

    The last row and column that an item of a sequence names belong to its rectangle, as PS3.3 C.8.5.5 has it. An item
    without any of the four attributes is no region. One whose region cannot be read is not kept; if it is to be
    blanked, that is a fault of the object.
    """
    return tuple(Region(mask.keep, _shapes(mask, op, questions)) for mask in mark.masks)


def _shapes(mask: ops.Mask, op: int, questions: Questions) -> tuple[Shape, ...]:
    match mask.region:
        case ops.Rectangle() | ops.WholeImage() | ops.TextRegions() as shape:
            return (shape,)
        case ops.ItemRegions(at):
            return tuple(
                shape
                for element in questions.elements(at)
                for item in _items(element, op, keep=mask.keep)
                for shape in _in_item(item, element, op, keep=mask.keep)
            )
        case _:
            assert_never(mask.region)


def _items(element: InputElement, op: int, *, keep: bool) -> list[Dataset]:
    try:
        items = sequence_items(element)
    except Undecodable:
        items = None
    if items is None and not keep and not element.is_empty:
        raise trouble(faults.REGION_UNREADABLE, "the attribute for regions is not a sequence", element.path, op)
    return items or []


def _in_item(item: Dataset, element: InputElement, op: int, *, keep: bool) -> Iterator[Shape]:
    found = {one.tag: one for one in input_elements(item, "", (), DEFAULT_CHARACTER_SETS, False) if one.tag in CORNERS}
    if not found:
        return
    corners = [_whole_number(found.get(tag)) for tag in CORNERS]
    x0, y0, x1, y1 = (-1 if one is None else one for one in corners)
    if 0 <= x0 <= x1 and 0 <= y0 <= y1:
        yield ops.Rectangle(x0, y0, x1 + 1, y1 + 1)
    elif not keep:
        raise trouble(faults.REGION_UNREADABLE, "an item does not describe its region", element.path, op)


def _whole_number(element: InputElement | None) -> int | None:
    if element is None:
        return None
    try:
        (text,) = element.components
        return int(text)
    except (Undecodable, ValueError):
        return None
