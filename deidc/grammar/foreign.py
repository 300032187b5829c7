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

# A private element with its parts in another order, without a part, or with a whole element number.
_PARTS = re.compile(r"[(\[][ \t]*(?P<parts>(?:\"[^\"]*\"|[^\s\"(),;\]]+|[ \t]*[,;][ \t]*)+)[)\]](?!\S)")
_PART = re.compile(r"\"([^\"]+)\"|([^\s\",;]+)")


def foreign_target(text: str) -> tuple[str, int] | None:
    """Return the target that the beginning of a text means, and how long that beginning is; or None."""
    found = _PRIVATE.match(text)
    if found is not None:
        return "select:private", found.end()
    found = next((one for one in (block.match(text) for block in _BLOCKS) if one is not None), None)
    if found is None:
        return _misordered(text)
    parts = found.groupdict()
    creator = parts.get("creator") or parts["dashed"].replace("-", " ")
    element = (parts.get("element") or "xx").upper().replace("X", "x")
    return f'({parts["group"].upper()},"{creator}",{element})', found.end()


def _misordered(text: str) -> tuple[str, int] | None:
    """Return the private element that `(0029,10,"CREATOR")` and the like mean, and how long the text is."""
    found = _PARTS.match(text)
    if found is None:
        return None
    creators: list[str] = []
    numbers: list[str] = []
    for quoted, bare in _PART.findall(found["parts"]):
        is_number = re.fullmatch(r"[0-9A-Fa-f]{4}|[0-9A-Fa-fx]{2}", bare) is not None
        (numbers if is_number else creators).append(bare or quoted)
    groups = [one for one in numbers if len(one) == len("gggg")]
    if len(creators) != 1 or not groups or len(numbers) > 2:
        return None
    numbers.remove(groups[0])
    element = numbers[0][-2:].upper().replace("X", "x") if numbers else "xx"
    return f'({groups[0].upper()},"{creators[0]}",{element})', found.end()
