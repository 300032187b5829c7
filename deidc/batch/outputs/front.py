"""Read values of top-level elements from the front of a file, without reading what lies behind them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from math import prod

from deidc.dicom.layout import UNDEFINED, header_at
from deidc.dicom.part10 import META_LAYOUT, PREAMBLE, PREFIX, parts
from deidc.dicom.values.decoding import (
    CHARACTER_SET,
    DEFAULT_CHARACTER_SETS,
    character_sets_of_value,
    effective_vr,
    raw_components,
    raw_element,
)
from deidc.dicom.walk import elements
from deidc.dicom.window import InMemory, NotWhole, Window

_CHUNK = 1 << 16


def values_at(pieces: Iterable[bytes | memoryview], tags: Collection[int]) -> Mapping[int, tuple[str, ...]]:
    """Return the text of the values of top-level elements of a file, and of its file meta information, by tag.

    The file is given in pieces and must be one of PS3.10 7.1. No more of it is looked at than what lies before the
    last of the tags; a deflated one is inflated whole. Raises NotWhole or Damaged where it is none, and Undecodable.
    """
    front = bytearray()
    chunks = (
        view[at : at + _CHUNK]
        for piece in pieces
        for view in (memoryview(piece),)
        for at in range(0, len(view), _CHUNK)
    )
    wanted = frozenset(tags)
    grown = 0
    for chunk in chunks:
        front += chunk
        if len(front) < 2 * grown:
            continue  # looked at again when it has doubled, so that all is looked at twice at most
        grown = len(front)
        try:
            return _values(bytes(front), wanted, at_end=False)
        except NotWhole:
            continue
    return _values(bytes(front), wanted, at_end=True)


_ROWS, _COLUMNS, _FRAMES, _SAMPLES, _BITS = 0x00280010, 0x00280011, 0x00280008, 0x00280002, 0x00280100


def pixel_size(pieces: Iterable[bytes | memoryview]) -> int:
    """Return how many bytes the pixels of a file have when they are decoded (PS3.3 C.7.6.3), by what its header states.

    Raises what `values_at` raises. What is missing counts as one, what is no number as none.
    """
    found = values_at(pieces, (_ROWS, _COLUMNS, _FRAMES, _SAMPLES, _BITS))
    numbers = (found.get(tag, ("8" if tag == _BITS else "1",)) for tag in (_ROWS, _COLUMNS, _FRAMES, _SAMPLES, _BITS))
    return prod(int(one[0]) if len(one) == 1 and one[0].isdecimal() else 0 for one in numbers) // 8


def _values(data: bytes, wanted: frozenset[int], *, at_end: bool) -> dict[int, tuple[str, ...]]:
    if len(data) < PREAMBLE + len(PREFIX) and not at_end:
        raise NotWhole
    file = parts(Window(InMemory(data)))
    if file.start + 8 > file.window.size and not at_end:
        raise NotWhole
    found = {tag: _components(file.elements[tag]) for tag in wanted & file.elements.keys()}
    last = max(wanted, default=0)
    character_sets = DEFAULT_CHARACTER_SETS
    is_past = False
    for one in elements(file.window, file.start, file.window.size, file.layout):
        header = one.header
        if header.tag == CHARACTER_SET:
            character_sets = character_sets_of_value(file.window[header.value_at : one.end])
        if header.tag in wanted and header.length != UNDEFINED:
            raw = raw_element(header, file.window[header.value_at : one.end], file.layout)
            vr = effective_vr(header.tag, header.declared, header.length, None)
            found[header.tag] = raw_components(raw, vr, character_sets)
        is_past = header.tag >= last
        if is_past:
            break
    if not is_past and not at_end:
        raise NotWhole
    return found


def _components(element: bytes) -> tuple[str, ...]:
    """Return the text of the values of an element of file meta information."""
    header = header_at(element, 0, META_LAYOUT)
    raw = raw_element(header, element[header.value_at :], META_LAYOUT)
    return raw_components(raw, effective_vr(header.tag, header.declared, header.length, None), DEFAULT_CHARACTER_SETS)
