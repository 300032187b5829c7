"""Clean one file with the stream engine: its labels, its data set and its file meta information."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from typing import TypeAlias, assert_never

from attrs import define, field

from deidc.dicom.layout import Layout
from deidc.dicom.part10 import META_LAYOUT, Opened, head, meta_elements, text_element, text_of
from deidc.dicom.values.decoding import DEFAULT_CHARACTER_SETS, plain_text
from deidc.dicom.window import InMemory, Window
from deidc.ir import ops
from deidc.runtime.filemeta import VRS, Identity, overdue
from deidc.runtime.fold.elements import InputElement
from deidc.runtime.fold.fold import Evaluate
from deidc.runtime.fold.frame import Frame, Trouble
from deidc.runtime.fold.level import Folding
from deidc.runtime.fold.plan import Entry, Node, Plan
from deidc.runtime.fold.standing import Standing
from deidc.runtime.fold.toplevel import OfBytes
from deidc.runtime.labels.marks import flags
from deidc.runtime.labels.regions import located
from deidc.runtime.outcome import Effect, Event, Flag, Refused
from deidc.runtime.stream.cleaned_bytes import CleanedBytes, whole
from deidc.runtime.stream.decisions import Decision, Decisions
from deidc.runtime.stream.editing import IDENTITY, Editing
from deidc.runtime.stream.levels import Told
from deidc.runtime.stream.streaming import Streaming
from deidc.runtime.stream.survey import Survey

FillLists: TypeAlias = Callable[[Frame, Plan, Callable[[], Iterable[tuple[InputElement, Entry]]]], None]


@define(eq=False)
class FileCleaning:
    """The way of one opened file through the stream engine.

    `notes_starts`: values of the output will be needed, so the walk notes where elements are.
    `top` is the top level of `file`. Everything raises NotWhole, Damaged or Unsuited as the stream engine does.
    """

    plan: Plan
    decisions: Decisions
    evaluate: Evaluate
    file: Opened
    top: OfBytes
    frame: Frame
    notes_starts: bool
    _folding: Folding = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._folding = Folding(self.frame, self.evaluate)

    def run(self, fill_lists: FillLists) -> CleanedBytes | Refused:
        """Clean the file."""
        data_set = self._streaming(self.file.window, in_file_meta=False)
        try:
            fill_lists(self.frame, self.plan, self._survey)
            self._walk(data_set, self.file.start, self.file.layout, self.plan.dataset)
            self.top.know(data_set.starts, data_set.creators, data_set.character_sets)
            raised = located(self._flags(), self.frame, self.plan)
        except Trouble as failure:
            return Refused((failure.fault,))
        meta, told = self._file_meta(data_set.editing.identity)
        if self.frame.faults:
            return Refused(tuple(self.frame.faults))
        told.extend(data_set.editing.told)
        return CleanedBytes(
            head(meta, self.file.syntax),
            self.file,
            tuple(data_set.editing.edits),
            tuple(self.frame.events),
            tuple(told),
            raised,
            self.top,
        )

    def _survey(self) -> list[tuple[InputElement, Entry]]:
        """Return the elements that lists collect from."""
        file = self.file
        meta, data_set = Survey(Window(InMemory(file.meta)), in_file_meta=True), Survey(file.window)
        meta.data_set(0, META_LAYOUT, self.plan.file_meta)
        data_set.data_set(file.start, file.layout, self.plan.dataset)
        return meta.found + data_set.found

    def _streaming(self, window: Window, *, in_file_meta: bool) -> Streaming:
        notes_starts = (self.notes_starts or bool(self.plan.marks)) and not in_file_meta
        editing = Editing(self._folding, window, self.decisions)
        return Streaming(editing, in_file_meta, notes_starts)

    def _walk(self, streaming: Streaming, start: int, layout: Layout, node: Node) -> None:
        streaming.data_set(start, self.decisions.context(layout, DEFAULT_CHARACTER_SETS, sheltered=False), node)

    def _flags(self) -> tuple[Flag, ...]:
        """Raise flags, or remember which were raised for an object with the same values. Raises Trouble."""
        asked = self.plan.asked
        key = self.top.as_key(asked) if asked else None
        if key is None:
            return flags(self.frame, self.plan)
        known = self.decisions.flags.get(key)
        if known is None:
            known = self.decisions.flags[key] = flags(self.frame, self.plan)
            self.decisions.count += 1
        return known

    # ---- file meta information ------------------------------------------------------------------------

    def _file_meta(self, identity: dict[int, bytes]) -> tuple[dict[int, bytes], list[Told]]:
        """Return the elements of the file meta information of the cleaned object, and what was done to it."""
        window = Window(InMemory(self.file.meta))
        walk = self._streaming(window, in_file_meta=True)
        self._walk(walk, 0, META_LAYOUT, self.plan.file_meta)
        edits, told = walk.editing.edits, walk.editing.told
        if self.frame.faults:
            return {}, told  # the object is refused, and has no file meta information
        meta = meta_elements(whole(window, 0, edits)) if edits else dict(self.file.elements)
        uids = {tag: plain_text(value) for tag, value in identity.items() if value}
        for index, op in self.plan.surroundings:
            match op:
                case ops.ClearPreamble():
                    if self.file.preamble.strip(b"\0"):
                        self.frame.events.append(Event("preamble", index, Effect.SYNCED))
                case ops.SyncMeta():
                    self._sync(index, meta, uids, identity, told)
                case _:
                    assert_never(op)
        return meta, told

    def _sync(
        self,
        index: int,
        meta: dict[int, bytes],
        uids: dict[int, str],
        given: Container[int],
        told: list[Told],
    ) -> None:
        """Make the file meta information that of the cleaned object."""

        def is_spoken_for(tag: int) -> bool:
            effects = [effect for _, one, decision in told if one == tag for _, effect in decision.effects]
            # Events record what is added for the first time.
            effects += [event.effect for event in self.frame.events if event.path == f"{tag:08X}"]
            is_written = any(not effect.leaves_nothing for effect in effects)
            return is_written or self._folding.keeps_in_file_meta(self.plan.file_meta, tag)

        texts = {tag: text_of(element) for tag, element in meta.items()}
        synced = Decision(Standing.AS_IS, None, ((index, Effect.SYNCED),))
        found: Mapping[int, str] = uids
        if not all(tag in given for tag in IDENTITY):
            identity = Identity(self.plan, self._folding)
            found = identity.of(uids, given, lambda tag: text_of(self.file.elements.get(tag)), texts)
        for tag, text in list(overdue(texts, self.file.elements, found, is_spoken_for)):
            told.append((None, tag, synced))
            if text is None:
                del meta[tag]
            else:
                meta[tag] = text_element(tag, VRS[tag], text)
