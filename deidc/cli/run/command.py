"""`deidc run` cleans files by a recipe."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NoReturn

import click

from deidc.batch.account.manifest import line_of
from deidc.batch.account.start import CannotStart
from deidc.batch.cluster.client import ClusterError
from deidc.batch.job.discovery import InputError
from deidc.batch.job.outcome import Ending, FileOutcome
from deidc.batch.job.variables import KeyedBy
from deidc.batch.job.workers import silence_pydicom
from deidc.batch.run import AccountError, Hooks, Run, Running, prepared
from deidc.cli.arguments.programs import missing_package
from deidc.cli.arguments.recipes import with_include_roots
from deidc.cli.run.arguments import Arguments, run_of
from deidc.cli.run.engines import silence_engine, tell_declined
from deidc.cli.run.inputs import Size, counting
from deidc.cli.run.progress import with_progress
from deidc.cli.run.report import MOST_PICTURES, RunReport
from deidc.cli.run.stopping import Stopped, Stopping
from deidc.cli.run.summary import Summary, tell_broken
from deidc.errors import MissingExtra
from deidc.ir.program import Program
from deidc.pixels.text.detectors import MissingDetector
from deidc.runtime.machine import LinkError


@click.command("run")
@click.argument("recipe", metavar="RECIPE")
@click.argument("inputs", nargs=-1, metavar="INPUT...")
@click.option("-o", "--output", metavar="FOLDER|URL", help="The folder for cleaned files.")
@click.option(
    "--files-from",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="A file that lists inputs, one path per line.",
)
@click.option("-0", "--null", is_flag=True, help="Paths in lists are separated by NUL, not newlines.")
@click.option("--archives", is_flag=True, help="Also open archives found in folders and lists.")
@click.option(
    "--member-limit",
    type=Size(),
    default="2G",
    show_default=True,
    help="The maximum size of an archive member.",
)
@click.option("--base", "bases", multiple=True, metavar="NAME", help="A recipe to apply before RECIPE.")
@with_include_roots
@click.option("--var", "assignments", multiple=True, metavar="NAME=VALUE", help="Set a variable for all files.")
@click.option(
    "--vars",
    "rows_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="A .csv or .json file with variables per file, patient or study.",
)
@click.option(
    "--vars-key",
    type=click.Choice([one.value for one in KeyedBy]),
    help="The key of the rows of --vars, if the file does not declare it.",
)
@click.option("--functions", "references", multiple=True, metavar="FILE|MODULE", help="Supply functions for func:.")
@click.option(
    "--jobs", type=click.IntRange(1, 256), default=1, show_default=True, help="The number of worker processes."
)
@click.option(
    "--engine",
    type=click.Choice(["local", "dask"]),
    default="local",
    show_default=True,
    help="Clean files on this machine, or on the workers of a Dask scheduler.",
)
@click.option("--scheduler", metavar="ADDRESS", help="The address of the Dask scheduler, like tcp://host:8786.")
@click.option("--dry-run", is_flag=True, help="Clean all files without writing any, and report the effects.")
@click.option("--overwrite", is_flag=True, help="Replace files in the output folder, and the manifest.")
@click.option("--journal", type=click.Path(path_type=Path, dir_okay=False), help="Write the journal to this file.")
@click.option("--digests", is_flag=True, help="Also use checksums to detect unchanged inputs.")
@click.option(
    "--name-template", metavar="TEMPLATE", help="Name outputs by attributes, like {StudyInstanceUID}/{number}.dcm."
)
@click.option(
    "--flagged",
    type=click.Choice(["hold", "write"]),
    default="hold",
    show_default=True,
    help="Whether to hold flagged objects for review, or write them.",
)
@click.option(
    "--quarantine", metavar="FOLDER|URL", help="The folder for cleaned objects of a group with the policy QUARANTINE."
)
@click.option(
    "--check-references", is_flag=True, help="Check that references and hierarchies of outputs match the inputs."
)
@click.option(
    "--manifest", type=click.Path(path_type=Path, dir_okay=False), help="Write a manifest with one JSON line per input."
)
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="HTML",
    help="Write an HTML report with counts, reasons and pictures of flagged images.",
)
@click.option(
    "--report-thumbnails",
    type=click.IntRange(0, 10_000),
    metavar="N",
    help=f"The maximum number of pictures in the report.  [default: {MOST_PICTURES}]",
)
@click.option("--report-originals", is_flag=True, help="Show original pixels in the report. They are patient data.")
@click.option("--fsync", is_flag=True, help="Flush each file to disk before it is counted.")
@click.option("--quiet", is_flag=True, help="Report only refused and flagged files.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@click.option(
    "--max-inflated",
    type=Size(),
    default="1G",
    show_default=True,
    help="Refuse a deflated data set that inflates to more bytes.",
)
@click.option(
    "--deadline",
    type=click.IntRange(min=0),
    default=60,
    show_default=True,
    metavar="SECONDS",
    help="CPU time for one file, plus 10 s for each megabyte of it; 0 sets no deadline.",
)
def command(**options: Any) -> None:  # noqa: ANN401  # what click has parsed, one for each field of Arguments
    """Clean DICOM files by a recipe.

    RECIPE is a file, the name of a bundled recipe, or a program printed by `deidc compile`. INPUT is a file, a folder,
    a pattern, an archive, a DICOMDIR, a URL, or `-` for a list of paths on standard input. Outputs keep their paths
    below a folder. Every input has one outcome: written, unchanged (written by an earlier run), flagged (held for
    review), refused or skipped (not a DICOM file). Repeat the command to resume an interrupted run. Exit code 1: a
    file was refused or flagged, or the recipe has errors.
    """
    silence_pydicom()
    arguments = Arguments(**options)
    job, page = run_of(arguments)
    silence_engine(job.scheduler)
    _carry_out(job, page, quiet=arguments.quiet, as_json=arguments.as_json)


def _carry_out(job: Run, page: RunReport | None, *, quiet: bool, as_json: bool) -> None:
    """Run, show how each file ended and what came of all of them, and exit."""
    summary, stopping = Summary(job.program), Stopping()
    running = _prepared(job, Hooks(stopping.shield, page.wants_picture if page is not None else None))
    begun = time.monotonic()
    _follow(running, stopping, summary, job, page, quiet=quiet, as_json=as_json)
    tell_declined(running.declined)
    if as_json:
        document = summary.document(dry_run=job.dry_run, seconds=time.monotonic() - begun)
        click.echo(json.dumps(document, indent=2))
    elif not quiet:
        click.echo(summary.text(dry_run=job.dry_run), nl=False)
    if summary.references is not None:
        tell_broken(summary.references)
    if not summary.is_well:
        sys.exit(1)


def _follow(
    running: Running,
    stopping: Stopping,
    summary: Summary,
    job: Run,
    page: RunReport | None,
    *,
    quiet: bool,
    as_json: bool,
) -> None:
    """Show how each file ends, and count it. Exits if the run is stopped, and raises what click shows if it fails."""
    try:
        with stopping.installed(), running, ExitStack() as stack:
            if page is not None:
                stack.enter_context(page.written(summary, stopping.shield))
            outcomes: Iterator[FileOutcome] = running
            if not (quiet or as_json):
                outcomes = with_progress(stack, running, summary, counting(job.inputs, job.output, job.looking))
            for outcome in outcomes:
                summary.count(outcome)
                if page is not None:
                    page.take(outcome)
                _tell(outcome, job.program, quiet=quiet)
            summary.references = running.references
    except CannotStart as failure:
        raise click.UsageError(str(failure)) from None
    except Stopped as stop:
        going_on = "; the same command goes on from here" if running.resumable else ""
        click.echo(f"stopped: {summary.counts}{going_on}", err=True)
        sys.exit(stop.exit_code)
    except (AccountError, ClusterError) as failure:
        _give_up(failure, running)


def _prepared(job: Run, hooks: Hooks) -> Running:
    """Return the run, checked. Raises click.UsageError."""
    try:
        return prepared(job, hooks)
    except InputError as failure:
        raise click.UsageError(str(failure)) from None
    except LinkError as failure:
        raise click.UsageError(f"{failure}; {_how_to_supply(failure)}") from None
    except (MissingExtra, MissingDetector) as failure:
        raise missing_package(failure, job.program) from None


def _give_up(failure: AccountError | ClusterError, running: Running) -> NoReturn:
    """Raise the error of a run that cannot go on, with what to do."""
    match failure:
        case AccountError(is_lost=True):
            what_to_do = f"; {_BEGIN_ANEW}"
        case ClusterError() if not running.resumable:
            what_to_do = ""
        case _:
            what_to_do = f"; {_GO_ON}"
    raise click.ClickException(f"{failure}{what_to_do}") from None


_BEGIN_ANEW = "what was written may be gone with it: say --overwrite to begin anew"
_GO_ON = "the same command goes on when it can be"


def _how_to_supply(failure: LinkError) -> str:
    ways = ["variables by --var or --vars"] if failure.variables else []
    ways += ["functions by --functions"] if failure.functions else []
    return f"supply {' and '.join(ways)}"


def _tell(outcome: FileOutcome, program: Program, *, quiet: bool) -> None:
    """Say on standard error why a file was not written; the user named the file, so its path may be shown."""
    if outcome.ending in (Ending.WRITTEN, Ending.UNCHANGED) or (quiet and outcome.ending is Ending.SKIPPED):
        return
    for fault in outcome.faults:
        at = f" at {fault.path}" if fault.path else ""
        line = f", {line_of(program, fault.op)}" if fault.op is not None else ""
        told = f"{outcome.ending.value}: {fault.rule.code} {fault.message}{at}{line}"
        click.echo(f"{outcome.source.shown}: {told}", err=True)
    if outcome.ending is Ending.FLAGGED:
        labels = ", ".join(f"{flag.group}/{flag.label}" for flag in outcome.holding)
        where = "put into the quarantine" if outcome.quarantined else "held for review"
        click.echo(f"{outcome.source.shown}: {where}, flagged by {labels}", err=True)
