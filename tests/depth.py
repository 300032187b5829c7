"""How much the suite draws: all there is under `HYPOTHESIS_PROFILE=deep`, a stable part of it otherwise."""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from pydicom import dcmread
from pydicom.errors import InvalidDicomError

DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"
OF_EACH_KIND = 2


def drawn(files: Iterable[Path], salt: str) -> list[Path]:
    """Return files of each kind, in their order; in the deep profile all of them.

    Which of a kind are taken depends on their bytes and the salt alone: they are the same on every machine, and tests
    with different salts look at different files.
    """
    every = list(files)
    if DEEP:
        return every
    kinds: dict[tuple[str, ...], list[Path]] = defaultdict(list)
    for path in every:
        kinds[kind_of(path)].append(path)
    taken = {path for same in kinds.values() for path in sorted(same, key=lambda one: _lot(one, salt))[:OF_EACH_KIND]}
    return [path for path in every if path in taken]


@cache
def kind_of(path: Path) -> tuple[str, ...]:
    """Return transfer syntax, modality and SOP class of a file; of one that cannot be read its path."""
    try:
        found = dcmread(path, force=True, specific_tags=["Modality", "SOPClassUID"], stop_before_pixels=True)
        syntax = found.file_meta.get("TransferSyntaxUID", "")
        return (str(syntax), str(found.get("Modality", "")), str(found.get("SOPClassUID", "")))
    except (InvalidDicomError, AttributeError, ValueError, KeyError, EOFError, NotImplementedError, OSError, TypeError):
        return (str(path),)


def _lot(path: Path, salt: str) -> str:
    return hashlib.sha256(salt.encode() + _digest(path)).hexdigest()


@cache
def _digest(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()
