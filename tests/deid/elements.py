"""Which elements a target of a recipe names, decided from the dump of an object and pydicom's dictionary alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from attrs import frozen
from pydicom import datadict

from tests.deid.objects import Elements

_ITEM = re.compile(r"\[(\d+)\]\.")
_TAG = re.compile(r"\(?([0-9A-Fa-f]{4}),?([0-9A-Fa-f]{4})\)?$")
_PRIVATE = re.compile(r'\(?([0-9A-Fa-f]{4}),"([^"]*)",([0-9A-Fa-f]{2})\)?$')
_UID = re.compile(r"\([0-9A-Fa-f]{4},[0-9A-Fa-f]{4}\)(__\d+__\([0-9A-Fa-f]{4},[0-9A-Fa-f]{4}\))*$")


@frozen
class Element:
    """An element of an object by what it is called: its path, VR and private creator."""

    path: str
    vr: str
    creator: str | None

    @property
    def tags(self) -> list[int]:
        """The tags on the way, its own last."""
        return [int(one, 16) for one in _ITEM.sub(".", self.path).split(".")]

    @property
    def tag(self) -> int:
        """Its own tag."""
        return int(self.path[-8:], 16)

    @property
    def private(self) -> bool:
        """Whether its group is odd."""
        return bool(self.tag >> 16 & 1)

    @property
    def is_creator(self) -> bool:
        """Whether it reserves a block of private elements."""
        return self.private and 0x10 <= self.tag & 0xFFFF <= 0xFF

    @property
    def nested(self) -> bool:
        """Whether it is in an item."""
        return "." in self.path

    @property
    def uid(self) -> str:
        """Its path in the form that deid calls a uid."""
        return "__".join(
            part if len(part) < 8 else f"({part[:4]},{part[4:]})"
            for part in self.path.replace("[", ".").replace("]", "").split(".")
        )

    @property
    def names(self) -> list[str]:
        """Everything that deid lays a pattern against."""
        keywords = [datadict.keyword_for_tag(tag) for tag in self.tags]
        hexed = f"{self.tag >> 16:04X},{self.tag & 0xFFFF:04X}"
        found = ["__".join(keywords), f"({hexed})", hexed.replace(",", ""), self._name(), keywords[-1]]
        if self.private and self.creator is not None:
            form = f'{self.tag >> 16:04X},"{self.creator}",{self.tag & 0xFF:02X}'
            found += [form, f"({form})"]
        return found

    def _name(self) -> str:
        if not self.private:
            try:
                return datadict.dictionary_description(self.tag)
            except KeyError:
                return "Group Length" if self.tag & 0xFFFF == 0 else ""
        if self.is_creator:
            return "Private Creator"
        try:
            return f"[{datadict.private_dictionary_description(self.tag, self.creator or '')}]"
        except KeyError:
            return "Private tag data"


def element_at(path: str, vr: str, elements: Elements) -> Element:
    """Return an element of a dumped object, its private creator found beside it."""
    tag = int(path[-8:], 16)
    creator = None
    if tag >> 16 & 1 and tag & 0xFFFF >= 0x1000:
        place = f"{path[:-8]}{tag >> 16:04X}00{(tag & 0xFFFF) >> 8:02X}"
        creator = elements[place][1] if place in elements else None
    return Element(path, vr, creator)


def dictionary_vr(element: Element) -> str | None:
    """Return the VR that pydicom's dictionaries give an attribute."""
    try:
        if element.private:
            return str(datadict.private_dictionary_VR(element.tag, element.creator or ""))
        return datadict.dictionary_VR(element.tag)
    except KeyError:
        return None


def selects(target: str, element: Element) -> bool:
    """Whether a target names an element; lists of the recipe aside."""
    word, _, rest = target.partition(":") if not _PRIVATE.match(target) else (target, "", "")
    match word.lower():
        case "all":
            return True
        case "contains":
            return _found(rest, element)
        case "startswith":
            return _found(f"^({rest})", element)
        case "endswith":
            return _found(f"({rest})$", element)
        case "except":
            return not _found(rest, element)
        case "select":
            kind, _, wanted = rest.partition(":")
            if kind.upper() == "VR":
                return element.vr == wanted[:2].upper()
            return element.tag >> 16 == int(wanted, 16)
    return _names_exactly(target, element)


def _found(pattern: str, element: Element) -> bool:
    return any(re.search(pattern, name, re.IGNORECASE) for name in element.names)


def _names_exactly(target: str, element: Element) -> bool:
    if private := _PRIVATE.match(target):
        group, creator, low = private.groups()
        return (
            element.creator is not None
            and element.creator.strip().lower() == creator.lower()
            and (element.tag >> 16, element.tag & 0xFF) == (int(group, 16), int(low, 16))
        )
    if tag := _TAG.match(target):
        return element.tag == int(tag[1] + tag[2], 16)
    if _UID.match(target):
        return element.uid.lower() == target.lower()
    return target.lower() in (element.names[0].lower(), element.names[4].lower())


def is_exact(target: str) -> bool:
    """Whether a target names an attribute, rather than sweeping over many."""
    return target.lower() != "all" and (":" not in target or bool(_PRIVATE.match(target)))


@frozen
class Line:
    """A line of `%header`."""

    action: str
    target: str
    value: str

    def names(self, element: Element) -> bool:
        """Whether the line's target names an element."""
        return selects(self.target, element)


def section(recipe: str, word: str) -> list[str]:
    """Return the lines of the sections called `word` (`%header`, `%values v`)."""
    found: list[str] = []
    inside = False
    for text in recipe.splitlines():
        if text.startswith("%"):
            inside = text == word
        elif inside and text:
            found.append(text)
    return found


def lines(recipe: str) -> list[Line]:
    """Return the lines of the header."""
    parts = [[*text.split(" ", 2), ""] for text in section(recipe, "%header")]
    return [Line(one[0], _whole(one[1], one[2])[0], _whole(one[1], one[2])[1]) for one in parts]


def _whole(target: str, value: str) -> tuple[str, str]:
    """Return target and value of a line; a creator may have blanks."""
    if target.count('"') == 1:
        end, _, rest = value.partition('"')
        tail, _, rest = rest.partition(" ")
        return f'{target} {end}"{tail}', rest
    return target, value


def ancestors(element: Element, elements: Elements) -> Iterator[Element]:
    """Yield the sequences that an element is in, the outermost first."""
    for item in _ITEM.finditer(element.path):
        path = element.path[: item.start()]
        yield element_at(path, "SQ", elements)
