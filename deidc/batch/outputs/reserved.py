"""Names that deidc keeps for its own files: no output has one, in any part of its place."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path, PurePath

# A folder in which runs keep what they need to go on; none of its files is an input or an output.
STATE_FOLDER = ".deidc"
TEMPORARY_PREFIX = ".deidc-"
TEMPORARY_SUFFIX = ".part"

# How file systems of Windows call a long name in short.
_SHORT = re.compile(r"deidc~[0-9]+")


def is_reserved(place: PurePath) -> bool:
    """Return whether a part of a place is the state folder or a partial file, as some file system takes its name."""
    return any(_is_reserved(part) for part in place.parts)


def leads_to_state(folder: Path) -> bool:
    """Return whether a folder is a state folder or lies in one, symbolic links followed."""
    return any(_is_state(part) for part in Path(os.path.realpath(folder)).parts)


def _is_reserved(name: str) -> bool:
    folded = _folded(name)
    return _is_state(name) or (folded.startswith(TEMPORARY_PREFIX) and folded.endswith(TEMPORARY_SUFFIX))


def _is_state(name: str) -> bool:
    folded = _folded(name)
    return folded == STATE_FOLDER or _SHORT.fullmatch(folded) is not None


def _folded(name: str) -> str:
    """Return what a name is to the file system that distinguishes the fewest names.

    Case, the form of a letter and characters without width make no difference to file systems of macOS; to those of
    Windows, nor do dots and blanks at the end, and what is behind a colon names a stream of the same file.
    """
    plain = unicodedata.normalize("NFKC", name).casefold()
    return _without_format(plain).partition(":")[0].rstrip(". ")


def _without_format(text: Iterable[str]) -> str:
    return "".join(one for one in text if unicodedata.category(one) != "Cf")
