"""Recipe text -> tree and complaints. Total: any text gives a tree, and all its errors are reported at once."""

from __future__ import annotations

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
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
from deidc.grammar.complaints import OpenSection, Refused, bad_guard, complain, misplaced
from deidc.grammar.lines import CONTROL, TURNING, WIDE_BLANK, ZERO_WIDTH, Written, remark_start
from deidc.grammar.spelling import unquoted
from deidc.source import Source, Span
from deidc.vocabulary import FormatName

_STARTS = ("section_line", "format_line", "action_line", "list_line", "variable_line", "filter_line", "pixel_line")
_FORMAT = re.compile(r"format(?=\s|$)", re.IGNORECASE)

N = TypeVar("N")


@cache
def _lark() -> Lark:
    """Return the parser of lines, built once a process: it is a fact made from recipe.lark."""
    text = files("deidc.grammar").joinpath("recipe.lark").read_text(encoding="utf-8")
    return Lark(text, parser="lalr", start=list(_STARTS), maybe_placeholders=True)


def decode(data: bytes, name: str) -> tuple[Source, tuple[Diagnostic, ...]]:
    """Return the text of a recipe file: UTF-8, or UTF-16 with a byte order mark, as Windows writes it; any line ends.

    Bytes that are no UTF-8 become U+FFFD and are complained of.
    """
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return Source(name, _with_line_ends(data.decode("utf-16", "replace"))), ()
    try:
        return Source(name, _with_line_ends(data.decode("utf-8-sig"))), ()
    except UnicodeDecodeError as failure:
        at = len(_with_line_ends(data.removeprefix(BOM_UTF8)[: failure.start].decode()))
    complaint = Diagnostic(
        words.NOT_UTF8, "the file has bytes that are not UTF-8", Span(name, at, at + 1), "save the file as UTF-8"
    )
    return Source(name, _with_line_ends(data.decode("utf-8-sig", "replace"))), (complaint,)


def _with_line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


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
    place: OpenSection
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
    outside: list[Diagnostic] = field(factory=list)  # statements outside any section, since the last section
    formats: int = 0
    lost: bool = False  # below a section line that was not understood, where nobody knows what lines mean

    def line(self, text: str, offset: int) -> None:
        """Read one line."""
        written = Written.of(self.source.name, offset, text)
        start = len(written.text) - len(written.text.lstrip())
        stripped = written.text.strip()
        comment = stripped.startswith("#")
        self._complain_of_hidden(text, offset, comment)
        if not stripped:
            self._trivia(nodes.EmptyLine(span=Span(self.source.name, offset, offset)))
        elif comment:
            span = written.span(start, start + len(stripped))
            self._trivia(nodes.Comment(stripped[1:].strip(), span=span))
        elif (control := CONTROL.search(text)) is not None:
            self._say_at(words.CONTROL_CHARACTER, "there is a control character", offset + control.start())
            if stripped.startswith("%"):
                self._lose()
        elif stripped.startswith("%"):
            self._section(written)
        elif _FORMAT.match(stripped):
            self._format(written)
        else:
            self._statement(written)

    def _complain_of_hidden(self, text: str, offset: int, comment: bool) -> None:
        """Complain of invisible characters; in comments, only those that change the direction of text matter."""
        if text.isascii():
            return
        end = 0 if comment else remark_start(text)
        for pattern, instead, till in ((ZERO_WIDTH, "", end), (WIDE_BLANK, " ", end), (TURNING, "", len(text))):
            found = list(pattern.finditer(text, 0 if pattern is not TURNING else end, till))
            if found:
                edits = tuple(
                    Edit(Span(self.source.name, offset + one.start(), offset + one.end()), instead) for one in found
                )
                fix = Fix.safe("remove the invisible characters", *edits)
                self._say_at(words.INVISIBLE, "there is an invisible character", offset + found[0].start(), fix)

    def _say_at(self, rule: Rule, message: str, at: int, fix: Fix | None = None) -> None:
        self.said.append(Diagnostic(rule, message, Span(self.source.name, at, at + 1), None, fix))

    # ---- sections -------------------------------------------------------------------------------------

    def _lose(self) -> None:
        """Close the section above a section line that is not understood."""
        self._close()
        self.lost = True

    def _section(self, written: Written) -> None:
        tree = self._parse("section_line", written)
        if tree is None:
            self._lose()
            return
        self.lost = False
        section, remark = tree.children
        said = str(remark)[1:].strip() if remark is not None else None
        line = Line(written)
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
        elif kind == "header" and name.lower().startswith("when "):
            self.said.append(bad_guard(span))
        elif name and not needs_name:
            self.said.append(Diagnostic(words.SECTION_TAKES_NO_NAME, f"%{kind} takes no name", span))
        guards = list(section.find_data("guard"))  # type: ignore[union-attr]  # the first child is always a tree
        guard = line.guard(guards[0]) if guards else None
        self.said.extend(line.said)
        self.open = _Open(*_new_section(kind, name, said, guard, span))

    def _report_outside(self) -> None:
        """Complain once of statements that lack one section above them."""
        groups: dict[tuple[Rule, str | None], list[Diagnostic]] = {}
        for one in self.outside:
            groups.setdefault((one.rule, one.hint if one.rule is words.MISPLACED else one.message), []).append(one)
        for (rule, _), group in groups.items():
            if rule is not words.MISPLACED or len(group) == 1:
                self.said.extend(group)
                continue
            rest = "the line below" if len(group) == 2 else f"{len(group) - 1} lines below"
            first = group[0]
            self.said.append(evolve(first, message=f"{first.message}, as {'is' if len(group) == 2 else 'are'} {rest}"))
        self.outside = []

    def _close(self) -> None:
        self._report_outside()
        if self.open is not None:
            self.items.append(self.open.closed())
        self.open = None

    def _format(self, written: Written) -> None:
        tree = self._parse("format_line", written)
        if tree is None:
            return
        word, name, remark = tree.children
        line = Line(written)
        span = line.span(word, name)  # type: ignore[arg-type]
        if str(name).lower() != FormatName.DICOM:
            self.said.append(
                Diagnostic(words.UNKNOWN_FORMAT, f"{str(name)[:40]} is not a format", span, "write FORMAT dicom")
            )
        if self.formats:
            self.said.append(Diagnostic(words.REPEATED_FORMAT, "the format is declared above", span))
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

    def _statement(self, written: Written) -> None:
        place = self.open.place if self.open is not None else OpenSection.NOWHERE
        match place:
            case OpenSection.NOWHERE if self.lost:
                return
            case OpenSection.NOWHERE:
                self.outside.append(misplaced(Refused(written), place))
            case OpenSection.ACTIONS:
                self._add(self._build("action_line", written, Line.action))
            case OpenSection.LIST:
                self._add(self._build("list_line", written, Line.list_line))
            case OpenSection.VARIABLES:
                self._add(self._build("variable_line", written, Line.variable))
            case OpenSection.PIXELS:
                self._add(self._build("pixel_line", written, Line.pixel_line))
            case OpenSection.FILTER | OpenSection.LABEL:
                self._filter_line(written)

    def _add(self, node: object | None) -> None:
        if node is not None and self.open is not None:
            self.open.body.append(node)

    def _filter_line(self, written: Written) -> None:
        node = self._build("filter_line", written, Line.filter_line)
        current = self.open
        if node is None or current is None:
            return
        if isinstance(node, nodes.Label):
            current.close_label()
            current.label = node
        elif current.label is None:
            self.said.append(misplaced(Refused(written), OpenSection.FILTER))
        else:
            current.label_body.append(node)

    def _build(self, start: str, written: Written, build: Callable[[Line, Branch], N]) -> N | None:
        tree = self._parse(start, written)
        if tree is None:
            return None
        line = Line(written)
        node = build(line, tree)
        self.said.extend(line.said)
        return node

    def _parse(self, start: str, written: Written) -> Branch | None:
        """Parse one line; complain if the grammar refuses it."""
        try:
            return _lark().parse(written.text, start=start)
        except (UnexpectedInput, LarkError):
            place = self.open.place if self.open is not None and start != "section_line" else OpenSection.NOWHERE
            self.said.append(complain(Refused(written), place))
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


def _new_section(
    kind: str, name: str, remark: str | None, guard: nodes.Guard | None, span: Span
) -> tuple[nodes.Section, OpenSection]:
    match kind:
        case "header":
            return nodes.Header((), remark, guard, span=span), OpenSection.ACTIONS
        case "labels":
            return nodes.Labels((), remark, span=span), OpenSection.ACTIONS
        case "values":
            return nodes.Values(name, (), remark, span=span), OpenSection.LIST
        case "fields":
            return nodes.Fields(name, (), remark, span=span), OpenSection.LIST
        case "filter":
            return nodes.Filter(name, (), remark, span=span), OpenSection.FILTER
        case "pixels":
            return nodes.Pixels((), remark, span=span), OpenSection.PIXELS
        case _:
            return nodes.Variables((), remark, span=span), OpenSection.VARIABLES
