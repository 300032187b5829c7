"""Update the file meta information and the preamble after the data set was cleaned."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Mapping
from typing import cast

from attrs import frozen
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.tag import Tag

from deidc.dicom.datasets import AnyElement, Elements, new_element, surround
from deidc.dicom.values.decoding import DEFAULT_CHARACTER_SETS, plain_text
from deidc.runtime.fold.elements import InputElement
from deidc.runtime.fold.frame import Frame
from deidc.runtime.fold.level import Folding, Level
from deidc.runtime.fold.plan import Plan
from deidc.runtime.fold.standing import Standing
from deidc.runtime.outcome import Effect, Event

# A UUID-derived UID (PS3.5 annex B.2) that stands for this implementation in every file it writes.
IMPLEMENTATION_CLASS_UID = "2.25.247239372397278913595852990719726340844"
IMPLEMENTATION_VERSION_NAME = "DEIDC"

CLASS, INSTANCE = 0x00080016, 0x00080018
META_CLASS, META_INSTANCE = 0x00020002, 0x00020003
_FOLLOWS = {META_CLASS: CLASS, META_INSTANCE: INSTANCE}
_OURS = {0x00020012: IMPLEMENTATION_CLASS_UID, 0x00020013: IMPLEMENTATION_VERSION_NAME}
VRS = {META_CLASS: "UI", META_INSTANCE: "UI", 0x00020012: "UI", 0x00020013: "SH"}
# What a file cannot be without, and what deidc writes (PS3.10 table 7.1-1). Everything else names the sender, the
# receiver or their software, or is of no edition that deidc knows.
_WRITTEN = frozenset({0x00020000, 0x00020001, 0x00020010, *VRS})
_UID = re.compile(r"(?=.{1,64}\Z)[0-9]+(\.[0-9]+)+")  # PS3.5 9.1, but for zeros in front of a component
# Private information and its creator; each is without meaning on its own.
_TOGETHER = (0x00020100, 0x00020102)


def overdue(
    meta: Mapping[int, str],
    given: Container[int],
    identity: Mapping[int, str],
    is_spoken_for: Callable[[int], bool],
) -> Iterator[tuple[int, str | None]]:
    """Yield what has to change in file meta information for it to be that of the cleaned object: tag and new text.

    None stands for an element that is removed.

    Args:
        meta: the text of each of its elements after the rules.
        given: the tags of its elements in the input.
        identity: SOP Class and SOP Instance UID of the cleaned object; see `Identity`.
        is_spoken_for: whether a rule of the recipe keeps or writes an element; then it stays.

    """
    for tag, source in _FOLLOWS.items():
        uid = identity.get(source, "")
        if uid and meta.get(tag) != uid:
            yield tag, uid
        elif not uid and tag in meta:
            yield tag, None
    for tag, text in _OURS.items():
        if meta.get(tag) != text:
            yield tag, text
    going = {tag for tag in meta if tag not in _WRITTEN and not is_spoken_for(tag)}
    if any(tag in going or (tag in given and tag not in meta) for tag in _TOGETHER):
        going.update(tag for tag in _TOGETHER if tag in meta)
    yield from ((tag, None) for tag in sorted(going))


@frozen
class Identity:
    """What SOP Class and SOP Instance UID an object has that is to be written.

    Where the data set lacks one, the one of the file meta information is treated by the rules for the attribute of the
    data set, unless rules for the file meta information changed or removed it. What is no UID is left out.
    """

    plan: Plan
    folding: Folding

    def of(
        self, uids: Mapping[int, str], given: Container[int], before: Callable[[int], str], after: Mapping[int, str]
    ) -> Mapping[int, str]:
        """Return the UIDs by tag.

        Args:
            uids: those of the cleaned data set.
            given: the tags of the data set of the input, as far as they are one of these two.
            before: returns the text of an element of the file meta information of the input, or nothing.
            after: the text of these elements after the rules.

        """
        lacking = [(tag, source) for tag, source in _FOLLOWS.items() if source not in given and source not in uids]
        if not lacking:
            return uids
        found = dict(uids)
        for tag, source in lacking:
            text = after.get(tag, "")
            if text and text == before(tag):
                text = self._as_rules_have_it(source, tag, text)
            if _UID.fullmatch(text):
                found[source] = text
        return found

    def _as_rules_have_it(self, source: int, tag: int, uid: str) -> str:
        """Return what the rules for an attribute of the data set make of a UID; nothing if they remove it or fail."""
        node = self.plan.dataset
        data = uid.encode("latin-1")
        raw = RawDataElement(Tag(source), "UI", len(data), data, 0, False, True)
        element = InputElement(raw, "UI", None, f"{tag:08X}", (), DEFAULT_CHARACTER_SETS, in_file_meta=False)
        here = Level(node, "", (), DEFAULT_CHARACTER_SETS, sheltered=False, in_file_meta=False)
        folded = self.folding.existing(here, element, node.entry(source, "UI", None), is_needed=False)
        match folded.standing if folded is not None else Standing.ABSENT:
            case Standing.AS_IS:
                return uid
            case Standing.WRITTEN:
                assert folded is not None
                return str(folded.value or "")
            case _:
                return ""


def sync(
    frame: Frame, op: int, meta: Elements, cleaned: Dataset, identity: Identity, is_spoken_for: Callable[[int], bool]
) -> None:
    """Make the file meta information that of the cleaned object; see `overdue`."""
    uids = {tag: _text(cleaned, tag) for tag in _FOLLOWS.values() if tag in cleaned}
    given = frozenset(tag for tag in _FOLLOWS.values() if tag in frame.input)
    before = cast("Dataset", frame.input.file_meta)
    texts = {int(tag): _plain(element.value) for tag, element in meta.items()}
    found = identity.of(uids, given, lambda tag: _text(before, tag) if tag in before else "", texts)
    for tag, text in list(overdue(texts, frozenset(map(int, before.keys())), found, is_spoken_for)):
        if text is None:
            del meta[Tag(tag)]
        else:
            meta[Tag(tag)] = new_element(tag, VRS[tag], text)
        frame.events.append(Event(f"{tag:08X}", op, Effect.SYNCED))


def _plain(value: object) -> str:
    """Return the text of an element's value; of several values, as the file has them, which is no UID."""
    if isinstance(value, list | MultiValue):
        return "\\".join(map(str, value))
    return plain_text(value)


def _text(dataset: Dataset, tag: int) -> str:
    return _plain(cast("AnyElement", dataset.get_item(tag)).value)


def clear_preamble(frame: Frame, op: int, cleaned: Dataset) -> None:
    """Fill the preamble with zeros, if the object has one that is not."""
    preamble = getattr(cleaned, "preamble", None)
    if preamble is not None and preamble.strip(b"\0"):
        surround(cleaned, preamble=bytes(128))
        frame.events.append(Event("preamble", op, Effect.SYNCED))
