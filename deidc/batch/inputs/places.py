"""Turn names from archives, indexes and stores into places below the output folder, never outside of it."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

_DRIVE = re.compile(r"[A-Za-z]:")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def safe_place(name: str) -> PurePosixPath | None:
    """Return the place of a name from an archive, an index or a store; None for one that leads elsewhere.

    Backslashes separate names as slashes do, because some archives of Windows have them. Absolute names, `..`, drive
    letters and control characters are refused, not corrected: a corrected place is not where the owner looks.
    """
    name = name.replace("\\", "/")
    if name.startswith("/") or _DRIVE.match(name) or _CONTROL.search(name):
        return None
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if not parts or ".." in parts:
        return None
    return PurePosixPath(*parts)
