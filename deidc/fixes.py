"""Fixes applied to the text of a recipe."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from deidc.diagnostics import Applicability, Diagnostic, Edit
from deidc.source import Source

# Each round fixes what it can; the next round fixes what the last one uncovered. More rounds mean fixes that fight.
MOST_ROUNDS = 20


def apply_fixes(source: Source, said: Iterable[Diagnostic], applicability: Applicability) -> str:
    """Return the text with the fixes of some complaints applied, each whole or not at all.

    Safe fixes always are; unsafe ones too if `applicability` is unsafe. Of fixes that overlap the first is taken.
    """
    taken: list[Edit] = []
    for one in said:
        fix = one.fix
        if fix is None or (fix.applicability is Applicability.UNSAFE and applicability is Applicability.SAFE):
            continue
        if all(edit.span.source == source.name and not _overlaps(edit, taken) for edit in fix.edits):
            taken.extend(fix.edits)
    text = source.text
    for edit in sorted(taken, key=lambda one: (one.span.start, one.span.end), reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


def _overlaps(edit: Edit, taken: list[Edit]) -> bool:
    return any(
        (edit.span.start < other.span.end and other.span.start < edit.span.end) or edit.span == other.span
        for other in taken
    )


def fix_text(source: Source, check: Callable[[Source], Iterable[Diagnostic]], applicability: Applicability) -> str:
    """Return the text after as many rounds of checking and fixing as change it."""
    for _ in range(MOST_ROUNDS):
        fixed = apply_fixes(source, check(source), applicability)
        if fixed == source.text:
            break
        source = Source(source.name, fixed)
    return source.text
