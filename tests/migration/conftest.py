"""What pydicom says of the values in old files is not what these tests are about."""

from __future__ import annotations

from tests.deid.conftest import quiet

__all__ = ["quiet"]
