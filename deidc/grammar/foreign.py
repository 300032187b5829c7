"""How CTP scripts, TCIA's tables and PS3.15 write groups of attributes, and what that is in a recipe."""

from __future__ import annotations

import re

# Any private attribute, as Table E.1-1 has it.
_PRIVATE = re.compile(
    r"\(?(?:gggg|xxxx)[ \t]*,[ \t]*(?:eeee|xxxx)\)?(?:[ \t]+where[ \t]+gggg[ \t]+is[ \t]+odd)?(?!\S)", re.I
)
# A block of a creator: 0029xx--SIEMENS-CSA-HEADER, (0029,xx"SIEMENS CSA HEADER"), 0029[SIEMENS CSA HEADER]xx.
_BLOCKS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?P<group>[0-9a-f]{4}),?xx--(?P<dashed>[^\s\"]+)(?!\S)",
        r"\((?P<group>[0-9a-f]{4}),(?P<element>[0-9a-fx]{2})[ \t]*\"(?P<creator>[^\"]+)\"\)(?!\S)",
        r"\(?(?P<group>[0-9a-f]{4}),?\[(?P<creator>[^\]\"]+)\],?(?P<element>[0-9a-fx]{2})?\)?(?!\S)",
    )
)


def foreign_target(text: str) -> tuple[str, int] | None:
    """Return the target that the beginning of a text means, and how long that beginning is; or None."""
    found = _PRIVATE.match(text)
    if found is not None:
        return "select:private", found.end()
    found = next((one for one in (block.match(text) for block in _BLOCKS) if one is not None), None)
    if found is None:
        return None
    parts = found.groupdict()
    creator = parts.get("creator") or parts["dashed"].replace("-", " ")
    element = (parts.get("element") or "xx").upper().replace("X", "x")
    return f'({parts["group"].upper()},"{creator}",{element})', found.end()
