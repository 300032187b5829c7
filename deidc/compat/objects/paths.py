"""Convert the path of an element between deid's form, `(0040,0275)__0__(0008,0050)`, and that of events."""

from __future__ import annotations

import re

_PART = re.compile(r"\(?([0-9A-Fa-f]{4}), ?([0-9A-Fa-f]{4})\)?\Z")
_STEP = re.compile(r"([0-9A-F]{8})(?:\[(\d+)\])?\Z")


def tag_text(tag: int) -> str:
    """Return a tag as pydicom prints it, `(7FE0,0010)`."""
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"


def uid_of(text: str) -> str:
    """Return a uid as it is written here; older versions of pydicom print `(7fe0, 0010)`. Other text is unchanged."""
    return text.replace(" ", "").upper() if text.startswith("(") else text


def uid_of_path(path: str) -> str:
    """Return the uid of an element by the path that an event has, `0040A730[0].0040A123`."""
    parts: list[str] = []
    for step in path.split("."):
        found = _STEP.match(step)
        if found is None:
            raise ValueError("that is no path of an element")
        parts.append(tag_text(int(found[1], 16)))
        if found[2] is not None:
            parts.append(found[2])
    return "__".join(parts)


def way_of_uid(uid: str) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """Return the tags on the way to an element and the numbers of the items between them; None for other text.

    The last of the tags is the element's own.
    """
    tags: list[int] = []
    indexes: list[int] = []
    for number, part in enumerate(uid.split("__")):
        tag = _PART.match(part)
        if number % 2 == 0 and tag is not None:
            tags.append(int(tag[1] + tag[2], 16))
        elif number % 2 == 1 and part.isdecimal():
            indexes.append(int(part))
        else:
            return None
    return (tuple(tags), tuple(indexes)) if len(tags) == len(indexes) + 1 else None


def path_of(tags: tuple[int, ...], indexes: tuple[int, ...]) -> str:
    """Return the path that an event has of the element there."""
    items = "".join(f"{tag:08X}[{index}]." for tag, index in zip(tags[:-1], indexes, strict=True))
    return f"{items}{tags[-1]:08X}"
