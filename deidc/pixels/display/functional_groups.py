"""Look up attributes of single frames, which enhanced objects have in functional groups (PS3.3 C.7.6.16)."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import define, field
from pydicom.dataset import Dataset

from deidc.dicom.values.decoding import Undecodable
from deidc.runtime.fold.elements import InputElement, sequence_items
from deidc.runtime.fold.toplevel import OfDataset, TopLevel

_SHARED, _PER_FRAME = 0x52009229, 0x52009230


@define(eq=False)
class FunctionalGroups:
    """The functional groups of an object, read when they are first needed."""

    top: TopLevel = field(repr=False)
    _shared: list[Dataset] | None = field(init=False, default=None, repr=False)
    _per_frame: list[Dataset] | None = field(init=False, default=None, repr=False)

    def find(self, macro: int, tag: int, frame: int) -> InputElement | None:
        """Return an attribute of the macro of a frame, else of that of all frames, else of the object."""
        for groups in (self._of_frame(frame), self._of_all()):
            for group in groups:
                for item in _items(OfDataset(group), macro):
                    found = OfDataset(item).find(tag)
                    if found is not None:
                        return found
        return self.top.find(tag)

    def _of_all(self) -> list[Dataset]:
        if self._shared is None:
            self._shared = list(_items(self.top, _SHARED))
        return self._shared

    def _of_frame(self, frame: int) -> list[Dataset]:
        if self._per_frame is None:
            self._per_frame = list(_items(self.top, _PER_FRAME))
        return self._per_frame[frame : frame + 1]


def _items(top: TopLevel, tag: int) -> Iterator[Dataset]:
    """Yield the items of a sequence; none of what cannot be read as one."""
    element = top.find(tag)
    try:
        yield from (sequence_items(element) or ()) if element is not None else ()
    except Undecodable:
        return
