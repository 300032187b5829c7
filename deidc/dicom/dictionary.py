"""Look up keywords, tags, names and spellings for patterns in the DICOM data dictionary.

Facts are pydicom's (PS3.6), with the attributes of newer editions that Table E.1-1 of PS3.15 2026d lists and
pydicom 3.0 does not know (`NEWER`).
"""

from __future__ import annotations

from functools import cache, lru_cache

from attrs import frozen
from pydicom import datadict
from pydicom._dicom_dict import DicomDictionary, RepeatersDictionary
from pydicom._private_dict import private_dictionaries

from deidc.dicom.newer_attributes import NEWER

# Characters of a private creator (VR LO, PS3.5 6.2); a file may hold a longer one, which is in no dictionary.
LONGEST_CREATOR = 64


@frozen
class Attribute:
    """An attribute as PS3.6 registers it.

    `pattern` is eight upper-case hexadecimal digits with `X` for any digit in repeating groups; `vr` may be a
    choice like `US or SS`.
    """

    pattern: str
    keyword: str
    vr: str
    vm: str
    name: str
    retired: bool

    @property
    def repeating(self) -> bool:
        """Whether the attribute belongs to a repeating group, like Overlay Data (60xx,3000)."""
        return "X" in self.pattern


@cache
def attributes() -> tuple[Attribute, ...]:
    """Return every attribute of the dictionary that has a keyword, in tag order, repeaters last."""
    plain = [
        Attribute(f"{tag:08X}", keyword, vr, vm, name, bool(retired))
        for tag, (vr, vm, name, retired, keyword) in DicomDictionary.items()
        if keyword
    ]
    known = {one.pattern for one in plain}
    plain.extend(
        Attribute(pattern, keyword, vr, vm, name, False)
        for pattern, keyword, vr, vm, name in NEWER
        if pattern not in known
    )
    plain.sort(key=lambda one: one.pattern)
    repeaters = [
        Attribute(pattern.upper(), keyword, vr, vm, name, bool(retired))
        for pattern, (vr, vm, name, retired, keyword) in RepeatersDictionary.items()
        if keyword
    ]
    return (*plain, *sorted(repeaters, key=lambda one: one.pattern))


@cache
def _by_keyword() -> dict[str, Attribute]:
    return {one.keyword.lower(): one for one in attributes()}


@cache
def _by_name() -> dict[str, Attribute]:
    return {one.name.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"): one for one in attributes()}


@cache
def _by_tag() -> dict[int, Attribute]:
    return {int(one.pattern, 16): one for one in attributes() if not one.repeating}


def find_keyword(keyword: str) -> Attribute | None:
    """Return the attribute with this keyword, in any case of letters."""
    return _by_keyword().get(keyword.lower())


def find_name(name: str) -> Attribute | None:
    """Return the attribute with this name as printed in PS3.6 (`Patient's Name`), in any case of letters."""
    return _by_name().get(name.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))


def find_tag(tag: int) -> Attribute | None:
    """Return the attribute with this tag; a tag of a repeating group finds its repeater, a private one nothing."""
    found = _by_tag().get(tag)
    # Repeating groups are even (PS3.5 7.6); pydicom takes odd ones for them, too.
    if found is None and not is_private(tag) and datadict.repeater_has_tag(tag):
        _, _, _, _, keyword = RepeatersDictionary[datadict.mask_match(tag)]  # type: ignore[index]
        return find_keyword(keyword)
    return found


@cache
def _newer_vrs() -> dict[int, str]:
    return {int(pattern, 16): vr for pattern, _, vr, _, _ in NEWER if "X" not in pattern}


def public_vr(tag: int) -> str | None:
    """Return the VR of a public attribute, which may be a choice like `US or SS`; None if the dictionary has none.

    Runs look up VRs, and need nothing else of the dictionary; so this does not make `Attribute`s of all of it.
    """
    found = DicomDictionary.get(tag)
    if found is not None:
        return found[0]
    if tag in _newer_vrs():
        return _newer_vrs()[tag]
    if not is_private(tag) and datadict.repeater_has_tag(tag):
        return RepeatersDictionary[datadict.mask_match(tag)][0]  # type: ignore[index]
    return None


def private_name(tag: int, creator: str) -> str | None:
    """Return pydicom's name for a private element of a creator, if its private dictionary has one."""
    try:
        return datadict.private_dictionary_description(tag, creator)
    except KeyError:
        return None


def private_vr(tag: int, creator: str) -> str | None:
    """Return pydicom's VR for a private element of a creator, if its private dictionary has one."""
    try:
        return datadict.private_dictionary_VR(tag, creator)
    except KeyError:
        return None


@cache
def private_names() -> str:
    """Return the creators and the names of private elements that pydicom knows, one a line."""
    names = {entry[2] for entries in private_dictionaries.values() for entry in entries.values()}
    return "\n".join(sorted({*private_dictionaries, *names}))


def private_creators() -> tuple[str, ...]:
    """Return the private creators that pydicom knows."""
    return tuple(private_dictionaries)


def is_private(tag: int) -> bool:
    """Whether the group number is odd (PS3.5 section 7.8)."""
    return bool((tag >> 16) & 1)


def is_private_creator(tag: int) -> bool:
    """Whether the tag is (gggg,0010-00FF) of an odd group, which reserves a block."""
    return is_private(tag) and 0x10 <= tag & 0xFFFF <= 0xFF


def element_name(tag: int, creator: str | None) -> str:
    """Return the name that deid matches patterns against, for public, private and unknown elements alike."""
    if creator is not None and len(creator) > LONGEST_CREATOR:
        creator = None  # no dictionary has it, and the cache keeps what it is asked for
    return _element_name(tag, creator)


@lru_cache(maxsize=65536)
def _element_name(tag: int, creator: str | None) -> str:
    if is_private(tag):
        if creator is not None:
            known = private_name(tag, creator)
            return f"[{known}]" if known else "Private tag data"
        return "Private Creator" if is_private_creator(tag) else "Private tag data"
    found = find_tag(tag)
    if found is not None:
        return found.name
    return "Group Length" if tag & 0xFFFF == 0 else ""


def element_keyword(tag: int) -> str:
    """Return the keyword of a tag, or the empty text."""
    found = find_tag(tag)
    return found.keyword if found is not None else ""


def spellings(tag: int, creator: str | None, parents: tuple[str, ...]) -> tuple[str, ...]:
    """Return every name of an element that `contains:` and similar selectors are matched against.

    `parents` are the keywords of the sequences on the way (empty for private ones), as deid joins them by `__`.
    """
    group, element = tag >> 16, tag & 0xFFFF
    keyword = element_keyword(tag)
    names = [
        "__".join((*parents, keyword)),
        f"({group:04x},{element:04x})",
        f"{tag:08x}",
        element_name(tag, creator),
        keyword,
    ]
    if is_private(tag) and creator is not None:
        names.append(f'({group:04x},"{creator}",{element & 0xFF:02x})')
        names.append(f'{group:04x},"{creator}",{element & 0xFF:02x}')
    return tuple(names)


@cache
def _by_pattern() -> dict[str, str]:
    return {one.pattern: one.keyword for one in attributes()}


def pattern_keyword(pattern: str) -> str:
    """Return the keyword of a tag pattern as the dictionary has it, or the empty text."""
    return _by_pattern().get(pattern, "")


def partner_of(attribute: Attribute) -> Attribute | None:
    """Return the attribute that holds the time of a date or the date of a time, by its keyword: `StudyTime`.

    None if the dictionary has none.
    """
    this, other = ("Date", "Time") if attribute.vr == "DA" else ("Time", "Date")
    keyword, at = attribute.keyword, attribute.keyword.find(this)
    while at >= 0:
        found = find_keyword(keyword[:at] + other + keyword[at + len(this) :])
        if found is not None and found.vr == ("TM" if attribute.vr == "DA" else "DA"):
            return found
        at = keyword.find(this, at + 1)
    return None
