"""Coded concepts (PS3.3 section 8): the item of a code sequence that holds a code, and what a code can hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import cast

from attrs import frozen
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from deidc.dicom.values.vrs import Unfit, fit_text

_CODE_VALUE, _SCHEME, _VERSION, _MEANING = 0x00080100, 0x00080102, 0x00080103, 0x00080104
_LONG_CODE_VALUE, _URN_CODE_VALUE = 0x00080119, 0x00080120
_VRS: Mapping[int, str] = MappingProxyType(
    {_CODE_VALUE: "SH", _SCHEME: "SH", _VERSION: "SH", _MEANING: "LO", _LONG_CODE_VALUE: "UC", _URN_CODE_VALUE: "UR"}
)
_LONGEST_CODE_VALUE = 16
_URN = re.compile(r"urn:|[A-Za-z][A-Za-z0-9+.-]*://", re.IGNORECASE)


@frozen
class Code:
    """A coded concept: code value, designator of its coding scheme, version of the scheme or None, meaning."""

    value: str
    scheme: str
    version: str | None
    meaning: str


def value_tag(value: str) -> int:
    """Return the tag of the attribute that holds a code value (PS3.3 8.1).

    That is URN Code Value for a URN or URL, Long Code Value for more than 16 characters, and Code Value for all others.
    """
    if _URN.match(value):
        return _URN_CODE_VALUE
    return _LONG_CODE_VALUE if len(value) > _LONGEST_CODE_VALUE else _CODE_VALUE


def complaints_about(code: Code) -> Iterator[str]:
    """Yield what is wrong with the parts of a code."""
    parts = (
        ("value", code.value, value_tag(code.value)),
        ("scheme", code.scheme, _SCHEME),
        ("version", code.version, _VERSION),
        ("meaning", code.meaning, _MEANING),
    )
    for name, text, tag in parts:
        if text is None:
            continue
        if not text.strip():
            yield f"the {name} of a code is empty"
        elif "\\" in text:
            yield f"the {name} of a code has a backslash"
        else:
            yield from _unfit(name, text, _VRS[tag])


def _unfit(name: str, text: str, vr: str) -> Iterator[str]:
    try:
        fit_text(text, vr)
    except Unfit as failure:
        yield f"the {name} of a code does not fit VR {vr}: {failure.reason}"


def item_of(code: Code) -> Dataset:
    """Return a new item of a code sequence that holds a code."""
    item = Dataset()
    texts = {value_tag(code.value): code.value, _SCHEME: code.scheme, _VERSION: code.version, _MEANING: code.meaning}
    for tag, text in sorted(texts.items()):
        if text is not None:
            item[tag] = DataElement(tag, _VRS[tag], text)
    return item


def is_item_of(code: Code, item: Dataset) -> bool:
    """Whether an item of a code sequence holds a code, whatever it says of the meaning."""
    wanted = {value_tag(code.value): code.value, _SCHEME: code.scheme, _VERSION: code.version or ""}
    return all(_text(item, tag) == text.strip() for tag, text in wanted.items())


def _text(item: Dataset, tag: int) -> str:
    return str(item[tag].value or "").strip(" \0") if tag in item else ""


@cache
def _dicom_codes() -> Mapping[str, tuple[str, ...]]:
    """Return the meanings of each code of DICOM's own coding scheme."""
    # Only recipes with codes need it, and it takes a tenth of a second.
    from pydicom.sr._concepts_dict import concepts  # noqa: PLC0415  # see above

    found: dict[str, tuple[str, ...]] = {}
    by_keyword = cast("dict[str, dict[str, tuple[str, list[int]]]]", concepts["DCM"])
    for by_value in by_keyword.values():
        for value, (meaning, _) in by_value.items():
            found[value] = (*found.get(value, ()), meaning)
    return MappingProxyType(found)


def dicom_meanings(value: str) -> tuple[str, ...]:
    """Return the meanings of a code value of DICOM's own coding scheme, `DCM` (PS3.16 annex D); none if unknown."""
    return _dicom_codes().get(value, ())


def dicom_value(meaning: str) -> str | None:
    """Return the code value that has this meaning in DICOM's own coding scheme, in any case of letters."""
    wanted = meaning.strip().casefold()
    return next((value for value, all_ in _dicom_codes().items() if wanted in map(str.casefold, all_)), None)
