"""`deidc run`: files cleaned by a recipe."""

from __future__ import annotations

import json
import secrets
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TextIO

import click

from deidc.batch.discovery import InputError, check_inputs, discover
from deidc.batch.job import Ending, FileOutcome, Settings
from deidc.batch.manifest import line_of, write_header, write_outcome
from deidc.batch.references import References
from deidc.batch.variables import KeyedBy, Rows, VariablesError, parse_assignments, read_rows
from deidc.batch.workers import Work, run_files, silence_pydicom
from deidc.cli.inputs import Size, counting, destination_for, inputs_of, template_for
from deidc.cli.programs import functions_of, program_of
from deidc.cli.progress import with_progress
from deidc.cli.summary import Summary, tell_broken
from deidc.ir.program import Program
from deidc.runtime.machine import LinkError


@click.command("run")
@click.argument("recipe", metavar="RECIPE")
@click.argument("inputs", nargs=-1, metavar="INPUT...")
@click.option("-o", "--output", metavar="FOLDER|URL", help="Folder for cleaned files.")
@click.option(
    "--files-from",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Inputs listed in a file, one a line.",
)
@click.option("-0", "--null", is_flag=True, help="Paths of lists are parted by NUL.")
@click.option("--archives", is_flag=True, help="Open archives met in folders and lists, too.")
@click.option(
    "--member-limit",
    type=Size(),
    default="2G",
    show_default=True,
    help="The most bytes a member of an archive may have.",
)
@click.option("--base", "bases", multiple=True, metavar="NAME", help="A recipe to lay before this one.")
@click.option("--var", "assignments", multiple=True, metavar="NAME=VALUE", help="A variable, the same for all files.")
@click.option(
    "--vars",
    "rows_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Variables by file, patient or study: .csv or .json.",
)
@click.option(
    "--vars-key",
    type=click.Choice([one.value for one in KeyedBy]),
    help="What the rows of --vars are about, if the file does not say.",
)
@click.option("--functions", "references", multiple=True, metavar="MODULE:OBJECT", help="Functions that func: calls.")
@click.option("--jobs", type=click.IntRange(1, 256), default=1, show_default=True, help="Worker processes.")
@click.option("--dry-run", is_flag=True, help="Clean everything, write nothing.")
@click.option("--overwrite", is_flag=True, help="Replace files in the output folder, and the manifest.")
@click.option(
    "--name-template", metavar="TEMPLATE", help="Names of outputs by attributes, like {StudyInstanceUID}/{number}.dcm."
)
@click.option(
    "--flagged",
    type=click.Choice(["hold", "write"]),
    default="hold",
    show_default=True,
    help="What to do with objects that a label flags.",
)
@click.option(
    "--check-references", is_flag=True, help="Compare references and hierarchies of outputs with those of inputs."
)
@click.option("--manifest", type=click.Path(path_type=Path, dir_okay=False), help="Write one JSON line per input.")
@click.option("--fsync", is_flag=True, help="Wait until each file is on the disk.")
@click.option("--quiet", is_flag=True, help="Say nothing but what was refused.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def command(  # one parameter for each option
    recipe: str,
    inputs: tuple[str, ...],
    output: str | None,
    files_from: Path | None,
    null: bool,
    archives: bool,
    member_limit: int,
    bases: tuple[str, ...],
    assignments: tuple[str, ...],
    rows_file: Path | None,
    vars_key: str | None,
    references: tuple[str, ...],
    jobs: int,
    dry_run: bool,
    overwrite: bool,
    name_template: str | None,
    flagged: str,
    check_references: bool,
    manifest: Path | None,
    fsync: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """Clean DICOM files by a recipe.

    RECIPE is a file, the name of a recipe of deidc, or a program that `deidc compile` printed. INPUT is a file, a
    folder, a pattern, an archive, a DICOMDIR, a URL, or `-` for a list of paths on standard input. The
    tree below a folder is kept. Every input ends in one outcome: written, flagged (held back), refused or skipped (no
    DICOM file). Exit code 1 if anything was refused or flagged, or the recipe has errors.
    """
    silence_pydicom()
    if output is None and not dry_run:
        raise click.UsageError("say where to write with -o, or --dry-run")
    names, looking = inputs_of(inputs, files_from, null=null, archives=archives)
    destination = destination_for(output, fsync=fsync)
    functions = functions_of(references)
    program = program_of(recipe, bases, functions.signatures() if references else None, quiet=quiet)
    settings = Settings(
        output=None if dry_run else destination,
        overwrite=overwrite,
        fsync=fsync,
        write_flagged=flagged == "write",
        rows=_rows(rows_file, vars_key),
        member_limit=member_limit,
        link_key=secrets.token_bytes(32) if check_references else None,
        template=template_for(name_template, program, overwrite=overwrite),
    )
    work = Work(program, settings, references, _variables(assignments, program))
    try:
        check_inputs(names, destination)
        work.machine()
    except InputError as failure:
        raise click.UsageError(str(failure)) from None
    except LinkError as failure:
        raise click.UsageError(f"{failure}; {_how_to_supply(failure)}") from None
    summary = Summary(program)
    with ExitStack() as stack, _terminated_like_interrupted():
        lines = _manifest(stack, manifest, program, dry_run=dry_run, overwrite=overwrite)
        outcomes = run_files(work, discover(names, destination, looking), jobs)
        if not (quiet or as_json):
            outcomes = with_progress(stack, outcomes, summary, counting(names, destination, looking))
        links = stack.enter_context(References()) if check_references else None
        for outcome in outcomes:
            summary.count(outcome)
            if links is not None and outcome.before is not None:
                name = outcome.output.as_posix() if outcome.output is not None else None
                links.add(outcome.number, name, outcome.before, outcome.after)
            _tell(outcome, program, quiet=quiet)
            if lines is not None:
                _record(lines, outcome, program)
        summary.references = links.report() if links is not None else None
    if as_json:
        click.echo(json.dumps(summary.document(dry_run=dry_run), indent=2))
    elif not quiet:
        click.echo(summary.text(dry_run=dry_run), nl=False)
    if summary.references is not None:
        tell_broken(summary.references)
    if not summary.is_well:
        sys.exit(1)


def _rows(path: Path | None, vars_key: str | None) -> Rows | None:
    if path is None:
        return None
    try:
        return read_rows(path, KeyedBy(vars_key) if vars_key is not None else None)
    except VariablesError as failure:
        raise click.UsageError(str(failure)) from None
    except OSError as failure:
        raise click.UsageError(f"{path} cannot be read: {failure.strerror}") from None


def _variables(assignments: tuple[str, ...], program: Program) -> dict[str, object]:
    try:
        return parse_assignments(assignments, program.needs.variables)
    except VariablesError as failure:
        raise click.UsageError(str(failure)) from None


def _how_to_supply(failure: LinkError) -> str:
    ways = ["variables by --var or --vars"] if failure.variables else []
    ways += ["functions by --functions"] if failure.functions else []
    return f"supply {' and '.join(ways)}"


@contextmanager
def _terminated_like_interrupted() -> Iterator[None]:
    """End on a polite request to terminate as on Ctrl-C: what is half-written goes, and workers end."""

    def stop(_number: int, _frame: object) -> None:
        raise SystemExit(128 + signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _manifest(
    stack: ExitStack, path: Path | None, program: Program, *, dry_run: bool, overwrite: bool
) -> TextIO | None:
    if path is None:
        return None
    try:
        # Whole lines, so that of a run that is killed every finished file is told.
        lines = stack.enter_context(path.open("w" if overwrite else "x", 1, encoding="utf-8", newline="\n"))
        write_header(lines, program, dry_run=dry_run)
    except FileExistsError:
        raise click.UsageError(f"{path} exists already; name another, or say --overwrite") from None
    except OSError as failure:
        raise click.UsageError(f"{path} cannot be written: {failure.strerror}") from None
    return lines


def _record(lines: TextIO, outcome: FileOutcome, program: Program) -> None:
    try:
        write_outcome(lines, outcome, program)
    except OSError as failure:
        # What is not accounted for is not to be passed on, so the run does not go on without its manifest.
        raise click.ClickException(f"the manifest cannot be written: {failure.strerror}") from None


def _tell(outcome: FileOutcome, program: Program, *, quiet: bool) -> None:
    """Say on standard error why a file was not written; the user named the file, so its path may be shown."""
    if outcome.ending is Ending.WRITTEN or (quiet and outcome.ending is Ending.SKIPPED):
        return
    for fault in outcome.faults:
        at = f" at {fault.path}" if fault.path else ""
        line = f", {line_of(program, fault.op)}" if fault.op is not None else ""
        told = f"{outcome.ending.value}: {fault.rule.code} {fault.message}{at}{line}"
        click.echo(f"{outcome.source.shown}: {told}", err=True)
    if outcome.ending is Ending.FLAGGED:
        labels = ", ".join(f"{flag.group}/{flag.label}" for flag in outcome.flags if flag.held)
        click.echo(f"{outcome.source.shown}: held back, flagged by {labels}", err=True)
