"""The states of an element while ops are folded over it."""

from __future__ import annotations

from enum import Enum, auto


class Standing(Enum):
    """Where an element stands while ops are folded over it."""

    AS_IS = auto()
    ABSENT = auto()
    BLANK = auto()
    WRITTEN = auto()
