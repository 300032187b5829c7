"""Text from elsewhere, fit to be printed: nothing in it moves the cursor or starts a new line."""

from __future__ import annotations


def visible(text: str) -> str:
    """Return text with each character that cannot be seen replaced by its code, `<U+200B>`."""
    return "".join(one if one.isprintable() else f"<U+{ord(one):04X}>" for one in text)


def one_column_each(text: str) -> str:
    """Return text with as many characters, where each that cannot be seen is a blank or a question mark."""
    return "".join(one if one.isprintable() else " " if one == "\t" else "?" for one in text)
