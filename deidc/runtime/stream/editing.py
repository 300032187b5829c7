"""Edit the elements of one data set for the stream engine: decide what becomes of each, and collect the edits."""

from __future__ import annotations

from bisect import bisect_left

from attrs import define, field
from pydicom.dataelem import DataElement
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_data_element
from pydicom.tag import Tag

from deidc.dicom import dictionary
from deidc.dicom.edits import Edit
from deidc.dicom.layout import UNDEFINED, Layout, header_at, packed
from deidc.dicom.values.decoding import raw_element
from deidc.dicom.values.vrs import TEXT_VRS
from deidc.dicom.window import Unsuited, Window
from deidc.runtime.fold.elements import InputElement
from deidc.runtime.fold.fold import Folded
from deidc.runtime.fold.level import Added, Folding, Needed, place_in_block
from deidc.runtime.fold.made import blank, written
from deidc.runtime.fold.plan import Entry, vr_of_new
from deidc.runtime.fold.standing import Standing
from deidc.runtime.stream.decisions import Context, Decision, Decisions, Effects, Memo
from deidc.runtime.stream.levels import Found, ItemPath, Told, Walk
from deidc.runtime.stream.shapes import Act, Shape

# File meta information repeats SOP Class and SOP Instance UID; what they are after the edits is kept for it.
IDENTITY = (0x00080016, 0x00080018)


@define(eq=False)
class Editing:
    """The edits of one data set.

    The effects of ops are kept by place and tag. `identity` has the bytes of SOP Class and SOP Instance UID after the
    edits. `growth` is by how many bytes the edits so far make the output longer.
    """

    folding: Folding
    window: Window
    decisions: Decisions
    edits: list[Edit] = field(factory=list, repr=False)
    told: list[Told] = field(factory=list, repr=False)
    identity: dict[int, bytes] = field(factory=dict, repr=False)
    growth: int = 0

    # ---- elements that are there ----------------------------------------------------------------------

    def edit(self, walk: Walk, found: Found, entry: Entry, *, is_needed: bool = False) -> Decision | None:
        """Edit what becomes of an element; return the decision, or None if there was a fault."""
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
        return decision

    def _value(self, found: Found) -> bytes:
        header, end = found.header, found.end
        if header.length == UNDEFINED:
            end -= 8  # the delimiter is no part of the value
        return self.window[header.value_at : end]

    def input_element(self, walk: Walk, found: Found, value: bytes | None) -> InputElement:
        """Return an element as folding wants it, with its value, or with another that stands for it."""
        here = walk.here
        path = f"{here.path}{found.tag:08X}"
        raw = raw_element(found.header, self._value(found) if value is None else value, found.layout)
        return InputElement(raw, found.vr, found.creator, path, here.indexes, here.character_sets, here.in_file_meta)

    def removed_group_length(self, walk: Walk, found: Found, entry: Entry) -> bool:
        """Remove a group length that ops act on, whatever they write; return whether any does."""
        folded = self.folding.existing(walk.here, self.input_element(walk, found, None), entry, is_needed=False)
        if folded is None or not folded.events:
            return False
        self.told.append((walk.place, found.tag, Decision(Standing.ABSENT, None, _effects(folded))))
        self._replace(walk, found, b"")
        return True

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
            element = self.input_element(walk, found, b"" if value is None else value)
            folded = self.folding.existing(walk.here, element, entry, is_needed=is_needed)
            if folded is None:
                return None
            decision = self._decision(walk, found, folded)
            if key is not None:
                self.decisions.keep(memo, key, decision)
        return decision

    def _decision(self, walk: Walk, found: Found, folded: Folded) -> Decision:
        if folded.more:
            raise Unsuited("items are put behind those of a sequence")
        match folded.standing:
            case Standing.ABSENT:
                data: bytes | None = b""
            case Standing.BLANK:
                data = encoded_text(found.tag, folded.vr, None, walk.context.layout)
                if data is None:
                    data = _encoded(walk, blank(raw_element(found.header, b"", found.layout), folded.vr))
            case Standing.WRITTEN:
                data = _encoded_fold(walk, found.tag, folded)
            case Standing.AS_IS:
                data = None
        return Decision(folded.standing, data, _effects(folded), folded.keeps_items)

    # ---- the end of a level ---------------------------------------------------------------------------

    def finish(self, walk: Walk, end: int) -> None:
        """Put in what Adds make, then deal with private creators: they follow their blocks."""
        made: list[int] = []
        needed: dict[int, Needed] = {}
        if walk.node.add_targets:
            made, needed = self._add(walk, end)
        if walk.waiting:
            left = {*(tag >> 8 for tag in walk.starts if tag not in walk.removed), *(tag >> 8 for tag in made)}
            for found, entry in walk.waiting:
                self.edit(walk, found, entry, is_needed=place_in_block(found.tag, 0) >> 8 in left)
        for creator in needed.values():
            if creator.tag not in walk.starts or creator.tag in walk.removed:
                self._insert(walk, creator.tag, _encoded(walk, self.folding.reserve(walk.here, creator)), end)
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
            data = _encoded_fold(walk, one.tag, one.folded)
            self._insert(walk, one.tag, data, end)
            self._remember_new(walk, one, data)
        return [*made, *(one.tag for one in added)], needed

    def _memo_of_new(self, walk: Walk, tag: int) -> tuple[Memo, object | None]:
        """Return where decisions about an element that is to be added are kept, and under what, if at all."""
        memo = walk.context.memo(walk.node.entry(tag, vr_of_new(tag, None), None))
        return memo, memo.key(None, self.folding.frame, is_needed=False)

    def _decided_of_new(self, walk: Walk, tag: int) -> Decision | None:
        """Return the decision about an element that is to be added, if it was made before."""
        memo, key = self._memo_of_new(walk, tag)
        return None if key is None else memo.decided.get(key)

    def _remember_new(self, walk: Walk, added: Added, data: bytes) -> None:
        if added.creator is not None or dictionary.is_private(added.tag):
            return
        memo, key = self._memo_of_new(walk, added.tag)
        if key is not None:
            self.decisions.keep(memo, key, Decision(Standing.WRITTEN, data, _effects(added.folded)))

    # ---- items ----------------------------------------------------------------------------------------

    def do_item(self, shape: Shape, at: int, context: Context, item: ItemPath, depth: int) -> None:
        """Edit an item whose shape is known; `at` is where it begins in the input."""
        if not shape.acts:
            return
        edits, told, data, here = self.edits, self.told, self.window.data, at - self.window.base
        grown, more = [0], 0
        for act in shape.acts:
            begin, value_at, stop, tag, low, decision, decided, _, _, _ = act
            if decision is None:
                decision = decided.get(data[here + value_at : here + stop])
                if decision is None:
                    decision = self._decided_in_item(act, at, context, item, depth)
                    if decision is None:
                        grown.append(more)
                        continue
            if decision.effects:
                told.append((item, act, decision))
            new = decision.data
            if new is not None:
                edits.append((at + begin, True, -depth - low, tag, at + stop, new))
                more += len(new) - stop + begin
            grown.append(more)
        for one in shape.enclosing:
            self.lengthen(at + one.at, one.length, grown[one.last] - grown[one.first], little=True)
        self.growth += more

    def _decided_in_item(self, act: Act, at: int, context: Context, item: ItemPath, depth: int) -> Decision | None:
        """Return what becomes of an element with a value that was not met before; None if there was a fault."""
        place = item
        for sequence, number in act.inside:
            place = (place, sequence, number)
        walk = Walk(act.node, context, place, depth + act.depth, 0, False, {})
        layout, begin = context.layout, at + act.at
        found = Found(header_at(self.window, begin, layout), begin, at + act.stop, layout, act.entry.identity.vr, None)
        return self._decided(walk, found, act.entry, is_needed=False)

    def lengthen(self, at: int, length: int, more: int, *, little: bool) -> None:
        """Edit the length of a sequence or an item."""
        if more:
            data = (length + more).to_bytes(4, "little" if little else "big")
            self.edits.append((at, True, 0, 0, at + 4, data))

    # ---- edits ----------------------------------------------------------------------------------------

    def _replace(self, walk: Walk, found: Found, data: bytes) -> None:
        self.edits.append((found.at, True, -walk.depth, found.tag, found.end, data))
        self.growth += len(data) - (found.end - found.at)

    def _insert(self, walk: Walk, tag: int, data: bytes, end: int) -> None:
        if tag in IDENTITY and walk.depth == 0:
            self.identity[tag] = value_of(data, walk.context.layout)
        tags = list(walk.starts)
        behind_it = bisect_left(tags, tag)
        place = walk.starts[tags[behind_it]] if behind_it < len(tags) else end
        self.edits.append((place, False, -walk.depth, tag, place, data))
        self.growth += len(data)


def _effects(folded: Folded) -> Effects:
    return tuple((event.op, event.effect) for event in folded.events)


def value_of(element: bytes, layout: Layout) -> bytes:
    """Return the value of an element that was encoded; of none, none."""
    return element[header_at(element, 0, layout).value_at :] if element else b""


def _encoded_fold(walk: Walk, tag: int, folded: Folded) -> bytes:
    """Return the element that a fold wrote, encoded."""
    data = encoded_text(tag, folded.vr, folded.value, walk.context.layout)
    return _encoded(walk, written(Tag(tag), folded)) if data is None else data


def encoded_text(tag: int, vr: str, value: object, layout: Layout) -> bytes | None:
    """Return an element of a VR of text, encoded, with a value of ASCII or none; None if it is another.

    pydicom would do the same, and take many times as long.
    """
    text = "\\".join(value) if isinstance(value, list) and all(isinstance(one, str) for one in value) else value or ""
    if vr not in TEXT_VRS or type(text) is not str or not text.isascii():
        return None
    data = text.encode("ascii")
    if len(data) % 2:
        data += b"\0" if vr == "UI" else b" "
    return packed(tag, vr, data, layout)


def _encoded(walk: Walk, element: DataElement) -> bytes:
    layout = walk.context.layout
    buffer = DicomBytesIO()
    buffer.is_implicit_VR, buffer.is_little_endian = layout.implicit, layout.little
    write_data_element(buffer, element, list(walk.context.character_sets))
    return buffer.getvalue()
