"""What deid 0.4.13 does with FORMAT and section lines as they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator

from deidc.grammar import nodes
from deidc.migration import behaviours as told
from deidc.migration.changes import Reason
from deidc.migration.deid.words import rest_of_line

Titled = nodes.Header | nodes.Labels | nodes.Values | nodes.Fields | nodes.Filter
_LISTS = nodes.Values | nodes.Fields


def format_reasons(line: nodes.Format, text: str) -> Iterator[Reason]:
    """Yield what deid does with a FORMAT line other than what it says."""
    rest = rest_of_line(text, line.span.start)
    if not rest.startswith("FORMAT"):
        yield Reason(told.FORMAT_STOPS, "deid stops, because FORMAT is not in capitals")
    if "#" in rest:
        yield Reason(told.FORMAT_STOPS, "deid stops, because it takes the comment for a part of the format")


def section_reasons(section: Titled, text: str) -> Iterator[Reason]:
    """Yield what deid does with a section line other than what it says."""
    rest = rest_of_line(text, section.span.start).partition("#")[0].strip()
    word, _, behind = rest.partition(" ")
    if re.search(r"\s", word):
        yield Reason(told.SECTION_STOPS, "deid stops, because a tab stands before the name of the section")
    elif isinstance(section, _LISTS) and behind != section.name:
        yield Reason(told.LIST_NAME, "the name of the list begins with a blank for deid, so no rule can use it")
