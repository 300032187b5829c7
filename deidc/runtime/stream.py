"""The stream engine: cleans the bytes of a file by edits, without decoding what no rule touches.

Elements are found by their headers. What the ops of an element change becomes an edit: a range of the input, and the
bytes that stand there instead. Sequences are walked into; where something in them changed, their lengths are edited
too. What has no edit is copied as it is, pixels included.

What this engine cannot do it never guesses: `Unsuited` says why the Dataset engine has to.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import NamedTuple, assert_never

from attrs import define, field, frozen
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_data_element
from pydicom.tag import BaseTag, Tag

from deidc.ir import dictionary
from deidc.ir.vrs import ALL_VRS
from deidc.runtime.dataset import Elements, blank, written
from deidc.runtime.elements import (
    ITEM_TAG,
    Encodings,
    InputElement,
    creator_of,
    effective_vr,
    encodings_of_value,
    sequence_items,
)
from deidc.runtime.fold import Folded, Standing
from deidc.runtime.folding import Added, Folding, Level, Needed, place_in_block
from deidc.runtime.layout import (
    ITEM,
    ITEM_END,
    SEQUENCE_END,
    UNDEFINED,
    Buffer,
    Damaged,
    Encoding,
    Header,
    NotWhole,
    behind,
    header_at,
)
from deidc.runtime.plan import Entry, Node

CHARACTER_SET = 0x00080005
_REPEATED = (0x00080016, 0x00080018)
_NO_TAG = BaseTag(0)
_UN_CONTENTS = Encoding(implicit=True, little=True)
_VRS = {vr.encode("ascii"): vr for vr in ALL_VRS}


class Unsuited(Exception):
    """The stream engine leaves an object to the Dataset engine; says why, in words without data."""


class Edit(NamedTuple):
    """A range of the input, and what stands there instead; in the order in which edits are carried out.

    At one place what is put in comes before what is replaced, and what is put in deeper before what is put in higher,
    because an item ends where the element behind it begins.
    """

    start: int
    replaces: bool
    height: int
    tag: int
    end: int
    data: bytes


@frozen
class Found:
    """An element of the input: where it is, and what it is."""

    header: Header
    at: int
    end: int
    layout: Encoding
    vr: str
    creator: str | None

    @property
    def tag(self) -> int:
        """The element's tag."""
        return self.header.tag


@define(eq=False)
class Walk:
    """State of one level: what was seen of it, and what must wait for its end."""

    here: Level
    layout: Encoding
    depth: int
    starts: dict[int, int] = field(factory=dict)
    creators: dict[tuple[int, int], str] = field(factory=dict)
    waiting: list[tuple[Found, Entry]] = field(factory=list)
    mark: int = 0
    group_lengths: list[Found] = field(factory=list)
    removed: set[int] = field(factory=set)


@define(eq=False)
class Streaming:
    """The walk over the bytes of one data set.

    `identity` has SOP Class and SOP Instance UID as they are after the edits; file meta information repeats them.
    """

    folding: Folding
    data: Buffer
    has_nested_adds: bool
    edits: list[Edit] = field(factory=list)
    identity: Elements = field(factory=dict)

    # ---- levels ---------------------------------------------------------------------------------------

    def data_set(self, start: int, layout: Encoding, node: Node, encodings: Encodings) -> None:
        """Edit the data set from `start` to the end of the bytes. Raises Unsuited, NotWhole or Damaged."""
        walk = Walk(Level(node, "", (), encodings, False, False), layout, 0)
        at, end = start, len(self.data)
        while at < end:
            if end - at < 8 and not any(self.data[at:end]):
                break  # a file filled to an even length
            at = self._next(walk, at, end)
        self._finish(walk, at)

    def _item(self, walk: Walk, at: int, end: int | None) -> int:
        """Edit the elements of an item; return where what is behind it begins."""
        while True:
            if end is not None and at >= end:
                if at > end:
                    raise Damaged
                self._finish(walk, at)
                return at
            if end is None and header_at(self.data, at, walk.layout).tag == ITEM_END:
                self._finish(walk, at)
                return at + 8
            at = self._next(walk, at, end)

    def _next(self, walk: Walk, at: int, end: int | None) -> int:
        """Deal with one element; return where the next begins."""
        layout = walk.layout
        header = header_at(self.data, at, layout)
        tag = header.tag
        if tag >> 16 == 0xFFFE:
            raise Damaged
        if walk.starts and tag <= next(reversed(walk.starts)):
            raise Unsuited("elements are not in order")
        walk.starts[tag] = at
        declared = None if layout.implicit else _VRS.get(header.vr or b"")
        if declared is None and not layout.implicit:
            raise Unsuited("a VR is none of DICOM")
        creator = creator_of(tag, walk.creators)
        vr = effective_vr(tag, declared, header.length, creator)
        entry = walk.here.node.entry(tag, vr, creator)
        is_sequence = vr == "SQ" or (vr == "UN" and self.data[header.value_at : header.value_at + 4] == ITEM_TAG)
        if is_sequence and not self._is_closed(walk, entry):
            return self._sequence(walk, at, end, header, vr, creator, entry)
        stop = behind(self.data, header, layout)
        if end is not None and stop > end:
            raise Damaged
        if walk.depth == 0 and tag in _REPEATED:
            self.identity[BaseTag(tag)] = self._raw(Found(header, at, stop, layout, vr, creator))
        if tag == CHARACTER_SET:
            walk.here.encodings = encodings_of_value(self.data[header.value_at : stop])
        found = Found(header, at, stop, layout, vr, creator)
        if tag & 0xFFFF == 0 and tag >> 16 > 6:
            self._note_group_length(walk, found, entry)
        elif dictionary.is_private_creator(tag):
            self._note_creator(walk, found, entry)
        elif not entry.idle:
            self._edit(walk, found, entry)
        return stop

    def _is_closed(self, walk: Walk, entry: Entry) -> bool:
        """Whether nothing in a sequence, and not the sequence, can change."""
        if entry.system:
            return True
        return not self.has_nested_adds and (walk.here.sheltered or entry.always_sheltered)

    def _note_group_length(self, walk: Walk, found: Found, entry: Entry) -> None:
        walk.group_lengths.append(found)
        if not entry.idle:
            folded = self.folding.existing(walk.here, self._element(walk, found), entry, is_needed=False)
            self.folding.frame.events.extend(folded.events if folded is not None else ())

    def _note_creator(self, walk: Walk, found: Found, entry: Entry) -> None:
        name = self.data[found.header.value_at : found.end].decode("latin-1").strip(" \0")
        if name:
            walk.creators[found.tag >> 16, found.tag & 0xFFFF] = name
        if entry.steps:
            walk.waiting.append((found, entry))

    def _finish(self, walk: Walk, end: int) -> None:
        """Put in what Adds make, then deal with private creators: they follow their blocks."""
        here = walk.here
        made: list[Added] = []
        needed: dict[int, Needed] = {}
        if here.node.add_targets:
            made, needed = self.folding.additions(here, walk.creators, walk.starts.keys())
            for one in made:
                self._put_in(walk, one.tag, written(Tag(one.tag), one.folded), end)
        for found, entry in walk.waiting:
            block = range(place_in_block(found.tag, 0), place_in_block(found.tag, 0xFF) + 1)
            left = (walk.starts.keys() - walk.removed) | {one.tag for one in made}
            self._edit(walk, found, entry, is_needed=any(tag in block for tag in left))
        for creator in needed.values():
            if creator.tag not in walk.starts or creator.tag in walk.removed:
                self._put_in(walk, creator.tag, self.folding.reserve(here, creator), end)
        if walk.depth == 0 or len(self.edits) > walk.mark:
            for found in walk.group_lengths:
                # Retired (PS3.5 7.2), and wrong where anything changed.
                self._replace(walk, found, b"")

    # ---- one element ----------------------------------------------------------------------------------

    def _edit(self, walk: Walk, found: Found, entry: Entry, *, is_needed: bool = False) -> Standing:
        """Fold an element and edit what becomes of it; return how it stands."""
        folded = self.folding.existing(walk.here, self._element(walk, found), entry, is_needed=is_needed)
        if folded is None:
            return Standing.AS_IS
        self.folding.frame.events.extend(folded.events)
        self._become(walk, found, folded)
        return folded.standing

    def _become(self, walk: Walk, found: Found, folded: Folded) -> None:
        match folded.standing:
            case Standing.ABSENT:
                walk.removed.add(found.tag)
                self.identity.pop(BaseTag(found.tag) if walk.depth == 0 else _NO_TAG, None)
                self._replace(walk, found, b"")
            case Standing.BLANK:
                self._replace(walk, found, self._encoded(walk, blank(self._raw(found), folded.vr)))
            case Standing.WRITTEN:
                self._replace(walk, found, self._encoded(walk, written(Tag(found.tag), folded)))
            case Standing.AS_IS:
                pass
            case _:
                assert_never(folded.standing)

    def _element(self, walk: Walk, found: Found) -> InputElement:
        here = walk.here
        path = f"{here.path}{found.tag:08X}"
        return InputElement(
            self._raw(found), found.vr, found.creator, path, here.indexes, here.encodings, here.in_file_meta
        )

    def _raw(self, found: Found) -> RawDataElement:
        header, end = found.header, found.end
        if header.length == UNDEFINED:
            end -= 8  # the delimiter is no part of the value
        return RawDataElement(
            BaseTag(found.tag),
            None if header.vr is None else header.vr.decode("ascii"),
            header.length,
            self.data[header.value_at : end],
            header.value_at,
            found.layout.implicit,
            found.layout.little,
        )

    # ---- sequences ------------------------------------------------------------------------------------

    def _sequence(
        self, walk: Walk, at: int, end: int | None, header: Header, vr: str, creator: str | None, entry: Entry
    ) -> int:
        """Deal with a sequence; return where the element behind it begins."""
        found = Found(header, at, 0, walk.layout, vr, creator)
        inner = walk.layout
        if header.vr == b"UN":
            inner = _UN_CONTENTS
        if not entry.idle or entry.shelters or vr == "UN":
            stop = behind(self.data, header, walk.layout)
            found = Found(header, at, stop, walk.layout, vr, creator)
            if end is not None and stop > end:
                raise Damaged
            element = self._element(walk, found)
            if vr == "UN" and sequence_items(element) is None:
                self._edit(walk, found, entry)
                return stop
            if self._edit(walk, found, entry) is not Standing.AS_IS:
                return stop
            sheltered = self.folding.is_sheltered(walk.here, element, entry)
            if sheltered and not self.has_nested_adds:
                return stop
        else:
            sheltered = walk.here.sheltered
        return self._items(walk, header, entry, inner, sheltered, end)

    def _items(
        self, walk: Walk, header: Header, entry: Entry, inner: Encoding, sheltered: bool, outer_end: int | None
    ) -> int:
        at = header.value_at
        end = None if header.length == UNDEFINED else at + header.length
        limit = outer_end if outer_end is not None else len(self.data)
        if end is not None and end > limit:
            raise NotWhole
        first = len(self.edits)
        number = 0
        while end is None or at < end:
            item = header_at(self.data, at, inner)
            if item.tag == SEQUENCE_END and end is None:
                at = item.value_at
                break
            if item.tag != ITEM:
                raise Damaged
            if inner is not walk.layout and self._looks_explicit(item):
                raise Unsuited("an element of unknown VR has items in explicit VR")
            mark = len(self.edits)
            here = walk.here
            path = f"{here.path}{header.tag:08X}[{number}]."
            below = Level(entry.below, path, (*here.indexes, number), here.encodings, sheltered, here.in_file_meta)
            item_end = None if item.length == UNDEFINED else item.value_at + item.length
            if item_end is not None and end is not None and item_end > end:
                raise Damaged
            at = self._item(Walk(below, inner, walk.depth + 1, mark=mark), item.value_at, item_end)
            if item_end is not None:
                self._lengthen(item, mark, inner)
            number += 1
        if end is not None:
            if at > end:
                raise Damaged
            self._lengthen(header, first, walk.layout)
        return at

    def _looks_explicit(self, item: Header) -> bool:
        letters = self.data[item.value_at + 4 : item.value_at + 6]
        return item.length not in (0, UNDEFINED) and letters in _VRS

    def _lengthen(self, header: Header, mark: int, layout: Encoding) -> None:
        """Edit the length of a sequence or an item by what the edits since `mark` make of it."""
        more = sum(len(edit.data) - (edit.end - edit.start) for edit in self.edits[mark:])
        if more:
            length = (header.length + more).to_bytes(4, "little" if layout.little else "big")
            self.edits.append(Edit(header.value_at - 4, True, 0, header.tag, header.value_at, length))

    # ---- edits ----------------------------------------------------------------------------------------

    def _replace(self, walk: Walk, found: Found, data: bytes) -> None:
        self.edits.append(Edit(found.at, True, -walk.depth, found.tag, found.end, data))

    def _put_in(self, walk: Walk, tag: int, element: DataElement, end: int) -> None:
        tags = list(walk.starts)
        behind_it = bisect_right(tags, tag - 1)
        place = walk.starts[tags[behind_it]] if behind_it < len(tags) else end
        self.edits.append(Edit(place, False, -walk.depth, tag, place, self._encoded(walk, element)))

    def _encoded(self, walk: Walk, element: DataElement) -> bytes:
        buffer = DicomBytesIO()
        buffer.is_implicit_VR, buffer.is_little_endian = walk.layout.implicit, walk.layout.little
        if walk.depth == 0 and element.tag in _REPEATED:
            self.identity[element.tag] = element
        write_data_element(buffer, element, list(walk.here.encodings))
        return buffer.getvalue()


def pieces(data: Buffer, start: int, edits: Iterable[Edit]) -> Iterator[memoryview | bytes]:
    """Yield what the bytes from `start` on are after the edits."""
    view = memoryview(data)
    at = start
    for edit in sorted(edits):
        assert edit.start >= at, "edits do not overlap"
        if edit.start > at:
            yield view[at : edit.start]
        if edit.data:
            yield edit.data
        at = edit.end
    if at < len(data):
        yield view[at:]
