"""What is drawn of real files is of every kind, and the same in every run."""

from __future__ import annotations

import pytest
from pydicom.uid import ExplicitVRBigEndian, JPEG2000Lossless

from tests import depth
from tests.properties.test_engines import FILES


@pytest.mark.filterwarnings("ignore")  # pydicom warns of some of the files
def test_every_kind_is_drawn(monkeypatch):
    """Each transfer syntax with each modality and SOP class that there is; fewer files, and others by another salt."""
    monkeypatch.setattr(depth, "DEEP", False)
    one, other = depth.drawn(FILES, "one"), depth.drawn(FILES, "other")
    kinds = {depth.kind_of(path) for path in FILES}
    assert {depth.kind_of(path) for path in one} == {depth.kind_of(path) for path in other} == kinds
    assert {ExplicitVRBigEndian, JPEG2000Lossless} <= {kind[0] for kind in kinds}
    assert one == depth.drawn(reversed(FILES), "one")[::-1]
    assert one != other
    assert len(one) < len(FILES) * 2 / 3


def test_the_deep_profile_has_all(monkeypatch):
    """Not a part."""
    monkeypatch.setattr(depth, "DEEP", True)
    assert depth.drawn(FILES, "one") == FILES
