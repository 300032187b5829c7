"""Promote an object to another character set: every text is decoded and will be encoded anew."""

from __future__ import annotations

from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag

from deidc.codes import faults
from deidc.dicom.datasets import AnyElement, copied, new_element, table
from deidc.dicom.values.charsets import effective_character_sets, encodable
from deidc.dicom.values.decoding import CharacterSets, Undecodable, decode_text
from deidc.dicom.values.vrs import CHARSET_VRS
from deidc.runtime.fold.elements import InputElement, character_sets_of, input_elements, sequence_items
from deidc.runtime.fold.frame import trouble
from deidc.runtime.fold.lists import undecodable

SPECIFIC_CHARACTER_SET = Tag(0x00080005)
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def character_sets_for(name: str) -> CharacterSets:
    """Return the character sets (names of Python codecs) of a value of Specific Character Set."""
    return effective_character_sets(name.split("\\"))


def transcode(original: Dataset, cleaned: Dataset, name: str, op: int, inherited: CharacterSets) -> None:
    """Decode all text of `cleaned` that is still raw, and declare the character set `name`.

    Raises Trouble where the bytes of some text are not of the character set that the object declares, or its
    letters not of the new one.
    """
    _decode_level(original, cleaned, op, character_sets_for(name), inherited, "")
    element = new_element(SPECIFIC_CHARACTER_SET, "CS", name)
    table(cleaned)[SPECIFIC_CHARACTER_SET] = element


def _decode_level(
    original: Dataset, cleaned: Dataset, op: int, target: CharacterSets, inherited: CharacterSets, path: str
) -> None:
    elements, character_sets = table(cleaned), character_sets_of(original, inherited)
    for element in list(input_elements(cleaned, path, (), character_sets, False)):
        tag = Tag(element.tag)
        if tag == SPECIFIC_CHARACTER_SET:
            del elements[tag]
            continue
        element.character_sets = character_sets
        try:
            elements[tag] = _decoded(element, op, target)
        except Undecodable:
            raise undecodable(element, op) from None


def _decoded(element: InputElement, op: int, target: CharacterSets) -> AnyElement:
    source = element.source
    items = sequence_items(element)
    if items is not None:
        # A sequence that hid in UN is one from now on: its text is in the new character set.
        for number, item in enumerate(items):
            _decode_level(item, item, op, target, element.character_sets, f"{element.path}[{number}].")
        return new_element(source.tag, "SQ", Sequence(items), like=source)
    if element.vr not in CHARSET_VRS:
        return copied(source)
    if not isinstance(source, RawDataElement):
        _check(element, element.components, op, target)
        return copied(source)
    data = source.value or b""
    if data.isascii() and b"\x1b" not in data:
        # ASCII is the same in every character set.
        return source
    text = decode_text(data, element.character_sets).rstrip(" \0")
    _check(element, text.split("\\"), op, target)
    # The input may break rules of its VR, like the longest value; that is no reason to refuse it here.
    return new_element(source.tag, element.vr, text)


def _check(element: InputElement, texts: list[str] | tuple[str, ...], op: int, target: CharacterSets) -> None:
    if any(_REPLACEMENT in one for one in texts):
        message = "the text is not in the character set that the object declares"
    elif not all(encodable(one, target, element.vr) for one in texts):
        message = "the new character set cannot encode the text"
    else:
        return
    raise trouble(faults.TRANSCODE_FAILED, message, element.path, op)
