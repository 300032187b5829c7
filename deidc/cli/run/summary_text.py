"""Write the summary of a run for people: what was done, and last of all how it ended and what to do next."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import click
from attrs import field, frozen

from deidc.batch.account.idle import Idle, IdleRule
from deidc.batch.job.outcome import Ending
from deidc.batch.job.references import ReferenceReport
from deidc.cli.run.summary import Summary, name_of_attribute
from deidc.visible import visible

# As many rows of one kind a person reads; -v shows all.
MOST_ROWS = 20
_MOST_IDLE = 5


@frozen
class Places:
    """What the text names: the recipe as the user wrote it, and where a run put things.

    Attributes:
        output: the folder or URL of the outputs; empty for a dry run.
        quarantine: the folder or URL of the quarantine, if there is one.
        page, record, log, manifest: files that the run wrote.

    """

    recipe: str
    output: str = field(default="", repr=False)
    quarantine: str = field(default="", repr=False)
    page: Path | None = field(default=None, repr=False)
    record: Path | None = field(default=None, repr=False)
    log: Path | None = field(default=None, repr=False)
    manifest: Path | None = field(default=None, repr=False)


def summary_text(summary: Summary, places: Places, *, dry_run: bool, verbose: bool) -> str:
    """Return the summary of a run; the last lines are its outcome, its places, and what to do with held files."""
    lines = [
        *_effects(summary, dry_run=dry_run, verbose=verbose),
        *_causes(summary, verbose=verbose),
        *_details(summary, verbose=verbose),
    ]
    closing = list(_closing(summary, places, dry_run=dry_run))
    return "\n".join([*lines, *([""] if lines else []), *closing]) + "\n"


def _effects(summary: Summary, *, dry_run: bool, verbose: bool) -> Iterator[str]:
    """Yield the effects by attribute; with `verbose`, by line of the recipe too."""
    rows = summary.by_attribute(own=verbose)
    if not rows:
        return
    written = summary.endings[Ending.WRITTEN]
    done = "would be written" if dry_run else "written"
    yield f"Elements of {_files(written)} {done}, by attribute:"
    shown = rows if verbose else rows[:MOST_ROWS]
    for (attribute, effect), count in shown:
        yield f"  {count:>7}  {effect:10} {attribute}"
    if len(shown) < len(rows):
        yield f"           and {len(rows) - len(shown)} more; -v lists all"
    if verbose:
        yield "By line of the recipe:"
        yield from (f"  {count:>7}  {effect:10} {visible(line)}" for (line, effect), count in summary.effects())
    if verbose and dry_run:
        yield "By line and attribute:"
        for (line, effect, path), count in summary.plan():
            yield f"  {count:>7}  {effect:10} {name_of_attribute(path)}  {visible(line)}"


def _causes(summary: Summary, *, verbose: bool) -> Iterator[str]:
    if not summary.causes and not summary.flags:
        return
    rows = [f"  {count:>7}  {one.outcome:10} {visible(one.text)}" for one, count in sorted(summary.causes.items())]
    rows += [
        f"  {count:>7}  flagged    {visible(f'{group}/{label}')}"
        for (group, label), count in sorted(summary.flags.items())
    ]
    yield "Files by cause:"
    yield from rows if verbose else rows[:MOST_ROWS]
    if not verbose and len(rows) > MOST_ROWS:
        yield f"           and {len(rows) - MOST_ROWS} more causes; -v lists all"


def _details(summary: Summary, *, verbose: bool) -> Iterator[str]:
    if summary.cleaned_in_pixels:
        yield f"  {summary.cleaned_in_pixels:>7}  with blanked pixels, {summary.frames} frames"
    if summary.quarantined:
        yield f"  {summary.quarantined:>7}  quarantined"
    if verbose:
        for why, count in sorted(summary.dataset_engine.items()):
            yield f"  {count:>7}  through the Dataset engine: {why}"
    if summary.references is not None:
        kept, external = summary.references.kept, summary.references.external
        yield f"  {kept:>7}  references kept, {external} point outside the data"
    if summary.judges_rules:
        yield from _idle(summary.idle(), verbose=verbose)


def _idle(idle: Idle, *, verbose: bool) -> Iterator[str]:
    """Yield the rules that changed nothing by recipe and attribute, the user's own first, and the silent labels."""
    groups: dict[tuple[bool, str], list[IdleRule]] = {}
    for rule in idle.rules:
        groups.setdefault((not rule.own, rule.recipe), []).append(rule)
    for (_, recipe), rules in sorted(groups.items()):
        counted = f"{len(rules)} {'rule' if len(rules) == 1 else 'rules'}"
        where = f" of {visible(recipe)}" if recipe else ""
        targets = [f"{one.target} ({visible(one.line)})" if verbose else one.target for one in rules]
        yield f"  {counted}{where} changed nothing: {_first(targets, verbose=verbose)}"
    if idle.labels:
        counted = f"{len(idle.labels)} {'label' if len(idle.labels) == 1 else 'labels'}"
        names = [visible(f"{group}/{label}") for group, label in idle.labels]
        yield f"  {counted} never fired: {_first(names, verbose=verbose)}"


def _first(names: list[str], *, verbose: bool) -> str:
    shown = names if verbose else names[:_MOST_IDLE]
    return ", ".join(shown) + ("" if len(shown) == len(names) else ", ...; -v lists all")


def _closing(summary: Summary, places: Places, *, dry_run: bool) -> Iterator[str]:
    """Yield the outcome, the folder, what to do with files that are not in it, and the page."""
    if not summary.objects:
        skipped = summary.endings[Ending.SKIPPED]
        yield f"Nothing to clean: {f'none of {_files(skipped)} is DICOM' if skipped else 'the inputs hold no file'}."
    yield f"{'dry run, nothing written: ' if dry_run else ''}{summary.counts}"
    if places.output and summary.endings[Ending.WRITTEN] + summary.endings[Ending.UNCHANGED]:
        yield f"outputs: {visible(places.output)}"
    yield from _held(summary, places)
    if summary.fails_strictly:
        targets = _first([one.target for one in summary.idle().own], verbose=True)
        yield f"--strict: the run fails, because rules of the recipe changed nothing in any object: {targets}"
    elif summary.strict and summary.endings[Ending.UNCHANGED]:
        yield "--strict: rules are not judged, because an earlier run wrote some of the files"
    if summary.endings[Ending.REFUSED]:
        code = min(one.code for one in summary.causes if one.outcome == Ending.REFUSED.value)
        yield f"refused: nothing was written for these files; `deidc explain {code}` explains a cause"
    if places.record is None and len(summary.causes) and summary.endings[Ending.REFUSED] > MOST_ROWS:
        yield "  `--record FILE` lists every file with its outcome"
    for name, path in (("record", places.record), ("log", places.log), ("manifest", places.manifest)):
        if path is not None:
            yield f"{name}: {visible(str(path))}"
    if places.page is not None:
        yield f"page: {visible(str(places.page))}"


def _held(summary: Summary, places: Places) -> Iterator[str]:
    held = summary.endings[Ending.FLAGGED]
    if not held:
        return
    kept = f"{summary.quarantined} of {held} are in {visible(places.quarantine)}" if summary.quarantined else ""
    yield f"held for review: {kept or f'nothing was written for {_files(held)}'}"
    yield f"  look at one: `deidc preview FILE -r {visible(places.recipe)}`"
    yield "  then add `coordinates` to the label that flags it, or write such files with `--flagged write`"


def _files(count: int) -> str:
    return f"{count} {'file' if count == 1 else 'files'}"


def tell_broken(report: ReferenceReport) -> None:
    """Print on standard error which references are broken, and where; names of outputs only."""
    for one in report.findings:
        names = list(islice(one.names, MOST_ROWS))
        more = one.outputs - len(names)
        shown = ", ".join(map(visible, names)) + (f" and {more} more" if more > 0 else "")
        click.echo(f"references: {one.rule.code} {one.rule.title} {one.count} of them, in {shown}", err=True)
