"""Give an element more values or a sequence more items, without taking those that it has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as ItemSequence

from deidc.codes import faults
from deidc.dicom.values.coding import is_item_of
from deidc.dicom.values.components import text_components
from deidc.dicom.values.decoding import Undecodable
from deidc.dicom.values.vrs import TEXT_VRS
from deidc.guarded import guarded
from deidc.ir import ops
from deidc.runtime.fold.elements import sequence_items
from deidc.runtime.fold.frame import Untouched, trouble
from deidc.runtime.fold.standing import Standing
from deidc.runtime.outcome import Effect

if TYPE_CHECKING:
    from deidc.runtime.fold.fold import Fold
    from deidc.runtime.fold.plan import Step


def make_items(fold: Fold, step: Step, count: int) -> Effect | Untouched:
    """Make a sequence of an element that has none, and items until it has `count`. Raises Trouble and Undecodable."""
    if count == 1 and _has_an_item(fold):
        return Untouched.THERE
    there = _items(fold, step)
    made = [Dataset() for _ in range(count - len(there))]
    if not made:
        return Untouched.THERE
    fold.made.extend(made)
    return _put_behind(fold, there, made)


def _has_an_item(fold: Fold) -> bool:
    """Whether a sequence of the input surely has an item, which is known without reading its items."""
    is_input = fold.standing is Standing.AS_IS and fold.element is not None
    return is_input and fold.vr == "SQ" and not fold.element.is_empty  # type: ignore[union-attr]  # the line above


def append(fold: Fold, step: Step, by: ops.Operand) -> Effect | Untouched:
    """Put values behind those of an element, or items behind those of a sequence, unless they are there already.

    Raises Trouble and Undecodable.
    """
    if isinstance(by, ops.Codes) or fold.vr == "SQ":
        return _append_items(fold, step, by)
    texts = list(fold.components())
    if not texts:
        was_absent = fold.standing is Standing.ABSENT
        fold.write(step, fold.operand(step, by))
        return Effect.ADDED if was_absent else Effect.REPLACED
    if fold.vr not in TEXT_VRS or not TEXT_VRS[fold.vr].many:
        message = f"an element of VR {fold.vr} cannot have one more value"
        raise trouble(faults.NOT_APPENDABLE, message, fold.path, step.index)
    known = {one.strip() for one in texts}
    fitted = fold.fitted(step, fold.operand(step, by))
    more = [one for one in text_components(fitted, fold.vr) if one not in known]
    if not more:
        return Untouched.THERE
    values: list[object] = [*texts, *dict.fromkeys(more)]
    # Values that are there stay as they are, but numbers have to be numbers.
    fold.write_fitted(step, fold.fitted(step, values) if fold.vr in ("DS", "IS") else values)
    return Effect.EXTENDED


def _append_items(fold: Fold, step: Step, by: ops.Operand) -> Effect | Untouched:
    there = _items(fold, step)
    fitted = fold.fitted(step, fold.operand(step, by))
    assert isinstance(fitted, ItemSequence), "a sequence takes nothing else"
    items = list(fitted)
    with guarded():  # what stands in items of the input may be anything
        if isinstance(by, ops.Codes):
            pairs = zip(by.codes, items, strict=True)
            more = [item for code, item in pairs if not any(is_item_of(code, one) for one in there)]
        else:
            more = [item for item in items if item not in there]
        return _put_behind(fold, there, more) if more else Untouched.THERE
    raise Undecodable


def _items(fold: Fold, step: Step) -> Sequence[Dataset]:
    """Return the items of a sequence as it stands; none if it is absent. Raises Trouble and Undecodable."""
    match fold.standing:
        case Standing.AS_IS:
            assert fold.element is not None
            items = sequence_items(fold.element)
            if items is not None:
                return [*items, *fold.more]
        case Standing.WRITTEN:
            if isinstance(fold.value, ItemSequence):
                return list(fold.value)
            if fold.value is None and fold.becomes_sequence():
                return ()
        case _:
            if fold.becomes_sequence():
                return ()
    raise trouble(faults.NOT_A_SEQUENCE, "the element is not a sequence", fold.path, step.index)


def _put_behind(fold: Fold, there: Sequence[Dataset], more: Sequence[Dataset]) -> Effect:
    match fold.standing:
        case Standing.AS_IS:
            fold.more.extend(more)
            return Effect.EXTENDED
        case Standing.ABSENT:
            fold.set_items(more)
            return Effect.ADDED
        case _:
            fold.set_items([*there, *more])
            return Effect.EXTENDED if there else Effect.REPLACED
