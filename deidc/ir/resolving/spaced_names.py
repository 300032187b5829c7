"""Names of attributes with blanks, as PS3.6 prints them, that a recipe has without quotation marks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher, get_close_matches
from functools import cache, lru_cache

from deidc.codes import names, values, words
from deidc.diagnostics import Diagnostic, Edit, Fix
from deidc.dicom import dictionary
from deidc.grammar.complaints import ACTION_WORDS, LIST_WORDS
from deidc.source import Source, Span

# What the words behind the first one of a name are taken for.
_TAKEN_FOR = (
    words.BAD_CONDITION,
    words.SURPLUS_WORDS,
    words.BAD_ARGUMENT,
    words.BAD_REFERENCE,
    words.LIKE_A_REFERENCE,
    names.UNKNOWN_KEYWORD,
    names.CTP_NAME,
    values.JITTER_AMOUNT,
)
_STATEMENT = re.compile(rf"[ \t]*(?:{'|'.join((*ACTION_WORDS, *LIST_WORDS))})[ \t]+(?=[A-Za-z])", re.IGNORECASE)
_WORDS = re.compile(r"\S+(?:[ \t]+\S+){1,5}")
_MOST = 50  # lines of a recipe: comparing with all names takes time
_ALIKE = 0.88  # of a name and one of the dictionary


def with_spaced_names(said: Iterable[Diagnostic], sources: Mapping[str, Source]) -> list[Diagnostic]:
    """Return complaints in which a name with blanks is one complaint, in place of those about its words."""
    found: list[Diagnostic] = []
    complained: set[Span] = set()
    looked_up = 0
    for one in said:
        is_taken = one.rule in _TAKEN_FOR and one.span is not None and looked_up < _MOST
        looked_up += is_taken
        named = _named(one, sources) if is_taken else None
        if named is None:
            found.append(one)
        elif named.span is not None and named.span not in complained:
            complained.add(named.span)
            found.append(named)
    return found


def _named(one: Diagnostic, sources: Mapping[str, Source]) -> Diagnostic | None:
    """Return the complaint about the name with blanks that is the target of a line, if it is one."""
    assert one.span is not None
    source = sources.get(one.span.source)
    if source is None:
        return None
    start = source.text.rfind("\n", 0, one.span.start) + 1
    line = source.text[start:].partition("\n")[0]
    statement = _STATEMENT.match(line)
    rest = _WORDS.match(line, statement.end()) if statement is not None else None
    if rest is None or dictionary.find_keyword(rest[0].split()[0]) is not None:
        return None
    meant = _meant(tuple(rest[0].split()))
    if meant is None:
        return None
    keyword, count = meant
    end = [word.end() for word in re.finditer(r"\S+", rest[0])][count - 1]
    span = Span(one.span.source, start + rest.start(), start + rest.start() + end)
    fix = Fix.unsafe(f"write {keyword}", Edit(span, keyword))
    text = source.text[span.start : span.end]
    return Diagnostic(names.UNKNOWN_KEYWORD, f"{text[:64]} is not a keyword", span, f"did you mean {keyword}?", fix)


@lru_cache(maxsize=256)
def _meant(written: tuple[str, ...]) -> tuple[str, int] | None:
    """Return the keyword of the name that words begin with, or of the nearest name, and how many words that is."""
    plain = tuple(word.replace("\u2019", "'").lower() for word in written)
    counts = range(len(plain), 1, -1)
    for count in counts:
        keyword = _keywords().get(" ".join(plain[:count]))
        if keyword is not None:
            return keyword, count
    best: tuple[float, str, int] | None = None
    for count in counts:
        begun = " ".join(plain[:count])
        for near in get_close_matches(begun, _keywords(), 1, _ALIKE):
            alike = SequenceMatcher(None, begun, near).ratio()
            if best is None or alike > best[0]:
                best = (alike, _keywords()[near], count)
    return best[1:] if best is not None else None


@cache
def _keywords() -> dict[str, str]:
    """Return the keywords of attributes by their names in small letters, where these have blanks."""
    return {one.name.lower(): one.keyword for one in dictionary.attributes() if " " in one.name}
