"""What a `%values` list holds and which values it hits: as deid reads it, and as deidc means it."""

from __future__ import annotations

import re

from attrs import frozen

from tests.deid.elements import Element, ancestors, element_at, lines, section, selects
from tests.deid.objects import Elements

_SPLIT = re.compile(r"SPLIT (\S+)(?: (.*))?")


@frozen
class Values:
    """The list of a recipe on one object.

    `raw` is what deid collects; `names` and `words` are what deidc does, person names apart.
    """

    raw: frozenset[str]
    words: frozenset[str]
    names: frozenset[str]

    def hit_by_deid(self, vr: str, text: str) -> bool | None:
        """Whether deid finds a value in the list; None if its pattern is no pattern, or it looks at printed items."""
        if vr == "SQ":
            return None
        try:
            pattern = re.compile("|".join(self.raw), re.IGNORECASE)
        except re.error:
            return None
        return bool(self.raw) and any(pattern.search(one) for one in text.split("\\"))

    def hit_by_deidc(self, vr: str, text: str) -> bool:
        """Whether a value, or a word in it, is one of the list."""
        if vr == "SQ":
            return False
        found = [*self.words, *self.names]
        found += [part for name in self.names for part in re.split("[\\^=]", name) if len(part.strip()) >= 3]
        return any(_is(one.strip(), value.strip()) for one in found for value in text.split("\\"))


def _is(word: str, value: str) -> bool:
    if word.lower() == value.lower():
        return True
    return len(word) >= 2 and bool(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", value, re.IGNORECASE))


def is_kept(element: Element, recipe: str, elements: Elements) -> bool:
    """Whether a KEEP line names an element or a sequence that it is in."""
    family = [element, *ancestors(element, elements)]
    return any(line.action == "KEEP" and line.names(one) for line in lines(recipe) for one in family)


def values_of(recipe: str, elements: Elements) -> Values:
    """Return what the list `v` of a recipe holds."""
    raw: set[str] = set()
    words: set[str] = set()
    names: set[str] = set()
    for path, (vr, text) in elements.items():
        element = element_at(path, vr, elements)
        for rule in section(recipe, "%values v"):
            target, parts = _parts(rule, text)
            if vr == "SQ" or not selects(target, element):
                continue
            if not is_kept(element, recipe, elements):
                raw.update(parts if text else [])
            (names if vr == "PN" and rule.startswith("FIELD") else words).update(part for part in parts if part)
    return Values(frozenset(raw), frozenset(words), frozenset(names))


def _parts(rule: str, text: str) -> tuple[str, list[str]]:
    if split := _SPLIT.match(rule):
        options = dict(one.split("=") for one in (split[2] or "").split(";") if one)
        by = options.get("by", '" "').strip("\"'")
        return split[1], [one for one in text.split(by) if len(one) >= int(options.get("minlength", 1))]
    return rule.split(" ")[1], text.split("\\")


def is_member(element: Element, recipe: str) -> bool:
    """Whether a line of the `%fields` list `f` names an element."""
    return any(selects(rule.split(" ")[1], element) for rule in section(recipe, "%fields f"))


def member_tags(recipe: str, elements: Elements) -> set[int]:
    """Return the tags of the members of the list `f`, wherever in the object they are."""
    members = (element_at(path, vr, elements) for path, (vr, _) in elements.items())
    return {one.tag for one in members if is_member(one, recipe)}
