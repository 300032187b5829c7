"""What is remembered of an element by its first bytes holds for the next one with these bytes, or is not remembered."""

from __future__ import annotations

import struct

from pydicom.dataset import Dataset

from deidc import Machine, compile_recipe
from deidc.dicom.window import InMemory
from deidc.runtime.stream.cleaned_bytes import CleanedBytes

SYNTAX = b"1.2.840.10008.1.2\0"
HEAD = bytes(128) + b"DICM" + b"\x02\x00\x10\x00UI" + struct.pack("<H", len(SYNTAX)) + SYNTAX
CREATOR = b"\x29\x00\x10\x00\x04\0\0\0ACME"
ROWS = b"\x28\x00\x10\x00\x02\0\0\0\x10\x00"
ITEM = b"\xfe\xff\x00\xe0" + struct.pack("<L", len(ROWS)) + ROWS


def file(length: int, value: bytes) -> bytes:
    """A file in implicit VR with a private element that no dictionary knows."""
    return HEAD + CREATOR + b"\x29\x00\x20\x10" + struct.pack("<L", length) + value


OPEN = file(0xFFFFFFFF, ITEM + b"\xfe\xff\xdd\xe0\0\0\0\0")
DEFINED = file(len(ITEM), ITEM)


def events(machine: Machine, data: bytes) -> list[tuple[str, str]]:
    cleaned = machine.run_on_bytes(InMemory(data), Dataset)
    assert isinstance(cleaned, CleanedBytes)
    return [(one.path, one.effect.value) for one in cleaned.events if not one.path.startswith("0002")]


def test_the_length_of_an_element_of_unknown_vr_says_whether_it_is_a_sequence() -> None:
    """One of undefined length is SQ, and UN with a defined length (PS3.5 6.2.2), whichever was met before."""
    recipe = compile_recipe("FORMAT dicom\n\n%header\nREMOVE select:VR:UN\n")
    alone = events(Machine.link(recipe), DEFINED)
    assert ("00291020", "removed") in alone
    assert events(Machine.link(recipe), OPEN) == []
    machine = Machine.link(recipe)
    for _ in range(3):
        assert events(machine, OPEN) == []
        assert events(machine, DEFINED) == alone
