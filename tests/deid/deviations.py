"""Where deidc means to differ from deid 0.4.13: each deviation by name, and the elements it accounts for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from attrs import frozen

Value = list[str] | None


@frozen
class Difference:
    """One element that the two left differently: where, what it was, and what either made of it."""

    recipe: str
    path: str
    before: Value
    ours: Value
    theirs: Value
    hidden: bool  # in, or itself, an element of unknown VR that holds a sequence

    @property
    def tag(self) -> int:
        """The element's own tag."""
        return int(self.path.rpartition(".")[2], 16)


def _file_meta(one: Difference) -> bool:
    return one.path.startswith("0002")


def _private_creator(one: Difference) -> bool:
    group, element = one.tag >> 16, one.tag & 0xFFFF
    return group % 2 == 1 and 0x10 <= element <= 0xFF and one.ours in (one.before, None)


def _character_set(one: Difference) -> bool:
    return one.tag == 0x00080005 and one.ours == one.before


def _nested_keep(one: Difference) -> bool:
    return "." in one.path and "KEEP " in one.recipe and one.ours == one.before


def _precision(one: Difference) -> bool:
    if one.ours is None or one.theirs is None or one.ours[0] != "DT" or "JITTER" not in one.recipe:
        return False
    return all(
        theirs.startswith(ours) for ours, theirs in zip(one.ours[1].split("\\"), one.theirs[1].split("\\"), strict=True)
    )


def _no_dates(one: Difference) -> bool:
    return (
        "JITTER" in one.recipe
        and one.before is not None
        and one.before[0] not in ("DA", "DT")
        and one.ours in (one.before, None)
    )


def _hidden_sequence(one: Difference) -> bool:
    return one.hidden


def _words_not_parts(one: Difference) -> bool:
    return "values:" in one.recipe and one.before in (one.ours, one.theirs)


# What accounts for a difference in an element; docs/deviations.md tells why each is so.
ELEMENTS: Mapping[str, Callable[[Difference], bool]] = MappingProxyType(
    {
        "file-meta-rebuilt": _file_meta,
        "creators-follow-their-block": _private_creator,
        "character-set-protected": _character_set,
        "keep-at-every-depth": _nested_keep,
        "precision-kept": _precision,
        "only-dates-shifted": _no_dates,
        "values-are-words": _words_not_parts,
        "hidden-sequences": _hidden_sequence,
    }
)
