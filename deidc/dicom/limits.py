"""Limits restrict what one file may cost in memory, nesting and time; no real object meets them."""

from __future__ import annotations

from attrs import frozen

# Sequences within sequences. Structured reports, which nest deepest, have about a dozen levels. Reading, cleaning and
# writing are recursive in both engines, and this many levels leave room on Python's stack.
DEEPEST = 64

_MEGABYTE = 1_000_000


@frozen
class Limits:
    """What one file may cost before it is refused.

    Attributes:
        inflated: the most bytes that a deflated data set may inflate to (PS3.5 A.5).
        seconds: CPU time, in seconds, that any file may take; None sets no deadline.
        seconds_a_megabyte: CPU time, in seconds, that a file may take beside that for each megabyte of it.

    """

    inflated: int = 1 << 30
    seconds: float | None = 60.0
    seconds_a_megabyte: float = 10.0

    def deadline(self, size: int) -> float | None:
        """Return the CPU time that a file may take.

        Args:
            size: the size of the file in bytes.

        Returns:
            Seconds, or None if the file has no deadline.

        """
        return None if self.seconds is None else self.seconds + self.seconds_a_megabyte * size / _MEGABYTE


LIMITS = Limits()


class BeyondLimit(Exception):
    """An object exceeds a limit; its text states the limit and no data."""

    path: str | None = None


class InflatesTooFar(BeyondLimit):
    """A deflated data set inflates to more bytes than the limit allows."""

    def __init__(self, most: int) -> None:
        super().__init__(f"the deflated data set inflates to more than {most} bytes")


class NestedTooDeep(BeyondLimit):
    """Sequences are nested deeper than `DEEPEST`; `path` is that of the first that is too deep, if known."""

    def __init__(self, path: str | None = None) -> None:
        self.path = path
        super().__init__(f"sequences are nested more than {DEEPEST} deep")
