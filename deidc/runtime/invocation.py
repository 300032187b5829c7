"""What a function is given for one call, and how it says that it cannot do its work."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import attrs
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset


class FunctionFault(Exception):
    """A function cannot do its work on this object; `reason` holds no data and is told to the user."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@attrs.frozen
class FieldView:
    """What a function sees of the element it is called for, in the words of deid's DicomField.

    Attributes:
        element: a copy of the data element as it stands when the rule is reached.
        name: the keywords on the way, joined by `__`.
        uid: the tags and item numbers on the way, joined by `__`.
        is_filemeta: whether the element is of the file meta information.
        path: the element's path as events have it.

    """

    element: DataElement = attrs.field(repr=False)
    name: str
    uid: str
    is_filemeta: bool
    path: str

    @property
    def tag(self) -> str:
        """The tag, as pydicom prints it."""
        return str(self.element.tag)

    @property
    def keyword(self) -> str:
        """The keyword, empty for private elements."""
        return str(self.element.keyword)

    @property
    def vr(self) -> str:
        """The value representation."""
        return str(self.element.VR)

    @property
    def value(self) -> object:
        """The value as pydicom has it."""
        return self.element.value


@attrs.frozen
class Invocation:
    """Everything a function may use for one call.

    Attributes:
        attribute: gives the text of each value of a top-level attribute of the input, by tag.
        read: gives a copy of the input object that belongs to this run alone.

    """

    name: str
    builtin: bool
    field: FieldView
    arguments: Mapping[str, object] = attrs.field(repr=False)
    variables: Mapping[str, object] = attrs.field(repr=False)
    lists: Mapping[str, object] = attrs.field(repr=False)
    attribute: Callable[[int], tuple[str, ...]] = attrs.field(repr=False)
    read: Callable[[], Dataset] = attrs.field(repr=False)

    @property
    def dataset(self) -> Dataset:
        """A copy of the input object that belongs to this run alone; the object is decoded for it."""
        return self.read()
