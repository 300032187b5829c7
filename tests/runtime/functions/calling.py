"""Calls deidc's own functions for an element that a test makes."""

from __future__ import annotations

from collections.abc import Callable

from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from deidc.dicom.values.components import text_components
from deidc.runtime.fold.toplevel import OfDataset
from deidc.runtime.functions.invocation import FieldView, Invocation
from deidc.runtime.functions.registry import Functions
from deidc.runtime.functions.tables import Table

KEY = "not very secret"
_CELLS = {"P1": "A-1", "(0018,1063)": "T-1", "A\\B": "I-1"}
CODES = Table(("id", "code"), {key: {"id": key, "code": code} for key, code in _CELLS.items()})


def attributes_of(dataset: Dataset) -> Callable[[int], tuple[str, ...]]:
    """The text of each value of a top-level attribute, by tag."""

    def values(tag: int) -> tuple[str, ...]:
        element = OfDataset(dataset).find(tag)
        return () if element is None else element.components

    return values


def view_of(element: DataElement, name: str, uid: str = "", path: str = "") -> FieldView:
    """What a function would see of an element."""
    vr = str(element.VR)
    return FieldView(
        vr, path, False, lambda: text_components(element.value, vr), lambda: element, lambda: name, lambda: uid
    )


def call(
    name: str, value: object = "SECRET", vr: str = "LO", keyword: str = "PatientID", **arguments: object
) -> object:
    """Call a built-in function for an element of an object whose PatientID is P1."""
    dataset = Dataset()
    dataset.PatientID = "P1"
    dataset.PatientName = "SECRET"
    dataset.ImageType = ["A", "B"]
    dataset.FrameIncrementPointer = 0x00181063
    element = DataElement(keyword, vr, value, validation_mode=0)
    field = view_of(element, keyword)
    found = Functions.standard().find(name, builtin=True)
    assert found is not None
    return found.call(Invocation(name, True, field, arguments, {}, {}, attributes_of(dataset), lambda: dataset))
