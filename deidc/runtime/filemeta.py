"""What surrounds a data set in a file: file meta information and preamble, after the object was cleaned."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import cast

from pydicom.dataset import Dataset
from pydicom.tag import BaseTag, Tag

from deidc.dicom.datasets import AnyElement, new_element
from deidc.dicom.decoding import plain_text
from deidc.runtime.fold.frame import Frame
from deidc.runtime.outcome import Effect, Event

# A UUID-derived UID (PS3.5 annex B.2) that stands for this implementation in every file it writes.
IMPLEMENTATION_CLASS_UID = "2.25.247239372397278913595852990719726340844"
IMPLEMENTATION_VERSION_NAME = "DEIDC"

_FOLLOWS = {0x00020002: 0x00080016, 0x00020003: 0x00080018}
_OURS = {0x00020012: IMPLEMENTATION_CLASS_UID, 0x00020013: IMPLEMENTATION_VERSION_NAME}
VRS = {0x00020002: "UI", 0x00020003: "UI", 0x00020012: "UI", 0x00020013: "SH"}
# Application entity titles and presentation addresses of sender and receiver, and private information.
_FOREIGN = (
    0x00020016,
    0x00020017,
    0x00020018,
    0x00020026,
    0x00020027,
    0x00020028,
    0x00020100,
    0x00020102,
)

Elements = dict[BaseTag, AnyElement]


def overdue(
    meta: Mapping[int, str], identity: Mapping[int, str], is_spoken_for: Callable[[int], bool]
) -> Iterator[tuple[int, str | None]]:
    """Yield what has to change in file meta information for it to be that of the cleaned object: tag and new text.

    None stands for an element that has to go. `meta` has the text of each of its elements, `identity` the SOP Class
    and SOP Instance UID of the object. `is_spoken_for` tells whether a rule of the recipe keeps or writes an element;
    those of the sender stay then.
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
    for tag in _FOREIGN:
        if tag in meta and not is_spoken_for(tag):
            yield tag, None


def sync(frame: Frame, op: int, meta: Elements, cleaned: Dataset, is_spoken_for: Callable[[int], bool]) -> None:
    """Make the file meta information that of the cleaned object; see `overdue`."""
    identity = {
        tag: plain_text(cast("AnyElement", cleaned.get_item(tag)).value) for tag in _FOLLOWS.values() if tag in cleaned
    }
    texts = {int(tag): plain_text(element.value) for tag, element in meta.items()}
    for tag, text in list(overdue(texts, identity, is_spoken_for)):
        if text is None:
            del meta[Tag(tag)]
        else:
            meta[Tag(tag)] = new_element(tag, VRS[tag], text)
        frame.events.append(Event(f"{tag:08X}", op, Effect.SYNCED))


def clear_preamble(frame: Frame, op: int, cleaned: Dataset) -> None:
    """Fill the preamble with zeros, if the object has one that is not."""
    preamble = getattr(cleaned, "preamble", None)
    if preamble is not None and preamble.strip(b"\0"):
        cleaned.__dict__["preamble"] = bytes(128)
        frame.events.append(Event("preamble", op, Effect.SYNCED))
