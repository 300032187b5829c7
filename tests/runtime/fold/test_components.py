"""The text of values, as rules and functions compare it."""

from __future__ import annotations

from datetime import date, time

import pytest
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence
from pydicom.tag import Tag
from pydicom.uid import UID
from pydicom.valuerep import DA, DT, IS, DSdecimal, DSfloat, PersonName

from deidc.dicom.values.components import text_components


@pytest.mark.parametrize(
    ("vr", "value", "expected"),
    [
        ("LO", None, ()),
        ("LO", "", ()),
        ("LO", "a ", ("a",)),
        ("LO", MultiValue(str, ["a", "", "b "]), ("a", "", "b")),
        ("LO", [None, "a"], ("", "a")),
        ("LO", [None], ()),
        ("DS", DSfloat("1.50 "), ("1.50",)),
        ("DS", DSdecimal("1.50"), ("1.50",)),
        ("IS", IS("007"), ("007",)),
        ("PN", PersonName("A^B=C"), ("A^B=C",)),
        ("UI", UID("1.2"), ("1.2",)),
        ("AT", Tag(0x0010001A), ("(0010,001A)",)),
        ("US", 5, ("5",)),
        ("FD", 0.5, ("0.5",)),
        ("DA", DA("2024.01.02"), ("2024.01.02",)),
        ("DA", date(2024, 1, 2), ("20240102",)),
        ("DT", DT("2024"), ("2024",)),
        ("TM", time(3, 4), ("030400",)),
        ("UN", b"DOE^JOHN\\X \0", ("DOE^JOHN", "X")),
        ("UN", b"line one\r\nline two", ("line one\r\nline two",)),
        ("UN", "Müller".encode(), ("Müller",)),
        ("UN", "Müller".encode("latin-1"), ("Müller",)),
        ("UN", b" A \\\tB\\ C", ("A", "\tB", "C")),
        ("UN", b"x" * 5000, ("x" * 5000,)),
        ("OB", b"\x00\x01ab", ()),
        ("OB", b"\xff\xd8\x81", ()),
        ("OB", b"", ()),
        ("SQ", Sequence([Dataset()]), ()),
    ],
)
def test_text_of_values(vr, value, expected):
    """The text of values is as they are written, without padding."""
    assert text_components(value, vr) == expected
