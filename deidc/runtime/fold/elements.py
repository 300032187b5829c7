"""Read the identity, state and text of elements of an input object without touching the object.

pydicom decodes raw bytes on access, and remembers the value inside the data set. Nothing here makes it do so:
raw elements are judged by their bytes, so an element that no rule needs is never decoded, and the input stays
unchanged.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

from attrs import define, field
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag

from deidc.dicom import dictionary
from deidc.dicom.datasets import AnyElement, ReadItems, read_items, table
from deidc.dicom.layout import Damaged
from deidc.dicom.limits import DEEPEST, NestedTooDeep
from deidc.dicom.values.charsets import effective_character_sets
from deidc.dicom.values.components import text_components
from deidc.dicom.values.decoding import (
    CHARACTER_SET,
    CharacterSets,
    Undecodable,
    character_sets_of_value,
    creator_of,
    effective_vr,
    plain_text,
    raw_components,
)
from deidc.dicom.window import NotWhole


def element_vr(element: AnyElement, creator: str | None) -> str:
    """Return the VR an element has in effect: UN and implicit VR are looked up as pydicom does (PS3.5 6.2.2)."""
    if not isinstance(element, RawDataElement):
        return str(element.VR)
    return effective_vr(element.tag, element.VR, element.length, creator)


def character_sets_of(dataset: Dataset, inherited: CharacterSets) -> CharacterSets:
    """Return the character sets of text at this level: its own Specific Character Set or the parent's."""
    element = dataset.get_item(CHARACTER_SET) if CHARACTER_SET in dataset else None
    if element is None:
        return inherited
    value = element.value
    if isinstance(value, bytes):
        return character_sets_of_value(value)
    names = [value] if isinstance(value, str) else list(value or [""])
    return effective_character_sets(names)


def private_creators(dataset: Dataset, tags: Sequence[BaseTag]) -> dict[tuple[int, int], str]:
    """Return the private creator of each reserved block by (group, block), as it stands in the input."""
    creators: dict[tuple[int, int], str] = {}
    for tag in tags:
        if dictionary.is_private_creator(tag):
            element = cast("AnyElement", dataset.get_item(tag))
            name = plain_text(element.value)
            if name:
                creators[tag >> 16, tag & 0xFFFF] = name
    return creators


@define(eq=False)
class InputElement:
    """One element of the input, with what is needed to read it."""

    source: AnyElement = field(repr=False)
    vr: str
    creator: str | None
    path: str
    indexes: tuple[int, ...]
    character_sets: CharacterSets
    in_file_meta: bool
    _components: tuple[str, ...] | None = field(default=None, init=False, repr=False)

    @property
    def tag(self) -> int:
        """The element's tag."""
        return self.source.tag

    @property
    def is_empty(self) -> bool:
        """Whether the value has zero length (blanks are a value)."""
        value = self.source.value
        if isinstance(self.source, RawDataElement):
            return not value
        return bool(self.source.is_empty) if self.vr != "SQ" else not value

    @property
    def components(self) -> tuple[str, ...]:
        """The text of each value, without padding; numbers as written; nothing for sequences and bulk bytes.

        Raises `Undecodable` for bytes that are no value of the VR.
        """
        if self._components is None:
            if isinstance(self.source, RawDataElement):
                self._components = raw_components(self.source, self.vr, self.character_sets)
            else:
                self._components = tuple(text_components(self.source.value, self.vr))
        return self._components


def sequence_items(element: InputElement) -> list[Dataset] | None:
    """Return the items of a sequence, or None if the element is none; see `items_of`."""
    read = items_of(element)
    return None if read is None else read.items


def items_of(element: InputElement) -> ReadItems | None:
    """Return the items of a sequence, or None if the element is none.

    A sequence may be hidden in an element of VR UN (PS3.5 6.2.2, note 4), stand under another VR than SQ, or where a
    private creator belongs. Raises Undecodable where items do not fill the value, or elements do not fill an item,
    and NestedTooDeep.
    """
    source = element.source
    is_unknown = element.vr == "UN" or dictionary.is_private_creator(element.tag)
    if element.vr != "SQ" and not is_unknown:
        return None
    if len(element.indexes) >= DEEPEST and (element.vr in ("SQ", "UN")):
        raise NestedTooDeep(element.path)
    if not isinstance(source, RawDataElement):
        if element.vr == "SQ":
            return ReadItems(list(source.value or ()), is_regular=True)
        if not isinstance(source.value, bytes):
            return None
        source = RawDataElement(source.tag, "UN", len(source.value), source.value, 0, False, True)
    try:
        return read_items(source, element.character_sets, is_unknown=element.vr != "SQ")
    except (NotWhole, Damaged):
        raise Undecodable from None
    except RecursionError:
        raise NestedTooDeep(element.path) from None


def walk_tags(dataset: Dataset) -> list[BaseTag]:
    """Return the tags of one level in document order."""
    return sorted(dataset.keys())


def hides_sequence(element: InputElement) -> bool:
    """Whether the element stays UN although it holds a sequence."""
    return element.vr == "UN" and element.source.VR == "UN"


def input_elements(
    dataset: Dataset, parent_path: str, indexes: tuple[int, ...], inherited: CharacterSets, in_file_meta: bool
) -> Iterator[InputElement]:
    """Yield the elements of one level in document order."""
    character_sets = character_sets_of(dataset, inherited)
    for tag, source, vr, creator in identified(dataset):
        yield InputElement(source, vr, creator, f"{parent_path}{tag:08X}", indexes, character_sets, in_file_meta)


def identified(dataset: Dataset) -> Iterator[tuple[BaseTag, AnyElement, str, str | None]]:
    """Yield tag, element, VR and private creator of the elements of one level in document order."""
    tags = walk_tags(dataset)
    creators = private_creators(dataset, tags) if any(tag >> 16 & 1 for tag in tags) else {}
    there = table(dataset)
    for tag in tags:
        source = there[tag]
        if source.value is None:  # not read yet, or of a VR whose empty value is None
            source = cast("AnyElement", dataset.get_item(tag))
        creator = creator_of(tag, creators) if creators else None
        yield tag, source, element_vr(source, creator), creator
