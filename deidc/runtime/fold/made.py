"""The elements that folds make, as pydicom writes them."""

from __future__ import annotations

from pydicom.dataelem import DataElement, empty_value_for_VR
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag

from deidc.dicom.datasets import AnyElement, new_element
from deidc.runtime.fold.fold import Folded


def empty_value(vr: str) -> object:
    """Return the value that pydicom writes with zero length for a VR."""
    return Sequence([]) if vr == "SQ" else empty_value_for_VR(vr)


def written(tag: BaseTag, folded: Folded) -> DataElement:
    """Return the element that a fold made, with the value it wrote or none."""
    vr = concrete_vr(folded.vr, folded.value)
    return new_element(tag, vr, empty_value(vr) if folded.value is None else folded.value)


def blank(element: AnyElement, vr: str) -> DataElement:
    """Return the element with a value of zero length."""
    return new_element(element.tag, concrete_vr(vr, None), empty_value(concrete_vr(vr, None)))


def concrete_vr(vr: str, value: object) -> str:
    """Return one VR where the dictionary leaves a choice: SS for negative numbers, else the first."""
    if " or " not in vr:
        return vr
    choices = vr.split(" or ")
    numbers = value if isinstance(value, list) else [value]
    if "SS" in choices and any(isinstance(one, int) and one < 0 for one in numbers):
        return "SS"
    if isinstance(value, bytes) and "OW" in choices:
        return "OW"
    return choices[0]
