"""The stream engine: cleans the bytes of a file by edits, without decoding what no rule touches.

Elements are found by their headers. What the ops of an element change becomes an edit: a range of the input, and the
bytes that stand there instead. Sequences are walked into; where something in them changed, their lengths are edited
too. What has no edit is copied as it is, pixels included.

What this engine cannot do it never guesses: `Unsuited` says why the Dataset engine has to.
"""

from __future__ import annotations

from bisect import bisect_left

from attrs import define, field, frozen
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_data_element
from pydicom.tag import BaseTag, Tag

from deidc.ir import dictionary
from deidc.runtime.dataset import blank, written
from deidc.runtime.decisions import Context, Decision, Decisions, Effects, Form, Known
from deidc.runtime.edits import Edit
from deidc.runtime.elements import InputElement, creator_of, effective_vr, encodings_of_value, sequence_items
from deidc.runtime.fold import Folded, Standing
from deidc.runtime.folding import Added, Folding, Level, Needed, block_is_used
from deidc.runtime.layout import (
    ITEM_END,
    UNDEFINED,
    VR_LETTERS,
    Damaged,
    Encoding,
    Header,
    behind,
    header_at,
)
from deidc.runtime.plan import Entry, Node, vr_of_new
from deidc.runtime.shapes import KEY, Shape, Shapes
from deidc.runtime.window import NotWhole, Window

CHARACTER_SET = 0x00080005
# File meta information repeats these two; what they are after the edits is kept for it.
IDENTITY = (0x00080016, 0x00080018)

# Items and the delimiter of sequences, little and big endian.
_ITEMS = {
    True: (b"\xfe\xff\x00\xe0", b"\xfe\xff\xdd\xe0"),
    False: (b"\xff\xfe\xe0\x00", b"\xff\xfe\xe0\xdd"),
}
_ITEM_TAG = _ITEMS[True][0]
_LITTLE = Encoding(implicit=False, little=True)
_HIDDEN = Encoding(implicit=True, little=True)  # items in elements of unknown VR (PS3.5 6.2.2, note 4)
_NO_CREATORS: dict[tuple[int, int], str] = {}  # never written to; levels with private creators have their own

# The item that a level is: the place of its sequence's level, the sequence's tag, the item's number.
Place = tuple["Place | None", int, int]
# What was done to an element: the place of its level, its tag, the decision with the effects of ops.
Told = tuple[Place | None, int, Decision]


class Unsuited(Exception):
    """The stream engine leaves an object to the Dataset engine; says why, in words without data."""


_OUT_OF_ORDER = "elements are not in order"


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
    """State of one level, made for levels of which something has to be kept.

    `starts` has where elements begin, by tag: of all if something is to be added at the level, else of those since
    the first private creator. `removed` are tags that are gone. `mark` is how many edits there were before the level.
    """

    node: Node
    context: Context
    place: Place | None
    depth: int
    mark: int
    in_file_meta: bool
    starts: dict[int, int]
    removed: set[int] = field(factory=set)
    creators: dict[tuple[int, int], str] = field(factory=lambda: _NO_CREATORS)
    waiting: tuple[tuple[Found, Entry], ...] = ()
    group_lengths: tuple[Found, ...] = ()
    _here: Level | None = None

    @property
    def here(self) -> Level:
        """The level as folding wants it; most levels are never asked."""
        if self._here is None or self._here.encodings is not self.context.encodings:
            context = self.context
            indexes = items_of(self.place)
            self._here = Level(
                self.node, path_of(self.place), indexes, context.encodings, context.sheltered, self.in_file_meta
            )
        return self._here


def path_of(place: Place | None) -> str:
    """Return the path of a level, as events have it in front of the tags of the level."""
    if place is None:
        return ""
    above, sequence, number = place
    return f"{path_of(above)}{sequence:08X}[{number}]."


def items_of(place: Place | None) -> tuple[int, ...]:
    """Return the item numbers on the way to a level."""
    return () if place is None else (*items_of(place[0]), place[2])


@define(eq=False)
class Streaming:
    """The walk over the bytes of one data set.

    `told` has which ops did what, by place and tag. `identity` has the bytes of SOP Class and SOP Instance UID as
    they are after the edits. `starts` has where the top-level elements begin, if `notes_starts` or something is to
    be added there.
    """

    folding: Folding
    window: Window
    decisions: Decisions
    has_nested_adds: bool
    in_file_meta: bool = False
    notes_starts: bool = False
    edits: list[Edit] = field(factory=list)
    told: list[Told] = field(factory=list)
    identity: dict[int, bytes] = field(factory=dict, repr=False)
    starts: dict[int, int] = field(factory=dict)
    encodings: tuple[str, ...] = ()
    creators: dict[tuple[int, int], str] = field(factory=dict)
    _growth: int = 0  # by how many bytes the edits so far make the output longer

    # ---- levels ---------------------------------------------------------------------------------------

    def data_set(self, start: int, context: Context, node: Node) -> None:
        """Edit the data set from `start` to the end of the bytes. Raises Unsuited, NotWhole or Damaged."""
        self.encodings = context.encodings
        try:
            self._elements(node, context, start, self.window.size, None, 0, is_open=False)
        except IndexError:
            raise NotWhole from None
        except RecursionError:
            raise Unsuited("sequences are nested too deep") from None

    def _elements(
        self, node: Node, context: Context, at: int, end: int, place: Place | None, depth: int, *, is_open: bool
    ) -> int:
        """Edit the elements of a level; return where what is behind them begins.

        An open level ends with a delimiter, others at `end`. The inner loop is what a file costs: it deals with
        elements whose first bytes tell all there is to know, and works with places in the window.
        """
        window = self.window
        data, base = window.data, window.base
        known = context.known.get(node) or context.known_at(node)
        size, wide = context.size, context.wide
        walk: Walk | None = None
        starts: dict[int, int] | None = None
        if node.add_targets or (self.notes_starts and depth == 0):
            starts = {} if depth else self.starts
        mark, last = len(self.edits), -1
        at -= base
        limit = end - base
        if limit > len(data):
            limit = len(data) - 12
        while True:
            while at < limit:
                found = known.get(data[at : at + size])
                if found is None:
                    break
                tag, form, entry, decision, decided = found
                if tag <= last:
                    raise Unsuited(_OUT_OF_ORDER)
                if form is _SHORT:
                    last = tag
                    if starts is not None:
                        starts[tag] = at + base
                    at += 8 + data[at + 6] + (data[at + 7] << 8)
                    continue
                if form is _SHORT_DECIDED or form is _SHORT_BY_VALUE:
                    value_at = at + 8
                    stop = value_at + data[at + 6] + (data[at + 7] << 8)
                elif form is _CLOSE:
                    if is_open and walk is None and not node.add_targets:
                        return at + base + 8
                    break
                else:
                    value_at = at + wide
                    length = from_bytes(data[value_at - 4 : value_at], "little")
                    if form is _SEQUENCE:
                        last = tag
                        assert entry is not None
                        if starts is not None:
                            starts[tag] = at + base
                        at = self._items(entry.below, context, context, value_at + base, length, place, tag, depth, end)
                        if base != window.base:
                            data, base = window.data, window.base
                            limit = _limit(window, end)
                        at -= base
                        continue
                    if length == UNDEFINED:
                        break
                    stop = value_at + length
                    if form is _LONG or (form is _UNKNOWN and data[value_at : value_at + 4] != _ITEM_TAG):
                        last = tag
                        if starts is not None:
                            starts[tag] = at + base
                        at = stop
                        continue
                    if form is _UNKNOWN:
                        break
                if decision is None:
                    if stop > limit:
                        break
                    decision = decided.get(data[value_at:stop])
                    if decision is None:
                        break
                if stop + base > end:
                    raise Damaged
                last = tag
                if starts is not None:
                    starts[tag] = at + base
                if decision.effects:
                    self.told.append((place, tag, decision))
                new = decision.data
                if new is not None:
                    self.edits.append((at + base, True, -depth, tag, stop + base, new))
                    self._growth += len(new) - stop + at
                    if walk is not None and not new:
                        walk.removed.add(tag)
                at = stop
            # What the loop cannot tell from the first bytes, or does not see whole.
            at += base
            if at >= end:
                break
            if not window.holds(at, 12):
                window.move(at)
            elif is_open and header_at(window, at, context.layout).tag == ITEM_END:
                break
            elif end - at < 8 and depth == 0 and not self.in_file_meta and not any(window[at:end]):
                at = end  # a file filled to an even length
            else:
                if walk is None:
                    walk = Walk(node, context, place, depth, mark, self.in_file_meta, {} if starts is None else starts)
                header = header_at(window, at, context.layout)
                if header.tag <= last:
                    raise Unsuited(_OUT_OF_ORDER)
                last = header.tag
                walk.starts[last] = at
                at = self._next(walk, known, at, end, header)
                context = walk.context
                if walk.creators:
                    known, starts = context.known_in_blocks(node, walk.creators), walk.starts
                else:
                    known = context.known_at(node)
            data, base = window.data, window.base
            limit = _limit(window, end)
            at -= base
        if at > end or (is_open and at == end):
            raise NotWhole
        if walk is None and node.add_targets:
            walk = Walk(node, context, place, depth, mark, self.in_file_meta, starts or {})
        if walk is not None:
            self._finish(walk, at)
        return at + 8 if is_open else at

    def _next(self, walk: Walk, known: Known, at: int, end: int, header: Header) -> int:
        """Deal with one element; return where the next begins."""
        layout, tag = walk.context.layout, header.tag
        if tag >> 16 == 0xFFFE:
            raise Damaged
        declared = None if layout.implicit else VR_LETTERS.get(header.vr or b"")
        if declared is None and not layout.implicit:
            raise Unsuited("a VR is none of DICOM")
        creator = creator_of(tag, walk.creators)
        vr = effective_vr(tag, declared, header.length, creator)
        entry = walk.node.entry(tag, vr, creator)
        is_sequence = vr == "SQ" or (vr == "UN" and self.window[header.value_at : header.value_at + 4] == _ITEM_TAG)
        if is_sequence and not self._is_closed(walk, entry):
            stop = self._sequence(walk, at, end, header, vr, creator, entry)
        else:
            stop = behind(self.window, header, layout)
            if stop > end:
                raise Damaged
            self._element(walk, Found(header, at, stop, layout, vr, creator), entry)
        self._learn(walk, known, at, header, declared, vr, entry)
        return stop

    def _element(self, walk: Walk, found: Found, entry: Entry) -> None:
        """Deal with an element that is no sequence, or one in which nothing changes."""
        tag = found.tag
        if tag == CHARACTER_SET:
            encodings = encodings_of_value(self.window[found.header.value_at : found.end])
            walk.context = walk.context.other(encodings=encodings)
            if walk.depth == 0:
                self.encodings = encodings
        if tag & 0xFFFF == 0 and tag >> 16 > 6:
            walk.group_lengths = (*walk.group_lengths, found)
            if not entry.idle:
                self._tell_of_group_length(walk, found, entry)
        elif dictionary.is_private_creator(tag):
            self._note_creator(walk, found, entry)
        elif not entry.idle:
            self._edit(walk, found, entry)
        elif tag in IDENTITY and walk.depth == 0:
            self.identity[tag] = self.window[found.header.value_at : found.end]

    def _is_closed(self, walk: Walk, entry: Entry) -> bool:
        """Whether nothing in a sequence, and not the sequence, can change."""
        if entry.system:
            return True
        return not self.has_nested_adds and (walk.context.sheltered or entry.always_sheltered)

    def _tell_of_group_length(self, walk: Walk, found: Found, entry: Entry) -> None:
        """Tell what ops do to a group length, which is left out in any case."""
        folded = self.folding.existing(walk.here, self._input(walk, found, None), entry, is_needed=False)
        if folded is not None and folded.events:
            self.told.append((walk.place, found.tag, Decision(Standing.ABSENT, None, _effects(folded))))

    def _note_creator(self, walk: Walk, found: Found, entry: Entry) -> None:
        name = self.window[found.header.value_at : found.end].decode("latin-1").strip(" \0")
        if name:
            walk.creators = {**walk.creators, (found.tag >> 16, found.tag & 0xFFFF): name}
            if walk.depth == 0:
                self.creators = walk.creators
        if entry.steps:
            walk.waiting = (*walk.waiting, (found, entry))

    # ---- what is remembered of elements ---------------------------------------------------------------

    def _learn(
        self, walk: Walk, known: Known, at: int, header: Header, declared: str | None, vr: str, entry: Entry
    ) -> None:
        """Remember by its first bytes what is done to an element, where they tell it."""
        tag, layout = header.tag, walk.context.layout
        is_special = tag == CHARACTER_SET or (tag in IDENTITY and walk.depth == 0)
        if is_special or tag & 0xFFFF == 0 or dictionary.is_private_creator(tag):
            return
        if declared == "UN" or not layout.little:
            return
        is_short = not layout.implicit and header.value_at == at + 8
        decision: Decision | None = None
        memo = walk.context.memo(entry)
        if not entry.idle:
            if not memo.is_simple:
                return
            form = _SHORT_BY_VALUE if is_short else _LONG_BY_VALUE
            if not memo.by_value:
                decision = memo.decided.get(b"")
                form = _SHORT_DECIDED if is_short else _LONG_DECIDED
            if vr in ("SQ", "UN") and (decision is None or decision.standing is Standing.AS_IS):
                return
        elif vr == "SQ":
            if entry.system or entry.shelters:
                return
            form = _SEQUENCE
        elif vr == "UN":
            form = _UNKNOWN
        else:
            form = _SHORT if is_short else _LONG
        size = 4 if layout.implicit else 6
        known[self.window[at : at + size]] = (tag, form, entry, decision, memo.decided)

    def _decided(self, walk: Walk, found: Found, entry: Entry, *, is_needed: bool) -> Decision | None:
        """Return what becomes of an element, from memory or by the fold; None if there was a fault."""
        memo = walk.context.memo(entry)
        value: bytes | None = None
        if memo.by_value or not memo.is_simple:
            value = self._value(found)
        frame = self.folding.frame
        key = memo.key(b"" if value is None else value, frame, is_needed=is_needed)
        decision = memo.decided.get(key) if key is not None else None
        if decision is None:
            element = self._input(walk, found, b"" if value is None else value)
            folded = self.folding.existing(walk.here, element, entry, is_needed=is_needed)
            if folded is None:
                return None
            decision = self._decision(walk, found, folded)
            if key is not None:
                self.decisions.keep(memo, key, decision)
        return decision

    def _decision(self, walk: Walk, found: Found, folded: Folded) -> Decision:
        match folded.standing:
            case Standing.ABSENT:
                data: bytes | None = b""
            case Standing.BLANK:
                data = _encoded(walk, blank(self._raw(found, b""), folded.vr))
            case Standing.WRITTEN:
                data = _encoded(walk, written(Tag(found.tag), folded))
            case Standing.AS_IS:
                data = None
        return Decision(folded.standing, data, _effects(folded))

    # ---- the end of a level ---------------------------------------------------------------------------

    def _finish(self, walk: Walk, end: int) -> None:
        """Put in what Adds make, then deal with private creators: they follow their blocks."""
        made: list[int] = []
        needed: dict[int, Needed] = {}
        if walk.node.add_targets:
            made, needed = self._add(walk, end)
        if walk.waiting:
            left = [*(tag for tag in walk.starts if tag not in walk.removed), *made]
            for found, entry in walk.waiting:
                self._edit(walk, found, entry, is_needed=block_is_used(found.tag, left))
        for creator in needed.values():
            if creator.tag not in walk.starts or creator.tag in walk.removed:
                self._put_in(walk, creator.tag, self.folding.reserve(walk.here, creator), end)
        if walk.depth == 0 or len(self.edits) > walk.mark:
            for found in walk.group_lengths:
                # Retired (PS3.5 7.2), and wrong where anything changed.
                self._replace(walk, found, b"")

    def _add(self, walk: Walk, end: int) -> tuple[list[int], dict[int, Needed]]:
        """Put in what Adds make; return the tags, and the private creators that they need."""
        made: list[int] = []
        waiting = False
        for target in walk.node.add_targets:
            tag = target.public_tag
            if tag is None:
                waiting = True
            elif tag not in walk.starts:
                decision = self._decided_of_new(walk, tag)
                if decision is None:
                    waiting = True
                elif decision.data is not None:
                    made.append(tag)
                    self._insert(walk, tag, decision.data, end)
                    self.told.append((walk.place, tag, decision))
        if not waiting:
            return made, {}
        added, needed = self.folding.additions(walk.here, walk.creators, {*walk.starts, *made})
        for one in added:
            self._put_in(walk, one.tag, written(Tag(one.tag), one.folded), end)
            self._remember_new(walk, one)
        return [*made, *(one.tag for one in added)], needed

    def _decided_of_new(self, walk: Walk, tag: int) -> Decision | None:
        """Return the decision about an element that is to be added, if it was made before."""
        memo = walk.context.memo(walk.node.entry(tag, vr_of_new(tag, None), None))
        key = memo.key(None, self.folding.frame, is_needed=False)
        return None if key is None else memo.decided.get(key)

    def _remember_new(self, walk: Walk, added: Added) -> None:
        if added.creator is not None or dictionary.is_private(added.tag):
            return
        memo = walk.context.memo(walk.node.entry(added.tag, vr_of_new(added.tag, None), None))
        key = memo.key(None, self.folding.frame, is_needed=False)
        if key is not None:
            data = _encoded(walk, written(Tag(added.tag), added.folded))
            self.decisions.keep(memo, key, Decision(Standing.WRITTEN, data, _effects(added.folded)))

    # ---- one element ----------------------------------------------------------------------------------

    def _edit(self, walk: Walk, found: Found, entry: Entry, *, is_needed: bool = False) -> Standing | None:
        """Edit what becomes of an element; return how it stands, or None if there was a fault."""
        decision = self._decided(walk, found, entry, is_needed=is_needed)
        if decision is None:
            return None
        if decision.effects:
            self.told.append((walk.place, found.tag, decision))
        if decision.data is not None:
            self._replace(walk, found, decision.data)
            if not decision.data:
                walk.removed.add(found.tag)
        if found.tag in IDENTITY and walk.depth == 0:
            kept = self._value(found) if decision.data is None else value_of(decision.data, found.layout)
            self.identity[found.tag] = kept
        return decision.standing

    def _value(self, found: Found) -> bytes:
        header, end = found.header, found.end
        if header.length == UNDEFINED:
            end -= 8  # the delimiter is no part of the value
        return self.window[header.value_at : end]

    def _input(self, walk: Walk, found: Found, value: bytes | None) -> InputElement:
        here = walk.here
        path = f"{here.path}{found.tag:08X}"
        raw = self._raw(found, self._value(found) if value is None else value)
        return InputElement(raw, found.vr, found.creator, path, here.indexes, here.encodings, here.in_file_meta)

    def _raw(self, found: Found, value: bytes) -> RawDataElement:
        header, layout = found.header, found.layout
        vr = None if header.vr is None else header.vr.decode("ascii")
        return RawDataElement(
            BaseTag(found.tag), vr, header.length, value, header.value_at, layout.implicit, layout.little
        )

    # ---- sequences ------------------------------------------------------------------------------------

    def _sequence(
        self, walk: Walk, at: int, end: int, header: Header, vr: str, creator: str | None, entry: Entry
    ) -> int:
        """Deal with a sequence; return where the element behind it begins."""
        context = walk.context
        inner = context
        if header.vr == b"UN" and context.layout != _HIDDEN:
            inner = self.decisions.context(_HIDDEN, context.encodings, context.sheltered)
        if not entry.idle or entry.shelters or vr == "UN":
            stop = behind(self.window, header, context.layout)
            if stop > end:
                raise Damaged
            found = Found(header, at, stop, context.layout, vr, creator)
            if not entry.idle and self._edit(walk, found, entry) is not Standing.AS_IS:
                return stop
            element = self._input(walk, found, b"" if vr == "SQ" else None)
            if vr == "UN" and sequence_items(element) is None:
                return stop
            if self.folding.is_sheltered(walk.here, element, entry):
                if not self.has_nested_adds:
                    return stop
                inner = inner.other(sheltered=True)
        return self._items(
            entry.below, context, inner, header.value_at, header.length, walk.place, header.tag, walk.depth, end
        )

    def _items(
        self,
        node: Node,
        outer: Context,
        inner: Context,
        at: int,
        length: int,
        place: Place | None,
        tag: int,
        depth: int,
        limit: int,
    ) -> int:
        """Edit the items of a sequence whose value begins at `at`; return where what is behind it begins.

        `limit` is where the level ends that the sequence is in, `outer` its context; `inner` is that of the items.
        """
        window, edits, value_at = self.window, self.edits, at
        first, growth = len(edits), self._growth
        layout, order = inner.layout, inner.order
        begin, close = _ITEMS[layout.little]
        is_open = length == UNDEFINED
        end = limit if is_open else at + length
        if end > limit:
            raise NotWhole
        shapes = (inner.shapes.get(node) or inner.shapes_at(node)) if layout.little else None
        number = 0
        while at < end:
            data, here = window.data, at - window.base
            head = data[here : here + 8]
            if len(head) < 8:
                window.move(at)
                data, here = window.data, 0
                head = data[:8]
                if len(head) < 8:
                    raise NotWhole
            if head[:4] != begin:
                if is_open and head[:4] == close:
                    return at + 8
                raise Damaged
            if inner is not outer:
                self._distrust(at, head, inner, outer)
            item = (place, tag, number)
            number += 1
            alike: Shapes | None = None
            if shapes is not None:
                key = data[here : here + KEY]
                alike = shapes.get(key)
                if alike is None:
                    alike = shapes[key] = Shapes()
                    self.decisions.count += 1
                elif alike.shapes:
                    shape = alike.find(data, here)
                    if shape is not None and at + shape.size <= end and self._do(shape, data, at, item, depth + 1):
                        at += shape.size
                        continue
            item_length = from_bytes(head[4:], order)
            if item_length == UNDEFINED:
                stop = self._elements(node, inner, at + 8, end, item, depth + 1, is_open=True)
            else:
                stop = at + 8 + item_length
                if stop > end:
                    raise Damaged
                mark, before = len(edits), self._growth
                self._elements(node, inner, at + 8, stop, item, depth + 1, is_open=False)
                if len(edits) > mark:
                    self._lengthen(at + 4, item_length, self._growth - before, layout)
            if alike is not None and data is window.data:
                alike.learn(data[here : here + stop - at], inner, node)
            at = stop
        if is_open:
            raise NotWhole
        if len(edits) > first:
            self._lengthen(value_at - 4, length, self._growth - growth, outer.layout)
        return at

    def _distrust(self, at: int, head: bytes, inner: Context, outer: Context) -> None:
        """Raise Unsuited for items in an element of unknown VR that are not in the encoding they have to be in."""
        if inner.layout != outer.layout and head[4:] != bytes(4) and self.window[at + 12 : at + 14] in VR_LETTERS:
            raise Unsuited("an element of unknown VR has items in explicit VR")

    def _do(self, shape: Shape, data: bytes, at: int, item: Place, depth: int) -> bool:
        """Edit an item whose shape is known; return False, with nothing done, if a decision is not known yet."""
        acts = shape.acts
        if not acts:
            return True
        here = at - self.window.base
        decisions: list[Decision] = []
        for act in acts:
            decision = act.decision or act.decided.get(data[here + act.value_at : here + act.stop])
            if decision is None:
                return False
            decisions.append(decision)
        grown, more = [0], 0
        for act, decision in zip(acts, decisions, strict=True):
            if decision.effects:
                place = item
                for tag, number in act.inside:
                    place = (place, tag, number)
                self.told.append((place, act.tag, decision))
            new = decision.data
            if new is not None:
                self.edits.append((at + act.at, True, -depth - act.depth, act.tag, at + act.stop, new))
                more += len(new) - (act.stop - act.at)
            grown.append(more)
        for one in shape.enclosing:
            self._lengthen(at + one.at, one.length, grown[one.last] - grown[one.first], _LITTLE)
        self._growth += more
        return True

    def _lengthen(self, at: int, length: int, more: int, layout: Encoding) -> None:
        """Edit the length of a sequence or an item."""
        if more:
            data = (length + more).to_bytes(4, "little" if layout.little else "big")
            self.edits.append((at, True, 0, 0, at + 4, data))

    # ---- edits ----------------------------------------------------------------------------------------

    def _replace(self, walk: Walk, found: Found, data: bytes) -> None:
        self.edits.append((found.at, True, -walk.depth, found.tag, found.end, data))
        self._growth += len(data) - (found.end - found.at)

    def _put_in(self, walk: Walk, tag: int, element: DataElement, end: int) -> None:
        self._insert(walk, tag, _encoded(walk, element), end)

    def _insert(self, walk: Walk, tag: int, data: bytes, end: int) -> None:
        if tag in IDENTITY and walk.depth == 0:
            self.identity[tag] = value_of(data, walk.context.layout)
        tags = list(walk.starts)
        behind_it = bisect_left(tags, tag)
        place = walk.starts[tags[behind_it]] if behind_it < len(tags) else end
        self.edits.append((place, False, -walk.depth, tag, place, data))
        self._growth += len(data)


# Looked up as names of the module, which is quicker than attributes of a class.
from_bytes = int.from_bytes
_SHORT, _LONG, _UNKNOWN, _SEQUENCE, _CLOSE = Form.SHORT, Form.LONG, Form.UNKNOWN, Form.SEQUENCE, Form.CLOSE
_SHORT_DECIDED, _LONG_DECIDED = Form.SHORT_DECIDED, Form.LONG_DECIDED
_SHORT_BY_VALUE, _LONG_BY_VALUE = Form.SHORT_BY_VALUE, Form.LONG_BY_VALUE


def _limit(window: Window, end: int) -> int:
    """Return up to where, in the window, headers are whole or the level is at its end."""
    behind_it = window.base + len(window.data)
    return end - window.base if end <= behind_it else len(window.data) - 12


def _effects(folded: Folded) -> Effects:
    return tuple((event.op, event.effect) for event in folded.events)


def value_of(element: bytes, layout: Encoding) -> bytes:
    """Return the value of an element that was encoded; of none, none."""
    return element[header_at(element, 0, layout).value_at :] if element else b""


def _encoded(walk: Walk, element: DataElement) -> bytes:
    layout = walk.context.layout
    buffer = DicomBytesIO()
    buffer.is_implicit_VR, buffer.is_little_endian = layout.implicit, layout.little
    write_data_element(buffer, element, list(walk.context.encodings))
    return buffer.getvalue()
