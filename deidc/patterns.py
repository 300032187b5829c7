"""Regular expressions as recipes write them."""

from __future__ import annotations

import re


class BadPattern(ValueError):
    """Text is no regular expression; `reason` says why."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def compiled(text: str, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    """Return a pattern that ignores case. Raises BadPattern, whatever the text."""
    try:
        return re.compile(text, re.IGNORECASE | flags)
    except re.error as failure:
        raise BadPattern(failure.msg) from None
    except (OverflowError, RecursionError):
        raise BadPattern("it is too large") from None
