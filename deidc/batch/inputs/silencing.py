"""Keep pydicom's warnings, which quote values of files, from standard error, also where several threads read."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

# The filters of `warnings` belong to the whole process: two threads that change and restore them at the same time
# print what should be ignored, and may leave the filters changed for good.
_FILTERS = threading.RLock()


@contextmanager
def without_warnings() -> Iterator[None]:
    """Ignore all warnings as long as the context lasts; one thread at a time."""
    with _FILTERS, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
