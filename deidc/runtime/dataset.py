"""The Dataset engine: walks a pydicom object, folds each element, and builds the cleaned one beside it.

The input is never changed: raw elements are immutable and shared, everything else is copied. A sequence in which
nothing changed keeps its original bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import TypeAlias, cast

from attrs import define, frozen
from pydicom.dataelem import DataElement, RawDataElement, empty_value_for_VR
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_sequence
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag, Tag
from pydicom.valuerep import VR

from deidc.codes import faults
from deidc.ir import dictionary, ops
from deidc.runtime.elements import (
    AnyElement,
    Encodings,
    InputElement,
    Undecodable,
    copied,
    creator_of,
    encodings_of,
    hides_sequence,
    identified,
    new_element,
    private_creators,
    sequence_items,
    walk_tags,
)
from deidc.runtime.fold import Evaluate, Fold, Folded, Standing, proviso_holds
from deidc.runtime.frame import Frame, Trouble
from deidc.runtime.lists import undecodable
from deidc.runtime.outcome import Effect, Event, Fault
from deidc.runtime.plan import AddTarget, Entry, Node, vr_of_new

# More faults than this say nothing new about an object that is refused anyway.
MOST_FAULTS = 100

Elements: TypeAlias = dict[BaseTag, AnyElement]


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


@define(eq=False)
class Level:
    """One dataset on the walk: the object, its file meta information, or an item."""

    dataset: Dataset
    node: Node
    path: str
    indexes: tuple[int, ...]
    encodings: Encodings
    sheltered: bool
    in_file_meta: bool


@frozen
class Creator:
    """The private creator of an element that was added, and the op that added it."""

    name: str
    op: int


@define(eq=False)
class Cleaning:
    """The walk over one object."""

    frame: Frame
    evaluate: Evaluate
    encodings: Encodings
    has_nested_adds: bool

    def level(
        self,
        dataset: Dataset,
        node: Node,
        path: str = "",
        indexes: tuple[int, ...] = (),
        inherited: Encodings | None = None,
        sheltered: bool = False,
        in_file_meta: bool = False,
    ) -> tuple[Elements, bool]:
        """Clean one level; return its elements and whether any differs from the input."""
        given = self.encodings if inherited is None else inherited
        here = Level(dataset, node, path, indexes, encodings_of(dataset, given), sheltered, in_file_meta)
        out: Elements = {}
        creators: list[tuple[InputElement, Entry]] = []
        changed = False
        for tag, source, vr, creator in identified(dataset):
            entry = node.entry(tag, vr, creator)
            if entry.idle and vr not in ("SQ", "UN"):
                out[tag] = copied(source)
                continue
            element = InputElement(source, vr, creator, f"{path}{tag:08X}", indexes, here.encodings, in_file_meta)
            if entry.steps and dictionary.is_private_creator(tag):
                creators.append((element, entry))
                continue
            changed |= self._element(here, element, entry, out)
        needed: dict[BaseTag, Creator] = {}
        for target in node.add_targets:
            changed |= self._add(here, target, out, needed)
        # Creators come after everything in their blocks, because a wide Remove leaves them while it is there.
        for element, entry in creators:
            changed |= self._element(here, element, entry, out)
        for place, reserved in needed.items():
            if place not in out:
                self._reserve(here, place, reserved, out)
        return out, changed

    # ---- elements that are there ----------------------------------------------------------------------

    def _element(self, here: Level, element: InputElement, entry: Entry, out: Elements) -> bool:
        folded = self._fold(here, element, entry, out)
        if folded is None:
            return False
        self.frame.events.extend(folded.events)
        return self._place(here, element, entry, folded, out)

    def _fold(self, here: Level, element: InputElement, entry: Entry, out: Elements) -> Folded | None:
        """Fold one element of the input; a fault is kept, and None returned."""
        try:
            sheltered = here.sheltered or self._is_sheltered(entry, element)
            fold = self._new_fold(here, element, entry, sheltered)
            fold.is_needed = fold.is_creator and block_is_used(element.tag, out)
            return fold.run()
        except Undecodable:
            self._keep_fault(cast("Trouble", undecodable(element)).fault)
        except Trouble as failure:
            self._keep_fault(failure.fault)
        return None

    def _new_fold(
        self, here: Level, element: InputElement | None, entry: Entry, sheltered: bool, path: str = ""
    ) -> Fold:
        return Fold(
            frame=self.frame,
            entry=entry,
            element=element,
            path=element.path if element is not None else path,
            indexes=here.indexes,
            encodings=here.encodings if self.frame.transcode_to is None else self.frame.transcode_to,
            vr=entry.identity.vr,
            evaluate=self.evaluate,
            in_file_meta=here.in_file_meta,
            standing=Standing.AS_IS if element is not None else Standing.ABSENT,
            sheltered=sheltered,
        )

    def _is_sheltered(self, entry: Entry, element: InputElement) -> bool:
        if entry.always_sheltered:
            return True
        return any(
            shelter.proviso is not None and proviso_holds(shelter.proviso, self.frame, element, element.indexes)
            for shelter in entry.shelters
        )

    def _keep_fault(self, fault: Fault) -> None:
        if len(self.frame.faults) < MOST_FAULTS:
            self.frame.faults.append(fault)

    def _place(self, here: Level, element: InputElement, entry: Entry, folded: Folded, out: Elements) -> bool:
        """Put what became of an element into the output; return whether it differs from the input."""
        tag = cast("BaseTag", element.tag)
        match folded.standing:
            case Standing.ABSENT:
                return True
            case Standing.BLANK:
                out[tag] = blank(element.source, folded.vr)
                return True
            case Standing.WRITTEN:
                out[tag] = written(tag, folded)
                return True
            case _:
                out[tag], changed = self._descend(here, element, entry)
                return changed

    def _descend(self, here: Level, element: InputElement, entry: Entry) -> tuple[AnyElement, bool]:
        """Clean the items of an element that stays, if it is a sequence."""
        sheltered = here.sheltered or self._is_sheltered(entry, element)
        if entry.system:  # not even Add reaches into it
            return deepcopy(element.source) if element.vr == "SQ" else copied(element.source), False
        untouchable = sheltered and not self.has_nested_adds
        if untouchable and isinstance(element.source, RawDataElement):
            return element.source, False
        try:
            items = sequence_items(element)
        except Undecodable:
            if not untouchable:
                self._keep_fault(cast("Trouble", undecodable(element)).fault)
            return element.source, False
        if items is None:
            return copied(element.source), False
        cleaned: list[Dataset] = []
        changed = False
        for number, item in enumerate(items):
            elements, item_changed = self.level(
                item,
                entry.below,
                f"{element.path}[{number}].",
                (*here.indexes, number),
                here.encodings,
                sheltered,
                here.in_file_meta,
            )
            cleaned.append(with_elements(item, elements))
            changed |= item_changed
        if not changed and (element.vr == "UN" or isinstance(element.source, RawDataElement)):
            return copied(element.source), False
        if hides_sequence(element) and self.frame.transcode_to is None:
            return hidden_sequence(element, cleaned), changed
        return new_element(element.tag, "SQ", Sequence(cleaned), like=element.source), changed

    # ---- elements that are not there ------------------------------------------------------------------

    def _add(self, here: Level, target: AddTarget, out: Elements, needed: dict[BaseTag, Creator]) -> bool:
        """Fold the ops of an attribute that an Add names and the input lacks; note the private creator it needs."""
        if not all(want in (None, at) for want, at in zip(target.indexes, here.indexes, strict=True)):
            return False
        match target.at:
            case ops.Tagged(pattern):
                tag, block = int(pattern, 16), None
                creator = creator_of(tag, private_creators(here.dataset, walk_tags(here.dataset)))
            case ops.PrivateBlock(group, creator, element):
                found = private_place(here.dataset, out, int(group, 16), creator, int(element, 16))
                if found is None:
                    message = f"all blocks of group {group} are taken"
                    self._keep_fault(Fault(faults.NO_FREE_BLOCK, message, here.path.rstrip(".") or None))
                    return False
                tag, block = found
        if tag in here.dataset:
            return False
        entry = here.node.entry(tag, vr_of_new(tag, creator), creator)
        path = f"{here.path}{tag:08X}"
        try:
            folded = self._new_fold(here, None, entry, sheltered=False, path=path).run()
        except Trouble as failure:
            self._keep_fault(failure.fault)
            return False
        self.frame.events.extend(folded.events)
        if folded.standing is Standing.ABSENT:
            return False
        place = Tag(tag)
        made = written(place, folded)
        made.private_creator = creator
        out[place] = made
        if block is not None and creator is not None:
            needed[Tag(block)] = Creator(creator, folded.events[0].op)
            if block not in here.dataset and block not in out:
                self._reserve(here, Tag(block), needed[Tag(block)], out)
        return True

    def _reserve(self, here: Level, place: BaseTag, creator: Creator, out: Elements) -> None:
        out[place] = new_element(place, "LO", creator.name)
        self.frame.events.append(Event(f"{here.path}{place:08X}", creator.op, Effect.ADDED))


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


def block_is_used(creator: int, elements: Mapping[BaseTag, AnyElement]) -> bool:
    """Whether some element of the block that a private creator reserves is among `elements`."""
    first = place_in_block(creator, 0)
    return any(first <= tag <= first | 0xFF for tag in elements)


def private_place(dataset: Dataset, out: Elements, group: int, creator: str, element: int) -> tuple[int, int] | None:
    """Return the tag of a private element, and that of its creator; None if no block is free.

    The element goes into the block that the creator has in the input, or that an earlier ADD reserved; else the
    first free block is reserved (PS3.5 7.8.1).
    """
    wanted = creator.strip().lower()
    reserved = {**private_creators(dataset, walk_tags(dataset)), **_reserved_in(out)}
    for (its_group, block), name in reserved.items():
        if its_group == group and name.strip().lower() == wanted:
            place = group << 16 | block
            return place_in_block(place, element), place
    blocks = range(group << 16 | 0x10, group << 16 | 0x100)
    free = next((place for place in blocks if place not in dataset and place not in out), None)
    return None if free is None else (place_in_block(free, element), free)


def place_in_block(creator: int, element: int) -> int:
    """Return the tag of an element of the block that a private creator element reserves."""
    return (creator & 0xFFFF0000) | (creator & 0xFF) << 8 | element


def _reserved_in(elements: Mapping[BaseTag, AnyElement]) -> dict[tuple[int, int], str]:
    """Return the private creators among elements that were made by this run."""
    return {
        (tag >> 16, tag & 0xFFFF): str(element.value)
        for tag, element in elements.items()
        if dictionary.is_private_creator(tag) and isinstance(element, DataElement)
    }


def hidden_sequence(element: InputElement, items: list[Dataset]) -> DataElement:
    """Return cleaned items as the value of an element of unknown VR (PS3.5 6.2.2, note 4)."""
    holder = DataElement(element.tag, VR.SQ, Sequence(items))
    holder.is_undefined_length = False
    buffer = DicomBytesIO()
    buffer.is_implicit_VR, buffer.is_little_endian = True, True
    write_sequence(buffer, holder, list(element.encodings))
    return new_element(element.tag, "UN", buffer.getvalue())
