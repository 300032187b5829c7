"""Convert parts of a dictionary's entries to words of a recipe, each in its place and not beyond it."""

from __future__ import annotations

import re

from deidc.grammar.lines import CONTROL, WIDE_BLANK, ZERO_WIDTH, remark_start, words_of
from deidc.grammar.spelling import unquoted
from deidc.grammar.writer import write_literal, write_text

_REFERENCE = re.compile(r"(?:var|func|deid_func):")
_BREAK = re.compile(r"[\r\n]")
# Words of conditions and calls; in arguments, behind =, a quotation mark cannot be escaped.
_TOKEN = re.compile(
    r"""code:[^\s,"']+,[^\s,"']+,(?:"(?:\\"|[^"])*"|'[^']*')(?!\S)
      | (?:[^\s"'=]*:)?(?:"(?:\\"|[^"])*"|'[^']*')(?!\S) | \w+=(?:"[^"]*"|'[^']*')(?!\S) | \S+""",
    re.VERBOSE,
)
_PARAMETERS = re.compile(r"""(?:[A-Za-z]+[ \t]*=[ \t]*(?:"[^"]*"|'[^']*'|[^;\s]+)(?:[ \t]*;)?[ \t]*)*""")
_EXPRESSION = re.compile(r"([A-Za-z]+):(.*)\Z", re.DOTALL)
_QUOTED = re.compile(r'"(?:\\"|[^"])*"|' + r"'[^']*'")
# A target for many attributes, and the exceptions from it.
_EXCEPTING = re.compile(r"""(\S.*?)[ \t]+(except:(?:"[^"]*"|[^\s"])+)""", re.IGNORECASE)
# Targets with blanks or quotation marks in them, as the grammar has them.
_WHOLE_TARGET = re.compile(
    r"""\(?\w{4}[ \t]*,[ \t]*(?:"[^"]+"|'[^']+'|[^\s"',()]+)[ \t]*,[ \t]*\w{2,4}\)?   # of a private creator
      | \([ \t]*\w{4}[ \t]*,[ \t]*\w{4}[ \t]*\)                                     # a tag
      | (?:"[^"]*"|[^\s"])+                                                           # blanks in quotation marks alone
    """,
    re.VERBOSE,
)


class Unfit(ValueError):
    """A part of the dictionary cannot be written; the words say why and hold nothing of it."""


class LiteralText(str):
    """Text that is to be written as it stands, though it begins like a reference to a variable or a function.

    A recipe says it by quotation marks: `REPLACE PatientID "var:id"`. It equals no other kind of text.
    """

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return type(other) is LiteralText and str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return str.__hash__(self)


class Spelt(str):
    """A value that deid does not have, in the spelling of a recipe: `from:`, `code:`, or names in quoted text.

    It equals no other kind of text.
    """

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return type(other) is Spelt and str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return str.__hash__(self)


def literal_text(text: str) -> str:
    """Return text as the value of an entry that means just this text."""
    return LiteralText(text) if _REFERENCE.match(text) else text


def text_of(value: object) -> str:
    """Return text or a number as text; numbers that are equal are written alike."""
    match value:
        case str():
            return str(value)
        case bool():
            raise Unfit("a value is neither text nor a number")
        case int() | float():
            return str(int(value)) if value == value // 1 else repr(value)
        case None:
            raise Unfit("something is missing")
        case _:
            raise Unfit("a value is neither text nor a number")


def _seen(text: str) -> str:
    """Return text if each of its characters is read back unchanged from a line of a recipe."""
    if _BREAK.search(text):
        raise Unfit("there is a line end in it, which no line of a recipe can hold")
    if CONTROL.search(text):
        raise Unfit("there is a control character in it, which no line of a recipe can hold")
    if ZERO_WIDTH.search(text) or WIDE_BLANK.search(text):
        raise Unfit("there is an invisible character in it, which is not read back from a recipe")
    return text


def raw(value: object) -> str:
    """Return text of the language, which does not reach beyond its place."""
    text = _seen(text_of(value)).strip()
    if any(token.startswith("#") for token in _TOKEN.findall(text)):
        raise Unfit("there is a remark in it")
    return text


def parameters(value: object) -> str:
    """Return the parameters of SPLIT."""
    text = _seen(text_of(value)).strip()
    if not _PARAMETERS.fullmatch(text):
        raise Unfit('its value is not of the form by="^";minlength=4')
    return text


def word(value: object) -> str:
    """Return one word of the language."""
    text = raw(value)
    if not text or re.search(r"\s", text):
        raise Unfit("it is not one word")
    return text


def name(value: object) -> str:
    """Return the name of a list, a group or a label: words with single blanks between them."""
    text = _seen(text_of(value)).strip()
    if remark_start(text) < len(text):
        raise Unfit("there is a remark in its name")
    if " ".join(words_of(text)) != text:
        raise Unfit("its name has blanks that a recipe cannot hold")
    return text


def target(value: object) -> str:
    """Return what a line is about; what has blanks, like the name `Patient ID` in the dictionary, is quoted."""
    text = _seen(text_of(value)).strip()
    if not text or text.startswith("#"):
        raise Unfit("its field is empty")
    excepting = _EXCEPTING.fullmatch(text)
    if excepting is not None:
        return f"{target(excepting[1])} {excepting[2]}"
    if not re.search(r"[\s\"']", text) or _WHOLE_TARGET.fullmatch(text):
        return text
    found = _EXPRESSION.match(text)
    quoted = f'"{text}"' if found is None else f'{found[1]}:"{found[2]}"'
    if not _WHOLE_TARGET.fullmatch(quoted):
        raise Unfit("its field cannot be written in a recipe")
    return quoted


def value(given: object) -> str:
    """Return what is written: a reference as it stands, else precisely the literal."""
    if isinstance(given, Spelt):
        return raw(given)
    text = text_of(given)
    return raw(text) if _REFERENCE.match(text) and not isinstance(given, LiteralText) else _value_text(text)


def _value_text(text: str) -> str:
    """Return the literal text of a value; in quotation marks, its braces are doubled."""
    written = write_text(_seen(text))
    if written == text:
        return text
    literal(text)
    return written


def literal(text: str) -> str:
    """Return literal text in the spelling that is read back unchanged."""
    written = write_literal(_seen(text))
    if written != text and not (_QUOTED.fullmatch(written) and unquoted(written) == text):
        raise Unfit("there are quotation marks in it that no quotation marks can stand around")
    return written


def plainly_quoted(value: object) -> str:
    """Return the default of a variable, where a quotation mark cannot be escaped."""
    text = _seen(text_of(value))
    if '"' in text and "'" in text:
        raise Unfit("its default has both kinds of quotation marks")
    return f"'{text}'" if '"' in text else f'"{text}"'
