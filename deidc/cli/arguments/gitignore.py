"""Patterns of `.gitignore` files, which say what of a folder is not part of a project (gitignore(5))."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from attrs import field, frozen


@frozen
class Pattern:
    """One line of a `.gitignore` file, or one pattern of `--exclude`.

    Attributes:
        base: the folder that the pattern is relative to, relative to the folder that is walked; "" for that folder.
        negated: whether the pattern takes back what earlier patterns exclude.
        folders_only: whether the pattern matches folders only.

    """

    base: str
    negated: bool
    folders_only: bool
    _expression: re.Pattern[str] = field(repr=False)

    def matches(self, path: str, *, is_folder: bool) -> bool:
        """Whether a path relative to the walked folder, with `/` between its parts, matches the pattern."""
        if self.folders_only and not is_folder:
            return False
        if self.base:
            if not path.startswith(f"{self.base}/"):
                return False
            path = path[len(self.base) + 1 :]
        return self._expression.fullmatch(path) is not None


def pattern_of(line: str, base: str = "") -> Pattern | None:
    """Return the pattern of a line, or None for an empty line or a comment."""
    text = re.sub(r"(?<!\\)\s+\Z", "", line)
    if not text or text.startswith("#"):
        return None
    negated = text.startswith("!")
    text = text[1:] if negated else text
    folders_only = text.endswith("/")
    text = text.rstrip("/")
    anchored = "/" in text
    text = text.removeprefix("/")
    if not text:
        return None
    try:
        return Pattern(base, negated, folders_only, re.compile(("" if anchored else "(?:.*/)?") + _expression(text)))
    except re.error:
        return None


_PART = re.compile(r"(?P<leading>\A\*\*/)|(?P<inner>/\*\*/)|(?P<trailing>/\*\*\Z)|(?P<many>\*+)|(?P<one>\?)"
                   r"|(?P<set>\[[!^]?\]?[^\]/]*\])|\\(?P<escaped>.)|(?P<text>.)", re.DOTALL)  # fmt: skip


def _expression(text: str) -> str:
    parts: list[str] = []
    for found in _PART.finditer(text):
        match found.lastgroup:
            case "leading":
                parts.append("(?:.*/)?")
            case "inner":
                parts.append("/(?:.*/)?")
            case "trailing":
                parts.append("/.*")
            case "many":
                parts.append("[^/]*")
            case "one":
                parts.append("[^/]")
            case "set":
                parts.append(re.sub(r"\A\[[!^]", "[^/", found[0]).replace("\\", "\\\\"))
            case "escaped":
                parts.append(re.escape(found["escaped"]))
            case _:
                parts.append(re.escape(found[0]))
    return "".join(parts)


def patterns_of(text: str, base: str = "") -> list[Pattern]:
    """Return the patterns of a `.gitignore` file."""
    return [one for line in text.splitlines() if (one := pattern_of(line, base)) is not None]


def is_excluded(path: PurePosixPath, patterns: Iterable[Pattern], *, is_folder: bool) -> bool:
    """Whether patterns exclude a path; the last one that matches decides."""
    text = str(path)
    excluded = False
    for one in patterns:
        if one.matches(text, is_folder=is_folder):
            excluded = not one.negated
    return excluded
