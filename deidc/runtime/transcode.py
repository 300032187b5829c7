"""Promotion of an object to another character set: every text is decoded and will be encoded anew."""

from __future__ import annotations

from pydicom import charset
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag

from deidc.codes import faults
from deidc.runtime.elements import (
    AnyElement,
    Encodings,
    InputElement,
    copied,
    encodings_of,
    input_elements,
    new_element,
    raw_components,
    sequence_items,
)
from deidc.runtime.frame import trouble
from deidc.runtime.values import fit

SPECIFIC_CHARACTER_SET = Tag(0x00080005)
_TEXT = frozenset({"SH", "LO", "ST", "LT", "UC", "UT", "PN"})
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def encodings_for(name: str) -> Encodings:
    """Return the Python encodings of a defined term of Specific Character Set."""
    return tuple(charset.convert_encodings([name]))


def transcode(original: Dataset, cleaned: Dataset, name: str, op: int, inherited: Encodings) -> None:
    """Decode all text of `cleaned` that is still raw, and declare the character set `name`.

    Raises Trouble where the bytes of some text are not of the character set that the object declares.
    """
    _decode_level(original, cleaned, op, inherited, "")
    element = new_element(SPECIFIC_CHARACTER_SET, "CS", name)
    cleaned._dict[SPECIFIC_CHARACTER_SET] = element


def _decode_level(original: Dataset, cleaned: Dataset, op: int, inherited: Encodings, path: str) -> None:
    encodings = encodings_of(original, inherited)
    for element in list(input_elements(cleaned, path, (), encodings, False)):
        tag = Tag(element.tag)
        if tag == SPECIFIC_CHARACTER_SET:
            del cleaned._dict[tag]
            continue
        element.encodings = encodings
        cleaned._dict[tag] = _decoded(element, op)


def _decoded(element: InputElement, op: int) -> AnyElement:
    source = element.source
    items = sequence_items(element) if element.vr == "SQ" else None
    if items is not None:
        for number, item in enumerate(items):
            _decode_level(item, item, op, element.encodings, f"{element.path}[{number}].")
        return new_element(source.tag, "SQ", Sequence(items), like=source)
    if element.vr not in _TEXT or not isinstance(source, RawDataElement):
        return copied(source)
    components = raw_components(source, element.vr, element.encodings)
    if any(_REPLACEMENT in one for one in components):
        raise trouble(
            faults.TRANSCODE_FAILED,
            "the text is not in the character set that the object declares",
            element.path,
            op,
        )
    value = fit("\\".join(components), element.vr) if components else None
    return new_element(source.tag, element.vr, value)
