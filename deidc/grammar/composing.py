"""Split quoted text into its literal parts and the names in braces: `"{PatientSex}-{var:site}"`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum

from attrs import frozen

# A private element in braces may have any text between its quotation marks.
_NAME = re.compile(r"""\{((?:"[^"]*"|'[^']*'|[^{}"'])*)\}""")
# What an unquoted text has in braces if it is meant to be composed.
LIKE_A_NAME = re.compile(r"\{(?:var:)?[A-Za-z_(][^{}\s]*\}")


class Part(StrEnum):
    """What a part of quoted text is."""

    TEXT = "text"
    NAME = "name"
    STRAY = "stray"  # a brace that neither opens nor closes a name, and is not doubled


@frozen
class Piece:
    """A part of quoted text, and the range of characters of the text that it was read from."""

    part: Part
    text: str
    start: int
    end: int


def pieces(text: str) -> Iterator[Piece]:
    """Yield the parts of quoted text in order; doubled braces are single ones of the literal parts."""
    literal: list[str] = []
    begin = at = 0
    while at < len(text):
        character = text[at]
        if character not in "{}":
            literal.append(character)
            at += 1
            continue
        if text.startswith(character * 2, at):
            literal.append(character)
            at += 2
            continue
        if literal:
            yield Piece(Part.TEXT, "".join(literal), begin, at)
            literal = []
        found = _NAME.match(text, at) if character == "{" else None
        end = at + 1 if found is None else found.end()
        yield Piece(Part.STRAY if found is None else Part.NAME, character if found is None else found[1], at, end)
        begin = at = end
    if literal:
        yield Piece(Part.TEXT, "".join(literal), begin, at)
