"""Find the elements of a file that lists are filled from, in its bytes and before anything is changed."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import define, field

from deidc.dicom import dictionary
from deidc.dicom.layout import HIDDEN, Layout
from deidc.dicom.limits import DEEPEST, NestedTooDeep
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
from deidc.dicom.walk import PlacedElement, elements, elements_of, items, may_have_items
from deidc.dicom.window import OUT_OF_ORDER, Unsuited, Window
from deidc.runtime.fold.elements import InputElement, items_of
from deidc.runtime.fold.plan import Entry, Node
from deidc.runtime.stream.levels import declared_vr


@define(eq=False)
class Survey:
    """A walk through the bytes of a data set that finds the elements which lists collect from, and changes nothing.

    `found` is what `lists.visit` yields of the object in the bytes, as far as some list wants it.
    """

    window: Window
    in_file_meta: bool = False
    found: list[tuple[InputElement, Entry]] = field(factory=list)

    def data_set(self, start: int, layout: Layout, node: Node) -> None:
        """Walk the data set from `start` to the end of the bytes.

        Raises NotWhole, Damaged, Undecodable, NestedTooDeep and Unsuited.
        """
        placed = elements(self.window, start, self.window.size, layout)
        self._level(placed, node, "", (), DEFAULT_CHARACTER_SETS)

    def _level(
        self,
        placed: Iterable[PlacedElement],
        node: Node,
        path: str,
        indexes: tuple[int, ...],
        character_sets: CharacterSets,
    ) -> None:
        window, last = self.window, -1
        creators: dict[tuple[int, int], str] = {}
        for one in placed:
            tag = one.tag
            if tag <= last:
                raise Unsuited(OUT_OF_ORDER)
            last = tag
            creator = creator_of(tag, creators)
            vr = effective_vr(tag, declared_vr(one.header, one.layout), one.header.length, creator)
            entry = node.entry(tag, vr, creator)
            where = f"{path}{tag:08X}"
            if may_have_items(window, one, vr) and self._holds_items(one, vr):
                self._items(one, entry.below, where, indexes, character_sets)
                continue
            if tag == CHARACTER_SET:
                character_sets = character_sets_of_value(self._value(one))
            elif dictionary.is_private_creator(tag):
                name = plain_text(self._value(one))
                if name:
                    creators[tag >> 16, tag & 0xFFFF] = name
            if entry.collects:
                raw = raw_element(one.header, self._value(one), one.layout)
                element = InputElement(raw, vr, creator, where, indexes, character_sets, self.in_file_meta)
                self.found.append((element, entry))

    def _items(
        self, one: PlacedElement, node: Node, where: str, indexes: tuple[int, ...], character_sets: CharacterSets
    ) -> None:
        if len(indexes) >= DEEPEST:
            raise NestedTooDeep(where)
        for number, item in enumerate(items(self.window, one)):
            if item.layout != (HIDDEN if one.header.vr == b"UN" else one.layout):
                raise Unsuited("an item is not in the layout of the data set")
            placed = elements_of(self.window, item)
            self._level(placed, node, f"{where}[{number}].", (*indexes, number), character_sets)

    def _holds_items(self, one: PlacedElement, vr: str) -> bool:
        """Whether an element that may have items has some. Raises Undecodable."""
        if vr == "SQ":
            return True
        raw = raw_element(one.header, self._value(one), one.layout)
        return items_of(InputElement(raw, vr, None, "", (), DEFAULT_CHARACTER_SETS, False)) is not None

    def _value(self, one: PlacedElement) -> bytes:
        return self.window[one.header.value_at : one.value_end]
