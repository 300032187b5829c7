"""Check whether text can be written in the character set of an object (PS3.3 C.12.1.1.2, PS3.5 6.1)."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence

from pydicom import charset
from pydicom.valuerep import PersonName

from deidc.dicom.values.vrs import CHARSET_VRS

# pydicom's names: the default repertoire is read as Latin-1, but what is written in it must be ASCII.
DEFAULT_ENCODING = charset.default_encoding
STAND_ALONE = frozenset({"ISO_IR 192", "GB18030", "GBK"})
_LATIN_1_SUPPLEMENT = re.compile("[\x80-\xff]")
_DELIMITERS = {ord(one) for one in "\\\r\n\t\f"}
_MISSPELT_PLAIN = re.compile(r"ISO[^_]IR ?")
_MISSPELT_EXTENDED = re.compile(r"ISO.2022.IR.")


def effective_character_sets(terms: Sequence[str]) -> tuple[str, ...]:
    """Return the character sets (Python codecs) that the values of Specific Character Set name, as pydicom has them.

    No value, or an unknown one, stands for the default repertoire; common misspellings are understood. A
    character set that knows no code extension drops the others, or is dropped behind them.
    """
    given = [term.strip(" \0") for term in terms] or [""]
    if given[0] in STAND_ALONE:
        return (_encoding(given[0]),)
    return tuple(_encoding(term) for index, term in enumerate(given) if index == 0 or term not in STAND_ALONE)


def _encoding(term: str) -> str:
    spellings = (
        term,
        _MISSPELT_PLAIN.sub("ISO_IR ", term),
        _MISSPELT_EXTENDED.sub("ISO 2022 IR ", term),
    )
    for spelling in spellings:
        if spelling in charset.python_encoding:
            return charset.python_encoding[spelling]
    try:
        codecs.lookup(term)
    except (LookupError, ValueError):
        return DEFAULT_ENCODING
    return term


def encodable(text: str, character_sets: Sequence[str], vr: str) -> bool:
    """Whether text, written by pydicom in these character sets, reads back as the same text.

    Letters of the default repertoire are ASCII, whatever pydicom makes of others. A letter that is encoded as
    a backslash (the Yen sign of ISO_IR 13) cannot be written, because it would separate values.
    """
    if text.isascii():
        return "\x1b" not in text
    if vr not in CHARSET_VRS or not character_sets:
        return False
    if character_sets[0] == DEFAULT_ENCODING and _LATIN_1_SUPPLEMENT.search(text):
        return False
    parts = re.split(r"[\^=]", text) if vr == "PN" else [text]
    # pydicom warns and writes question marks where it cannot encode, so it is called only where it surely can.
    if not all(_encodes_in_parts(part, character_sets) for part in parts):
        return False
    return _reads_back(text, character_sets, vr)


def _encodes_in_parts(text: str, character_sets: Sequence[str]) -> bool:
    if any(_encodes(text, encoding) for encoding in character_sets):
        return True
    return len(character_sets) > 1 and all(any(_encodes(one, encoding) for encoding in character_sets) for one in text)


def _encodes(text: str, encoding: str) -> bool:
    encode = charset.custom_encoders.get(encoding)
    try:
        if encode is None:
            text.encode(encoding)
        else:
            encode(text, errors="strict")
    except (UnicodeError, LookupError):
        return False
    return True


def _reads_back(text: str, character_sets: Sequence[str], vr: str) -> bool:
    names = list(character_sets)
    try:
        data = PersonName(text).encode(names) if vr == "PN" else charset.encode_string(text, names)
        return charset.decode_bytes(data, names, _DELIMITERS) == text
    except (UnicodeError, LookupError, IndexError):
        return False


def value_encodable(value: object, vr: str, character_sets: Sequence[str]) -> bool:
    """Whether every text of a value that was fitted to a VR can be written; numbers, bytes and items can."""
    values = value if isinstance(value, list) else [value]
    return all(encodable(one, character_sets, vr) for one in values if isinstance(one, str))
