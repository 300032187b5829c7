"""Build pydicom's data sets from the elements that the walk finds, and copy them without touching the original.

This is the one file that knows how pydicom keeps what is in a `Dataset`.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from typing import TypeAlias, TypeVar, cast

from attrs import frozen
from pydicom import config
from pydicom.charset import default_encoding
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence as ItemSequence
from pydicom.tag import BaseTag

from deidc.dicom import dictionary
from deidc.dicom.layout import (
    HIDDEN,
    ITEM,
    ITEM_TAG,
    ITEM_TAG_BIG,
    ODD,
    SEQUENCE_END,
    UNDEFINED,
    Damaged,
    Header,
    Layout,
    header_at,
    layout_of_item,
    layout_of_items,
)
from deidc.dicom.values.decoding import (
    CHARACTER_SET,
    DEFAULT_CHARACTER_SETS,
    CharacterSets,
    character_sets_of_value,
    creator_of,
    plain_text,
    raw_element,
)
from deidc.dicom.walk import (
    PlacedElement,
    PlacedItem,
    elements_of,
    items,
    may_have_items,
    vr_in_effect,
)
from deidc.dicom.window import InMemory, NotWhole, Window

AnyElement: TypeAlias = DataElement | RawDataElement
Elements: TypeAlias = dict[BaseTag, AnyElement]
_Data = TypeVar("_Data", bound=Dataset)

# Groups that are no part of a data set: commands (PS3.7 6.3), and file meta information (PS3.10 7.1).
NO_DATA_SET = frozenset({0x0000, 0x0002})
# VRs of text of which an attribute may have several values, whatever its VM: both of two elements are kept in one.
_JOINED = frozenset({"CS", "LO", "SH"})
# How many bytes the words have whose order of bytes depends on the transfer syntax (PS3.5 7.3); AT is two words.
_WORDS = {"AT": 2, "OW": 2, "SS": 2, "US": 2, "FL": 4, "OF": 4, "OL": 4, "SL": 4, "UL": 4}
_WORDS |= {"FD": 8, "OD": 8, "OV": 8, "SV": 8, "UV": 8}


# ---- the table of elements --------------------------------------------------------------------------------


def table(dataset: Dataset) -> Elements:
    """Return pydicom's own table of the elements of one level, undecoded where pydicom did not decode them yet."""
    return cast("Elements", dataset._dict)


def with_elements(dataset: _Data, elements: Elements) -> _Data:
    """Return a twin of a data set that has other elements.

    pydicom's own copies share the table of elements with the original, so the twin is made here: same class and
    attributes (layout, character set, file name), `elements` as its own table, no cached pixels or private blocks.
    """
    twin = type(dataset).__new__(type(dataset))
    twin.__dict__.update(dataset.__dict__)
    twin.__dict__.update(_dict=elements, _private_blocks={}, _pixel_array=None, _pixel_id={})
    return twin


def become(dataset: Dataset, other: Dataset) -> None:
    """Let a data set be another one, with all it has."""
    dataset.__dict__.update(other.__dict__)


def surround(dataset: Dataset, *, preamble: bytes | None = None, file_meta: Dataset | None = None) -> None:
    """Put a preamble or file meta information around a data set, without the checks that pydicom does there."""
    if preamble is not None:
        dataset.__dict__["preamble"] = preamble
    if file_meta is not None:
        dataset.__dict__["file_meta"] = file_meta


def new_element(tag: int, vr: str, value: object, like: AnyElement | None = None) -> DataElement:
    """Return an element with a value that was fitted to its VR before; pydicom is not to judge or log it again."""
    made = DataElement(tag, vr, value, validation_mode=config.IGNORE)
    if like is not None and vr == "SQ":
        made.is_undefined_length = (
            like.length == UNDEFINED if isinstance(like, RawDataElement) else like.is_undefined_length
        )
    return made


def copied(element: AnyElement) -> AnyElement:
    """Return an element for use in another data set: raw ones are immutable and shared, others are copied."""
    if isinstance(element, RawDataElement):
        return element
    twin = DataElement.__new__(DataElement)
    twin.__dict__.update(element.__dict__)
    if isinstance(element.value, MultiValue | ItemSequence):
        # Only these change in place. pydicom's own copies of them share the items.
        twin._value = deepcopy(element.value)
    return twin


def duplicated(dataset: _Data) -> _Data:
    """Return a twin of a data set that can be changed at will: its elements and file meta information are its own."""
    twin = with_elements(dataset, {tag: copied(element) for tag, element in table(dataset).items()})
    file_meta = getattr(dataset, "file_meta", None)
    if file_meta is not None:
        surround(twin, file_meta=duplicated(file_meta))
    return twin


# ---- elements that the walk finds -------------------------------------------------------------------------


@frozen
class ReadLevel:
    """The elements of one level.

    Attributes:
        elements: by tag, in ascending order.
        is_regular: whether writing them anew gives the bytes of the input: no element was out of order, there twice,
            of an odd VR, in another layout than that of the data set, or left out.
        end: where the last element ends; None if there is none.

    """

    elements: Elements
    is_regular: bool
    end: int | None


@frozen
class ReadItems:
    """The items of a sequence, and whether writing them anew gives the bytes of the input; see `ReadLevel`."""

    items: list[Dataset]
    is_regular: bool


def read_level(
    window: Window,
    placed: Iterable[PlacedElement],
    outer: Layout,
    inherited: CharacterSets = DEFAULT_CHARACTER_SETS,
) -> ReadLevel:
    """Return the elements that the walk finds at a level of a data set in the layout `outer`.

    Of an element that is there twice, text of VR CS, LO and SH becomes one element with both values, so that a label
    sees each; of others the last stays. Elements of groups 0000 and 0002 are no part of a data set and left out. Raises
    NotWhole and Damaged.
    """
    found: Elements = {}
    creators: dict[tuple[int, int], str] = {}
    character_sets = inherited
    is_regular, last = True, -1
    end: int | None = None
    for one in placed:
        tag, end = one.tag, one.end
        if tag >> 16 in NO_DATA_SET:
            is_regular = False
            continue
        if tag <= last or one.header.vr == ODD or one.layout != outer or _ends_in_other_order(window, one):
            is_regular = False
        element = _read(window, one, outer, creator_of(tag, creators), character_sets)
        if tag in found:
            element = _both(found[BaseTag(tag)], element)
        elif dictionary.is_private_creator(tag) and isinstance(element, RawDataElement):
            creators[tag >> 16, tag & 0xFFFF] = plain_text(element.value)
        elif tag == CHARACTER_SET and isinstance(element, RawDataElement):
            character_sets = character_sets_of_value(element.value or b"")
        last = max(tag, last)
        found[BaseTag(tag)] = element
    return ReadLevel(found if is_regular else dict(sorted(found.items())), is_regular, end)


def _read(
    window: Window, one: PlacedElement, outer: Layout, creator: str | None, character_sets: CharacterSets
) -> AnyElement:
    value = window[one.header.value_at : one.value_end]
    if one.layout == outer and not _ends_in_other_order(window, one):
        return raw_element(one.header, value, outer)
    vr = vr_in_effect(one, creator)
    if may_have_items(window, one, vr):
        return new_element(one.tag, "SQ", ItemSequence(_read_items(window, one, outer, character_sets).items))
    # The value is the same in explicit and in implicit VR, but for the order of its bytes.
    vr = vr.partition(" or ")[0]
    if one.layout.little != outer.little:
        value = _reversed_words(value, _WORDS.get(vr, 1))
    declared = None if outer.implicit else (one.header.declared or vr)
    header = Header(one.tag, None if declared is None else declared.encode("ascii"), len(value), one.header.value_at)
    return raw_element(header, value, outer)


def _ends_in_other_order(window: Window, one: PlacedElement) -> bool:
    """Whether an element ends with a delimiter in another byte order than its own: pydicom would write its own there.

    Items in elements of unknown VR are in little endian, in a data set in big endian too (PS3.5 6.2.2, note 4).
    """
    if one.header.length != UNDEFINED or one.header.vr != b"UN":
        return False
    return layout_of_items(window, one.header, one.layout).little != one.layout.little


def _reversed_words(value: bytes, width: int) -> bytes:
    """Return a value whose words of `width` bytes are in the other byte order (PS3.5 7.3)."""
    return b"".join(value[at : at + width][::-1] for at in range(0, len(value), width))


def _both(first: AnyElement, second: AnyElement) -> AnyElement:
    """Return what stands for two elements of one tag; see `read_level`."""
    if not (isinstance(first, RawDataElement) and isinstance(second, RawDataElement)):
        return second
    one, other = first.value or b"", second.value or b""
    attribute = dictionary.find_tag(second.tag)
    vr = second.VR if attribute is None or second.VR not in (None, "UN") else attribute.vr
    if vr not in _JOINED or one.strip(b" \0") == other.strip(b" \0"):
        return second
    joined = one.strip(b" \0") + b"\\" + other
    return second._replace(value=joined + b" " * (len(joined) % 2), length=len(joined) + len(joined) % 2)


def read_items(element: RawDataElement, character_sets: CharacterSets, *, is_unknown: bool) -> ReadItems | None:
    """Return the items in the value of an element that pydicom did not decode.

    Args:
        element: the element.
        character_sets: the character sets of the level that it is in.
        is_unknown: whether nothing says that the element is a sequence: its VR is unknown.

    Returns:
        The items, or None if `is_unknown` and the value does not begin like items with elements in them.

    Raises:
        NotWhole: if the value ends within an item.
        Damaged: if the items do not fill the value, or their elements do not fill them.

    """
    value = element.value or b""
    if is_unknown and value[:4] not in (ITEM_TAG, ITEM_TAG_BIG):
        return None
    window = Window(InMemory(value))
    outer = Layout(implicit=element.is_implicit_VR, little=element.is_little_endian)
    vr = None if element.VR is None else element.VR.encode("ascii")
    sequence = PlacedElement(0, Header(element.tag, vr, len(value), 0), len(value), outer)
    try:
        return _read_items(window, sequence, HIDDEN if vr == b"UN" else outer, character_sets)
    except (NotWhole, Damaged):
        if is_unknown and not _holds_elements(window, sequence):
            return None
        raise


def _read_items(window: Window, sequence: PlacedElement, outer: Layout, character_sets: CharacterSets) -> ReadItems:
    made: list[Dataset] = []
    is_regular, at = True, sequence.header.value_at
    for item in items(window, sequence):
        level = read_level(window, elements_of(window, item), outer, character_sets)
        made.append(_item_of(level.elements, item, outer, character_sets))
        is_filled = (item.start if level.end is None else level.end) == item.end
        is_regular = is_regular and level.is_regular and is_filled
        at = item.end + (8 if item.is_open else 0)
    return ReadItems(made, is_regular and at == sequence.value_end)


def _item_of(elements: Elements, item: PlacedItem, outer: Layout, inherited: CharacterSets) -> Dataset:
    made = Dataset(elements, parent_encoding=list(inherited))
    declare_layout(made, outer, inherited)
    made.is_undefined_length_sequence_item = item.is_open
    return made


def declare_layout(dataset: Dataset, layout: Layout, inherited: CharacterSets | None) -> None:
    """Let pydicom know how the raw elements of a level are laid out, so that it writes them with their own bytes.

    `inherited` are the character sets of the level that the data set is in; None at the top.
    """
    named = table(dataset).get(BaseTag(CHARACTER_SET))
    if isinstance(named, RawDataElement):
        character_sets: str | list[str] = list(character_sets_of_value(named.value or b""))
    else:
        character_sets = default_encoding if inherited is None else list(inherited)
    dataset.set_original_encoding(layout.implicit, layout.little, character_sets)


def _holds_elements(window: Window, sequence: PlacedElement) -> bool:
    """Whether the first item with content, in a value that is no whole sequence, begins with an element."""
    layout, at, end = layout_of_items(window, sequence.header, sequence.layout), 0, sequence.value_end
    try:
        while at < end:
            item = header_at(window, at, layout)
            if item.tag != ITEM:
                return item.tag != SEQUENCE_END
            if item.length:
                first = header_at(window, item.value_at, layout_of_item(window, item.value_at, layout))
                is_known = dictionary.find_tag(first.tag) is not None
                return is_known or first.length == UNDEFINED or first.value_at + first.length <= end
            at = item.value_at
    except (NotWhole, Damaged):
        return False
    return False
