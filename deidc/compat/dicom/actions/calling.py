"""Call deidc's own functions with the arguments of deid's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from deidc.compat.objects.field import DicomField
from deidc.dicom import dictionary
from deidc.dicom.values.decoding import Undecodable
from deidc.runtime.fold.plan import vr_of_new
from deidc.runtime.functions.invocation import FieldView, FunctionFault, Invocation
from deidc.runtime.functions.registry import Functions


class ActionFailed(ValueError):
    """A function cannot do its work on this field; says why, in words without data."""


def call(name: str, field: DicomField | str, extras: str | None) -> str:
    """Call a function of deidc's for a field, or for an attribute that is to be added, by its keyword.

    `extras` are arguments as a recipe has them, `days=1 years=2`. Raises ActionFailed.
    """
    function = Functions.standard().find(name, builtin=True)
    assert function is not None, name
    known = {one.name for one in function.signature.parameters}
    arguments: dict[str, object] = {key: value for key, value in _pairs(extras) if key in known}
    invocation = Invocation(
        name=name,
        builtin=True,
        field=_view(field),
        arguments=MappingProxyType(arguments),
        variables=_NOTHING,
        lists=_NOTHING,
        attribute=_no_attribute,
        read=Dataset,
    )
    try:
        return str(function.call(invocation))
    except FunctionFault as failure:
        raise ActionFailed(failure.reason) from None
    except Undecodable:
        raise ActionFailed("the bytes of the element are no value of its VR") from None


_NOTHING: Mapping[str, object] = MappingProxyType({})


def _no_attribute(tag: int) -> tuple[str, ...]:
    del tag
    return ()


def _pairs(extras: str | None) -> list[tuple[str, str]]:
    """Return the arguments in a text; words that are none are left out, as in deid."""
    parts = (word.partition("=") for word in (extras or "").split())
    return [(key, value) for key, equals, value in parts if equals]


def _view(field: DicomField | str) -> FieldView:
    if isinstance(field, DicomField):
        element = field.input
        texts = _texts(field)
        return FieldView(
            element.vr,
            element.path,
            field.is_filemeta,
            lambda: texts,
            lambda: field.element,
            lambda: field.name,
            lambda: field.uid,
        )
    attribute = dictionary.find_keyword(field)
    tag = 0 if attribute is None or attribute.repeating else int(attribute.pattern, 16)
    vr = vr_of_new(tag, None)
    return FieldView(
        vr, f"{tag:08X}", False, lambda: (), lambda: DataElement(tag, vr, None), lambda: field, lambda: field
    )


def _texts(field: DicomField) -> Sequence[str]:
    try:
        return field.input.components
    except Undecodable:
        raise ActionFailed("the bytes of the element are no value of its VR") from None
