"""One cause, one complaint: what only follows from another complaint about the same text is left out."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve

from deidc.codes import misdirected, names, privacy, values, words
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

# What a mistaken target selects is not what its author means, so complaints about what it selects do not help.
_MISTAKEN_TARGETS: tuple[tuple[Rule, tuple[Rule, ...]], ...] = (
    (values.EMPTY_ALTERNATIVE, (privacy.KEPT, privacy.KEEPS_IDENTITY)),
    (misdirected.NEAR_TAG, (names.UNKNOWN_TAG,)),
    (privacy.IDENTITY_REMOVED, (values.CODE_CASE, values.CODE_CHARACTERS)),
    (privacy.SEQUENCE_GONE, (privacy.KEEPS_ITEMS, privacy.KEEPS_IDENTIFIER, privacy.SHELTERS_IDENTITY)),
)


def one_cause_each(said: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return complaints without those that have the cause of another one.

    Where only the complaint that follows is an error, it stays, with the instruction of the complaint about the cause.
    """
    standing = _without_effects(list(said))
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


def _without_effects(said: list[Diagnostic]) -> list[Diagnostic]:
    """Leave out complaints about what a target selects, where it is complained of as mistaken."""
    left = said
    for rule, effects in _MISTAKEN_TARGETS:
        causes = [one for one in said if one.rule == rule]
        left = [one for one in left if one.rule not in effects or not any(_is_about(one, other) for other in causes)]
    return left


def _is_about(one: Diagnostic, cause: Diagnostic) -> bool:
    """Whether a complaint is about a rule, or refers to a rule, that another complaint is about."""
    return any(_overlap(span, cause.span) for span in (one.span, *(label.span for label in one.labels)))


def _follows(one: Diagnostic, cause: Diagnostic) -> bool:
    """Whether a complaint is about a literal in which another one sees a reference."""
    return one.rule in _ABOUT_LITERALS and one is not cause and _overlap(one.span, cause.span)


def _overlap(one: Span | None, other: Span | None) -> bool:
    if one is None or other is None or one.source != other.source:
        return False
    return one.start < other.end and other.start < one.end
