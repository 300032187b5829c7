"""How words of the language are spelt: quotes, tags, paths. Text in, parts out; no places, no complaints."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from deidc.vocabulary import Policy

# The word of a recipe for each policy, which program text writes in small letters.
POLICY_WORDS: Mapping[Policy, str] = MappingProxyType({policy: policy.value.upper() for policy in Policy})

_STEP = re.compile(
    r"""(?P<private>\((?P<group>[0-9a-fA-FxX]{4}),"(?P<creator>[^"]+)",(?P<element>[0-9a-fA-FxX]{2})\))
      | (?P<tag>\((?P<pair>[0-9a-fA-FxX]{4},[0-9a-fA-FxX]{4})\)|[0-9a-fA-FxX]{8}(?![A-Za-z0-9]))
      | (?P<index>[0-9]{1,6}(?![A-Za-z0-9]))
      | (?P<keyword>[A-Za-z0-9]+)""",
    re.VERBOSE,
)
_SEPARATOR = re.compile(r"(?:\[(?P<index>[0-9]{1,6})\])?(?:__|\.|::)")
_PRIVATE = re.compile(
    r"""\(?(?P<group>[0-9a-fx]{4})[ \t]*,[ \t]*(?:"(?P<double>[^"]+)"|'(?P<single>[^']+)'|(?P<bare>[^\s"',()]+))
        [ \t]*,[ \t]*(?:0x)?(?P<element>[0-9a-fx]{2})\)?\Z""",
    re.VERBOSE | re.IGNORECASE,
)


def is_quoted(text: str) -> bool:
    """Whether text is one quoted string as a whole."""
    return len(text) >= 2 and text[0] in "\"'" and text[-1] == text[0]


def unquoted(text: str) -> str:
    """Return what stands between the quotation marks, or the text itself if it is not quoted.

    In double quotation marks a backslash before one makes it part of the text; other backslashes stay, because
    they part the values of a multi-value.
    """
    if not is_quoted(text):
        return text
    inner = text[1:-1]
    return inner.replace('\\"', '"') if text[0] == '"' else inner


def places_within(text: str) -> list[int]:
    """Return for each character between the quotation marks of a quoted text, unescaped, where it stands in it."""
    places: list[int] = []
    at = 1
    while at < len(text) - 1:
        at += text[0] == '"' and text[at : at + 2] == '\\"' and at + 1 < len(text) - 1
        places.append(at)
        at += 1
    return places


def names_attribute(text: str) -> bool:
    """Whether text has the form of a keyword, a tag, a private element by creator, or a path."""
    if is_whole_private(text) or is_tag(text) or path_parts(text) is not None:
        return True
    return re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", text) is not None


def is_whole_private(text: str) -> bool:
    """Whether text is one private element by creator, as the last group of `private_parts` has it."""
    return _PRIVATE.match(text) is not None


def tag_digits(text: str) -> str:
    """Return the eight digits of a tag in any of its spellings."""
    if text[:2].lower() == "0x":
        text = text[2:]
    return re.sub(r"[(),\s]", "", text).upper()


def private_parts(text: str) -> tuple[str, str, str]:
    """Return group, creator and element of a private element in any of its spellings."""
    found = _PRIVATE.match(text)
    assert found is not None, "the lexer lets nothing else through"
    creator = found["double"] or found["single"] or found["bare"]
    return found["group"].upper(), creator, found["element"].upper()


def path_parts(text: str) -> list[tuple[str, int, int, int | None]] | None:
    """Return the steps of a path as (text, start, end, item number), or None if it is none.

    Steps are separated by `__`, `.` or `::`; an item number stands between two separators or in brackets.
    """
    steps: list[tuple[str, int, int, int | None]] = []
    at = 0
    while True:
        found = _STEP.match(text, at)
        if found is None:
            return None
        if found["index"] is not None:
            if not steps or steps[-1][3] is not None or text[at - 2 : at] != "__":
                return None
            name, start, end, _ = steps[-1]
            steps[-1] = (name, start, end, int(found["index"]))
        else:
            steps.append((found[0], found.start(), found.end(), None))
        at = found.end()
        if at == len(text):
            last_is_step = found["index"] is None
            return steps if len(steps) > 1 and last_is_step else None
        separator = _SEPARATOR.match(text, at)
        if separator is None:
            return None
        if separator["index"] is not None:
            if found["index"] is not None:
                return None
            name, start, end, _ = steps[-1]
            steps[-1] = (name, start, end, int(separator["index"]))
        at = separator.end()


def is_tag(text: str) -> bool:
    """Whether one step of a path is a tag."""
    found = _STEP.fullmatch(text)
    return found is not None and found["tag"] is not None


def is_name(text: str) -> bool:
    """Whether text can be written behind `from:` to name an attribute by keyword or by name."""
    return re.fullmatch(r"[^\s\"#]+", text) is not None


def is_private(text: str) -> bool:
    """Whether one step of a path is a private element by creator."""
    return text.startswith("(") and '"' in text
