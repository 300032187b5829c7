"""Top-level attributes are looked up in the bytes of a file as in the object that pydicom reads of it."""

from __future__ import annotations

import pytest
from pydicom import dcmread

from deidc.dicom.limits import LIMITS
from deidc.dicom.part10 import opened
from deidc.dicom.window import InMemory, Window
from deidc.runtime.fold.toplevel import OfBytes, OfDataset
from tests.files import shipped

FILES = (
    "CT_small.dcm",
    "MR_small_bigendian.dcm",
    "MR_small_implicit.dcm",
    "rtplan.dcm",
    "test-SR.dcm",
    "liver_1frame.dcm",
)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("step", [1, 3, 1000])
def test_bytes_and_object_have_the_same_top_level(name: str, step: int):
    """Every attribute is found, whichever were looked for before, and none that the file lacks."""
    data = shipped(name).read_bytes()
    by_object = OfDataset(dcmread(shipped(name)))
    tags = sorted(int(tag) for tag in by_object.dataset.keys())
    by_bytes = OfBytes(opened(Window(InMemory(data)), LIMITS))
    for tag in (*tags[::step], *reversed(tags), 0x00080001, 0x7FE10010):
        found, expected = by_bytes.find(tag), by_object.find(tag)
        assert (found is None) == (expected is None), f"{tag:08X}"
        if found is not None and expected is not None and found.vr != "SQ":
            assert (found.vr, found.creator, found.components) == (expected.vr, expected.creator, expected.components)
