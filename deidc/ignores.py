"""Inline ignores applied to a report: a complaint is silenced where a comment says so and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from deidc.codes import CATALOGUE, layout
from deidc.diagnostics import Diagnostic, Severity
from deidc.grammar.ignores import Ignore, read_ignores
from deidc.source import Source

_Key = tuple[str, int, str]  # the source, the line and the code of a complaint


def apply_ignores(sources: Iterable[Source], said: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return the complaints that stand, with those about ignore comments themselves.

    Errors cannot be ignored: they stop compilation. An ignore without a reason silences nothing.
    """
    by_name = {source.name: source for source in sources}
    ignores = [one for source in by_name.values() for one in read_ignores(source)]
    if not ignores:
        return tuple(said)
    wanted = {key for ignore in ignores if ignore.reason for key in _keys(ignore)}
    used: set[_Key] = set()
    standing: list[Diagnostic] = []
    for one in said:
        key = _key(one, by_name)
        if key in wanted and one.severity is not Severity.ERROR:
            used.add(key)
        else:
            standing.append(one)
    for ignore in ignores:
        standing.extend(_about(ignore, used))
    return tuple(standing)


def _keys(ignore: Ignore) -> tuple[_Key, ...]:
    return tuple((ignore.span.source, ignore.line, code) for code in ignore.codes)


def _key(said: Diagnostic, by_name: dict[str, Source]) -> _Key:
    source = by_name.get(said.span.source) if said.span is not None else None
    if said.span is None or source is None:
        return ("", 0, said.code)
    return (source.name, source.place(said.span.start).line, said.code)


def _about(ignore: Ignore, used: set[_Key]) -> Iterator[Diagnostic]:
    """Yield what is to be said of an ignore comment itself."""
    unknown = [code for code in ignore.codes if not _can_be_ignored(code)]
    if not ignore.codes:
        yield Diagnostic(layout.IGNORES_NOTHING_KNOWN, "the comment names no code", ignore.span, "write ignore[DC401]")
    elif unknown:
        message = f"{_named(unknown)} cannot be ignored"
        yield Diagnostic(layout.IGNORES_NOTHING_KNOWN, message, ignore.span, "codes of warnings and notes can be")
    elif not ignore.reason:
        message = "the comment gives no reason"
        yield Diagnostic(layout.IGNORE_WITHOUT_REASON, message, ignore.span, "write it behind the codes")
    else:
        unused = [key[2] for key in _keys(ignore) if key not in used]
        if unused:
            message = f"there is no {' and no '.join(dict.fromkeys(unused))} to silence"
            yield Diagnostic(layout.UNUSED_IGNORE, message, ignore.span, "take it away")


def _named(codes: list[str], most: int = 3) -> str:
    """Return some codes for a message, each cut short."""
    shown = [code[:20] for code in dict.fromkeys(codes)]
    return ", ".join(shown[:most]) + (" and others" if len(shown) > most else "")


def _can_be_ignored(code: str) -> bool:
    rule = CATALOGUE.get(code)
    return rule is not None and rule.severity is not Severity.ERROR
