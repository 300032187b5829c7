"""Inline ignores applied to a report: a complaint is silenced where a comment says so and why."""

from __future__ import annotations

from collections.abc import Iterable

from deidc.codes import layout
from deidc.diagnostics import Diagnostic, Severity
from deidc.grammar.ignores import Ignore, read_ignores
from deidc.source import Source


def apply_ignores(sources: Iterable[Source], said: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return the complaints that stand, with those about ignore comments themselves.

    Errors cannot be ignored: they stop compilation. An ignore without a reason silences nothing.
    """
    by_name = {source.name: source for source in sources}
    ignores = [(source, one) for source in by_name.values() for one in read_ignores(source)]
    used: set[Ignore] = set()
    standing: list[Diagnostic] = []
    for one in said:
        silencer = _silencer(one, by_name, ignores)
        if silencer is None:
            standing.append(one)
        else:
            used.add(silencer)
    for _, ignore in ignores:
        if not ignore.reason:
            message = "the comment gives no reason"
            standing.append(Diagnostic(layout.IGNORE_WITHOUT_REASON, message, ignore.span, "write it behind the codes"))
        elif ignore not in used:
            standing.append(Diagnostic(layout.UNUSED_IGNORE, "there is nothing to silence", ignore.span))
    return tuple(standing)


def _silencer(said: Diagnostic, by_name: dict[str, Source], ignores: list[tuple[Source, Ignore]]) -> Ignore | None:
    if said.span is None or said.severity is Severity.ERROR:
        return None
    source = by_name.get(said.span.source)
    if source is None:
        return None
    line = source.place(said.span.start).line
    for at, ignore in ignores:
        if at is source and ignore.line == line and ignore.reason and said.code in ignore.codes:
            return ignore
    return None
