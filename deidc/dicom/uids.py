"""The UID dictionary (PS3.6 annex A): which UIDs DICOM itself registers, in whatever edition.

Some devices make instance UIDs below DICOM's own root, so no prefix decides; only the dictionary does.
"""

from __future__ import annotations

import re

from pydicom._uid_dict import UID_dictionary

# Table A-3, which pydicom does not have, numbers context groups one after the other; the last of 2026 is below this.
_CONTEXT_GROUP = re.compile(r"1\.2\.840\.10008\.6\.1\.([1-9][0-9]{0,3})")
_LAST_CONTEXT_GROUP = 1600


def is_registered(uid: str) -> bool:
    """Return whether the UID dictionary has a UID; padding is ignored."""
    bare = uid.strip(" \0")
    if bare in UID_dictionary:
        return True
    group = _CONTEXT_GROUP.fullmatch(bare)
    return group is not None and int(group[1]) <= _LAST_CONTEXT_GROUP
