"""Which attributes of the dictionary a selector is about, at the top level: what checks compare rules by."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache, lru_cache
from typing import assert_never

from deidc.dicom import dictionary
from deidc.dicom.values.vrs import DATES
from deidc.ir import ops
from deidc.ir.checks.expressions import crosses_lines
from deidc.ir.resolving.resolved import Resolved
from deidc.ir.roles import patterns_of
from deidc.patterns import BadPattern, compiled, is_slow
from deidc.vocabulary import Anchor, ElementKind

Coverage = frozenset[str]  # patterns of attributes: eight digits, `X` in repeating groups
NOTHING: Coverage = frozenset()


@cache
def _attributes() -> tuple[dictionary.Attribute, ...]:
    """Return the attributes of the dictionary that files have: those of commands (group 0000) they have not."""
    return tuple(one for one in dictionary.attributes() if not one.pattern.startswith("0000"))


@cache
def everything() -> Coverage:
    """Return all attributes of the dictionary that files have."""
    return frozenset(one.pattern for one in _attributes())


@cache
def sequences() -> Coverage:
    """Return the attributes that are sequences."""
    return frozenset(one.pattern for one in _attributes() if one.vr == "SQ")


@cache
def date_attributes() -> Coverage:
    """Return the attributes that hold dates."""
    return frozenset(one.pattern for one in _attributes() if one.vr in DATES)


@cache
def _names() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return each attribute with the names that patterns are matched against."""
    return tuple(
        (
            one.pattern,
            tuple(dict.fromkeys(dictionary.spellings(int(one.pattern.replace("X", "0"), 16), None, ()))),
        )
        for one in _attributes()
    )


@cache
def _spelt() -> tuple[str, tuple[int, ...], tuple[str, ...]]:
    """Return all names of all attributes in one text, where each attribute begins, and which it is."""
    parts: list[str] = []
    starts: list[int] = []
    at = 0
    for _, names in _names():
        text = "\n".join(names) + "\n"
        starts.append(at)
        parts.append(text)
        at += len(text)
    return "".join(parts), tuple(starts), tuple(pattern for pattern, _ in _names())


def _compiled(anchor: Anchor, pattern: str) -> re.Pattern[str] | None:
    """Return the expression of a pattern, or None if it cannot or must not be tried here."""
    whole = ops.anchored(anchor, pattern)
    if is_slow(whole):
        return None
    try:
        return compiled(whole, re.MULTILINE)
    except BadPattern:
        return None


@lru_cache(maxsize=4096)
def of_pattern(anchor: Anchor, pattern: str) -> Coverage:
    """Return the attributes one of whose names fits a pattern; none for a pattern that may be slow."""
    expression = _compiled(anchor, pattern)
    if expression is None:
        return NOTHING
    if crosses_lines(pattern):
        return frozenset(which for which, names in _names() if any(map(expression.search, names)))
    text, starts, patterns = _spelt()
    found = (bisect_right(starts, hit.start()) - 1 for hit in expression.finditer(text, 0, len(text) - 1))
    return frozenset(patterns[at] for at in found)


@lru_cache(maxsize=1024)
def fits_private(anchor: Anchor, pattern: str) -> bool:
    """Whether a pattern fits a private creator or the name of a private element, of those that are known."""
    expression = _compiled(anchor, pattern)
    return expression is None or expression.search(dictionary.private_names()) is not None


@lru_cache(maxsize=8192)
def _of_simple(  # noqa: C901  # one case for each selector of a closed set
    selector: ops.Selector,
) -> Coverage:
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
            return frozenset(one.pattern for one in _attributes() if wanted & set(one.vr.split(" or ")))
        case ops.InGroup(group):
            wild = re.compile(group.replace("X", "[0-9A-FX]"))
            return frozenset(one for one in everything() if wild.fullmatch(one[:4]))
        case ops.OfKind(kind):
            if kind is ElementKind.UNKNOWN:
                return NOTHING
            prefix = {ElementKind.OVERLAY: "60", ElementKind.CURVE: "50"}.get(kind)
            return frozenset(one for one in everything() if prefix and one.startswith(prefix))
        case ops.OfRole(wanted):
            return NOTHING.union(*map(patterns_of, wanted)) & everything()
        case ops.Without(at, but):
            return _of_simple(at) - NOTHING.union(*map(_of_simple, but))
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
            return NOTHING.union(*(_of_simple(selector) for selector in resolved.reach(slot)))
        case ops.Without(at, but):
            return covers(at, resolved) - NOTHING.union(*map(_of_simple, but))
        case _:
            return _of_simple(selector)


@lru_cache(maxsize=8192)
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


def reaches_private(selector: ops.Selector | None, resolved: Resolved) -> bool:
    """Return whether a selector selects private elements, as far as its text determines it."""
    match selector:
        case ops.Everything() | ops.OfKind(ElementKind.PRIVATE) | ops.PrivateBlock():
            return True
        case ops.Matching(anchor, pattern, negated):
            expression = _compiled(anchor, pattern)
            names = ("(0009,1001)", "00091001", "Private tag data", "Private Creator")
            return expression is None or negated != any(map(expression.search, names))
        case ops.InGroup(group):
            return group[-1] in "13579BDF"
        case ops.Tagged(pattern):
            return pattern[3] in "13579BDF"
        case ops.Member(slot):
            return any(reaches_private(one, resolved) for one in resolved.reach(slot))
        case ops.Without(at, but):
            return reaches_private(at, resolved) and not any(reaches_private(one, resolved) for one in but)
        case _:
            return False


def names(patterns: Coverage, most: int = 3) -> str:
    """Return the keywords of some attributes for a message."""
    return listed([dictionary.pattern_keyword(one) or one for one in sorted(patterns)], most)


def be(patterns: Coverage) -> str:
    """Return the verb for some attributes."""
    return "are" if len(patterns) > 1 else "is"


def listed(words: list[str], most: int = 3) -> str:
    """Return the first of some words for a message, and how many more there are."""
    more = len(words) - most
    return ", ".join(words[:most]) + (f" and {more} more" if more > 0 else "")
