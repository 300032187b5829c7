"""Files that are read by ranges, through windows of any size."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from attrs import define

from deidc.dicom import window


@define
class InPieces:
    """A file that is read by ranges, as one on a disk is; from `lost` on it was cut after it was measured."""

    data: bytes
    lost: int | None = None

    @property
    def size(self) -> int:
        return len(self.data)

    def read(self, at: int, count: int) -> bytes:
        assert count >= 0
        return self.data[at : min(at + count, len(self.data) if self.lost is None else self.lost)]


@contextmanager
def windows_of(first: int, following: int) -> Iterator[None]:
    """Let windows have these sizes; they hold the longest header, 12 bytes, and one byte more."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(window, "FIRST_WINDOW", first)
        patch.setattr(window, "NEXT_WINDOW", following)
        yield
