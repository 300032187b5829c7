"""`deidc run`: files cleaned by a recipe."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

import click
from attrs import define, field

from deidc.batch.discovery import MissingInput, check_inputs, discover
from deidc.batch.job import Ending, FileOutcome, Settings
from deidc.batch.manifest import line_of, write_header, write_outcome
from deidc.batch.variables import Rows, VariablesError, parse_assignments, read_rows
from deidc.batch.workers import Work, run_files, silence_pydicom
from deidc.cli.programs import program_of
from deidc.ir.program import Program
from deidc.runtime.functions import Functions
from deidc.runtime.machine import LinkError


@click.command("run")
@click.argument("recipe", metavar="RECIPE")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option("-o", "--output", type=click.Path(path_type=Path, file_okay=False), help="Folder for cleaned files.")
@click.option("--base", "bases", multiple=True, metavar="NAME", help="A recipe to lay before this one.")
@click.option("--var", "assignments", multiple=True, metavar="NAME=VALUE", help="A variable, the same for all files.")
@click.option(
    "--vars",
    "rows_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Variables by file, patient or study: .csv or .json.",
)
@click.option("--functions", "references", multiple=True, metavar="MODULE:OBJECT", help="Functions that func: calls.")
@click.option("--jobs", type=click.IntRange(1, 256), default=1, show_default=True, help="Worker processes.")
@click.option("--dry-run", is_flag=True, help="Clean everything, write nothing.")
@click.option("--overwrite", is_flag=True, help="Replace files in the output folder.")
@click.option(
    "--flagged",
    type=click.Choice(["hold", "write"]),
    default="hold",
    show_default=True,
    help="What to do with objects that a label flags.",
)
@click.option("--manifest", type=click.Path(path_type=Path, dir_okay=False), help="Write one JSON line per input.")
@click.option("--fsync", is_flag=True, help="Wait until each file is on the disk.")
@click.option("--quiet", is_flag=True, help="Say nothing but what was refused.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def command(  # one parameter for each option
    recipe: str,
    inputs: tuple[str, ...],
    output: Path | None,
    bases: tuple[str, ...],
    assignments: tuple[str, ...],
    rows_file: Path | None,
    references: tuple[str, ...],
    jobs: int,
    dry_run: bool,
    overwrite: bool,
    flagged: str,
    manifest: Path | None,
    fsync: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """Clean DICOM files by a recipe.

    RECIPE is a file, the name of a recipe of deidc, or a program that `deidc compile` printed. INPUT is a file, a
    folder or a pattern. The tree below a folder is kept. Every input ends in one outcome: written, flagged, refused
    or skipped (no DICOM file). Exit code 1 if anything was refused or flagged.
    """
    silence_pydicom()
    if output is None and not dry_run:
        raise click.UsageError("say where to write with -o, or --dry-run")
    functions = _functions(references)
    program = program_of(recipe, bases, functions.signatures() if references else None)
    work = _work(program, assignments, rows_file, references, _settings(output, dry_run, overwrite, flagged, fsync))
    try:
        check_inputs(inputs)
        work.machine()
    except (LinkError, MissingInput) as failure:
        raise click.UsageError(f"{failure}{_how_to_supply(failure)}") from None
    summary = Summary(program)
    with ExitStack() as stack:
        lines = _manifest(stack, manifest, program)
        outcomes = run_files(work, discover(inputs, output), jobs)
        for outcome in _with_progress(stack, outcomes, summary, quiet or as_json):
            summary.count(outcome)
            _tell(outcome)
            if lines is not None:
                write_outcome(lines, outcome, program)
    if as_json:
        click.echo(json.dumps(summary.document(), indent=2))
    elif not quiet:
        click.echo(summary.text(dry_run=dry_run), nl=False)
    if summary.endings[Ending.REFUSED] or summary.endings[Ending.FLAGGED]:
        sys.exit(1)


def _settings(output: Path | None, dry_run: bool, overwrite: bool, flagged: str, fsync: bool) -> Settings:
    return Settings(None if dry_run else output, overwrite, fsync, write_flagged=flagged == "write")


def _functions(references: tuple[str, ...]) -> Functions:
    try:
        supplied = [Functions.from_module(reference) for reference in references]
    except (ImportError, AttributeError, TypeError) as failure:
        raise click.UsageError(f"--functions: {failure}") from None
    return Functions.standard().with_(Functions.from_entry_points(), *supplied)


def _work(
    program: Program,
    assignments: tuple[str, ...],
    rows_file: Path | None,
    references: tuple[str, ...],
    settings: Settings,
) -> Work:
    try:
        variables = parse_assignments(assignments, program.needs.variables)
        rows: Rows | None = read_rows(rows_file) if rows_file is not None else None
    except VariablesError as failure:
        raise click.UsageError(str(failure)) from None
    except (OSError, UnicodeDecodeError) as failure:
        raise click.UsageError(f"{rows_file} cannot be read: {type(failure).__name__}") from None
    given = Settings(settings.output, settings.overwrite, settings.fsync, settings.write_flagged, rows)
    return Work(program, given, references, variables)


def _how_to_supply(failure: Exception) -> str:
    if not isinstance(failure, LinkError):
        return ""
    ways = ["variables by --var or --vars"] if failure.variables else []
    ways += ["functions by --functions"] if failure.functions else []
    return f"; supply {' and '.join(ways)}"


def _manifest(stack: ExitStack, path: Path | None, program: Program) -> TextIO | None:
    if path is None:
        return None
    try:
        file = stack.enter_context(path.open("w", encoding="utf-8", newline="\n"))
    except OSError as failure:
        raise click.UsageError(f"{path} cannot be written: {failure.strerror}") from None
    write_header(file, program)
    return file


def _tell(outcome: FileOutcome) -> None:
    """Say on standard error why a file was not written; the user named the file, so its path may be shown."""
    if outcome.ending in (Ending.WRITTEN, Ending.SKIPPED):
        return
    for fault in outcome.faults:
        at = f" at {fault.path}" if fault.path else ""
        click.echo(f"{outcome.source.path}: {fault.rule.code} {fault.message}{at}", err=True)
    if outcome.ending is Ending.FLAGGED:
        labels = ", ".join(f"{flag.group}/{flag.label}" for flag in outcome.flags if flag.held)
        click.echo(f"{outcome.source.path}: held back, flagged by {labels}", err=True)


def _with_progress(
    stack: ExitStack, outcomes: Iterator[FileOutcome], summary: Summary, quiet: bool
) -> Iterator[FileOutcome]:
    """Pass outcomes on and show a line of progress, if standard error is a terminal."""
    if quiet or not sys.stderr.isatty():
        yield from outcomes
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    progress = stack.enter_context(
        Progress(
            TextColumn("{task.completed} files"),
            BarColumn(pulse_style="cyan"),
            TextColumn("{task.fields[rate]} files/s, {task.fields[refused]} refused, {task.fields[flagged]} flagged"),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
    )
    task = progress.add_task("", total=None, rate="0", refused=0, flagged=0)
    for outcome in outcomes:
        yield outcome
        speed = progress.tasks[0].speed or 0.0
        progress.update(
            task,
            advance=1,
            rate=f"{speed:.0f}",
            refused=summary.endings[Ending.REFUSED],
            flagged=summary.endings[Ending.FLAGGED],
        )


@define
class Summary:
    """What a run did, counted."""

    program: Program = field(repr=False)
    endings: Counter[Ending] = field(factory=Counter)
    faults: Counter[str] = field(factory=Counter)
    effects: Counter[tuple[int, str]] = field(factory=Counter)
    flags: Counter[tuple[str, str]] = field(factory=Counter)

    def count(self, outcome: FileOutcome) -> None:
        """Take one outcome in."""
        self.endings[outcome.ending] += 1
        self.faults.update(fault.rule.code for fault in outcome.faults)
        self.effects.update(outcome.effects)
        self.flags.update((flag.group, flag.label) for flag in outcome.flags)

    def text(self, *, dry_run: bool) -> str:
        """Return the summary for people."""
        counts = ", ".join(f"{self.endings[one]} {one.value}" for one in Ending if self.endings[one])
        lines = [f"{'would be: ' if dry_run else ''}{counts or 'no files'}"]
        for code, count in sorted(self.faults.items()):
            lines.append(f"  {code}  {count}")
        for (group, label), count in sorted(self.flags.items()):
            lines.append(f"  flagged {group}/{label}  {count}")
        by_line: Counter[tuple[str, str]] = Counter()
        for (op, effect), count in self.effects.items():
            by_line[line_of(self.program, op), effect] += count
        for (line, effect), count in sorted(by_line.items(), key=lambda one: _line_key(one[0])):
            lines.append(f"  {line}  {effect}  {count}")
        unused = [line for line in self._lines() if line not in {at for at, _ in by_line}]
        if unused and self.endings[Ending.WRITTEN]:
            lines.append(
                f"  {len(unused)} rules touched nothing: {', '.join(unused[:5])}{' ...' if len(unused) > 5 else ''}"
            )
        return "\n".join(lines) + "\n"

    def _lines(self) -> list[str]:
        from deidc.ir import ops

        acting = (ops.Add, ops.Replace, ops.Jitter, ops.Remove, ops.Blank)
        lines = (line_of(self.program, number) for number, op in enumerate(self.program.ops) if isinstance(op, acting))
        return list(dict.fromkeys(line for line in lines if line != "deidc"))

    def document(self) -> dict[str, object]:
        """Return the summary for programs."""
        return {
            "program": self.program.digest,
            "outcomes": {one.value: self.endings[one] for one in Ending},
            "faults": dict(sorted(self.faults.items())),
            "flags": [
                {"group": group, "label": label, "count": count} for (group, label), count in sorted(self.flags.items())
            ],
            "effects": [
                {"line": line_of(self.program, op), "effect": effect, "count": count}
                for (op, effect), count in sorted(self.effects.items())
            ],
        }


def _line_key(key: tuple[str, str]) -> tuple[str, int, str]:
    recipe, _, line = key[0].rpartition(":")
    return (recipe, int(line) if line.isdigit() else 0, key[1])
