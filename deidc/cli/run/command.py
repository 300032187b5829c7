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

from deidc.batch.account.start import CannotStart
from deidc.batch.cluster.client import ClusterError
from deidc.batch.job.discovery import InputError
from deidc.batch.job.variables import KeyedBy, VariablesError
from deidc.batch.job.workers import silence_pydicom
from deidc.batch.run import AccountError, Hooks, Run, Running, prepared
from deidc.cli.arguments.programs import missing_package
from deidc.cli.arguments.recipes import include_roots
from deidc.cli.arguments.variables import assignments_option, how_to_give_secrets
from deidc.cli.command import Command, section
from deidc.cli.exits import Failed, Unusable
from deidc.cli.run.account import Account, logged, recorded, shown_progress
from deidc.cli.run.arguments import Arguments, places_of, recipe_and_inputs, run_of
from deidc.cli.run.engines import Jobs, silence_engine, tell_declined
from deidc.cli.run.inputs import Size
from deidc.cli.run.report import MOST_PICTURES, RunReport
from deidc.cli.run.stopping import Stopped, Stopping
from deidc.cli.run.summary import Summary
from deidc.cli.run.summary_text import summary_text, tell_broken
from deidc.errors import MissingExtra
from deidc.ir.program import Program
from deidc.pixels.text.detectors import MissingDetector
from deidc.runtime.link_error import LinkError

RECIPE = section("Recipe")
INPUTS = section("Inputs")
OUTPUTS = section("Outputs")
ACCOUNT = section("Account of the run")
WORK = section("Workers and limits")
MESSAGES = section("Messages")


@click.command("run", cls=Command, former={"--json": "--format json"})
@click.argument("names", nargs=-1, metavar="[RECIPE] INPUT...")
@RECIPE("-r", "--recipe", metavar="RECIPE", help="The recipe; then each argument is an INPUT.")
@RECIPE("--base", "bases", multiple=True, metavar="NAME", help="A recipe to apply before RECIPE.")
@include_roots(RECIPE)
@assignments_option(RECIPE)
@RECIPE(
    "--vars",
    "rows_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="A .csv or .json file with variables per file, patient or study.",
)
@RECIPE(
    "--vars-key",
    type=click.Choice([one.value for one in KeyedBy]),
    help="The key of the rows of --vars, if the file does not declare it.",
)
@RECIPE("--functions", "references", multiple=True, metavar="FILE|MODULE", help="Supply functions for func:.")
@INPUTS(
    "--files-from",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="A file that lists inputs, one path per line.",
)
@INPUTS("-0", "--null", is_flag=True, help="Paths in lists are separated by NUL, not newlines.")
@INPUTS("--archives", is_flag=True, help="Also open archives found in folders and lists.")
@INPUTS(
    "--member-limit",
    type=Size(),
    default="2G",
    show_default=True,
    help="The maximum size of an archive member.",
)
@RECIPE(
    "--strict",
    is_flag=True,
    help="Treat warnings about the recipe as errors, and fail if one of its rules changes nothing in any object.",
)
@OUTPUTS("-o", "--output", metavar="FOLDER|URL", help="The folder for cleaned files.")
@OUTPUTS("-n", "--dry-run", is_flag=True, help="Clean all files without writing any, and report the effects.")
@OUTPUTS("--overwrite", is_flag=True, help="Replace files in the output folder, and the manifest.")
@OUTPUTS(
    "--name-template", metavar="TEMPLATE", help="Name outputs by attributes, like {StudyInstanceUID}/{number}.dcm."
)
@OUTPUTS(
    "--flagged",
    type=click.Choice(["hold", "write"]),
    default="hold",
    show_default=True,
    help="Whether to hold flagged objects for review, or write them.",
)
@OUTPUTS(
    "--quarantine", metavar="FOLDER|URL", help="The folder for cleaned objects of a group with the policy QUARANTINE."
)
@OUTPUTS("--check-references", is_flag=True, help="Check that references and hierarchies of outputs match the inputs.")
@OUTPUTS("--fsync", is_flag=True, help="Flush each file to disk before it is counted.")
@ACCOUNT(
    "--record",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write a private .csv or .jsonl file with number, paths, outcome and code of each input.",
)
@ACCOUNT(
    "--manifest", type=click.Path(path_type=Path, dir_okay=False), help="Write a manifest with one JSON line per input."
)
@ACCOUNT(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="HTML",
    help="Write an HTML report with counts, reasons and pictures of flagged images.",
)
@ACCOUNT(
    "--report-thumbnails",
    type=click.IntRange(0, 10_000),
    metavar="N",
    help=f"The maximum number of pictures in the report.  [default: {MOST_PICTURES}]",
)
@ACCOUNT("--report-originals", is_flag=True, help="Show original pixels in the report. They are patient data.")
@ACCOUNT("--journal", type=click.Path(path_type=Path, dir_okay=False), help="Write the journal to this file.")
@ACCOUNT("--digests", is_flag=True, help="Also use checksums to detect unchanged inputs.")
@WORK("-j", "--jobs", type=Jobs(), default="1", show_default=True, help="The number of worker processes, or auto.")
@WORK(
    "--engine",
    type=click.Choice(["local", "dask"]),
    default="local",
    show_default=True,
    help="Clean files on this machine, or on the workers of a Dask scheduler.",
)
@WORK("--scheduler", metavar="ADDRESS", help="The address of the Dask scheduler, like tcp://host:8786.")
@WORK(
    "--max-inflated",
    type=Size(),
    default="1G",
    show_default=True,
    help="Refuse a deflated data set that inflates to more bytes.",
)
@WORK(
    "--deadline",
    type=click.IntRange(min=0),
    default=60,
    show_default=True,
    metavar="SECONDS",
    help="CPU time for one file, plus 10 s for each megabyte of it; 0 sets no deadline.",
)
@MESSAGES("-v", "--verbose", is_flag=True, help="Print every file that is not written, and effects by recipe line.")
@MESSAGES("-q", "--quiet", is_flag=True, help="Print only files that are refused or held.")
@MESSAGES(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="The summary."
)
@MESSAGES(
    "--log",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Append progress and causes to this file. Files are named by number.",
)
@MESSAGES(
    "--progress-every",
    type=click.FloatRange(min=0),
    default=30,
    show_default=True,
    metavar="SECONDS",
    help="Print a line of progress this often if standard error is no terminal; 0 prints none.",
)
def command(names: tuple[str, ...], recipe: str | None, **options: Any) -> None:  # noqa: ANN401  # fields of Arguments
    """Clean DICOM files by a recipe.

    RECIPE is a file, the name of a bundled recipe, or a program printed by `deidc compile`. INPUT is a file, a folder,
    a pattern, an archive, a DICOMDIR, a URL, or `-` for a list of paths on standard input. Outputs keep their paths
    below a folder. Every input has one outcome: written, unchanged (written by an earlier run), held for review (a
    label flags it), refused or skipped (not a DICOM file). Repeat the command to resume an interrupted run.

    Exit code 0: everything is written or unchanged; 1: a file was refused, the recipe has errors, or there was
    nothing to clean; 2: usage error; 3: nothing was refused, and a file is held for review; 4: the run itself failed.
    """
    silence_pydicom()
    given, inputs = recipe_and_inputs(names, recipe)
    arguments = Arguments(recipe=given, inputs=inputs, **options)
    job, page = run_of(arguments)
    silence_engine(job.scheduler)
    _carry_out(job, page, arguments)


def _carry_out(job: Run, page: RunReport | None, arguments: Arguments) -> NoReturn:
    """Run, show how each file ended and the summary, and exit."""
    summary, stopping = Summary(job.program, strict=arguments.strict), Stopping()
    running = _prepared(job, Hooks(stopping.shield, page.wants_picture if page is not None else None))
    begun = time.monotonic()
    _follow(running, stopping, summary, job, page, arguments)
    tell_declined(running.declined)
    if arguments.form == "json":
        document = summary.document(dry_run=job.dry_run, seconds=time.monotonic() - begun)
        click.echo(json.dumps(document, indent=2))
    elif not arguments.quiet or not summary.objects:
        places = places_of(arguments, job)
        click.echo(summary_text(summary, places, dry_run=job.dry_run, verbose=arguments.verbose), nl=False)
    if summary.references is not None:
        tell_broken(summary.references)
    sys.exit(summary.exit_code)


def _follow(
    running: Running,
    stopping: Stopping,
    summary: Summary,
    job: Run,
    page: RunReport | None,
    arguments: Arguments,
) -> None:
    """Show how each file ends, and count it. Exits if the run is stopped, and raises what click shows if it fails."""
    try:
        with stopping.installed(), running, ExitStack() as stack:
            log = stack.enter_context(logged(arguments.log, summary, running))
            record = stack.enter_context(recorded(arguments.record))
            if page is not None:
                stack.enter_context(page.written(summary, stopping.shield))
            outcomes = shown_progress(stack, running, summary, job, arguments, log)
            account = Account(job.program, record, log, verbose=arguments.verbose, quiet=arguments.quiet)
            for outcome in outcomes:
                summary.count(outcome)
                if page is not None:
                    page.take(outcome)
                account.take(outcome)
            account.end()
            summary.references = running.references
    except CannotStart as failure:
        raise Unusable(str(failure)) from None
    except Stopped as stop:
        going_on = "; the same command goes on from here" if running.resumable else ""
        click.echo(f"stopped: {summary.counts}{going_on}", err=True)
        sys.exit(stop.exit_code)
    except (AccountError, ClusterError) as failure:
        _give_up(failure, running)


def _prepared(job: Run, hooks: Hooks) -> Running:
    """Return the run, checked. Raises Unusable."""
    try:
        return prepared(job, hooks)
    except InputError as failure:
        raise Unusable(str(failure)) from None
    except VariablesError as failure:
        raise Unusable(f"--vars: {failure}") from None
    except LinkError as failure:
        raise Unusable("; ".join([str(failure), *_how_to_supply(failure, job.program)])) from None
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
    raise Failed(f"{failure}{what_to_do}") from None


_BEGIN_ANEW = "what was written may be gone with it: say --overwrite to begin anew"
_GO_ON = "the same command goes on when it can be"


def _how_to_supply(failure: LinkError, program: Program) -> Iterator[str]:
    ways = ["variables by --var or --vars"] if failure.variables else []
    ways += ["functions by --functions"] if failure.functions else []
    if ways:
        yield f"supply {' and '.join(ways)}"
    yield from how_to_give_secrets(failure.variables, program.needs.variables)
