"""Values from the front of a file: top-level elements, found by their headers without reading what lies behind."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from io import BytesIO
from math import prod

from pydicom.filereader import read_dataset
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian

from deidc.dicom.decoding import (
    CHARACTER_SET,
    DEFAULT_CHARACTER_SETS,
    character_sets_of_value,
    effective_vr,
    raw_components,
    raw_element,
)
from deidc.dicom.layout import UNDEFINED, Layout, behind, header_at, inflated, skip_file_meta
from deidc.dicom.part10 import PREAMBLE, PREFIX
from deidc.dicom.window import NotWhole
from deidc.runtime.fold.elements import input_elements

_HEAD = PREAMBLE + len(PREFIX)
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
    start = skip_file_meta(data, _HEAD)
    if start + 8 > len(data) and not at_end:
        raise NotWhole
    meta = read_dataset(BytesIO(data[_HEAD:start]), is_implicit_VR=False, is_little_endian=True)
    found = {
        int(one.tag): one.components
        for one in input_elements(meta, "", (), DEFAULT_CHARACTER_SETS, in_file_meta=True)
        if one.tag in wanted
    }
    syntax = meta.get("TransferSyntaxUID")
    if syntax == DeflatedExplicitVRLittleEndian:
        if not at_end:
            raise NotWhole
        data, start = inflated(data, start), 0
    layout = Layout(implicit=syntax == ImplicitVRLittleEndian, little=syntax != ExplicitVRBigEndian)
    last = max(wanted, default=0)
    character_sets = DEFAULT_CHARACTER_SETS
    at = start
    while at < len(data) or not at_end:
        if at_end and not any(data[at : at + 8]):
            break  # a file padded at its end
        header = header_at(data, at, layout)
        if header.tag > last:
            break
        end = behind(data, header, layout)
        if header.tag in wanted or header.tag == CHARACTER_SET:
            value = data[header.value_at : end]
            if header.tag == CHARACTER_SET:
                character_sets = character_sets_of_value(value)
            if header.tag in wanted and header.length != UNDEFINED:
                raw = raw_element(header, value, layout)
                vr = effective_vr(header.tag, raw.VR, header.length, None)
                found[header.tag] = raw_components(raw, vr, character_sets)
        at = end
    return found
