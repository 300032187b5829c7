"""What pydicom says of the values in old files is not what these tests are about."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="package")
def quiet() -> Iterator[None]:
    logger = logging.getLogger("pydicom")
    logger.disabled = True
    yield
    logger.disabled = False
