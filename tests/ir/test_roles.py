"""Roles of attributes, and the UID dictionary."""

from __future__ import annotations

import pytest

from deidc.dicom import dictionary
from deidc.dicom.uids import is_registered
from deidc.ir.roles import is_unknown, known_date_vr, patterns_of, role_of
from deidc.vocabulary import Role

ROLES = [
    ("StudyInstanceUID", "LO", Role.UID),
    ("StudyInstanceUID", "OB", Role.UID),
    ("SOPClassUID", "UI", Role.CLASS),
    ("ReferencedSOPClassUIDInFile", "SH", Role.CLASS),
    ("SOPClassesInStudy", "UI", Role.CLASS),
    ("AvailableTransferSyntaxUID", "UI", Role.CLASS),
    ("CodingSchemeUID", "UI", Role.UID),
    ("StudyDate", "SH", Role.DATE),
    ("AcquisitionDateTime", "DT", Role.DATE),
    ("StudyTime", "LO", Role.TIME),
    ("PatientName", "LO", Role.PERSON),
    ("PatientAddress", "LO", Role.PERSON),
    ("PatientID", "LO", Role.IDENTIFIER),
    ("AccessionNumber", "SH", Role.IDENTIFIER),
    ("PatientID", "UI", Role.IDENTIFIER),
    ("Modality", "CS", None),
    ("Modality", "DA", Role.DATE),
]


@pytest.mark.parametrize(("keyword", "vr", "role"), ROLES)
def test_the_dictionary_gives_the_role(keyword, vr, role):
    """The VR of the file counts only where the dictionary gives no role."""
    attribute = dictionary.find_keyword(keyword)
    assert attribute is not None
    assert role_of(int(attribute.pattern, 16), vr, None) is role


def test_attributes_that_no_dictionary_knows_have_the_role_of_their_vr():
    """An unknown or private element is judged by its VR in the file."""
    assert role_of(0x00109999, "UI", None) is Role.UID
    assert role_of(0x00091001, "DA", "NOBODY") is Role.DATE
    assert role_of(0x00091001, "LO", "NOBODY") is None


def test_every_attribute_has_at_most_one_role_and_no_listed_keyword_is_misspelt():
    """Roles divide the dictionary; each that recipes name has attributes."""
    sets = [patterns_of(role) for role in Role]
    assert all(sets)
    assert sum(map(len, sets)) == len(frozenset().union(*sets))


@pytest.mark.parametrize(
    ("uid", "known"),
    [
        ("1.2.840.10008.5.1.4.1.1.2", True),
        ("1.2.840.10008.1.2.1\0", True),
        ("1.2.840.10008.1.4.1.1", True),
        ("1.2.840.10008.2.16.4", True),
        ("1.2.840.10008.8.1.1", True),
        ("1.2.840.10008.6.1.2", True),
        ("2.16.840.1.113883.6.96", True),
        ("1.2.840.10008.6.1.20200", False),
        ("2.16.840.1.113883.6.96.1", False),
        ("1.2.840.10008.1984.0712.4711.1", False),
        ("1.2.840.10008.5.1.4.1.1.2.99.1", False),
        ("1.2.840.10008", False),
        ("1.2.840.10008.6.1.9999", True),
        ("", False),
    ],
)
def test_the_dictionary_and_no_prefix_decides(uid, known):
    """A UID below DICOM's own root is registered only if the dictionary has it."""
    assert is_registered(uid) is known


def test_unknown_attributes():
    """Private elements, group lengths and repeating groups are not unknown; a standard tag without an entry is."""
    assert [is_unknown(tag) for tag in (0x00109999, 0x5EEE0010, 0x00100010, 0x00080000, 0x60023000, 0x00091001)] == [
        True, True, False, False, False, False,
    ]  # fmt: skip


def test_dates_by_the_dictionary():
    """A date is one whatever its VR in the file."""
    assert known_date_vr(0x00080020, None) == "DA"
    assert known_date_vr(0x0008002A, None) == "DT"
    assert known_date_vr(0x00080030, None) is None
