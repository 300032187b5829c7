"""What may stand behind `except:`: attributes and sweeps, separated by commas. Text in, parts out; no complaints."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

# Without parentheses, its comma would separate two exceptions.
_TAG = r"\([0-9a-fx]{4},[0-9a-fx]{4}\)|(0x)?[0-9a-fx]{8}"
_PRIVATE = r"""\([0-9a-fx]{4},("[^"]+"|'[^']+'|[^\s"',()]+),(0x)?[0-9a-fx]{2}\)"""
_VR = r"[a-z]{2}(\|[a-z]{2})*"
_ROLE = r"(uid|date|time|person|identifier)"
# The kinds of tokens that recipe.lark has for them, in the order in which they are tried.
_KINDS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        kind: re.compile(pattern, re.IGNORECASE)
        for kind, pattern in (
            ("EXPANDER", r'(contains|startswith|endswith):("[^"]*"|[^\s"])+'),
            ("SELECT_VR", f"select:vr:{_VR}"),
            ("SELECT_GROUP", r"select:group:(0x)?[0-9a-fx]{1,4}"),
            ("SELECT_KIND", r"select:(private|overlay|curve|unknown)"),
            ("SELECT_ROLE", rf"select:role:{_ROLE}(\|{_ROLE})*"),
            ("PRIVATE", _PRIVATE),
            ("TAG", _TAG),
            ("ELEMENT_NAME", r'"[^"]+"'),
            ("KEYWORD", r"[a-z][a-z0-9'-]*"),
        )
    }
)


def exemptions(text: str) -> list[tuple[str, int]]:
    """Return the exceptions in a text with the places where they begin.

    A comma within quotation marks or parentheses is part of an exception.
    """
    found: list[tuple[str, int]] = []
    begin, depth, is_quoted = 0, 0, False
    for at, letter in enumerate(text):
        if letter == '"':
            is_quoted = not is_quoted
        elif not is_quoted:
            depth += (letter == "(") - (letter == ")")
            if letter == "," and depth <= 0:
                found.append((text[begin:at], begin))
                begin = at + 1
    return [*found, (text[begin:], begin)]


def exemption_kind(text: str) -> str | None:
    """Return the kind of token that an exception is, or None if it is none: a list, a path, an item number."""
    return next((kind for kind, pattern in _KINDS.items() if pattern.fullmatch(text)), None)
