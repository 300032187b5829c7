"""What deid 0.4.13 selects by a target as it is spelt, held against what deidc selects by it."""

from __future__ import annotations

import re
from typing import TypeAlias, assert_never

from attrs import frozen
from pydicom import datadict

from deidc.dicom import dictionary
from deidc.grammar import nodes
from deidc.grammar.writer import write_target
from deidc.ir.checks.coverage import Coverage, of_pattern
from deidc.patterns import BadPattern, compiled

_EXPANDERS = ("contains", "startswith", "endswith", "except", "select")


@frozen
class Alike:
    """deid selects what deidc selects."""


@frozen
class Nothing:
    """deid selects nothing."""


@frozen
class Stops:
    """deid stops at the first object."""


@frozen
class Others:
    """deid selects other attributes: it misses some, or selects others that are not intended."""

    missed: Coverage
    surplus: Coverage
    vrs: tuple[str, ...] = ()  # VRs that it misses


Verdict: TypeAlias = Alike | Nothing | Stops | Others


def verdict(  # noqa: C901  # one case for each kind of target of a closed set
    word: str, target: nodes.Target, *, in_list: bool = False
) -> Verdict:
    """Return how deid takes the word that stands for a target.

    Lines of lists know no `values:` and `fields:`.
    """
    match target:
        case nodes.Keyword():
            return Alike() if is_keyword(word) else Nothing()
        case nodes.Tag(digits):
            spelt = (f"({digits[:4]},{digits[4:]})", digits)
            return Alike() if "X" not in digits and word.upper() in spelt else Nothing()
        case nodes.Private(group, creator, element):
            bare = f'{group},"{creator}",{element}'.lower()
            is_whole = "X" not in group + element
            return Alike() if is_whole and word.lower() in (bare, f"({bare})") else Nothing()
        case nodes.Path():
            return Alike() if word.lower() == _path(target) else Nothing()
        case nodes.Everything():
            return Alike() if word.lower() == "all" else Nothing()
        case nodes.Expander():
            return _expander(word, target)
        case nodes.SelectVR(vrs):
            return Alike() if len(vrs) == 1 else Others(frozenset(), frozenset(), vrs[1:])
        case nodes.SelectGroup(group):
            return Stops() if "X" in group else Alike()
        case nodes.SelectKind() | nodes.SelectRole() | nodes.Excepting():
            return Alike()  # a word of deidc's own: nobody wrote it for deid
        case nodes.ListRef(kind, name):
            return Alike() if word == f"{kind.value}:{name}" and not in_list else Nothing()
        case _:
            assert_never(target)


def is_keyword(word: str) -> bool:
    """Whether deid knows a word as a keyword: it asks pydicom's dictionary, in any case of letters."""
    found = dictionary.find_keyword(word)
    if found is None:
        return False
    return found.repeating or datadict.tag_for_keyword(found.keyword) is not None


def selects_something(word: str) -> Alike | Nothing | Stops:
    """Return how deid takes a word that is no target to deidc."""
    if word.startswith(("values:", "fields:")) or word.lower() == "all" or is_keyword(word):
        return Alike()
    expander, colon, expression = word.partition(":")
    if colon and '"' not in expander:
        if expander.lower() not in _EXPANDERS:
            return Nothing()
        if expander.lower() == "select":
            return _selected_by(expression)
        return Alike() if _compiles(expression) else Stops()
    tag = re.fullmatch(r"\([0-9a-f]{4},[0-9a-f]{4}\)|[0-9a-f]{8}", word, re.IGNORECASE)
    return Alike() if tag is not None else Nothing()


def _selected_by(expression: str) -> Alike | Nothing | Stops:
    """Return how deid takes what stands behind `select:`: a kind and a value, of which it knows two."""
    kind, colon, value = expression.lower().partition(":")
    match kind:
        case _ if not colon:
            return Stops()
        case "vr":
            return Alike()
        case "group":
            return Alike() if re.fullmatch(r"(0x)?[0-9a-f]+", value) else Stops()
        case _:
            return Nothing()


def spelt(target: nodes.Target) -> str:
    """Return the spelling of a target that deid knows, if there is one."""
    match target:
        case nodes.Keyword(text):
            found = dictionary.find_keyword(text) or dictionary.find_name(text)
            return found.keyword if found is not None else write_target(target)
        case _:
            return write_target(target)


def _path(path: nodes.Path) -> str | None:
    """Return the spelling of a path that deid knows: all keywords, or all tags with the numbers of items."""
    ats = [step.at for step in path.steps]
    if all(isinstance(at, nodes.Keyword) and is_keyword(at.text) for at in ats):
        return write_target(path).lower() if all(step.index is None for step in path.steps) else None
    if all(isinstance(at, nodes.Tag) and "X" not in at.digits for at in ats):
        return write_target(path).lower() if all(step.index is not None for step in path.steps[:-1]) else None
    return None


def _expander(word: str, target: nodes.Expander) -> Verdict:
    kind, _, expression = word.partition(":")
    if kind.lower() != target.kind.value:
        return Nothing()
    if not _compiles(expression):
        return Stops()
    lowered = expression.lower()
    if lowered == target.pattern.lower() and not re.search(r"\\[A-Z]", expression):
        return Alike()
    anchor = target.kind.anchor
    meant, taken = of_pattern(anchor, target.pattern), of_pattern(anchor, lowered)
    if target.kind.is_negated:
        meant, taken = taken, meant
    if meant == taken:
        return Alike()
    return Others(meant - taken, taken - meant) if taken else Nothing()


def _compiles(expression: str) -> bool:
    try:
        compiled(expression.lower())
    except BadPattern:
        return False
    return True
