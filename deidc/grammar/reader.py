"""Recipe text -> tree and complaints. Total: any text gives a tree, and every mistake of it is told at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import TypeVar

from attrs import define, evolve, field
from lark import Lark, UnexpectedInput
from lark.exceptions import LarkError

from deidc.codes import words
from deidc.diagnostics import Diagnostic, Edit, Fix, Rule
from deidc.grammar import nodes
from deidc.grammar.build import Branch, Line, section_name
from deidc.grammar.complaints import Place, Refused, complain, misplaced
from deidc.grammar.spelling import unquoted
from deidc.source import Source, Span

_STARTS = ("section_line", "format_line", "action_line", "list_line", "variable_line", "filter_line")
_ZERO_WIDTH = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f]")
_WIDE_BLANK = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\u2028\u2029]")
_FORMAT = re.compile(r"format(?=\s|$)", re.IGNORECASE)

N = TypeVar("N")


@cache
def _lark() -> Lark:
    """Return the parser of lines, built once a process: it is a fact made from recipe.lark."""
    text = files("deidc.grammar").joinpath("recipe.lark").read_text(encoding="utf-8")
    return Lark(text, parser="lalr", start=list(_STARTS), maybe_placeholders=True)


def decode(data: bytes, name: str) -> tuple[Source, tuple[Diagnostic, ...]]:
    """Return the text of a recipe file: UTF-8 with or without byte order mark, any line ends.

    Bytes that are no UTF-8 become U+FFFD and are complained of.
    """
    try:
        text, said = data.decode("utf-8-sig"), False
    except UnicodeDecodeError:
        text, said = data.decode("utf-8-sig", "replace"), True
    source = Source(name, text.replace("\r\n", "\n").replace("\r", "\n"))
    if not said:
        return source, ()
    at = max(source.text.find("\N{REPLACEMENT CHARACTER}"), 0)
    complaint = Diagnostic(
        words.NOT_UTF8, "there are bytes that are no UTF-8", Span(name, at, at + 1), "save the file as UTF-8"
    )
    return source, (complaint,)


def read(source: Source) -> tuple[nodes.Recipe, tuple[Diagnostic, ...]]:
    """Return the tree of a recipe and every complaint about its words.

    Never raises. A line that is not understood is complained of and left out; it hides no other.
    """
    reading = _Reading(source)
    offset = 0
    for line in source.text.split("\n"):
        reading.line(line, offset)
        offset += len(line) + 1
    return reading.finish(offset - 1)


@define(eq=False)
class _Open:
    """A section that is being read."""

    section: nodes.Section
    place: Place
    body: list[object] = field(factory=list)
    label: nodes.Label | None = None
    label_body: list[object] = field(factory=list)

    def close_label(self) -> None:
        """Put the label with its lines into the section."""
        if self.label is not None:
            self.body.append(evolve(self.label, body=tuple(self.label_body)))  # type: ignore[arg-type]  # from the reader
        self.label, self.label_body = None, []

    def closed(self) -> nodes.Section:
        """Return the section with its lines."""
        self.close_label()
        return evolve(self.section, body=tuple(self.body))  # type: ignore[arg-type]  # of the section's kind


@define(eq=False)
class _Reading:
    """What is known half way through a recipe."""

    source: Source
    items: list[nodes.Item] = field(factory=list)
    said: list[Diagnostic] = field(factory=list)
    open: _Open | None = None
    formats: int = 0
    lost: bool = False  # below a section line that was not understood, where nobody knows what lines mean

    def line(self, text: str, offset: int) -> None:
        """Read one line."""
        stripped = text.strip()
        if not stripped:
            self._trivia(nodes.EmptyLine(span=Span(self.source.name, offset, offset)))
            return
        if stripped.startswith("#"):
            start = offset + text.index("#")
            span = Span(self.source.name, start, start + len(stripped))
            self._trivia(nodes.Comment(stripped[1:].strip(), span=span))
            return
        text = self._readable(text, offset)
        stripped = text.strip()
        if not stripped or stripped.startswith("#"):
            return
        if stripped.startswith("%"):
            self._section(text, offset)
        elif _FORMAT.match(stripped):
            self._format(text, offset)
        else:
            self._statement(text, offset)

    def _readable(self, text: str, offset: int) -> str:
        """Complain of characters nobody sees; return the line with blanks in their place."""
        if text.isascii() and text.isprintable():
            return text
        control = _CONTROL.search(text)
        if control is not None:
            self._say_at(words.CONTROL_CHARACTER, "there is a control character", offset + control.start())
            return ""
        for pattern, instead in ((_ZERO_WIDTH, ""), (_WIDE_BLANK, " ")):
            found = list(pattern.finditer(text.partition("#")[0]))
            if found:
                edits = tuple(
                    Edit(Span(self.source.name, offset + one.start(), offset + one.end()), instead) for one in found
                )
                fix = Fix.safe("take the invisible characters away", *edits)
                self._say_at(words.INVISIBLE, "there is an invisible character", offset + found[0].start(), fix)
        return text

    def _say_at(self, rule: Rule, message: str, at: int, fix: Fix | None = None) -> None:
        self.said.append(Diagnostic(rule, message, Span(self.source.name, at, at + 1), None, fix))

    # ---- sections -------------------------------------------------------------------------------------

    def _section(self, text: str, offset: int) -> None:
        tree = self._parse("section_line", text, offset)
        self.lost = tree is None
        if tree is None:
            self._close()
            return
        section, remark = tree.children
        said = str(remark)[1:].strip() if remark is not None else None
        line = Line(self.source.name, offset)
        span = line.whole(section)  # type: ignore[arg-type]  # the first child is always a tree
        self._close()
        kind = str(section.data)  # type: ignore[union-attr]
        if kind == "include":
            self.items.append(_include(section, said, span))  # type: ignore[arg-type]
            return
        name = section_name(section)  # type: ignore[arg-type]
        needs_name = kind in ("values", "fields", "filter")
        if needs_name and not name:
            self.said.append(Diagnostic(words.SECTION_NEEDS_NAME, f"%{kind} has no name", span))
        elif name and not needs_name:
            self.said.append(Diagnostic(words.SECTION_TAKES_NO_NAME, f"%{kind} takes no name", span))
        self.open = _Open(*_new_section(kind, name, said, span))

    def _close(self) -> None:
        if self.open is not None:
            self.items.append(self.open.closed())
        self.open = None

    def _format(self, text: str, offset: int) -> None:
        tree = self._parse("format_line", text, offset)
        if tree is None:
            return
        word, name, remark = tree.children
        line = Line(self.source.name, offset)
        span = line.span(word, name)  # type: ignore[arg-type]
        if str(name).lower() != "dicom":
            self.said.append(
                Diagnostic(words.UNKNOWN_FORMAT, f"{str(name)[:40]} is no format", span, "write FORMAT dicom")
            )
        if self.formats:
            self.said.append(Diagnostic(words.REPEATED_FORMAT, "the format was told above", span))
        self.formats += 1
        said = str(remark)[1:].strip() if remark is not None else None
        self._trivia(nodes.Format(str(name).lower(), said, span=span))

    def _trivia(self, line: nodes.Trivia) -> None:
        if self.open is None:
            self.items.append(line)
        elif self.open.label is not None:
            self.open.label_body.append(line)
        else:
            self.open.body.append(line)

    # ---- statements -----------------------------------------------------------------------------------

    def _statement(self, text: str, offset: int) -> None:
        place = self.open.place if self.open is not None else Place.NOWHERE
        match place:
            case Place.NOWHERE if self.lost:
                return
            case Place.NOWHERE:
                self.said.append(misplaced(Refused(text, self.source.name, offset), place))
            case Place.ACTIONS:
                self._add(self._build("action_line", text, offset, Line.action))
            case Place.LIST:
                self._add(self._build("list_line", text, offset, Line.list_line))
            case Place.VARIABLES:
                self._add(self._build("variable_line", text, offset, Line.variable))
            case Place.FILTER | Place.LABEL:
                self._filter_line(text, offset)

    def _add(self, node: object | None) -> None:
        if node is not None and self.open is not None:
            self.open.body.append(node)

    def _filter_line(self, text: str, offset: int) -> None:
        node = self._build("filter_line", text, offset, Line.filter_line)
        current = self.open
        if node is None or current is None:
            return
        if isinstance(node, nodes.Label):
            current.close_label()
            current.label = node
        elif current.label is None:
            self.said.append(misplaced(Refused(text, self.source.name, offset), Place.FILTER))
        else:
            current.label_body.append(node)

    def _build(self, start: str, text: str, offset: int, build: Callable[[Line, Branch], N]) -> N | None:
        tree = self._parse(start, text, offset)
        if tree is None:
            return None
        line = Line(self.source.name, offset)
        node = build(line, tree)
        self.said.extend(line.said)
        return node

    def _parse(self, start: str, text: str, offset: int) -> Branch | None:
        """Parse one line; complain if the grammar refuses it."""
        readable = _WIDE_BLANK.sub(" ", text)
        # Zero-width characters are taken out for the parser only where the words are the same without them;
        # places behind them would slip, so a blank is put at the end instead.
        readable = _ZERO_WIDTH.sub("", readable)
        try:
            return _lark().parse(readable, start=start)
        except (UnexpectedInput, LarkError):
            place = self.open.place if self.open is not None and start != "section_line" else Place.NOWHERE
            self.said.append(complain(Refused(readable, self.source.name, offset), place))
            return None

    def finish(self, end: int) -> tuple[nodes.Recipe, tuple[Diagnostic, ...]]:
        """Close what is open and return the tree with all complaints."""
        self._close()
        if not self.formats:
            start = Span(self.source.name, 0, min(1, end))
            fix = Fix.safe("put FORMAT dicom before it", Edit(Span(self.source.name, 0, 0), "FORMAT dicom\n\n"))
            self.said.insert(
                0,
                Diagnostic(words.MISSING_FORMAT, "there is no FORMAT line", start, "begin with FORMAT dicom", fix),
            )
        return nodes.Recipe(tuple(self.items)), tuple(self.said)


def _include(tree: Branch, remark: str | None, span: Span) -> nodes.Include:
    _, reference, *digest = tree.children
    pinned = str(digest[0]).partition(":")[2].lower() if digest else None
    return nodes.Include(unquoted(str(reference)), pinned, remark, span=span)


def _new_section(kind: str, name: str, remark: str | None, span: Span) -> tuple[nodes.Section, Place]:
    match kind:
        case "header":
            return nodes.Header((), remark, span=span), Place.ACTIONS
        case "labels":
            return nodes.Labels((), remark, span=span), Place.ACTIONS
        case "values":
            return nodes.Values(name, (), remark, span=span), Place.LIST
        case "fields":
            return nodes.Fields(name, (), remark, span=span), Place.LIST
        case "filter":
            return nodes.Filter(name, (), remark, span=span), Place.FILTER
        case _:
            return nodes.Variables((), remark, span=span), Place.VARIABLES
