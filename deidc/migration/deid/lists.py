"""What deid 0.4.13 does with lines of %values and %fields as they are written."""

from __future__ import annotations

from collections.abc import Iterator

from deidc.grammar import nodes
from deidc.migration import behaviours as told
from deidc.migration.changes import Reason
from deidc.migration.deid.operands import attribute_of
from deidc.migration.deid.targets import Alike, Nothing, Others, Stops, verdict
from deidc.migration.deid.words import first_word, rest_of_line, shown, value_of, words_of
from deidc.vocabulary import ListKind


def list_line_reasons(line: nodes.ListLine, kind: ListKind, text: str) -> Iterator[Reason]:
    """Yield what deid does with a line of a list other than what it says."""
    word = first_word(rest_of_line(text, line.span.start))
    if not word.isupper():
        yield Reason(told.LIST_LINE_IGNORED, f"deid ignores the line, because {shown(word)} is not in capitals")
    target = first_word(rest_of_line(text, line.target.span.start))
    as_written = shown(text[line.target.span.start : line.target.span.end])
    match verdict(target, line.target, in_list=True):
        case Alike():
            pass
        case Nothing():
            yield Reason(told.LISTS_NOTHING, f"deid selects nothing by {as_written}, so the list lacks it")
        case Stops():
            yield Reason(told.TARGET_STOPS, f"deid stops at {as_written}")
        case Others(missed, surplus, vrs):
            if missed or vrs:
                yield Reason(told.LISTS_NOTHING, "deid selects less than the line says, so the list lacks it")
            if surplus:
                yield Reason(told.SELECTS_OTHERS, "deid selects more than the line says")
    attribute = attribute_of(line.target)
    is_sequence = attribute is not None and attribute.vr == "SQ"
    if is_sequence and kind is ListKind.VALUES and isinstance(line, nodes.Field):
        yield Reason(told.LIST_STOPS, f"deid stops at {as_written}, which is a sequence")
    if isinstance(line, nodes.Split):
        yield from _split_reasons(line, kind, text)


def _split_reasons(line: nodes.Split, kind: ListKind, text: str) -> Iterator[Reason]:
    if kind is ListKind.FIELDS:
        yield Reason(told.LIST_STOPS, "deid stops at SPLIT in a %fields list")
        return
    rest = rest_of_line(text, line.target.span.end)
    read = _parameters(value_of(rest)) if words_of(rest) else (" ", 1)
    if read is None:
        yield Reason(told.LIST_STOPS, "deid stops at the parameters")
    elif read[0] == "":
        yield Reason(told.LIST_STOPS, "deid stops at an empty separator")
    elif read != (line.separator, line.minimum):
        yield Reason(told.ARGUMENT_IGNORED, "deid reads other parameters")


def _parameters(text: str) -> tuple[str, int] | None:
    """Return separator and shortest length as deid reads them, or None where it stops."""
    separator, minimum = " ", 1
    for part in text.split(";"):
        name, *values = (one.strip() for one in part.split("="))
        if len(values) != 1:
            return None
        if name == "by":
            separator = values[0].strip("'").strip('"')
        elif name == "minlength":
            if not values[0].isdecimal():
                return None
            minimum = int(values[0])
    return separator, minimum
