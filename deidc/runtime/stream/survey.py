"""The elements of a file that lists are filled from, found in its bytes before anything is changed."""

from __future__ import annotations

from attrs import define, field

from deidc.dicom import dictionary
from deidc.dicom.decoding import (
    CHARACTER_SET,
    DEFAULT_CHARACTER_SETS,
    CharacterSets,
    character_sets_of_value,
    creator_of,
    effective_vr,
    plain_text,
    raw_element,
)
from deidc.dicom.layout import (
    HIDDEN,
    ITEM,
    ITEM_END,
    ITEM_TAG,
    SEQUENCE_END,
    UNDEFINED,
    Damaged,
    Header,
    Layout,
    behind,
    header_at,
)
from deidc.dicom.limits import DEEPEST, NestedTooDeep
from deidc.dicom.window import NotWhole, Unsuited, Window
from deidc.runtime.fold.elements import InputElement, sequence_items
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

        Raises NotWhole, Damaged, NestedTooDeep and Unsuited.
        """
        self._level(start, self.window.size, layout, node, "", (), DEFAULT_CHARACTER_SETS)

    def _level(
        self,
        at: int,
        end: int | None,
        layout: Layout,
        node: Node,
        path: str,
        indexes: tuple[int, ...],
        character_sets: CharacterSets,
    ) -> int:
        """Walk a level; return where what is behind it begins. One without `end` has a delimiter."""
        window, last = self.window, -1
        creators: dict[tuple[int, int], str] = {}
        while end is None or at < end:
            if not window.holds(at, 16):
                window.move(at)
            if end is not None and end - at < 8 and not indexes and not any(window[at:end]):
                return end  # a file filled to an even length
            header = header_at(window, at, layout)
            if header.tag == ITEM_END and end is None:
                return header.value_at
            if header.tag >> 16 == 0xFFFE:
                raise Damaged
            if header.tag <= last:
                raise Unsuited("elements are not in order")
            last = header.tag
            creator = creator_of(last, creators)
            vr = effective_vr(last, declared_vr(header, layout), header.length, creator)
            entry = node.entry(last, vr, creator)
            where = f"{path}{last:08X}"
            if self._holds_items(header, layout, vr):
                at = self._items(
                    header, HIDDEN if header.vr == b"UN" else layout, entry.below, where, indexes, character_sets
                )
                continue
            at = behind(window, header, layout)
            if end is not None and at > end:
                raise NotWhole
            if last == CHARACTER_SET:
                character_sets = character_sets_of_value(self._value(header, at))
            elif dictionary.is_private_creator(last):
                name = plain_text(self._value(header, at))
                if name:
                    creators[last >> 16, last & 0xFFFF] = name
            if entry.collects:
                raw = raw_element(header, self._value(header, at), layout)
                element = InputElement(raw, vr, creator, where, indexes, character_sets, self.in_file_meta)
                self.found.append((element, entry))
        return at

    def _holds_items(self, header: Header, layout: Layout, vr: str) -> bool:
        """Whether an element is a sequence, or hides one (PS3.5 6.2.2, note 4)."""
        window = self.window
        if vr != "UN" or window[header.value_at : header.value_at + 4] != ITEM_TAG:
            return vr == "SQ"
        raw = raw_element(header, self._value(header, behind(window, header, layout)), layout)
        return sequence_items(InputElement(raw, vr, None, "", (), DEFAULT_CHARACTER_SETS, False)) is not None

    def _items(
        self,
        header: Header,
        layout: Layout,
        node: Node,
        path: str,
        indexes: tuple[int, ...],
        character_sets: CharacterSets,
    ) -> int:
        """Walk the items of a sequence; return where what is behind it begins."""
        if len(indexes) >= DEEPEST:
            raise NestedTooDeep(path)
        at, number = header.value_at, 0
        end = None if header.length == UNDEFINED else at + header.length
        while end is None or at < end:
            item = header_at(self.window, at, layout)
            if item.tag == SEQUENCE_END and end is None:
                return item.value_at
            if item.tag != ITEM:
                raise Damaged
            stop = None if item.length == UNDEFINED else item.value_at + item.length
            at = self._level(
                item.value_at, stop, layout, node, f"{path}[{number}].", (*indexes, number), character_sets
            )
            number += 1
        return at

    def _value(self, header: Header, end: int) -> bytes:
        return self.window[header.value_at : end - 8 if header.length == UNDEFINED else end]
