"""Turn names from archives, indexes and stores into places below the output folder, never outside of it."""

from __future__ import annotations

import os
import re
from pathlib import PurePosixPath

_DRIVE = re.compile(r"[A-Za-z]:")
# What no file of Windows can be called: names of devices, and names with these characters or ends.
_NOT_ON_WINDOWS = re.compile(
    r"""(?:CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])(?:\..*)?|.*[:*?"<>|].*|.*[. ]""", re.IGNORECASE | re.DOTALL
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def safe_place(name: str, *, on_windows: bool = os.name == "nt") -> PurePosixPath | None:
    """Return the place of a name from an archive, an index or a store; None for one that leads elsewhere.

    Backslashes separate names as slashes do, because some archives of Windows have them. Absolute names, `..`, drive
    letters and control characters are refused, not corrected: a corrected place is not where the owner looks. So are
    names that Windows gives to a device or a stream, where the outputs are written `on_windows`.
    """
    name = name.replace("\\", "/")
    if name.startswith("/") or _DRIVE.match(name) or _CONTROL.search(name):
        return None
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if not parts or ".." in parts:
        return None
    if on_windows and any(_NOT_ON_WINDOWS.fullmatch(part) for part in parts):
        return None
    return PurePosixPath(*parts)
