"""Read other attributes of the input object for a rule: by path from the top, or beside the element."""

from __future__ import annotations

from collections.abc import Iterator

from deidc.codes import faults
from deidc.dicom.values.decoding import Undecodable, plain_text
from deidc.dicom.values.vrs import BINARY
from deidc.ir import ops
from deidc.runtime.fold.elements import InputElement, input_elements, sequence_items
from deidc.runtime.fold.frame import Frame, trouble
from deidc.runtime.fold.lists import undecodable
from deidc.runtime.fold.select import Identity, step_fits

# The elements that reserve the blocks of a group (PS3.5 7.8.1).
_CREATORS = range(0x10, 0x100)


def texts_from(frame: Frame, by: ops.FromAttribute, path: str, op: int) -> tuple[str, ...]:
    """Return the text of each value of another attribute of the input; none if it is empty.

    Raises Trouble if it is absent, has different values in several items, or holds no text.
    """
    known = frame.of_object.get(by)
    if known is not None:
        assert isinstance(known, tuple)
        return known
    found: set[tuple[str, ...]] = set()
    for element in elements_at(frame, by.at):
        found.add(_texts(element, path, op))
    if not found:
        message = "an attribute whose value is needed is absent; guard the rule with `when ATTRIBUTE present`"
        raise trouble(faults.ATTRIBUTE_ABSENT, message, path, op)
    if len(found) > 1:
        message = "an attribute whose value is needed has different values in several items; name one item"
        raise trouble(faults.ATTRIBUTE_AMBIGUOUS, message, path, op)
    texts = found.pop()
    frame.of_object[by] = texts
    return texts


def _texts(element: InputElement, path: str, op: int) -> tuple[str, ...]:
    try:
        texts = element.components
    except Undecodable:
        raise undecodable(element, op) from None
    if not texts and not element.is_empty and (element.vr == "SQ" or element.vr in BINARY):
        message = f"an attribute of VR {element.vr}, whose value is needed, holds no text"
        raise trouble(faults.VALUE_UNFIT, message, path, op)
    return texts


def elements_at(frame: Frame, at: ops.AtPath) -> Iterator[InputElement]:
    """Yield the elements of the input at a path from the top or in the file meta information. Raises Trouble."""
    first, *rest = at.steps
    element = _top(frame, first.at)
    if element is None:
        return
    elements = [element]
    for step, following in zip(at.steps, rest, strict=False):
        elements = [inner for one in elements for inner in _inside(frame, one, step.index, following.at)]
    yield from elements


def _top(frame: Frame, at: ops.Tagged | ops.PrivateBlock) -> InputElement | None:
    match at:
        case ops.Tagged(pattern):
            return frame.top.find(int(pattern, 16))
        case ops.PrivateBlock(group, creator, element):
            return _in_block(frame, int(group, 16) << 16, creator, int(element, 16))


def _in_block(frame: Frame, group: int, creator: str, element: int) -> InputElement | None:
    """Return an element of the block that a private creator reserves at the top level, if there is one."""
    for block in _CREATORS:
        reserving = frame.top.find(group | block)
        name = plain_text(reserving.source.value) if reserving is not None else ""
        if name.strip().lower() == creator.strip().lower():
            found = frame.top.find(group | block << 8 | element)
            if found is not None:
                return found
    return None


def _inside(
    frame: Frame, sequence: InputElement, index: int | None, at: ops.Tagged | ops.PrivateBlock
) -> Iterator[InputElement]:
    """Yield the elements that a step selects in the items of a sequence, or in one of them. Raises Trouble."""
    items = frame.items.get(sequence.path)
    if items is None:
        try:
            items = frame.items[sequence.path] = sequence_items(sequence) or []
        except Undecodable:
            raise undecodable(sequence) from None
    for number, item in enumerate(items):
        if index not in (None, number):
            continue
        path, indexes = f"{sequence.path}[{number}].", (*sequence.indexes, number)
        for element in input_elements(item, path, indexes, sequence.character_sets, sequence.in_file_meta):
            if step_fits(at, element.tag, element.creator):
                yield element


def sibling(frame: Frame, identity: Identity, indexes: tuple[int, ...], tag: int) -> InputElement | None:
    """Return the element of the input with a tag beside an element, at the same level. Raises Trouble."""
    parents = [
        ops.PathStep(ops.Tagged(f"{one:08X}"), index)
        for (one, _), index in zip(identity.way[:-1], indexes, strict=True)
    ]
    at = ops.AtPath((*parents, ops.PathStep(ops.Tagged(f"{tag:08X}"), None)))
    return next(elements_at(frame, at), None)
