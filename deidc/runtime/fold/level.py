"""Clean one level for both engines: shelter and fold elements, place added ones, and count faults."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import cast

from attrs import define, evolve, frozen
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as ItemSequence
from pydicom.tag import Tag

from deidc.codes import faults
from deidc.dicom import dictionary
from deidc.dicom.datasets import duplicated, new_element
from deidc.dicom.values.decoding import CharacterSets, Undecodable, creator_of
from deidc.ir import ops
from deidc.runtime.fold.elements import InputElement, private_creators, sequence_items
from deidc.runtime.fold.fold import Evaluate, Fold, Folded
from deidc.runtime.fold.frame import Frame, Trouble, Untouched
from deidc.runtime.fold.lists import undecodable
from deidc.runtime.fold.made import written
from deidc.runtime.fold.plan import Entry, Node, vr_of_new
from deidc.runtime.fold.standing import Standing
from deidc.runtime.outcome import Effect, Event, Fault, OnFailure

# More faults than this say nothing new about an object that is refused anyway.
MOST_FAULTS = 100

# The private creator of each reserved block, by (group, block).
Creators = Mapping[tuple[int, int], str]


@define(eq=False)
class Level:
    """One data set on the walk: the object, its file meta information, or an item."""

    node: Node
    path: str
    indexes: tuple[int, ...]
    character_sets: CharacterSets
    sheltered: bool
    in_file_meta: bool


@frozen
class Added:
    """An element that Add ops made, with its private creator, if it has one."""

    tag: int
    creator: str | None
    folded: Folded


@frozen
class Needed:
    """A private creator that an added element needs: its tag, its name, and the op that added the element."""

    tag: int
    name: str
    op: int


@define(eq=False)
class Folding:
    """Folds elements of one object."""

    frame: Frame
    evaluate: Evaluate

    def existing(self, here: Level, element: InputElement, entry: Entry, *, is_needed: bool) -> Folded | None:
        """Fold one element of the input; None if there was a fault, which is kept.

        Where a failure withdraws the element, it is that what becomes of it. `is_needed` is of private creators:
        something is left in the block.
        """
        try:
            fold = self._new(here, element, entry, element.path)
            fold.shelter(inside=here.sheltered)
            fold.is_needed = is_needed
            return self._furnished(here, fold)
        except Undecodable:
            fault = cast("Trouble", undecodable(element)).fault
        except Trouble as failure:
            fault = failure.fault
        return self._failed(fault, entry, element.path)

    def _failed(self, fault: Fault, entry: Entry, path: str) -> Folded | None:
        """Return what becomes of an element that an op failed on."""
        ops_here = [step.index for step in entry.steps] if fault.op is None else [fault.op]
        if self.frame.on_failure is OnFailure.REFUSE or not ops_here:
            self.keep(fault)
            return None
        op = ops_here[0]
        self.frame.note(path, op, effect=Effect.WITHDRAWN)
        return Folded(Standing.ABSENT, entry.identity.vr, None, (Event(path, op, Effect.WITHDRAWN),))

    def additions(
        self, here: Level, creators: Creators, present: Container[int]
    ) -> tuple[list[Added], dict[int, Needed]]:
        """Fold what Add ops make at a level that lacks it; return it with the private creators that it needs.

        `creators` and `present` are the private creators and the tags of the input there.
        """
        made: list[Added] = []
        needed: dict[int, Needed] = {}
        reserved: dict[tuple[int, int], str] = {}
        for target in here.node.add_targets:
            if not all(want in (None, at) for want, at in zip(target.indexes, here.indexes, strict=True)):
                continue
            match target.at:
                case ops.Tagged(pattern):
                    tag, block = int(pattern, 16), None
                    creator = creator_of(tag, creators)
                case ops.PrivateBlock(group, creator, element):
                    block = block_of(int(group, 16), creator, {**creators, **reserved}, present)
                    if block is None:
                        message = f"all private blocks of group {group} are in use"
                        self.keep(Fault(faults.NO_FREE_BLOCK, message, here.path.rstrip(".") or None))
                        continue
                    tag = place_in_block(block, int(element, 16))
            if tag in present:
                continue
            folded = self._added(here, tag, creator)
            if folded is None:
                continue
            made.append(Added(tag, creator, folded))
            if block is not None and creator is not None:
                needed.setdefault(block, Needed(block, creator, folded.events[0].op))
                reserved[block >> 16, block & 0xFFFF] = creator
            elif dictionary.is_private_creator(tag):
                reserved[tag >> 16, tag & 0xFFFF] = str(folded.value or "")
        return made, needed

    def _added(self, here: Level, tag: int, creator: str | None) -> Folded | None:
        entry = here.node.entry(tag, vr_of_new(tag, creator), creator)
        path = f"{here.path}{tag:08X}"
        try:
            folded: Folded | None = self._furnished(here, self._new(here, None, entry, path))
        except Trouble as failure:
            folded = self._failed(failure.fault, entry, path)
        if folded is None:
            return None
        self.frame.events.extend(folded.events)
        return None if folded.standing is Standing.ABSENT else folded

    # ---- items that ops made ----------------------------------------------------------------------------

    def _furnished(self, here: Level, fold: Fold) -> Folded:
        """Fold an element, and set in the items that its ops made what other ops set there. Raises Trouble.

        Made items at the end that stay empty are left out, and a sequence of nothing else is not made.
        """
        folded = fold.run()
        if fold.vr != "SQ":
            return folded
        is_written = folded.standing is Standing.WRITTEN and isinstance(folded.value, ItemSequence)
        items = list(folded.value) if is_written else list(folded.more)  # type: ignore[call-overload]  # the line above
        if items and (fold.made or fold.entry.below.add_targets):
            first = 0 if is_written or fold.element is None else len(sequence_items(fold.element) or ())
            full: list[Dataset] = []
            told: list[int] = []
            for number, item in enumerate(items, first):
                told.append(len(self.frame.events))
                full.append(self._furnish(here, fold, f"{fold.path}[{number}].", number, item))
            made = [any(item is one for one in fold.made) for item in items]
            while full and not full[-1] and made[len(full) - 1]:
                full.pop()
                del self.frame.events[told[len(full)] :]
            if fold.made and not any(made[: len(full)]):
                return self._without_made(fold, folded, full, is_written=is_written)
            folded = evolve(folded, value=ItemSequence(full)) if is_written else evolve(folded, more=tuple(full))
        for event in folded.events:
            if event.op in fold.makers:
                self.frame.note(event.path, event.op, effect=event.effect)
        return folded

    def _without_made(self, fold: Fold, folded: Folded, items: list[Dataset], *, is_written: bool) -> Folded:
        """Return what becomes of a sequence if the items that were made for something stay empty."""
        making = [event for event in folded.events if event.op in fold.makers]
        for event in making:
            self.frame.note(event.path, event.op, reason=Untouched.INSIDE)
        folded = evolve(folded, events=tuple(event for event in folded.events if event not in making))
        if not is_written:
            return evolve(folded, more=tuple(items))
        if items:
            return evolve(folded, value=ItemSequence(items))
        was_absent = any(event.effect is Effect.ADDED for event in making)
        return evolve(folded, standing=Standing.ABSENT if was_absent else Standing.BLANK, value=None)

    def _furnish(self, here: Level, fold: Fold, path: str, number: int, item: Dataset) -> Dataset:
        """Return a new item with what ops add to it. Raises Trouble."""
        level = Level(
            fold.entry.below, path, (*here.indexes, number), here.character_sets, sheltered=False, in_file_meta=False
        )
        added, needed = self.additions(level, private_creators(item, sorted(item.keys())), ())
        full = duplicated(item)
        for one in added:
            place = Tag(one.tag)
            full[place] = written(place, one.folded)
        for creator in needed.values():
            if creator.tag not in full:
                full[Tag(creator.tag)] = self.reserve(level, creator)
        return full

    def reserve(self, here: Level, needed: Needed) -> DataElement:
        """Return a private creator's element, which an added element needs."""
        self.frame.events.append(Event(f"{here.path}{needed.tag:08X}", needed.op, Effect.ADDED))
        return new_element(needed.tag, "LO", needed.name)

    def _new(self, here: Level, element: InputElement | None, entry: Entry, path: str) -> Fold:
        return Fold(
            frame=self.frame,
            entry=entry,
            element=element,
            path=path,
            indexes=here.indexes,
            character_sets=here.character_sets if self.frame.transcode_to is None else self.frame.transcode_to,
            vr=entry.identity.vr,
            evaluate=self.evaluate,
            in_file_meta=here.in_file_meta,
            standing=Standing.AS_IS if element is not None else Standing.ABSENT,
        )

    def keeps_in_file_meta(self, node: Node, tag: int) -> bool:
        """Whether a KEEP rule protects an element of the file meta information; `node` is that of its level."""
        element = self.frame.top.find(tag)
        if element is None:
            return False
        entry = node.entry(tag, element.vr, element.creator)
        if entry.system or not entry.shelters:
            return False
        here = Level(node, "", (), element.character_sets, sheltered=False, in_file_meta=True)
        fold = self._new(here, element, entry, element.path)
        try:
            fold.shelter(inside=False)
        except Undecodable:
            self.keep(cast("Trouble", undecodable(element)).fault)
        except Trouble as failure:
            self.keep(failure.fault)
        return fold.sheltered

    def keep(self, fault: Fault) -> None:
        """Remember a fault, unless there are very many."""
        if len(self.frame.faults) < MOST_FAULTS:
            self.frame.faults.append(fault)


def block_of(group: int, creator: str, reserved: Creators, present: Container[int]) -> int | None:
    """Return the tag of a private creator: where it stands, else in the first free block (PS3.5 7.8.1), if any."""
    wanted = creator.strip().lower()
    for (its_group, block), name in reserved.items():
        if its_group == group and name.strip().lower() == wanted:
            return group << 16 | block
    blocks = (group << 16 | block for block in range(0x10, 0x100) if (group, block) not in reserved)
    return next((block for block in blocks if block not in present), None)


def block_is_used(creator: int, tags: Container[int]) -> bool:
    """Whether some element of the block that a private creator reserves is among `tags`, a set or the keys of a dict.

    A block has 256 elements, however many private creators an object has.
    """
    first = place_in_block(creator, 0)
    return any(tag in tags for tag in range(first, first + 0x100))


def place_in_block(creator: int, element: int) -> int:
    """Return the tag of an element of the block that a private creator element reserves."""
    return (creator & 0xFFFF0000) | (creator & 0xFF) << 8 | element
