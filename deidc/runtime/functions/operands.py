"""Evaluate the operands of an op: variables and calls of functions."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import assert_never

from attrs import frozen
from pydicom.dataelem import DataElement, RawDataElement, convert_raw_data_element
from pydicom.dataset import Dataset

from deidc.codes import faults
from deidc.dicom import dictionary
from deidc.dicom.datasets import copied, duplicated, new_element
from deidc.dicom.values.decoding import Undecodable
from deidc.dicom.values.vrs import TEXT_VRS
from deidc.guarded import foreign_code, guarded
from deidc.ir import ops
from deidc.ir.signatures import Dependence
from deidc.runtime.fold.elements import InputElement
from deidc.runtime.fold.fold import Fold
from deidc.runtime.fold.frame import Frame, trouble
from deidc.runtime.fold.plan import Shelter, Step
from deidc.runtime.fold.reading import sibling, texts_from
from deidc.runtime.fold.standing import Standing
from deidc.runtime.functions.copied import copied_identifier
from deidc.runtime.functions.invocation import FieldView, FunctionFault, Invocation
from deidc.runtime.functions.registry import Functions
from deidc.runtime.functions.secret_strength import weak_secret_message
from deidc.runtime.outcome import OnFailure

_NO_LISTS: Mapping[str, object] = MappingProxyType({})


@frozen
class Operands:
    """The functions that a machine is linked with, and the names of its program's lists."""

    functions: Functions
    values: Mapping[int, str]
    fields: Mapping[int, str]

    def __call__(
        self, by: ops.Var | ops.Call | ops.FromAttribute | ops.Composed, fold: Fold, step: Step | Shelter
    ) -> object:
        """Return what an operand evaluates to for one element; raises Trouble."""
        match by:
            case ops.Var():
                return _variable(by, fold, step)
            case ops.FromAttribute():
                return "\\".join(texts_from(fold.frame, by, fold.path, step.index))
            case ops.Composed(parts):
                return "".join(_part(part, fold, step) for part in parts)
            case ops.Call():
                result = self._call(by, fold, step)
                _judge(by, result, fold, step)
                return result
            case _:
                assert_never(by)

    def _call(self, call: ops.Call, fold: Fold, step: Step | Shelter) -> object:
        function = self.functions.find(call.name, builtin=call.builtin)
        if function is None:  # which linking allows where failures withdraw elements
            raise trouble(faults.FUNCTION_FAILED, f"there is no function {call.name}", fold.path, step.index)
        if call in fold.frame.of_object:
            return fold.frame.of_object[call]
        frame = fold.frame
        invocation = Invocation(
            name=call.name,
            builtin=call.builtin,
            arguments=MappingProxyType(
                {
                    one.key: one.value.text if isinstance(one.value, ops.Text) else _variable(one.value, fold, step)
                    for one in call.arguments
                }
            ),
            variables=MappingProxyType(frame.variables),
            lists=_NO_LISTS if function.own else self._lists(frame),
            field=_view(fold),
            read=lambda: input_copy(frame),
            attribute=lambda tag: _attribute(frame, tag),
            sibling=lambda tag: _texts(sibling(frame, fold.entry.identity, fold.indexes, tag)),
            adds=step.op.action.creates,
            refuses=frame.on_failure is OnFailure.REFUSE,
        )
        if not function.own:
            _ = invocation.field.element  # what cannot be decoded is reported as that
        try:
            # A function is foreign code: whatever it raises refuses this object and no other.
            with (
                foreign_code(FunctionFault, Undecodable)
                if not function.own
                else guarded(FunctionFault, Undecodable) as guard
            ):
                result = function.call(invocation)
                if function.depends_on(call) is Dependence.OBJECT:
                    fold.frame.of_object[call] = result
                return result
            message = f"{call.name} raised {guard.kind}"
        except FunctionFault as failure:
            message = f"{call.name}: {failure.reason}"
        raise trouble(faults.FUNCTION_FAILED, message, fold.path, step.index)

    def _lists(self, frame: Frame) -> Mapping[str, object]:
        lists: dict[str, object] = {
            name: list(frame.held[slot].texts) for slot, name in self.values.items() if slot in frame.held
        }
        for slot, name in self.fields.items():
            lists.setdefault(name, list(frame.gathered.get(slot, ())))
        return MappingProxyType(lists)


def _judge(call: ops.Call, result: object, fold: Fold, step: Step | Shelter) -> None:
    """Raise Trouble if a function of the caller copies an identifier that the program changes; deid writes it."""
    if call.builtin or not isinstance(step, Step) or ops.operand_of(step.op) != call:
        return
    if fold.frame.on_failure is not OnFailure.REFUSE:
        return
    keyword = copied_identifier(result, fold)
    if keyword is not None:
        message = f"{call.name} returned a value of {keyword}, which the recipe changes"
        raise trouble(faults.IDENTIFIER_COPIED, message, fold.path, step.index)


def _part(part: ops.Text | ops.Var | ops.FromAttribute, fold: Fold, step: Step | Shelter) -> str:
    """Return the text of a part of a composed text. Raises Trouble."""
    match part:
        case ops.Text(text):
            return text
        case ops.Var(name):
            value = _variable(part, fold, step)
            if isinstance(value, str | int | float | Decimal) and not isinstance(value, bool):
                return str(value)
            message = f"variable {name!r} is not text, so it cannot be a part of a text"
            raise trouble(faults.VALUE_UNFIT, message, fold.path, step.index)
        case ops.FromAttribute():
            texts = texts_from(fold.frame, part, fold.path, step.index)
            if len(texts) > 1:
                message = "an attribute with several values cannot be a part of a text"
                raise trouble(faults.VALUE_UNFIT, message, fold.path, step.index)
            return "".join(texts)
        case _:
            assert_never(part)


def _variable(var: ops.Var, fold: Fold, step: Step | Shelter) -> object:
    """Return a variable of the object. Raises Trouble."""
    if var.name not in fold.frame.variables:
        message = f"variable {var.name!r} was not supplied for this object"
        raise trouble(faults.VARIABLE_MISSING, message, fold.path, step.index)
    if var.name in fold.frame.weak:  # which refuses the object before, where failures do not withdraw elements
        message = weak_secret_message(var.name, fold.frame.weak[var.name], in_table=True)
        raise trouble(faults.SECRET_WEAK, message, fold.path, step.index)
    return fold.frame.variables[var.name]


def _attribute(frame: Frame, tag: int) -> tuple[str, ...]:
    """Return the text of each value of a top-level attribute of the input; none if it is not there."""
    return _texts(frame.top.find(tag))


def _texts(element: InputElement | None) -> tuple[str, ...]:
    try:
        return () if element is None else element.components
    except Undecodable:
        raise FunctionFault("an attribute it needs cannot be decoded") from None


def input_copy(frame: Frame) -> Dataset:
    """Return the object's own copy of the input that functions may look at, and cannot harm the run with."""
    if frame.copy_for_functions is None:
        frame.copy_for_functions = duplicated(frame.input)
    return frame.copy_for_functions


def _view(fold: Fold) -> FieldView:
    """Return what a function sees of the element: its state at this point, as a copy."""
    standing, vr, value = fold.standing, fold.vr, fold.value
    return FieldView(
        vr=vr.split(" or ")[0] if standing is not Standing.AS_IS else vr,
        path=fold.path,
        is_filemeta=fold.in_file_meta,
        texts=fold.components,
        element=lambda: _element_at(fold, standing, vr, value),
        name=lambda: "__".join(dictionary.element_keyword(tag) for tag, _ in fold.entry.identity.way),
        uid=lambda: _uid(fold),
    )


def _uid(fold: Fold) -> str:
    parts: list[str] = []
    for (tag, _), index in zip(fold.entry.identity.way, (*fold.indexes, None), strict=True):
        parts.append(f"({tag >> 16:04X},{tag & 0xFFFF:04X})")
        if index is not None:
            parts.append(str(index))
    return "__".join(parts)


def _element_at(fold: Fold, standing: Standing, vr: str, value: object) -> DataElement:
    """Return a copy of the element as it stood when a function was called for it."""
    if standing is not Standing.AS_IS:
        return new_element(fold.entry.identity.tag, vr.split(" or ", maxsplit=1)[0], value)
    assert fold.element is not None
    source = fold.element.source
    if isinstance(source, RawDataElement):
        return decoded(fold.element)
    twin = copied(source)
    assert isinstance(twin, DataElement)
    return twin


def decoded(element: InputElement) -> DataElement:
    """Return a raw element with its value, as pydicom would have it.

    Text is decoded here, because pydicom warns of values that do not suit it and quotes them. Raises Undecodable.
    """
    source = element.source
    assert isinstance(source, RawDataElement)
    if element.vr in TEXT_VRS:
        return new_element(source.tag, element.vr, "\\".join(element.components))
    with guarded():
        return convert_raw_data_element(source._replace(VR=element.vr), encoding=list(element.character_sets))
    raise Undecodable
