"""Name outputs by attributes of the cleaned object, with a template such as `{StudyInstanceUID}/{number}.dcm`.

A template is checked before the first file: unknown attributes, and identifying ones that no rule changes, are
refused. Values become parts of file names by an injective spelling, so two values never become one name, and no value
leads out of its folder.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from string import Formatter
from typing import TypeAlias

from attrs import frozen

from deidc.codes import faults
from deidc.diagnostics import Rule
from deidc.dicom import dictionary
from deidc.errors import DeidcError
from deidc.ir.basic_profile import IDENTIFYING
from deidc.ir.program import Program
from deidc.ir.resolving.nearest import Guesses
from deidc.runtime.fold.plan import Plan
from deidc.runtime.outcome import Event

_NUMBER = "number"
_LONGEST = 255  # bytes of one name, the limit of all file systems in use
_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.^+=,@")
_UNFIT_LITERAL = re.compile(r'[\x00-\x1f\x7f\\:*?"<>|]')
# Names of devices on Windows, whatever stands behind the first dot.
_RESERVED = re.compile(r"(?:CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])(?:\..*)?", re.IGNORECASE | re.DOTALL)
_TEXTLESS = frozenset({"SQ", "UN", "OB", "OD", "OF", "OL", "OV", "OW", "AT"})
# Curves, overlays, waveforms and pixels lie behind what names an object.
_LAST_GROUP = 0x5000
_INSTANCE, _FOLLOWING = 0x00080018, 0x00020003


class TemplateError(DeidcError, ValueError):
    """A template can name no outputs; says why."""


class Unnamed(Exception):
    """The template gives an object no name: a rule, and words without data."""

    def __init__(self, rule: Rule, message: str) -> None:
        self.rule = rule
        self.message = message
        super().__init__(message)


@frozen
class Literal:
    """Text that stands in every name."""

    text: str


@frozen
class Number:
    """The number of the input."""


@frozen
class Value:
    """The value of an attribute of the cleaned object."""

    tag: int
    keyword: str
    identifying: bool

    @property
    def deciders(self) -> tuple[int, ...]:
        """The tags of what must have changed: the file meta information follows the object, unless it is kept."""
        return (_FOLLOWING, _INSTANCE) if self.tag == _FOLLOWING else (self.tag,)


Piece: TypeAlias = Literal | Number | Value


@frozen
class Template:
    """A template, part by part of the path."""

    parts: tuple[tuple[Piece, ...], ...]

    @property
    def values(self) -> tuple[Value, ...]:
        """The attributes that names are made of."""
        return tuple(piece for part in self.parts for piece in part if isinstance(piece, Value))

    @property
    def tags(self) -> frozenset[int]:
        """The tags of these attributes."""
        return frozenset(value.tag for value in self.values)

    @property
    def is_unique(self) -> bool:
        """Whether two inputs can never have one name: the number of the input can be read from it."""
        return any(_tells_number(part) for part in self.parts)

    def place(self, number: int, values: Mapping[int, tuple[str, ...]], events: Iterable[Event]) -> Path:
        """Return the place of an output, by the values of its attributes. Raises Unnamed.

        `events` are what was done to the object: an identifying attribute that was left unchanged names no file.
        """
        touched = {event.path for event in events}
        for value in self.values:
            if value.identifying and not all(f"{tag:08X}" in touched for tag in value.deciders):
                message = f"{value.keyword} is unchanged and may identify the patient"
                raise Unnamed(faults.NAME_LEAKS, message)
        return Path(*(_part(part, number, values) for part in self.parts))


def parse_template(text: str) -> Template:
    """Return the template that a text is. Raises TemplateError."""
    try:
        fields = list(Formatter().parse(text))
    except ValueError:
        raise TemplateError("a brace is not closed; write {{ or }} for a literal brace") from None
    parts: list[list[Piece]] = [[]]
    for literal, name, form, conversion in fields:
        first, *others = literal.split("/")
        parts[-1].extend(_literal(first))
        parts.extend(_literal(words) for words in others)
        if name is not None:
            if form or conversion:
                raise TemplateError(f"{{{name}}} must be an attribute or {{number}} only")
            parts[-1].append(Number() if name == _NUMBER else _value(name))
    if not all(parts):
        raise TemplateError("a part of the path is empty; write a path relative to the output folder")
    for part in parts:
        if all(isinstance(piece, Literal) for piece in part):
            _checked("".join(piece.text for piece in part if isinstance(piece, Literal)), _refuse_template)
    return Template(tuple(map(tuple, parts)))


def check_against(template: Template, program: Program) -> None:
    """Raise TemplateError for an identifying attribute that the program leaves unchanged."""
    plan = Plan(program)
    for value in template.values:
        if not value.identifying:
            continue
        if any(_is_left(plan, tag) for tag in value.deciders):
            raise TemplateError(
                f"{value.keyword} may identify the patient (PS3.15 Table E.1-1), and the recipe leaves it unchanged"
            )


def _is_left(plan: Plan, tag: int) -> bool:
    """Whether no rule changes an attribute of the top level, or one keeps it."""
    attribute = dictionary.find_tag(tag)
    assert attribute is not None, "templates only use attributes of the dictionary"
    node = plan.file_meta if tag >> 16 == 0x0002 else plan.dataset
    entry = node.entry(tag, attribute.vr.split(" or ")[0], None)
    return entry.always_sheltered or not (entry.steps or tag == _FOLLOWING)


def spelt(value: str) -> str:
    """Return a value as it stands in a name: another value never has the same spelling.

    Letters, digits and a few signs of ASCII stay; all else, and a dot at an end, is written as in URLs, by the bytes
    of UTF-8. What Windows takes for a device has its first letter written so.
    """
    data = value.encode("utf-8", "surrogatepass")
    last = len(data) - 1
    written = "".join(
        chr(byte) if byte in _PLAIN and not (byte == ord(".") and at in (0, last)) else f"%{byte:02X}"
        for at, byte in enumerate(data)
    )
    return f"%{data[0]:02X}{written[1:]}" if _RESERVED.fullmatch(written) else written


def _literal(words: str) -> list[Piece]:
    if _UNFIT_LITERAL.search(words):
        raise TemplateError("the template has a character that some file systems reject")
    return [Literal(words)] if words else []


def _value(name: str) -> Value:
    attribute = dictionary.find_keyword(name)
    if attribute is None or attribute.keyword != name:
        near = attribute.keyword if attribute is not None else Guesses().keyword(name)
        hint = f"; did you mean {near!r}?" if near else ""
        raise TemplateError(f"there is no attribute {name!r}{hint}")
    if attribute.repeating or attribute.vr.split(" or ")[0] in _TEXTLESS:
        raise TemplateError(f"{name} has no value that a name can contain")
    tag = int(attribute.pattern, 16)
    if not 0x0002 <= tag >> 16 < _LAST_GROUP:
        raise TemplateError(f"{name} is not an attribute that a name can contain")
    return Value(tag, name, attribute.pattern in IDENTIFYING)


def _part(pieces: tuple[Piece, ...], number: int, values: Mapping[int, tuple[str, ...]]) -> str:
    text = "".join(_texts(pieces, number, values))
    _checked(text, _refuse_object)
    return text


def _texts(pieces: tuple[Piece, ...], number: int, values: Mapping[int, tuple[str, ...]]) -> Iterator[str]:
    for piece in pieces:
        match piece:
            case Literal(text):
                yield text
            case Number():
                yield str(number)
            case Value(tag, keyword):
                components = values.get(tag, ())
                if len(components) != 1 or not components[0]:
                    what = "several values" if len(components) > 1 else "no value"
                    raise Unnamed(faults.NAME_VALUE_MISSING, f"{keyword} has {what}")
                yield spelt(components[0])


def _checked(name: str, refuse: Callable[[str], Exception]) -> None:
    """Raise unless a name can be a file's on every file system."""
    if len(name.encode()) > _LONGEST:
        raise refuse(f"a part of the path has more than {_LONGEST} bytes")
    if name.startswith(".") or name.endswith((".", " ")):
        raise refuse("a part of the path begins or ends with a dot, or ends with a blank")
    if _RESERVED.fullmatch(name):
        raise refuse("a part of the path is the name of a device on Windows")


def _refuse_template(why: str) -> Exception:
    return TemplateError(why)


def _refuse_object(why: str) -> Exception:
    return Unnamed(faults.NAME_UNFIT, why)


def _tells_number(part: tuple[Piece, ...]) -> bool:
    """Whether the number of the input can be read from a part: on one side of it stands only fixed text."""
    for at, piece in enumerate(part):
        if not isinstance(piece, Number):
            continue
        before, after = part[:at], part[at + 1 :]
        if _is_fixed(before) and (not after or _parts_digits(after[0], 0)):
            return True
        if _is_fixed(after) and (not before or _parts_digits(before[-1], -1)):
            return True
    return False


def _is_fixed(pieces: tuple[Piece, ...]) -> bool:
    return all(isinstance(piece, Literal) for piece in pieces)


def _parts_digits(piece: Piece, end: int) -> bool:
    return isinstance(piece, Literal) and not piece.text[end].isdecimal()
