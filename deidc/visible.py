"""Text from elsewhere, fit to be printed: nothing in it moves the cursor, starts a new line or reorders the text.

Names of files, recipes, labels and lists, and text of recipes, pass through here before they reach a terminal, a log or
a page: commands print with `deidc.cli.terminal.say`, which calls `visible`.
"""

from __future__ import annotations

import json
import re

_NOT_ASCII = re.compile(r"[^\x00-\x7e]")


def visible(text: str, *, keeping: str = "") -> str:
    """Return text with each character that cannot be seen replaced by its code, `<U+200B>`; some may be kept."""
    return "".join(one if one.isprintable() or one in keeping else f"<U+{ord(one):04X}>" for one in text)


def one_column_each(text: str) -> str:
    """Return text with as many characters, where each that cannot be seen is a blank or a question mark."""
    return "".join(one if one.isprintable() else " " if one == "\t" else "?" for one in text)


def json_text(document: object) -> str:
    """Return JSON with the letters of all languages unchanged, and escapes for characters that cannot be seen."""
    text = json.dumps(document, indent=2, ensure_ascii=False)
    return _NOT_ASCII.sub(lambda found: found[0] if found[0].isprintable() else json.dumps(found[0])[1:-1], text)
