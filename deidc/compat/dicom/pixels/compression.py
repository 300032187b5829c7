"""Compress files of native pixels without loss, with all of an object in memory, as pydicom does it."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from pydicom import dcmread
from pydicom.dataset import FileDataset
from pydicom.pixels.utils import iter_pixels
from pydicom.uid import UID, JPEG2000Lossless, JPEGLSLossless, RLELossless

from deidc.batch.outputs.content import Content
from deidc.compat.objects.outputs import content_of_dataset
from deidc.guarded import guarded

# What pydicom can encode so that nothing is lost.
LOSSLESS = frozenset({JPEG2000Lossless, JPEGLSLossless, RLELossless})


def compressed(content: Content, syntax: str) -> Content | None:
    """Return a file in another transfer syntax, or None if it cannot hold the pixels without loss. Raises OSError."""
    if syntax not in LOSSLESS:
        return None
    data = content.whole()
    dataset = dcmread(BytesIO(data), force=True)
    with guarded():
        dataset.compress(UID(syntax), generate_instance_uid=False)
        after = content_of_dataset(dataset).whole()
        same = _have_same_pixels(dcmread(BytesIO(data), force=True), dcmread(BytesIO(after)))
        if same:
            return Content.of(after)
    return None


def _have_same_pixels(one: FileDataset, other: FileDataset) -> bool:
    frames = zip(iter_pixels(one, raw=True), iter_pixels(other, raw=True), strict=True)
    return all(np.array_equal(before, after) for before, after in frames)
