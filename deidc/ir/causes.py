"""One cause, one complaint: what only follows from another complaint about the same text is left out."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve

from deidc.codes import privacy, values, words
from deidc.diagnostics import Diagnostic, Rule, Severity
from deidc.source import Span

# A literal that is meant as a reference is no literal, so it need not fit its attribute.
_REFERENCES: tuple[Rule, ...] = (
    words.LIKE_A_REFERENCE,
    words.QUOTED_REFERENCE,
    words.BAD_REFERENCE,
    words.BAD_ARGUMENT,
    words.OPEN_QUOTE,
)
_ABOUT_LITERALS: tuple[Rule, ...] = (
    words.QUOTES_INSIDE,
    values.LITERAL_UNFIT,
    values.LITERAL_TOO_LONG,
    values.CODE_CASE,
    values.CODE_CHARACTERS,
    values.MANY_INTO_ONE,
    values.SAME_UID,
    values.JITTER_AMOUNT,
    values.BEYOND_ASCII,
    privacy.LITERAL_FOR_MANY,
    privacy.IDENTITY_REMOVED,
)


def one_cause_each(said: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return complaints without those that have the cause of another one.

    Where only the complaint that follows is an error, it stays, with the instruction of the complaint about the cause.
    """
    standing = list(said)
    causes = [one for one in standing if one.rule in _REFERENCES and one.span is not None]
    if not causes:
        return standing
    found: list[Diagnostic] = []
    explained: set[int] = set()
    for one in standing:
        cause = next((other for other in causes if _follows(one, other)), None)
        if cause is None:
            found.append(one)
        elif one.severity is Severity.ERROR and cause.severity is not Severity.ERROR:
            explained.add(id(cause))
            hint = cause.hint or (f"{cause.fix.title}" if cause.fix is not None else None)
            found.append(evolve(one, message=f"{one.message}; {cause.message}", hint=hint, fix=cause.fix))
    return [one for one in found if id(one) not in explained]


def _follows(one: Diagnostic, cause: Diagnostic) -> bool:
    """Whether a complaint is about a literal in which another one sees a reference."""
    return one.rule in _ABOUT_LITERALS and one is not cause and _overlap(one.span, cause.span)


def _overlap(one: Span | None, other: Span | None) -> bool:
    if one is None or other is None or one.source != other.source:
        return False
    return one.start < other.end and other.start < one.end
