"""The dictionary of attributes."""

from __future__ import annotations

import pytest

from deidc.dicom import dictionary


@pytest.mark.parametrize(("tag", "keyword"), [(0x60020010, "OverlayRows"), (0x60030010, ""), (0x7FD90010, "")])
def test_repeating_groups_are_even(tag, keyword):
    """The private creator of an odd group has no keyword, whatever the group between which it stands."""
    assert dictionary.element_keyword(tag) == keyword


def test_a_pattern_does_not_take_a_private_creator_for_pixel_data():
    """The names of (7FD9,0010) are those of a private creator."""
    assert not [name for name in dictionary.spellings(0x7FD90010, None, ()) if "Pixel" in name]


def test_the_vr_of_a_public_attribute_is_that_of_the_attribute():
    """Of all attributes, those of newer editions and repeating groups included; of no other tag."""
    for attribute in dictionary.attributes():
        assert dictionary.public_vr(int(attribute.pattern.replace("X", "2"), 16)) == attribute.vr, attribute
    assert [dictionary.public_vr(tag) for tag in (0x00109999, 0x5EEE0010, 0x60010010, 0x00091001)] == [None] * 4
