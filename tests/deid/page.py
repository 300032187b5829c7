"""The page about deviations, made of deviations.toml; run as a module, writes it."""

from __future__ import annotations

import textwrap
import tomllib
from pathlib import Path

from attrs import frozen

ROOT = Path(__file__).parents[2]
TABLE = Path(__file__).with_name("deviations.toml")
PAGE = ROOT / "docs" / "deviations.md"
_HEAD = """# Where deidc differs from deid 0.4.13

The tests run both programs on the same recipes and the same real files, and compare every element. A difference that
none of these deviations accounts for fails; so does a deviation that never occurs.
"""


@frozen
class Deviation:
    """One way in which deidc means to differ."""

    name: str
    deid: str
    deidc: str
    reason: str
    applies: str
    held: str | None = None


def deviations() -> list[Deviation]:
    """Return all deviations, as the table has them."""
    return [Deviation(**one) for one in tomllib.loads(TABLE.read_text(encoding="utf-8"))["deviation"]]


def page() -> str:
    """Return the page."""
    parts = [_HEAD]
    for one in deviations():
        told = (
            f"**deid:** {one.deid}",
            f"**deidc:** {one.deidc}",
            f"**Why:** {one.reason}",
            f"**Where:** {one.applies}",
        )
        lines = [textwrap.fill(text, 118, initial_indent="- ", subsequent_indent="  ") for text in told]
        parts.append("\n".join([f"## {one.name}", "", *lines, ""]))
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
