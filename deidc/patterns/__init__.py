"""Regular expressions as recipes write them: whether they compile, and whether a search can take too long."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from re import _parser

from deidc.patterns.graph import TooLarge, Walk
from deidc.patterns.growth import can_take_too_long

LONGEST = 10_000  # characters; a longer pattern is tried against every name for minutes


class BadPattern(ValueError):
    """Text is no regular expression; `reason` says why."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def compiled(text: str, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    """Return a pattern that ignores case. Raises BadPattern, whatever the text."""
    if len(text) > LONGEST:
        raise BadPattern("it is too large")
    try:
        with _quiet():
            return re.compile(text, re.IGNORECASE | flags)
    except re.error as failure:
        raise BadPattern(failure.msg) from None
    except (OverflowError, RecursionError):
        raise BadPattern("it is too large") from None


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Python from warning of sets that a later version may read in another way."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        yield


@lru_cache(maxsize=4096)
def is_slow(text: str) -> bool:
    """Return whether a search for a pattern can take practically unlimited time on a value that a file can have.

    `deidc.patterns.growth` has the measure. A pattern that does not compile is not slow; one with repetitions that is
    too large to decide is.

    Args:
        text: the pattern as it is searched for, with the anchors of its expander.

    Returns:
        True if the number of ways to match some value is exponential, or a power of its length that is too high.

    Example:
        >>> is_slow("(a{1,30}){1,30}b"), is_slow(".*.*=.*"), is_slow("Patient.*ID$")
        (True, True, False)

    """
    if re.search(r"[*+?{]", text) is None:
        return False
    try:
        expression = compiled(text)
    except BadPattern:
        return False
    try:
        with _quiet():
            parsed = _parser.parse(text, expression.flags)
        walk = Walk()
        return can_take_too_long(walk, walk.whole(parsed, expression.flags)) or any(
            can_take_too_long(inner, piece) for inner, piece in walk.apart
        )
    except (TooLarge, RecursionError):
        return True
