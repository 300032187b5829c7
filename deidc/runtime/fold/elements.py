"""Elements of an input object as the program sees them: identity, state and text, read without touching the object.

pydicom turns raw bytes into values when asked, and remembers it inside the dataset. Nothing here asks it to:
raw elements are judged by their bytes, so an element that no rule needs is never decoded, and the input is as it
was.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from io import BytesIO
from typing import TypeAlias, cast

from attrs import define, field
from pydicom import config
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.filereader import read_sequence
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence as ItemSequence
from pydicom.tag import BaseTag

from deidc.dicom import dictionary
from deidc.dicom.charsets import effective_character_sets
from deidc.dicom.decoding import (
    CHARACTER_SET,
    CharacterSets,
    Undecodable,
    character_sets_of_value,
    creator_of,
    effective_vr,
    plain_text,
    raw_components,
)
from deidc.dicom.layout import ITEM_TAG, UNDEFINED
from deidc.dicom.limits import DEEPEST, NestedTooDeep
from deidc.dicom.values import text_components

AnyElement: TypeAlias = DataElement | RawDataElement
Elements: TypeAlias = dict[BaseTag, AnyElement]


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
    """Return the items of a sequence, or None if the element is none.

    A sequence may hide in a UN element; then it is encoded in implicit VR little endian (PS3.5 6.2.2, note 4).
    Raises Undecodable, and NestedTooDeep for a sequence that is nested too deep.
    """
    source = element.source
    if element.vr == "SQ":
        _expect_shallow(element)
        if not isinstance(source, RawDataElement):
            return list(source.value or ())
        implicit = source.is_implicit_VR or source.VR == "UN"
        little = source.is_little_endian or source.VR == "UN"
        return _items_in(source.value or b"", implicit, little, element.character_sets)
    if element.vr != "UN" or not isinstance(source.value, bytes) or not source.value.startswith(ITEM_TAG):
        return None
    _expect_shallow(element)
    try:
        items = _items_in(source.value, True, True, element.character_sets)
    except Undecodable:
        return None
    return items if all(_is_whole(item) for item in items) else None


def _expect_shallow(element: InputElement) -> None:
    if len(element.indexes) >= DEEPEST:
        raise NestedTooDeep(element.path)


def _items_in(data: bytes, implicit: bool, little: bool, character_sets: CharacterSets) -> list[Dataset]:
    try:
        return list(read_sequence(BytesIO(data), implicit, little, len(data), list(character_sets)))
    except RecursionError:
        raise NestedTooDeep from None
    except Exception as failure:
        raise Undecodable from failure


def _is_whole(item: Dataset) -> bool:
    """Whether what was read out of UN bytes looks like an item: tags in order, lengths kept."""
    last = -1
    for tag in item._dict:
        element = cast("AnyElement", item.get_item(tag))
        if tag <= last:
            return False
        if isinstance(element, RawDataElement) and element.length not in (
            len(element.value or b""),
            UNDEFINED,
        ):
            return False
        last = tag
    return True


def walk_tags(dataset: Dataset) -> list[BaseTag]:
    """Return the tags of one level in document order."""
    return sorted(dataset.keys())


def hides_sequence(element: InputElement) -> bool:
    """Whether the element stays UN although it holds a sequence."""
    return element.vr == "UN" and element.source.VR == "UN"


def new_element(tag: int, vr: str, value: object, like: AnyElement | None = None) -> DataElement:
    """Make an element with a value that was fitted to its VR before; pydicom is not to judge or log it again."""
    made = DataElement(tag, vr, value, validation_mode=config.IGNORE)
    if like is not None and vr == "SQ":
        made.is_undefined_length = (
            like.length == UNDEFINED if isinstance(like, RawDataElement) else like.is_undefined_length
        )
    return made


def copied(element: AnyElement) -> AnyElement:
    """Return the element for use in the output: raw ones are immutable and shared, others are copied."""
    if isinstance(element, RawDataElement):
        return element
    twin = DataElement.__new__(DataElement)
    twin.__dict__.update(element.__dict__)
    if isinstance(element.value, MultiValue | ItemSequence):
        # Only these change in place. pydicom's own copies of them share the items.
        twin._value = deepcopy(element.value)
    return twin


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
    table = dataset._dict
    for tag in tags:
        source = table[tag]
        if source.value is None:  # not read yet, or of a VR whose empty value is None
            source = cast("AnyElement", dataset.get_item(tag))
        creator = creator_of(tag, creators) if creators else None
        yield tag, source, element_vr(source, creator), creator


def with_elements(dataset: Dataset, elements: Elements) -> Dataset:
    """Return a twin of a dataset that has other elements.

    pydicom's own copies share the element table with the original, so the twin is made here: same class and
    attributes (encoding, character set, file name), `elements` as its own table, no cached pixels or private
    blocks.
    """
    twin = type(dataset).__new__(type(dataset))
    twin.__dict__.update(dataset.__dict__)
    twin.__dict__.update(_dict=elements, _private_blocks={}, _pixel_array=None, _pixel_id={})
    return twin
