"""An invocation is the argument of one call of a function; a FunctionFault reports that it failed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

import attrs
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset


class FunctionFault(Exception):
    """A function cannot do its work on this object; `reason` holds no data and is shown to the user."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@attrs.frozen(eq=False)
class FieldView:
    """What a function sees of the element it is called for, in the words of deid's DicomField.

    Values that cost time to find are found when they are first used.

    Attributes:
        vr: the value representation.
        path: the element's path as events have it.
        is_filemeta: whether the element is of the file meta information.
        texts: gives the text of each value as it stands when the rule is reached.

    """

    vr: str
    path: str
    is_filemeta: bool
    texts: Callable[[], Sequence[str]] = attrs.field(repr=False)
    _element: Callable[[], DataElement] = attrs.field(repr=False)
    _name: Callable[[], str] = attrs.field(repr=False)
    _uid: Callable[[], str] = attrs.field(repr=False)

    @cached_property
    def element(self) -> DataElement:
        """A copy of the data element as it stands when the rule is reached."""
        return self._element()

    @property
    def name(self) -> str:
        """The keywords on the way, joined by `__`."""
        return self._name()

    @property
    def uid(self) -> str:
        """The tags and item numbers on the way, joined by `__`."""
        return self._uid()

    @property
    def tag(self) -> str:
        """The tag, as pydicom prints it."""
        return str(self.element.tag)

    @property
    def keyword(self) -> str:
        """The keyword, empty for private elements."""
        return str(self.element.keyword)

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
        sibling: gives the text of each value of an attribute of the input at the level of the element, by tag.
        adds: whether the result is for an ADD, which does not ask whether the element is there.
        refuses: whether a result that leaves a date unchanged refuses the object; deid leaves it.

    """

    name: str
    builtin: bool
    field: FieldView
    arguments: Mapping[str, object] = attrs.field(repr=False)
    variables: Mapping[str, object] = attrs.field(repr=False)
    lists: Mapping[str, object] = attrs.field(repr=False)
    attribute: Callable[[int], tuple[str, ...]] = attrs.field(repr=False)
    read: Callable[[], Dataset] = attrs.field(repr=False)
    adds: bool = False
    refuses: bool = False
    sibling: Callable[[int], tuple[str, ...]] = attrs.field(default=lambda _tag: (), repr=False)

    @property
    def dataset(self) -> Dataset:
        """A copy of the input object that belongs to this run alone; the object is decoded for it."""
        return self.read()
