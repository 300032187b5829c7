"""The stream engine: cleans the bytes of a file by edits, without decoding what no rule touches.

Elements are found by their headers. What the ops of an element change becomes an edit: a range of the input, and the
bytes that stand there instead. Sequences are walked into; where something in them changed, their lengths are edited
too. What has no edit is copied as it is, pixels included.

What this engine cannot do it never guesses: `Unsuited` says why the Dataset engine has to.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple, assert_never

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
    ITEM_END,
    UNDEFINED,
    Buffer,
    Damaged,
    Encoding,
    Header,
    NotWhole,
    behind,
    header_at,
)
from deidc.runtime.plan import Entry, Form, Node

CHARACTER_SET = 0x00080005
_REPEATED = (0x00080016, 0x00080018)
_SPECIAL = frozenset((CHARACTER_SET, *_REPEATED))
_NO_CREATORS: dict[tuple[int, int], str] = {}  # never written to; levels with private creators have their own
# The tags of items and of the delimiter of sequences, little and big endian.
_ITEMS = {
    True: (b"\xfe\xff\x00\xe0", b"\xfe\xff\xdd\xe0"),
    False: (b"\xff\xfe\xe0\x00", b"\xff\xfe\xe0\xdd"),
}
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
    """State of one level: what was seen of it, and what must wait for its end.

    `starts` has where elements begin, by tag: of all if something is to be added at the level, else of those that
    were looked at more closely. `mark` is how many edits there were before the level.
    """

    node: Node
    layout: Encoding
    encodings: Encodings
    sheltered: bool
    depth: int
    mark: int
    starts: dict[int, int]
    parent: Walk | None = None
    sequence: int = 0
    number: int = 0
    last: int = -1
    creators: dict[tuple[int, int], str] = _NO_CREATORS
    waiting: tuple[tuple[Found, Entry], ...] = ()
    group_lengths: tuple[Found, ...] = ()
    removed: frozenset[int] = frozenset()
    _here: Level | None = None

    @property
    def here(self) -> Level:
        """The level as folding wants it; most levels are never asked."""
        if self._here is None:
            self._here = Level(self.node, "", (), self.encodings, self.sheltered, False)
            if self.parent is not None:
                above = self.parent.here
                self._here.path = f"{above.path}{self.sequence:08X}[{self.number}]."
                self._here.indexes = (*above.indexes, self.number)
        return self._here

    def declare(self, encodings: Encodings) -> None:
        """Take note of the level's own character set, which its first elements declare."""
        self.encodings = self.here.encodings = encodings


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
        walk = Walk(node, layout, encodings, False, 0, 0, {})
        try:
            self._finish(walk, self._elements(walk, start, len(self.data), is_open=False))
        except IndexError:
            raise NotWhole from None
        except RecursionError:
            raise Unsuited("sequences are nested too deep") from None

    def _elements(self, walk: Walk, at: int, end: int, *, is_open: bool) -> int:
        """Edit the elements of a level; return where they end.

        An open level ends with a delimiter, others at `end`. This loop is what a file costs: what a look-up of the
        first bytes of an element tells to be of no concern is stepped over.
        """
        data, layout = self.data, walk.layout
        known = walk.node.passable[layout.number]
        size = 4 if layout.implicit else 6
        starts = walk.starts if walk.node.add_targets else None
        while at < end:
            passable = known.get(data[at : at + size])
            if passable is None:
                if is_open and header_at(data, at, layout).tag == ITEM_END:
                    return at
                if end - at < 8 and walk.parent is None and not any(data[at:end]):
                    return at  # a file filled to an even length
                at = self._next(walk, at, end)
                continue
            tag, form, entry = passable
            if tag <= walk.last:
                raise Unsuited("elements are not in order")
            walk.last = tag
            if starts is not None:
                starts[tag] = at
            if form is Form.SHORT:
                at += 8 + data[at + 6] + (data[at + 7] << 8)
                continue
            length_at = at + 4 if layout.implicit else at + 8
            length = int.from_bytes(data[length_at : length_at + 4], "little")
            if form is Form.SEQUENCE:
                at = self._items(walk, tag, length_at + 4, length, entry, layout, walk.sheltered, end)
            elif length == UNDEFINED:
                at = behind(data, header_at(data, at, layout), layout)
            else:
                at = length_at + 4 + length
        if at > end or is_open:
            raise NotWhole
        return at

    def _next(self, walk: Walk, at: int, end: int) -> int:
        """Deal with one element; return where the next begins."""
        layout = walk.layout
        header = header_at(self.data, at, layout)
        tag = header.tag
        if tag >> 16 == 0xFFFE:
            raise Damaged
        if tag <= walk.last:
            raise Unsuited("elements are not in order")
        walk.last = tag
        walk.starts[tag] = at
        declared = None if layout.implicit else _VRS.get(header.vr or b"")
        if declared is None and not layout.implicit:
            raise Unsuited("a VR is none of DICOM")
        creator = creator_of(tag, walk.creators)
        vr = effective_vr(tag, declared, header.length, creator)
        entry = walk.node.entry(tag, vr, creator)
        self._learn(walk, at, header, declared, vr, entry)
        is_sequence = vr == "SQ" or (vr == "UN" and self.data[header.value_at : header.value_at + 4] == ITEM_TAG)
        if is_sequence and not self._is_closed(walk, entry):
            return self._sequence(walk, at, end, header, vr, creator, entry)
        stop = behind(self.data, header, layout)
        if stop > end:
            raise Damaged
        found = Found(header, at, stop, layout, vr, creator)
        if walk.depth == 0 and tag in _REPEATED:
            self.identity[BaseTag(tag)] = self._raw(found)
        if tag == CHARACTER_SET:
            walk.declare(encodings_of_value(self.data[header.value_at : stop]))
        if tag & 0xFFFF == 0 and tag >> 16 > 6:
            self._note_group_length(walk, found, entry)
        elif dictionary.is_private_creator(tag):
            self._note_creator(walk, found, entry)
        elif not entry.idle:
            self._edit(walk, found, entry)
        return stop

    def _learn(self, walk: Walk, at: int, header: Header, declared: str | None, vr: str, entry: Entry) -> None:
        """Remember by its first bytes that an element is of no concern, whatever its value."""
        tag, layout = header.tag, walk.layout
        is_special = tag in _SPECIAL or dictionary.is_private(tag) or tag & 0xFFFF == 0
        if is_special or not entry.idle or "UN" in (vr, declared) or not layout.little:
            return
        if vr == "SQ":
            if entry.system or entry.shelters:
                return
            form = Form.SEQUENCE
        else:
            form = Form.SHORT if not layout.implicit and header.value_at == at + 8 else Form.LONG
        size = 4 if layout.implicit else 6
        walk.node.passable[layout.number][self.data[at : at + size]] = (tag, form, entry)

    def _is_closed(self, walk: Walk, entry: Entry) -> bool:
        """Whether nothing in a sequence, and not the sequence, can change."""
        if entry.system:
            return True
        return not self.has_nested_adds and (walk.sheltered or entry.always_sheltered)

    def _note_group_length(self, walk: Walk, found: Found, entry: Entry) -> None:
        walk.group_lengths = (*walk.group_lengths, found)
        if not entry.idle:
            folded = self.folding.existing(walk.here, self._element(walk, found), entry, is_needed=False)
            self.folding.frame.events.extend(folded.events if folded is not None else ())

    def _note_creator(self, walk: Walk, found: Found, entry: Entry) -> None:
        name = self.data[found.header.value_at : found.end].decode("latin-1").strip(" \0")
        if name:
            walk.creators = {**walk.creators, (found.tag >> 16, found.tag & 0xFFFF): name}
        if entry.steps:
            walk.waiting = (*walk.waiting, (found, entry))

    def _finish(self, walk: Walk, end: int) -> None:
        """Put in what Adds make, then deal with private creators: they follow their blocks."""
        made: list[Added] = []
        needed: dict[int, Needed] = {}
        if walk.node.add_targets:
            made, needed = self.folding.additions(walk.here, walk.creators, walk.starts.keys())
            for one in made:
                self._put_in(walk, one.tag, written(Tag(one.tag), one.folded), end)
        for found, entry in walk.waiting:
            block = range(place_in_block(found.tag, 0), place_in_block(found.tag, 0xFF) + 1)
            left = (walk.starts.keys() - walk.removed) | {one.tag for one in made}
            self._edit(walk, found, entry, is_needed=any(tag in block for tag in left))
        for creator in needed.values():
            if creator.tag not in walk.starts or creator.tag in walk.removed:
                self._put_in(walk, creator.tag, self.folding.reserve(walk.here, creator), end)
        if walk.depth == 0 or len(self.edits) > walk.mark:
            for found in walk.group_lengths:
                # Retired (PS3.5 7.2), and wrong where anything changed.
                self._replace(walk, found, b"")

    # ---- one element ----------------------------------------------------------------------------------

    def _edit(self, walk: Walk, found: Found, entry: Entry, *, is_needed: bool = False) -> Standing | None:
        """Fold an element and edit what becomes of it; return how it stands, or None if there was a fault."""
        folded = self.folding.existing(walk.here, self._element(walk, found), entry, is_needed=is_needed)
        if folded is None:
            return None
        self.folding.frame.events.extend(folded.events)
        self._become(walk, found, folded)
        return folded.standing

    def _become(self, walk: Walk, found: Found, folded: Folded) -> None:
        match folded.standing:
            case Standing.ABSENT:
                walk.removed |= {found.tag}
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
        self, walk: Walk, at: int, end: int, header: Header, vr: str, creator: str | None, entry: Entry
    ) -> int:
        """Deal with a sequence; return where the element behind it begins."""
        inner = _UN_CONTENTS if header.vr == b"UN" else walk.layout
        sheltered = walk.sheltered
        if not entry.idle or entry.shelters or vr == "UN":
            stop = behind(self.data, header, walk.layout)
            if stop > end:
                raise Damaged
            found = Found(header, at, stop, walk.layout, vr, creator)
            element = self._element(walk, found)
            holds_items = vr == "SQ" or sequence_items(element) is not None
            if self._edit(walk, found, entry) is not Standing.AS_IS or not holds_items:
                return stop
            sheltered = self.folding.is_sheltered(walk.here, element, entry)
            if sheltered and not self.has_nested_adds:
                return stop
        return self._items(walk, header.tag, header.value_at, header.length, entry, inner, sheltered, end)

    def _items(
        self, walk: Walk, tag: int, at: int, length: int, entry: Entry, inner: Encoding, sheltered: bool, limit: int
    ) -> int:
        """Edit the items of a sequence whose value begins at `at`; return where what is behind it begins."""
        data, edits, first, value_at = self.data, self.edits, len(self.edits), at
        begin, close = _ITEMS[inner.little]
        order: Literal["little", "big"] = "little" if inner.little else "big"
        is_open = length == UNDEFINED
        end = limit if is_open else at + length
        if end > limit:
            raise NotWhole
        number = 0
        while at < end:
            mark, head = len(edits), data[at : at + 8]
            if len(head) < 8:
                raise NotWhole
            if is_open and head[:4] == close:
                return at + 8
            if head[:4] != begin:
                raise Damaged
            if inner is not walk.layout and data[at + 12 : at + 14] in _VRS and head[4:] != bytes(4):
                raise Unsuited("an element of unknown VR has items in explicit VR")
            item_length = int.from_bytes(head[4:], order)
            below = Walk(entry.below, inner, walk.encodings, sheltered, walk.depth + 1, mark, {}, walk, tag, number)
            if item_length == UNDEFINED:
                stop = self._elements(below, at + 8, end, is_open=True)
                self._finish(below, stop)
                at = stop + 8
            else:
                stop = at + 8 + item_length
                if stop > end:
                    raise Damaged
                self._finish(below, self._elements(below, at + 8, stop, is_open=False))
                self._lengthen(at + 4, item_length, mark, tag, inner)
                at = stop
            number += 1
        if is_open:
            raise NotWhole
        self._lengthen(value_at - 4, length, first, tag, walk.layout)
        return at

    def _lengthen(self, at: int, length: int, mark: int, tag: int, layout: Encoding) -> None:
        """Edit the length of a sequence or an item by what the edits since `mark` make of it."""
        if len(self.edits) == mark:
            return
        more = sum(len(edit.data) - (edit.end - edit.start) for edit in self.edits[mark:])
        if more:
            data = (length + more).to_bytes(4, "little" if layout.little else "big")
            self.edits.append(Edit(at, True, 0, tag, at + 4, data))

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
        if edit.start < at:  # never, or an output would be half of one thing and half of another
            raise AssertionError("edits overlap")
        if edit.start > at:
            yield view[at : edit.start]
        if edit.data:
            yield edit.data
        at = edit.end
    if at < len(data):
        yield view[at:]
