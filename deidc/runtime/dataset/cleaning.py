"""The Dataset engine walks a pydicom object, folds each element, and builds the cleaned object beside it.

The input is never changed: raw elements are immutable and shared, everything else is copied. A sequence in which
nothing changed keeps its original bytes.
"""

from __future__ import annotations

from typing import cast

from attrs import define
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_sequence
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag, Tag
from pydicom.valuerep import VR

from deidc.dicom import dictionary
from deidc.dicom.datasets import AnyElement, Elements, copied, new_element, with_elements
from deidc.dicom.values.decoding import CharacterSets, Undecodable
from deidc.runtime.fold.elements import (
    InputElement,
    character_sets_of,
    hides_sequence,
    identified,
    items_of,
    private_creators,
    walk_tags,
)
from deidc.runtime.fold.fold import Folded
from deidc.runtime.fold.frame import Trouble
from deidc.runtime.fold.level import Folding, Level, Needed, block_is_used
from deidc.runtime.fold.lists import undecodable
from deidc.runtime.fold.made import blank, written
from deidc.runtime.fold.plan import Entry, Node
from deidc.runtime.fold.standing import Standing


@define(eq=False)
class Cleaning:
    """The walk over one object."""

    folding: Folding
    character_sets: CharacterSets

    def level(
        self,
        dataset: Dataset,
        node: Node,
        path: str = "",
        indexes: tuple[int, ...] = (),
        inherited: CharacterSets | None = None,
        sheltered: bool = False,
        in_file_meta: bool = False,
    ) -> tuple[Elements, bool]:
        """Clean one level; return its elements and whether any differs from the input."""
        given = self.character_sets if inherited is None else inherited
        here = Level(node, path, indexes, character_sets_of(dataset, given), sheltered, in_file_meta)
        out: Elements = {}
        creators: list[tuple[InputElement, Entry]] = []
        changed = False
        for tag, source, vr, creator in identified(dataset):
            entry = node.entry(tag, vr, creator)
            if entry.idle and vr not in ("SQ", "UN") and not dictionary.is_private_creator(tag):
                out[tag] = copied(source)
                continue
            element = InputElement(source, vr, creator, f"{path}{tag:08X}", indexes, here.character_sets, in_file_meta)
            if entry.steps and dictionary.is_private_creator(tag):
                creators.append((element, entry))
                continue
            changed |= self._element(here, element, entry, out)
        needed: dict[int, Needed] = {}
        if node.add_targets:
            made, needed = self.folding.additions(here, private_creators(dataset, walk_tags(dataset)), dataset.keys())
            for one in made:
                place = Tag(one.tag)
                out[place] = written(place, one.folded)
                changed = True
        # Creators come after everything in their blocks, because a wide Remove leaves them while it is there.
        for element, entry in creators:
            changed |= self._element(here, element, entry, out)
        for creator_needed in needed.values():
            if creator_needed.tag not in out:
                out[Tag(creator_needed.tag)] = self.folding.reserve(here, creator_needed)
        return out, changed

    # ---- elements that are there ----------------------------------------------------------------------

    def _element(self, here: Level, element: InputElement, entry: Entry, out: Elements) -> bool:
        """Put what becomes of an element into the output; return whether it differs from the input."""
        is_needed = dictionary.is_private_creator(element.tag) and block_is_used(element.tag, out)
        folded = self.folding.existing(here, element, entry, is_needed=is_needed)
        if folded is None:
            return False
        self.folding.frame.events.extend(folded.events)
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
                out[tag], changed = self._descend(here, element, entry, folded)
                return changed

    def _descend(self, here: Level, element: InputElement, entry: Entry, folded: Folded) -> tuple[AnyElement, bool]:
        """Clean the items of an element that stays, if it is a sequence, and put more items behind them."""
        try:
            read = items_of(element)
        except Undecodable:
            self.folding.keep(cast("Trouble", undecodable(element)).fault)
            return element.source, False
        if read is None:
            return copied(element.source), False
        cleaned: list[Dataset] = []
        changed = not read.is_regular
        for number, item in enumerate(read.items):
            elements, item_changed = self.level(
                item,
                entry.below,
                f"{element.path}[{number}].",
                (*here.indexes, number),
                here.character_sets,
                folded.keeps_items,
                here.in_file_meta,
            )
            cleaned.append(with_elements(item, elements))
            changed |= item_changed
        for new in folded.more:
            cleaned.append(new)
            changed = True
        if not changed and (element.vr == "UN" or isinstance(element.source, RawDataElement)):
            return copied(element.source), False
        if hides_sequence(element) and self.folding.frame.transcode_to is None:
            return hidden_sequence(element, cleaned), changed
        return new_element(element.tag, "SQ", Sequence(cleaned), like=element.source), changed


def hidden_sequence(element: InputElement, items: list[Dataset]) -> DataElement:
    """Return cleaned items as the value of an element of unknown VR (PS3.5 6.2.2, note 4)."""
    holder = DataElement(element.tag, VR.SQ, Sequence(items))
    holder.is_undefined_length = False
    buffer = DicomBytesIO()
    buffer.is_implicit_VR, buffer.is_little_endian = True, True
    write_sequence(buffer, holder, list(element.character_sets))
    return new_element(element.tag, "UN", buffer.getvalue())
