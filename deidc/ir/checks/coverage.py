"""Which attributes of the dictionary a selector is about, at the top level: what checks compare rules by."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache, lru_cache
from typing import assert_never

from deidc.ir import dictionary, ops
from deidc.ir.names import Resolved
from deidc.patterns import BadPattern, compiled

Coverage = frozenset[str]  # patterns of attributes: eight digits, `X` in repeating groups
NOTHING: Coverage = frozenset()


@cache
def everything() -> Coverage:
    """Return all attributes of the dictionary."""
    return frozenset(one.pattern for one in dictionary.attributes())


@cache
def _spelt() -> tuple[str, tuple[int, ...], tuple[str, ...]]:
    """Return all names of all attributes in one text, where each attribute begins, and which it is."""
    parts: list[str] = []
    starts: list[int] = []
    patterns: list[str] = []
    at = 0
    for one in dictionary.attributes():
        tag = int(one.pattern.replace("X", "0"), 16)
        text = "\n".join(dict.fromkeys(dictionary.spellings(tag, None, ()))) + "\n"
        starts.append(at)
        patterns.append(one.pattern)
        parts.append(text)
        at += len(text)
    return "".join(parts), tuple(starts), tuple(patterns)


@lru_cache(maxsize=4096)
def of_pattern(anchor: ops.Anchor, pattern: str) -> Coverage:
    """Return the attributes one of whose names fits a pattern."""
    text, starts, patterns = _spelt()
    match anchor:
        case ops.Anchor.CONTAINS:
            expression = pattern
        case ops.Anchor.STARTSWITH:
            expression = f"^(?:{pattern})"
        case ops.Anchor.ENDSWITH:
            expression = f"(?:{pattern})$"
        case _:
            assert_never(anchor)
    try:
        found_by = compiled(expression, re.MULTILINE)
    except BadPattern:
        return NOTHING
    found = (bisect_right(starts, hit.start()) - 1 for hit in found_by.finditer(text))
    return frozenset(patterns[at] for at in found if at >= 0)


@lru_cache(maxsize=8192)
def _of_simple(selector: ops.Selector) -> Coverage:  # one return for each selector
    match selector:
        case ops.Everything():
            return everything()
        case ops.Tagged(pattern) if "X" not in pattern or pattern in everything():
            return frozenset({pattern})
        case ops.Tagged(pattern):
            wild = re.compile(pattern.replace("X", "[0-9A-FX]"))
            return frozenset(one for one in everything() if wild.fullmatch(one))
        case ops.AtPath(steps):
            return _of_simple(steps[0].at) if len(steps) == 1 else NOTHING
        case ops.Matching(anchor, pattern, negated):
            found = of_pattern(anchor, pattern)
            return everything() - found if negated else found
        case ops.OfVR(vrs):
            wanted = set(vrs)
            return frozenset(one.pattern for one in dictionary.attributes() if wanted & set(one.vr.split(" or ")))
        case ops.InGroup(group):
            wild = re.compile(group.replace("X", "[0-9A-FX]"))
            return frozenset(one for one in everything() if wild.fullmatch(one[:4]))
        case ops.OfKind(kind):
            prefix = {ops.Kind.OVERLAY: "60", ops.Kind.CURVE: "50"}.get(kind)
            return frozenset(one for one in everything() if prefix and one.startswith(prefix))
        case ops.PrivateBlock() | ops.Holding() | ops.Member():
            return NOTHING
        case _:
            assert_never(selector)


def covers(selector: ops.Selector | None, resolved: Resolved) -> Coverage:
    """Return the attributes that a selector is known to be about; what values decide is not known."""
    match selector:
        case None:
            return NOTHING
        case ops.Member(slot):
            members = (covers(one.selector, resolved) for one in resolved.lists[slot].members)
            return frozenset().union(*members)
        case _:
            return _of_simple(selector)


def attribute_of(selector: ops.Selector | None) -> dictionary.Attribute | None:
    """Return the attribute that a selector names by tag or as the last step of a path."""
    match selector:
        case ops.Tagged(pattern):
            keyword = dictionary.pattern_keyword(pattern)
            if keyword:
                return dictionary.find_keyword(keyword)
            return dictionary.find_tag(int(pattern, 16)) if "X" not in pattern else None
        case ops.AtPath(steps):
            return attribute_of(steps[-1].at)
        case _:
            return None


def is_wide(selector: ops.Selector | None) -> bool:
    """Whether a selector sweeps over attributes rather than naming one."""
    match selector:
        case ops.Tagged(pattern):
            return "X" in pattern and not dictionary.pattern_keyword(pattern)
        case ops.AtPath() | ops.PrivateBlock() | None:
            return False
        case _:
            return True


def names(patterns: Coverage, most: int = 3) -> str:
    """Return the keywords of some attributes for a message."""
    keywords = [dictionary.pattern_keyword(one) or one for one in sorted(patterns)]
    more = len(keywords) - most
    return ", ".join(keywords[:most]) + (f" and {more} more" if more > 0 else "")
