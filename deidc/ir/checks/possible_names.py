"""Whether a pattern can match a name that some element has: of the dictionaries, or of any tag in a private group."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from deidc.dicom import dictionary
from deidc.ir import ops
from deidc.ir.checks.coverage import fits_private, of_pattern
from deidc.patterns import BadPattern, compiled, is_slow
from deidc.vocabulary import Anchor

_DIGITS = re.compile(r"[0-9A-Fa-f]{2,8}")
_TAGS = re.compile(r"([0-9A-Fa-f]{4})\\?,?([0-9A-Fa-f]{4})")
_WORD = re.compile(r"[A-Za-z]{3,}")
# Underscores with the letters on both sides, unless they are repeated or in a set.
_SEPARATOR = re.compile(r"([A-Za-z]*)(?<!_)(_+)(?![_?*+{\]|)])([A-Za-z]*)")
_ESCAPE = re.compile(r"\\[A-Za-z]")
# What private elements are called that no dictionary knows, and private creators.
_GENERAL_NAMES = ("Private tag data", "Private Creator")
# Elements of private blocks that stand for all: creators, and the first and last of a block.
_ELEMENTS = ("0010", "00ff", "1000", "1001", "10ff", "1101")
_ODD, _HIGH, _EVEN = "13579", "bdf", "02468ace"


@lru_cache(maxsize=1024)
def can_match(anchor: Anchor, pattern: str) -> bool:
    """Whether a pattern can match a name that an element has.

    Names are keywords, names and tags of the standard, what is known of private elements, and tags of all private
    groups. A pattern that spells a creator in quotation marks is not judged, because creators are any text.
    """
    if '"' in pattern or is_slow(ops.anchored(anchor, pattern)):
        return True
    try:
        expression = compiled(ops.anchored(anchor, pattern), re.MULTILINE)
    except BadPattern:
        return True
    if of_pattern(anchor, pattern) or any(map(expression.search, _GENERAL_NAMES)):
        return True
    if _matches_a_tag(expression, pattern):
        return True
    if fits_private(anchor, pattern):
        # Where both ends are fixed, a private element of just that name is not what the author means.
        return not _fixes_other_end(anchor, pattern)
    return _may_match_a_path(pattern)


def _fixes_other_end(anchor: Anchor, pattern: str) -> bool:
    """Whether a pattern repeats the work of its selector at the opposite end: endswith:^Name, startswith:Name$."""
    begins, ends = pattern.startswith("^"), pattern.endswith("$") and not pattern.endswith("\\$")
    return (anchor is Anchor.ENDSWITH and begins) or (anchor is Anchor.STARTSWITH and ends)


def _matches_a_tag(expression: re.Pattern[str], pattern: str) -> bool:
    """Whether a pattern matches a tag of a private group, or a tag that is made with its own digits."""
    if any(map(expression.search, _made_tags(pattern))):
        return True
    return re.search(r"[0-9.,(\[]|\\[dDwWsS]", pattern) is not None and expression.search(_private_tags()) is not None


def _made_tags(pattern: str) -> Iterator[str]:
    tags = {f"{one[1]}{one[2]}" for one in _TAGS.finditer(pattern)}
    for run in _DIGITS.findall(pattern):
        for base in ("00291001", "00101001"):
            tags.update(base[:at] + run + base[at + len(run) :] for at in range(len(base) - len(run) + 1))
    for tag in sorted(tags):
        yield f"({tag[:4]},{tag[4:]})"
        yield tag


@cache
def _private_tags() -> str:
    """Return the tags of some elements of every private group, in both spellings, one a line."""
    groups = [f"{group:04x}" for group in range(0x0009, 0x10000, 2)]
    return "\n".join(
        text for group in groups for element in _ELEMENTS for text in (f"({group},{element})", f"{group}{element}")
    )


def _may_match_a_path(pattern: str) -> bool:
    """Whether a pattern may match the path of a nested element: it can cross `__`, and its words are of keywords."""
    plain = _ESCAPE.sub(".", pattern)
    if not {"_", "."} & set(plain) and "[^" not in plain:
        return False
    words = _WORD.findall(plain)
    if not words or not all(word.lower() in _keywords() for word in words):
        return False
    return all(_may_separate(one[1].lower(), one[2], one[3].lower()) for one in _SEPARATOR.finditer(plain))


def _may_separate(before: str, underscores: str, behind: str) -> bool:
    """Whether underscores can be those between a sequence and what is in its items, with the letters beside them."""
    if len(underscores) > 2 or (before and behind and len(underscores) != 2):
        return False
    return f"{before}\n" in _sequences() and f"\n{behind}" in _keywords()


@cache
def _keywords() -> str:
    return "\n" + "".join(f"{one.keyword.lower()}\n" for one in dictionary.attributes())


@cache
def _sequences() -> str:
    return "\n" + "".join(f"{one.keyword.lower()}\n" for one in dictionary.attributes() if one.vr == "SQ")


@lru_cache(maxsize=1024)
def misses_odd_groups(anchor: Anchor, pattern: str) -> bool:
    """Whether a pattern matches tags of groups that end in 1, 3, 5, 7, 9, of no even group, but not all of B, D, F."""
    if re.search(r"\d|\\", pattern) is None or is_slow(ops.anchored(anchor, pattern)):
        return False
    try:
        expression = compiled(ops.anchored(anchor, pattern))
    except BadPattern:
        return False
    if not all(_matches_groups(expression, digit) for digit in _ODD):
        return False
    if any(_matches_groups(expression, digit) for digit in _EVEN):
        return False
    return not all(_matches_groups(expression, digit) for digit in _HIGH)


def _matches_groups(expression: re.Pattern[str], digit: str) -> bool:
    """Whether an expression matches some tag whose group ends in a digit."""
    groups = (f"{start}{digit}" for start in ("000", "001", "002", "00f", "100", "200", "205", "705"))
    return any(expression.search(f"({group},1000)") or expression.search(f"{group}1000") for group in groups)
