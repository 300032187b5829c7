"""The stream engine: cleans the bytes of a file by edits, without decoding what no rule touches.

Elements are found by their headers. What the ops of an element change becomes an edit: a range of the input, and the
bytes that stand there instead. Sequences are walked into; where something in them changed, their lengths are edited
too. What has no edit is copied as it is, pixels included.

What this engine cannot do it never guesses: `Unsuited` says why the Dataset engine has to.
"""

from __future__ import annotations

from attrs import define, field

from deidc.dicom import dictionary
from deidc.dicom.datasets import NO_DATA_SET
from deidc.dicom.layout import (
    HIDDEN,
    ITEM_END,
    ITEM_TAG,
    ITEM_TAG_BIG,
    PADDING,
    SEQUENCE_END_TAG,
    UNDEFINED,
    VR_LETTERS,
    Damaged,
    Header,
    behind,
    header_at,
    is_padding,
)
from deidc.dicom.limits import DEEPEST, NestedTooDeep
from deidc.dicom.values.decoding import (
    CHARACTER_SET,
    Undecodable,
    character_sets_of_value,
    creator_of,
    effective_vr,
    plain_text,
)
from deidc.dicom.window import OUT_OF_ORDER, NotWhole, Unsuited, Window
from deidc.runtime.fold.elements import InputElement, items_of
from deidc.runtime.fold.plan import Entry, Node
from deidc.runtime.fold.standing import Standing
from deidc.runtime.stream.decisions import Context, Decision, Form, Known
from deidc.runtime.stream.editing import IDENTITY, Editing
from deidc.runtime.stream.levels import Found, ItemPath, Walk, declared_vr, element_path
from deidc.runtime.stream.shapes import KEY, LARGEST, Shapes

# Items and the delimiter of sequences, little and big endian.
_ITEMS = {
    True: (ITEM_TAG, SEQUENCE_END_TAG),
    False: (ITEM_TAG_BIG, b"\xff\xfe\xe0\xdd"),
}

_TOO_LONG = "is longer than the item that it is in"


@define(eq=False)
class Streaming:
    """The walk over the bytes of one data set.

    `starts` has where the top-level elements begin, if `notes_starts` or something is to be added there; `encodings`
    and `creators` are those of the top level.
    """

    editing: Editing
    in_file_meta: bool = False
    notes_starts: bool = False
    window: Window = field(init=False)
    starts: dict[int, int] = field(factory=dict)
    character_sets: tuple[str, ...] = ()
    creators: dict[tuple[int, int], str] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self.window = self.editing.window

    # ---- levels ---------------------------------------------------------------------------------------

    def data_set(self, start: int, context: Context, node: Node) -> None:
        """Edit the data set from `start` to the end of the bytes. Raises Unsuited, NotWhole or Damaged."""
        self.character_sets = context.character_sets
        if not self.window.holds(start, 12):
            self.window.move(start)  # somebody else looked at the file before
        try:
            self._elements(node, context, start, self.window.size, None, 0, is_open=False)
        except IndexError:
            raise NotWhole from None

    def _elements(
        self, node: Node, context: Context, at: int, end: int, place: ItemPath | None, depth: int, *, is_open: bool
    ) -> int:
        """Edit the elements of a level; return where what is behind them begins.

        An open level ends with a delimiter, others at `end`.
        """
        window, editing = self.window, self.editing
        known = context.known.get(node) or context.known_at(node)
        has_starts = node.add_targets or (self.notes_starts and depth == 0)
        starts = ({} if depth else self.starts) if has_starts else None
        mark, last, padding = len(editing.edits), -1, 0
        walk = self._walk(node, context, place, depth, mark, starts) if node.add_targets else None
        while True:
            at, last = self._skim(context, known, walk, starts, place, depth, at, end, last, is_open and walk is None)
            if last == ITEM_END:
                return at
            if at >= end:
                break
            if not window.holds(at, 12):
                window.move(at)
            elif is_open and header_at(window, at, context.layout).tag == ITEM_END:
                break
            elif depth == 0 and window.data[at - window.base] in PADDING and is_padding(window, at, end):
                at, padding = end, end - at
            else:
                if walk is None:
                    walk = self._walk(node, context, place, depth, mark, starts)
                at, last = self._next(walk, at, end, last)
                context, known = walk.context, walk.known_behind(last)
                starts = walk.starts if walk.creators else starts
        if at > end or (is_open and at == end):
            raise NotWhole
        if walk is not None:
            editing.finish(walk, at - padding)
        return at + 8 if is_open else at

    def _walk(
        self,
        node: Node,
        context: Context,
        place: ItemPath | None,
        depth: int,
        mark: int,
        starts: dict[int, int] | None,
    ) -> Walk:
        return Walk(node, context, place, depth, mark, self.in_file_meta, {} if starts is None else starts)

    def _skim(  # noqa: C901  # the loop that a file costs: one call less for each element
        self,
        context: Context,
        known: Known,
        walk: Walk | None,
        starts: dict[int, int] | None,
        place: ItemPath | None,
        depth: int,
        at: int,
        end: int,
        last: int,
        may_close: bool,
    ) -> tuple[int, int]:
        """Deal with elements whose first bytes tell all there is to know; return where it stopped, and the last tag.

        It stops before what those bytes do not tell, what the window does not hold whole, and the end of the level. If
        `may_close`, it also goes behind the delimiter of the level; that is the last tag then.
        """
        editing, window = self.editing, self.window
        data, base = window.data, window.base
        size, wide = context.size, context.wide
        limit = _limit(window, end)
        at -= base
        while at < limit:
            found = known.get(data[at : at + size])
            if found is None:
                break
            tag, form, entry, decision, decided = found
            if tag <= last:
                raise Unsuited(OUT_OF_ORDER)
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
                if may_close:
                    return at + base + 8, tag
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
                if form is _LONG or (form is _UNKNOWN and data[value_at : value_at + 4] != ITEM_TAG):
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
                raise Damaged(tag, _TOO_LONG)
            last = tag
            if starts is not None:
                starts[tag] = at + base
            if decision.effects:
                editing.told.append((place, tag, decision))
            new = decision.data
            if new is not None:
                editing.edits.append((at + base, True, -depth, tag, stop + base, new))
                editing.growth += len(new) - stop + at
                if walk is not None and not new:
                    walk.removed.add(tag)
            at = stop
        return at + base, last

    def _next(self, walk: Walk, at: int, end: int, last: int) -> tuple[int, int]:
        """Deal with the one element behind that with the tag `last`; return where the next begins, and its tag."""
        layout = walk.context.layout
        header = header_at(self.window, at, layout)
        tag = header.tag
        if tag <= last:
            raise Unsuited(OUT_OF_ORDER)
        walk.starts[tag] = at
        if tag >> 16 == 0xFFFE:
            raise Damaged(tag, "stands where an element belongs")
        if tag >> 16 in NO_DATA_SET and not self.in_file_meta:
            raise Unsuited("an element is of a group that is no part of a data set")
        declared = declared_vr(header, layout)
        creator = creator_of(tag, walk.creators)
        vr = effective_vr(tag, declared, header.length, creator)
        entry = walk.node.entry(tag, vr, creator)
        is_sequence = vr == "SQ" or (vr == "UN" and self._begins_with_item(header))
        if vr == "SQ" and declared not in ("SQ", "UN", None):
            raise Unsuited("a sequence has a VR other than SQ")
        if is_sequence and tag & 0xFFFF:
            stop = self._sequence(walk, at, end, header, vr, creator, entry)
        elif is_sequence:
            raise Unsuited("a group length is a sequence")
        else:
            stop = behind(self.window, header, layout)
            if stop > end:
                raise Damaged(tag, _TOO_LONG)
            self._element(walk, Found(header, at, stop, layout, vr, creator), entry)
        self._learn(walk, at, header, declared, vr, entry)
        return stop, tag

    def _element(self, walk: Walk, found: Found, entry: Entry) -> None:
        """Deal with an element that is no sequence, or one in which nothing changes."""
        tag = found.tag
        if tag == CHARACTER_SET:
            character_sets = character_sets_of_value(self.window[found.header.value_at : found.end])
            walk.context, walk.known = walk.context.other(character_sets=character_sets), None
            if walk.depth == 0:
                self.character_sets = character_sets
        if tag & 0xFFFF == 0 and tag >> 16 > 6:
            if entry.idle or not self.editing.removed_group_length(walk, found, entry):
                walk.group_lengths.append(found)
        elif dictionary.is_private_creator(tag):
            self._note_creator(walk, found, entry)
        elif not entry.idle:
            self.editing.edit(walk, found, entry)
        elif tag in IDENTITY and walk.depth == 0:
            self.editing.identity[tag] = self.window[found.header.value_at : found.end]

    def _begins_with_item(self, header: Header) -> bool:
        """Whether a value of unknown VR begins like the items of a sequence. Raises Unsuited for big endian."""
        begin = self.window[header.value_at : header.value_at + 4]
        if begin == ITEM_TAG_BIG:
            raise Unsuited("an element of unknown VR has items in big endian")
        return begin == ITEM_TAG

    def _note_creator(self, walk: Walk, found: Found, entry: Entry) -> None:
        value = self.window[found.header.value_at : found.end]
        if value[:4] in (ITEM_TAG, ITEM_TAG_BIG):
            raise Unsuited("a private creator is a sequence")
        name = plain_text(value)
        if name:
            walk.note_creator(found.tag, name)
            if walk.depth == 0:
                self.creators = walk.creators
        if entry.steps:
            walk.waiting.append((found, entry))

    # ---- what is remembered of elements ---------------------------------------------------------------

    def _learn(self, walk: Walk, at: int, header: Header, declared: str | None, vr: str, entry: Entry) -> None:
        """Remember by its first bytes what is done to an element, where they tell it."""
        if not self._is_known_by_first_bytes(walk, header, declared, vr):
            return
        layout = walk.context.layout
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
        walk.known_here()[self.window[at : at + size]] = (header.tag, form, entry, decision, memo.decided)

    def _is_known_by_first_bytes(self, walk: Walk, header: Header, declared: str | None, vr: str) -> bool:
        """Whether the next element with these first bytes is treated like this one, apart from its value."""
        tag = header.tag
        is_special = tag == CHARACTER_SET or (tag in IDENTITY and walk.depth == 0)
        if is_special or tag & 0xFFFF == 0 or dictionary.is_private_creator(tag):
            return False
        if declared == "UN" or not walk.context.layout.little:
            return False
        # What is a sequence by its undefined length (PS3.5 6.2.2) may have another one behind the same first bytes.
        is_open = header.length == UNDEFINED
        return not is_open or vr == effective_vr(tag, declared, 0, creator_of(tag, walk.creators))

    # ---- sequences ------------------------------------------------------------------------------------

    def _sequence(
        self, walk: Walk, at: int, end: int, header: Header, vr: str, creator: str | None, entry: Entry
    ) -> int:
        """Deal with a sequence; return where the element behind it begins."""
        context = walk.context
        inner = context
        if header.vr == b"UN" and context.layout != HIDDEN:
            inner = self.editing.decisions.context(HIDDEN, context.character_sets, context.sheltered)
        if not entry.idle or entry.shelters or walk.context.sheltered or vr == "UN":
            stop = behind(self.window, header, context.layout)
            if stop > end:
                raise Damaged(header.tag, _TOO_LONG)
            found = Found(header, at, stop, context.layout, vr, creator)
            keeps_items = context.sheltered or entry.keeps_items
            if not entry.idle or entry.shelters_vary:
                decision = self.editing.edit(walk, found, entry)
                if decision is None or decision.standing is not Standing.AS_IS:
                    return stop
                keeps_items = decision.keeps_items
            element = self.editing.input_element(walk, found, b"" if vr == "SQ" else None)
            if vr == "UN" and not self._has_items(element):
                return stop
            if keeps_items:
                inner = inner.other(sheltered=True)
        return self._items(
            entry.below, context, inner, header.value_at, header.length, walk.place, header.tag, walk.depth, end
        )

    def _has_items(self, element: InputElement) -> bool:
        """Whether an element of unknown VR is a sequence. Raises Unsuited where that cannot be said."""
        try:
            return items_of(element) is not None
        except Undecodable:
            raise Unsuited("an element of unknown VR begins like a sequence, and is none") from None

    def _items(
        self,
        node: Node,
        outer: Context,
        inner: Context,
        at: int,
        length: int,
        place: ItemPath | None,
        tag: int,
        depth: int,
        limit: int,
    ) -> int:
        """Edit the items of a sequence whose value begins at `at`; return where what is behind it begins.

        `limit` is where the level ends that the sequence is in, `outer` its context; `inner` is that of the items.
        """
        if depth >= DEEPEST:
            raise NestedTooDeep(element_path(place, tag))
        window, editing, value_at = self.window, self.editing, at
        growth = editing.growth
        little = inner.layout.little
        begin, close = _ITEMS[little]
        is_open = length == UNDEFINED
        end = limit if is_open else at + length
        if end > limit:
            raise NotWhole
        shapes = (inner.shapes.get(node) or inner.shapes_at(node)) if little else None
        number = 0
        while at < end:
            data, here = window.data, at - window.base
            head = data[here : here + 8]
            if len(head) < 8:
                head, data, here = self._moved(at), window.data, 0
            if head[:4] != begin:
                if is_open and head[:4] == close:
                    return at + 8
                raise Damaged(tag, "has a value that is not made of items")
            item = (place, tag, number)
            number += 1
            alike = shapes.get(data[here : here + KEY]) if shapes is not None else None
            shape = alike.find(data, here, end - at) if alike is not None and alike.shapes else None
            if shape is not None:
                editing.do_item(shape, at, inner, item, depth + 1)
                at += shape.size
                continue
            stop = self._item(node, inner, at, end, head, item, depth + 1)
            if shapes is not None and stop - at <= LARGEST and data is window.data:
                self._learn_shape(shapes, data, here, stop - at, inner, node)
            at = stop
        if is_open:
            raise NotWhole
        editing.lengthen(value_at - 4, length, editing.growth - growth, little=outer.layout.little)
        return at

    def _item(self, node: Node, context: Context, at: int, end: int, head: bytes, item: ItemPath, depth: int) -> int:
        """Edit the item at `at`, in a sequence that ends at `end`; return where what is behind it begins."""
        editing = self.editing
        if context.layout.implicit:
            self._distrust(at, head)
        length = from_bytes(head[4:], context.order)
        if length == UNDEFINED:
            return self._elements(node, context, at + 8, end, item, depth, is_open=True)
        stop = at + 8 + length
        if stop > end:
            raise Damaged(item[1], "has an item that is longer than the sequence")
        mark, before = len(editing.edits), editing.growth
        self._elements(node, context, at + 8, stop, item, depth, is_open=False)
        if len(editing.edits) > mark:
            editing.lengthen(at + 4, length, editing.growth - before, little=context.layout.little)
        return stop

    def _learn_shape(
        self, shapes: dict[bytes, Shapes], data: bytes, here: int, size: int, context: Context, node: Node
    ) -> None:
        """Remember the shape of the item that is at a place of the data, by its first bytes."""
        key = data[here : here + KEY]
        alike = shapes.get(key)
        if alike is None:
            alike = shapes[key] = Shapes()
            self.editing.decisions.count += 1
        alike.learn(data[here : here + size], context, node)

    def _moved(self, at: int) -> bytes:
        """Return the header of an item after moving the window there. Raises NotWhole."""
        self.window.move(at)
        head = self.window.data[:8]
        if len(head) < 8:
            raise NotWhole
        return head

    def _distrust(self, at: int, head: bytes) -> None:
        """Raise Unsuited for an item that is to be in implicit VR, and begins like one in explicit VR."""
        if head[4:] != bytes(4) and self.window[at + 12 : at + 14] in VR_LETTERS:
            raise Unsuited("an item is in explicit VR, and the sequence in implicit VR")


# Looked up as names of the module, which is quicker than attributes of a class.
from_bytes = int.from_bytes
_SHORT, _LONG, _UNKNOWN, _SEQUENCE, _CLOSE = Form.SHORT, Form.LONG, Form.UNKNOWN, Form.SEQUENCE, Form.CLOSE
_SHORT_DECIDED, _LONG_DECIDED = Form.SHORT_DECIDED, Form.LONG_DECIDED
_SHORT_BY_VALUE, _LONG_BY_VALUE = Form.SHORT_BY_VALUE, Form.LONG_BY_VALUE


def _limit(window: Window, end: int) -> int:
    """Return up to where, in the window, headers are whole or the level is at its end."""
    behind_it = window.base + len(window.data)
    return end - window.base if end <= behind_it else len(window.data) - 12
