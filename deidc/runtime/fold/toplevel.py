"""Look up top-level attributes of the input by tag, for labels and functions."""

from __future__ import annotations

from typing import Protocol

from attrs import define, field
from pydicom.dataset import Dataset

from deidc.dicom import dictionary
from deidc.dicom.layout import UNDEFINED, Header, Layout, behind, header_at
from deidc.dicom.part10 import META_LAYOUT, Opened
from deidc.dicom.skimming import skim
from deidc.dicom.values.decoding import (
    CHARACTER_SET,
    DEFAULT_CHARACTER_SETS,
    CharacterSets,
    character_sets_of_value,
    creator_of,
    effective_vr,
    plain_text,
    raw_element,
)
from deidc.dicom.walk import elements
from deidc.dicom.window import OUT_OF_ORDER, Unsuited, Window
from deidc.runtime.fold.elements import InputElement, input_elements

# Values that decisions are kept for are no longer than this.
LONGEST_KEY = 256


class TopLevel(Protocol):
    """The top-level elements of an object and of its file meta information."""

    def find(self, tag: int) -> InputElement | None:
        """Return an element, or None if the input has none with this tag."""
        ...


@define(eq=False)
class OfDataset:
    """The top level of a pydicom object."""

    dataset: Dataset = field(repr=False)
    _elements: dict[int, InputElement] | None = field(default=None, repr=False)

    def find(self, tag: int) -> InputElement | None:
        """Return an element, or None if the input has none with this tag."""
        if self._elements is None:
            elements: dict[int, InputElement] = {}
            file_meta: Dataset | None = getattr(self.dataset, "file_meta", None)
            for dataset, is_meta in ((file_meta, True), (self.dataset, False)):
                if dataset:
                    found = input_elements(dataset, "", (), DEFAULT_CHARACTER_SETS, is_meta)
                    elements.update((element.tag, element) for element in found)
            self._elements = elements
        return self._elements.get(tag)


@define(eq=False)
class OfBytes:
    """The top level of an object in the bytes of a file, looked at up to where it has to be.

    What the walk of the stream engine knows of the places of elements saves looking for them: see `know`.
    """

    file: Opened = field(repr=False)
    _starts: dict[int, int] = field(init=False, factory=dict)
    _creators: dict[tuple[int, int], str] = field(init=False, factory=dict, repr=False)
    _character_sets: CharacterSets = field(init=False, default=DEFAULT_CHARACTER_SETS)
    _last: int = field(init=False, default=-1)
    _ahead: Window | None = field(init=False, default=None, repr=False)
    _at: int = field(init=False, default=0)

    def know(self, starts: dict[int, int], creators: dict[tuple[int, int], str], character_sets: CharacterSets) -> None:
        """Take the places of all top-level elements, the private creators, and the character set they are in."""
        self._starts, self._creators, self._character_sets, self._last = starts, creators, character_sets, 0xFFFFFFFF

    def find(self, tag: int) -> InputElement | None:
        """Return an element, or None if the input has none with this tag. Raises NotWhole and Damaged."""
        file = self.file
        if tag >> 16 == 0x0002:
            element = file.elements.get(tag)
            if element is None:
                return None
            header = header_at(element, 0, META_LAYOUT)
            value = element[header.value_at :]
            return self._element(header, value, META_LAYOUT, None, DEFAULT_CHARACTER_SETS, is_meta=True)
        if tag > self._last:
            self._look_for(tag)
        at = self._starts.get(tag)
        if at is None:
            return None
        header = header_at(file.window, at, file.layout)
        stop = behind(file.window, header, file.layout)
        creator = creator_of(tag, self._creators)
        value = file.window[header.value_at : stop - (8 if header.length == UNDEFINED else 0)]
        return self._element(header, value, file.layout, creator, self._character_sets, is_meta=False)

    def as_written(self, element: bytes) -> InputElement | None:
        """Return an element that was written in the place of one of these; None if there is nothing left of it."""
        if not element:
            return None
        layout = META_LAYOUT if element[:2] == b"\x02\x00" else self.file.layout
        header = header_at(element, 0, layout)
        value = element[header.value_at : len(element) - (8 if header.length == UNDEFINED else 0)]
        return self._element(header, value, layout, None, self._character_sets, is_meta=layout is META_LAYOUT)

    def as_key(self, tags: tuple[int, ...]) -> object | None:
        """Return a cache key made of these attributes, or None if it is too long; see `know`."""
        found: list[bytes | None] = []
        layout = self.file.layout
        for tag in tags:
            at = self._starts.get(tag)
            element = self.file.elements.get(tag)
            if at is not None:
                header = header_at(self.file.window, at, layout)
                if header.length > LONGEST_KEY:
                    return None
                element = self.file.window[at : header.value_at + header.length]
            found.append(element)
        return (layout.implicit, layout.little, self._character_sets, *found)

    def _look_for(self, tag: int) -> None:
        """Note where elements begin, up to the first behind a tag. Raises NotWhole, Damaged and Unsuited."""
        if self._ahead is None:
            # A window of its own: the walk of the stream engine relies on where its window stands.
            self._ahead, self._at = self.file.window.twin(), self.file.start
        window, layout = self._ahead, self.file.layout
        while self._last < tag:
            if window.base <= self._at:
                place, base = self._at - window.base, window.base
                place, self._last = skim(
                    window.data, place, layout, self._starts, base=base, last=self._last, until=tag
                )
                self._at = place + base
            one = next(elements(window, self._at, window.size, layout), None)
            if one is None:
                self._last = 0xFFFFFFFF
                return
            if one.tag <= self._last:
                raise Unsuited(OUT_OF_ORDER)
            if one.tag == CHARACTER_SET:
                self._character_sets = character_sets_of_value(window[one.header.value_at : one.end])
            elif dictionary.is_private_creator(one.tag):
                name = plain_text(window[one.header.value_at : one.end])
                if name:
                    self._creators[one.tag >> 16, one.tag & 0xFFFF] = name
            self._starts[one.tag] = one.at
            self._last, self._at = one.tag, one.end

    def _element(
        self,
        header: Header,
        value: bytes,
        layout: Layout,
        creator: str | None,
        character_sets: CharacterSets,
        *,
        is_meta: bool,
    ) -> InputElement:
        vr = effective_vr(header.tag, header.declared, header.length, creator)
        raw = raw_element(header, value, layout)
        return InputElement(raw, vr, creator, f"{header.tag:08X}", (), character_sets, is_meta)
