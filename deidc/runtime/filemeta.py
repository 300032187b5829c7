"""What surrounds a data set in a file: file meta information and preamble, after the object was cleaned."""

from __future__ import annotations

from typing import cast

from pydicom.dataset import Dataset
from pydicom.tag import BaseTag, Tag

from deidc.runtime.elements import AnyElement, new_element
from deidc.runtime.frame import Frame
from deidc.runtime.outcome import Effect, Event

# A UUID-derived UID (PS3.5 annex B.2) that stands for this implementation in every file it writes.
IMPLEMENTATION_CLASS_UID = "2.25.247239372397278913595852990719726340844"
IMPLEMENTATION_VERSION_NAME = "DEIDC"

_FOLLOWS = {0x00020002: 0x00080016, 0x00020003: 0x00080018}
_OURS = {0x00020012: ("UI", IMPLEMENTATION_CLASS_UID), 0x00020013: ("SH", IMPLEMENTATION_VERSION_NAME)}
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


def sync(frame: Frame, op: int, meta: Elements, cleaned: Dataset, spoken_for: frozenset[int]) -> None:
    """Make the file meta information that of the cleaned object.

    `spoken_for` are tags that a rule of the recipe keeps or writes; those of the sender stay then.
    """

    def changed(tag: int) -> None:
        frame.events.append(Event(f"{tag:08X}", op, Effect.SYNCED))

    for tag, source in _FOLLOWS.items():
        uid = _text(cast("AnyElement", cleaned.get_item(source))) if source in cleaned else ""
        place = Tag(tag)
        if uid and (place not in meta or _text(meta[place]) != uid):
            meta[place] = new_element(place, "UI", uid)
            changed(tag)
        elif not uid and meta.pop(place, None) is not None:
            changed(tag)
    for tag, (vr, text) in _OURS.items():
        place = Tag(tag)
        if place not in meta or _text(meta[place]) != text:
            meta[place] = new_element(place, vr, text)
            changed(tag)
    for tag in _FOREIGN:
        if tag not in spoken_for and meta.pop(Tag(tag), None) is not None:
            changed(tag)


def _text(element: AnyElement) -> str:
    value = element.value
    text = value.decode("latin-1") if isinstance(value, bytes) else str(value or "")
    return text.strip(" \0")


def clear_preamble(frame: Frame, op: int, cleaned: Dataset) -> None:
    """Fill the preamble with zeros, if the object has one that is not."""
    preamble = getattr(cleaned, "preamble", None)
    if preamble is not None and preamble.strip(b"\0"):
        cleaned.__dict__["preamble"] = bytes(128)
        frame.events.append(Event("preamble", op, Effect.SYNCED))
