"""Write the report of a migration as text, line by line with a summary, or as plain data for JSON."""

from __future__ import annotations

from collections.abc import Iterator

from deidc.diagnostics import Diagnostic, Report
from deidc.migration.behaviours import Did
from deidc.migration.changes import Change, Migration, Reason
from deidc.migration.judgements import is_to_decide
from deidc.render.json_report import place_of
from deidc.render.text import render_text
from deidc.visible import visible

_SUMMARY = {
    Did.LEAKED: "would have leaked",
    Did.LOST: "lost or corrupted data",
    Did.CRASHED: "stopped deid",
    Did.IGNORED: "did nothing",
    Did.QUIRK: "did slightly more or less",
}


def migration_text(found: Migration) -> str:
    """Return the report for people; it ends in a summary."""
    lines = [*_notes(found), *(line for change in found.changes for line in _change(change, found))]
    return "\n".join([*lines, *_summary(found)]) + "\n" + _elsewhere(found)


def _notes(found: Migration) -> Iterator[str]:
    for note in found.notes:
        yield f"{visible(found.source.name)}: {note.behaviour.did.value}: {visible(note.text)}"


def _change(change: Change, found: Migration) -> Iterator[str]:
    place = f"{visible(found.source.name)}:{change.line}"
    for reason in change.reasons:
        yield f"{place}: {reason.behaviour.did.value}: {visible(reason.text)}"
    if not change.reasons:
        yield f"{place}: {'rewritten' if change.rewritten else 'not understood'}"
    if change.rewritten:
        yield f"  - {_shown(change.before)}"
        yield from (f"  + {_shown(line)}" for line in change.after.split("\n"))
    else:
        yield f"    {_shown(change.before)}"
    yield from (f"  ? {visible(what)}" for what in change.decide)


def _shown(line: str) -> str:
    return visible(line.replace("\t", " "))


def _summary(found: Migration) -> Iterator[str]:
    lines, to_decide = len(found.rewritten), len(found.open)
    if not found.changes and not found.notes:
        yield f"{visible(found.source.name)}: nothing to change; deid executes it as written"
    else:
        counts = [f"{len(found.did(did))} {words}" for did, words in _SUMMARY.items() if found.did(did)]
        parts = [f"{lines} line{'s' if lines != 1 else ''} rewritten", *counts]
        yield ", ".join([*parts, f"{to_decide} to decide" if to_decide else "nothing to decide"])
    needed = [*(f"var:{name}" for name in found.needs.variables), *(f"func:{name}" for name in found.needs.functions)]
    if needed:
        yield f"needs {' '.join(needed)}; deid keeps the original where one is missing, deidc does not start"
    more = [one for one in found.report.warnings if not is_to_decide(one)]
    if more:
        yield f"`deidc check` reports {len(more)} more warning{'s' if len(more) != 1 else ''} about what both do"


def _elsewhere(found: Migration) -> str:
    """Return the errors of bases, which are not in this recipe."""
    others = [one for one in found.report.errors if one.span is None or one.span.source != found.source.name]
    return render_text(Report.of(found.report.sources, others)) if others else ""


# ---- JSON -----------------------------------------------------------------------------------------------


def migration_json(found: Migration) -> dict[str, object]:
    """Return recipe and report as plain data; lines are counted from 1."""
    return {
        "version": 1,
        "name": found.source.name,
        "recipe": found.text,
        "settled": found.settled,
        "summary": {
            "rewritten": len(found.rewritten),
            **{did.value: len(found.did(did)) for did in Did},
            "decide": len(found.open),
        },
        "notes": [_reason(one) for one in found.notes],
        "changes": [
            {
                "line": one.line,
                "before": one.before,
                "after": one.after,
                "did": one.did.value if one.did is not None else None,
                "reasons": [_reason(reason) for reason in one.reasons],
                "decide": list(one.decide),
            }
            for one in found.changes
        ],
        "needs": {"variables": list(found.needs.variables), "functions": list(found.needs.functions)},
        "left": [_complaint(one, found.report) for one in found.report.diagnostics],
    }


def _reason(reason: Reason) -> dict[str, object]:
    return {"behaviour": reason.behaviour.name, "did": reason.behaviour.did.value, "text": reason.text}


def _complaint(said: Diagnostic, report: Report) -> dict[str, object]:
    return {
        "code": said.code,
        "severity": said.severity.value,
        "message": said.message,
        "hint": said.hint,
        "place": place_of(said.span, report),
    }
