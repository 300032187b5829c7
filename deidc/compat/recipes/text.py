"""Convert the dictionary of a recipe to text with precisely the same meaning, or refuse it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias

from attrs import define, field

from deidc.codes import faults
from deidc.compat.recipes import words
from deidc.compat.recipes.words import Unfit
from deidc.diagnostics import CompileError, Diagnostic, Report
from deidc.source import Source

# A name that no file has, so that no other text is taken for this one when recipes are combined.
NAME = "<recipe.deid>"

_SECTIONS = ("format", "vars", "values", "fields", "header", "labels", "filter", "pixels")
_ACTIONS = ("ADD", "APPEND", "BLANK", "DESCEND", "JITTER", "KEEP", "REPLACE", "REMOVE")
_LIST_LINES = ("FIELD", "SPLIT")
_VALUED = ("contains", "notcontains", "equals", "notequals")
_ASKED = ("missing", "present", "empty")
_JOINS = {"and": "+", "or": "||"}
_LABEL = re.compile(r"\ALABEL(?: |\Z)")


def source_of(deid: Mapping[str, Any], name: str = NAME) -> Source:
    """Return the text of a recipe that is given as deid's dictionary.

    A string among the values is a reference if it begins with `var:`, `func:` or `deid_func:`, else it is literal:
    the text compiles to precisely that literal, whatever is in it. Numbers are written in digits. Raises CompileError
    (DC960) if something in it is not of deid's shape, or cannot stand in a recipe: a line end in a value, say.
    """
    writing = _Writing()
    writing.recipe(deid)
    source = Source(name, "".join(f"{line}\n" for line in writing.lines))
    if writing.said:
        raise CompileError(Report.of([source], writing.said))
    return source


_Entry: TypeAlias = Callable[[Mapping[str, Any]], Iterable[str]]


@define(eq=False)
class _Writing:
    """The lines written so far, and what could not be written."""

    lines: list[str] = field(factory=list)
    said: list[Diagnostic] = field(factory=list)

    def complain(self, place: str, reason: str) -> None:
        self.said.append(Diagnostic(faults.NOT_OF_DEIDS_SHAPE, f"{place}: {reason}", None))

    def attempt(self, place: str, write: Callable[[], Iterable[str]]) -> None:
        """Write lines, or complain."""
        try:
            self.lines.extend(list(write()))
        except Unfit as unfit:
            self.complain(place, str(unfit))

    def recipe(self, deid: Mapping[str, Any]) -> None:
        """Write all sections; their order is no meaning, that of lines in them is."""
        if not isinstance(deid, Mapping):
            self.complain("recipe", "it is no dictionary")
            return
        for key in deid:
            if key not in _SECTIONS:
                self.complain("recipe", f"there is no section {str(key)[:40]!r}")
        if deid.get("format") is not None:
            self.attempt("format", lambda: [f"FORMAT {words.word(deid['format'])}"])
        self.plain("vars", deid, _variable)
        self.named("values", deid, _list_line)
        self.named("fields", deid, _list_line)
        self.header(deid)
        self.plain("labels", deid, _action)
        self.named("filter", deid, _label)
        self.plain("pixels", deid, _policy)

    def plain(self, kind: str, deid: Mapping[str, Any], write: _Entry) -> None:
        """Write a section without a name."""
        if deid.get(kind) is not None:
            self.lines.append(f"%{kind}")
            self.entries(kind, deid[kind], write)

    def header(self, deid: Mapping[str, Any]) -> None:
        """Write %header: one section, or several where lines have guards of their section."""
        entries = deid.get("header")
        if not isinstance(entries, list | tuple) or not any(map(_section_guard, entries)):
            self.plain("header", deid, _action)
            return
        last: object = None
        for number, entry in enumerate(entries):
            guard = _section_guard(entry)
            if number == 0 or guard != last:
                self.attempt(f"header[{number}]", partial(_header_line, guard))
                last = guard
            self.entries("header", [entry], _action)

    def named(self, kind: str, deid: Mapping[str, Any], write: _Entry) -> None:
        """Write the sections of a kind that have names."""
        sections = deid.get(kind)
        if sections is None:
            return
        if not isinstance(sections, Mapping):
            self.complain(kind, "it is no dictionary of lists")
            return
        for name, entries in sections.items():
            self.attempt(kind, partial(_section_line, kind, name))
            self.entries(f"{kind} {str(name)[:40]!r}", entries, write)

    def entries(self, place: str, entries: object, write: _Entry) -> None:
        """Write the lines of a section."""
        if not isinstance(entries, list | tuple):
            self.complain(place, "it is no list")
            return
        for number, entry in enumerate(entries):
            if isinstance(entry, Mapping):
                self.attempt(f"{place}[{number}]", partial(write, entry))
            else:
                self.complain(f"{place}[{number}]", "it is no dictionary")


def _section_guard(entry: object) -> object:
    return entry.get("section_when") if isinstance(entry, Mapping) else None


def _header_line(guard: object) -> list[str]:
    return [f"%header{'' if _nothing(guard) else f' when {words.raw(guard)}'}"]


def _section_line(kind: str, name: object) -> list[str]:
    return [f"%{kind} {words.name(name)}".rstrip()]


# ---- entries ------------------------------------------------------------------------------------------------


def _action(entry: Mapping[str, Any]) -> Iterator[str]:
    """Write an entry of header or labels: `{"action", "field", "value"?, "if"?, "when"?, "section_when"?}`."""
    _only(entry, "action", "field", "value", "if", "when", "section_when")
    guard = entry.get("when")
    yield _unguarded(entry) + ("" if _nothing(guard) else f" when {words.raw(guard)}")


def _unguarded(entry: Mapping[str, Any]) -> str:
    """Write an entry of header or labels without its guards."""
    action = _one_of(entry.get("action"), _ACTIONS)
    line = f"{action} {words.target(entry.get('field'))}"
    value, when = entry.get("value"), entry.get("if")
    conditions = "" if _nothing(when) else f" {words.raw(when)}"
    match action:
        case "JITTER":
            _none(when, f"{action} takes no condition")
            return f"{line} {words.value(value)}"
        case "ADD" | "APPEND" | "REPLACE":
            return f"{line} {words.value(value)}" + (f" if{conditions}" if conditions else "")
        case "REMOVE":
            return line + ("" if _nothing(value) else f" {words.raw(value)}") + conditions
        case "BLANK" | "KEEP":
            _none(value, f"{action} takes no value; conditions go under 'if'")
            return line + conditions
        case _:
            _none(value, "DESCEND takes no value")
            _none(when, "DESCEND takes no condition")
            return line


def _list_line(entry: Mapping[str, Any]) -> Iterator[str]:
    """Write an entry of a values or fields list: `{"action", "field", "value"?}`."""
    _only(entry, "action", "field", "value")
    action, value = _one_of(entry.get("action"), _LIST_LINES), entry.get("value")
    line = f"{action} {words.target(entry.get('field'))}"
    if action == "FIELD":
        _none(value, "FIELD takes no value")
    yield line if _nothing(value) else f"{line} {words.parameters(value)}"


def _variable(entry: Mapping[str, Any]) -> Iterator[str]:
    """Write a declaration: `{"name", "type"?, "default"?}`, which deid does not have."""
    _only(entry, "name", "type", "default")
    line = f"VAR {words.word(entry.get('name'))} {words.word(entry.get('type', 'text'))}"
    default = entry.get("default")
    yield line if default is None else f"{line} default={words.plainly_quoted(default)}"


def _policy(entry: Mapping[str, Any]) -> Iterator[str]:
    """Write a line of %pixels: `{"policy", "group"}` or `{"policy": "STORE", "storage"}`, which deid does not have."""
    _only(entry, "policy", "group", "storage")
    of = words.word(entry["storage"]) if "storage" in entry else words.name(entry.get("group"))
    yield f"{words.word(entry.get('policy'))} {of}"


def _label(entry: Mapping[str, Any]) -> Iterator[str]:
    """Write a label: `{"name"?, "filters", "coordinates"}`; its name may have the word LABEL before it, as in deid."""
    _only(entry, "name", "filters", "coordinates")
    name = words.text_of(entry.get("name") or "")
    yield f"LABEL {words.name(_LABEL.sub('', name))}".rstrip()
    for line in _list_of(entry.get("filters"), "filters"):
        yield f"  {_criteria(line)}"
    for region in _list_of(entry.get("coordinates"), "coordinates"):
        yield f"  {_region(region)}"


def _criteria(line: object) -> str:
    """Write one line of criteria from lists of actions, fields, joins between them, and values where there are any."""
    if not isinstance(line, Mapping):
        raise Unfit("a filter is no dictionary")
    _only(line, "action", "field", "operator", "InnerOperators", "value")
    operators = [_one_of(one, (*_VALUED, *_ASKED)) for one in _list_of(line.get("action"), "action")]
    targets = [words.target(one) for one in _list_of(line.get("field"), "field")]
    joins = [_join(one) for one in _list_of(line.get("InnerOperators"), "InnerOperators")]
    values = list(_list_of(line.get("value"), "value"))
    valued = sum(operator in _VALUED for operator in operators)
    if not operators or len(targets) != len(operators) or len(joins) != len(operators) - 1 or len(values) != valued:
        raise Unfit("a filter has not as many fields, operators and values as actions")
    parts = [] if line.get("operator") is None else [_join(line["operator"])]
    for number, (operator, target) in enumerate(zip(operators, targets, strict=True)):
        parts.extend([joins[number - 1]] if number else [])
        parts.extend((operator, target))
        parts.extend([words.literal(words.text_of(values.pop(0)))] if operator in _VALUED else [])
    return " ".join(parts)


def _region(region: object) -> str:
    """Write a region: `[0, "0,0,10,20"]` for one to blank, `[1, ...]` for one to keep."""
    if not isinstance(region, Sequence) or isinstance(region, str) or len(region) != 2 or region[0] not in (0, 1):
        raise Unfit("a region is not of the form [0 or 1, coordinates]")
    mask, box = region
    if isinstance(box, list | tuple):
        box = ",".join(words.text_of(one) for one in box)
    return f"{'keepcoordinates' if mask else 'coordinates'} {words.raw(box)}"


# ---- parts of entries ---------------------------------------------------------------------------------------


def _only(entry: Mapping[str, Any], *keys: str) -> None:
    for key in entry:
        if key not in keys:
            raise Unfit(f"there is no room for {str(key)[:40]!r} in it")


def _none(value: object, reason: str) -> None:
    if not _nothing(value):
        raise Unfit(reason)


def _nothing(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _list_of(value: object, what: str) -> Sequence[Any]:
    if value is None:
        return ()
    if not isinstance(value, list | tuple):
        raise Unfit(f"{what} is no list")
    return value


def _one_of(word: object, known: tuple[str, ...]) -> str:
    """Return a word in the case that the language has it in."""
    found = next((one for one in known if isinstance(word, str) and one.lower() == word.strip().lower()), None)
    if found is None:
        raise Unfit(f"its action is none of {', '.join(known)}")
    return found


def _join(word: object) -> str:
    if not isinstance(word, str) or word.lower() not in _JOINS:
        raise Unfit("an operator is neither 'and' nor 'or'")
    return _JOINS[word.lower()]
