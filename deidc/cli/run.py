"""`deidc run`: files cleaned by a recipe."""

from __future__ import annotations

import json
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import click
from attrs import evolve

from deidc.batch.account.journal import JournalError, JournalGone
from deidc.batch.account.ledger import Ledger
from deidc.batch.account.manifest import line_of
from deidc.batch.account.run_identity import RunIdentity
from deidc.batch.account.start import CannotStart, Start, journal_token, started
from deidc.batch.account.unjournaled import Unjournaled
from deidc.batch.cluster.client import ClusterError
from deidc.batch.job.discovery import InputError, check_inputs, discover
from deidc.batch.job.one_file import Settings
from deidc.batch.job.outcome import Ending, FileOutcome
from deidc.batch.job.references import References
from deidc.batch.job.thumbnails import Thumbnails
from deidc.batch.job.twins import twins_marked
from deidc.batch.job.variables import KeyedBy, Rows, VariablesError, parse_assignments, read_rows
from deidc.batch.job.workers import Work, run_numbered, silence_pydicom
from deidc.batch.outputs.destinations import Destination, RemoteFolder
from deidc.cli.engines import check_engine, cluster_for, engine_for, tell_declined
from deidc.cli.inputs import Size, counting, destination_for, inputs_of, quarantine_for, template_for
from deidc.cli.programs import functions_of, program_of, require_packages
from deidc.cli.progress import with_progress
from deidc.cli.report import MOST_PICTURES, RunReport, report_for
from deidc.cli.stopping import Stopped, Stopping
from deidc.cli.summary import Summary, tell_broken
from deidc.dicom.limits import Limits
from deidc.ir.program import Program
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
@click.option("--functions", "references", multiple=True, metavar="MODULE:OBJECT", help="Supply functions for func:.")
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
    engine: str,
    scheduler: str | None,
    dry_run: bool,
    overwrite: bool,
    name_template: str | None,
    journal: Path | None,
    digests: bool,
    flagged: str,
    quarantine: str | None,
    check_references: bool,
    manifest: Path | None,
    report: Path | None,
    report_thumbnails: int | None,
    report_originals: bool,
    fsync: bool,
    quiet: bool,
    as_json: bool,
    max_inflated: int,
    deadline: int,
) -> None:
    """Clean DICOM files by a recipe.

    RECIPE is a file, the name of a bundled recipe, or a program printed by `deidc compile`. INPUT is a file, a folder,
    a pattern, an archive, a DICOMDIR, a URL, or `-` for a list of paths on standard input. Outputs keep their paths
    below a folder. Every input has one outcome: written, unchanged (written by an earlier run), flagged (held for
    review), refused or skipped (not a DICOM file). Repeat the command to resume an interrupted run. Exit code 1: a
    file was refused or flagged, or the recipe has errors.
    """
    silence_pydicom()
    if output is None and not dry_run:
        raise click.UsageError("say where to write with -o, or --dry-run")
    if journal is not None and dry_run:
        raise click.UsageError("a dry run has no journal")
    check_engine(engine, scheduler)
    names, looking = inputs_of(inputs, files_from, null=null, archives=archives)
    destination = destination_for(output, fsync=fsync)
    apart = quarantine_for(quarantine, destination, names)
    functions = functions_of(references)
    program = program_of(recipe, bases, functions.signatures() if references else None, quiet=quiet)
    page = report_for(
        report,
        program,
        most_pictures=report_thumbnails,
        originals=report_originals,
        dry_run=dry_run,
        overwrite=overwrite,
    )
    settings = Settings(
        output=None if dry_run else destination,
        overwrite=overwrite,
        fsync=fsync,
        write_flagged=flagged == "write",
        quarantine=None if dry_run else apart,
        rows=_rows(rows_file, vars_key),
        member_limit=member_limit,
        link_key=secrets.token_bytes(32) if check_references else None,
        template=template_for(name_template, program, overwrite=overwrite),
        digests=digests or manifest is not None,
        plan=dry_run or page is not None,
        thumbnails=Thumbnails(originals=report_originals) if page is not None else None,
        limits=Limits(inflated=max_inflated, seconds=deadline or None),
    )
    work = Work(program, settings, references, _variables(assignments, program))
    try:
        check_inputs(names, destination)
        work.machine()
        require_packages(program)
    except InputError as failure:
        raise click.UsageError(str(failure)) from None
    except LinkError as failure:
        raise click.UsageError(f"{failure}; {_how_to_supply(failure)}") from None
    summary, stopping = Summary(program), Stopping()
    begun = time.monotonic()
    resumable = False
    try:
        with stopping.installed(), ExitStack() as stack:
            cluster = stack.enter_context(cluster_for(scheduler)) if scheduler is not None else None
            account: Ledger | Unjournaled
            start = None if dry_run else _start(work, destination, journal, manifest, naming=name_template)
            if start is None:
                account = _unjournaled(stack, program, manifest, overwrite=overwrite, dry_run=dry_run)
            else:
                account = _ledger(stack, start, stopping)
                resumable = True
                token = journal_token(account.journal)
                work = evolve(work, settings=evolve(settings, token=token), state=start.state)
            if page is not None:
                stack.enter_context(page.written(summary, stopping.shield))
            numbered = account.begun(twins_marked(discover(names, destination, looking)))
            numbered = page.asking(numbered) if page is not None else numbered
            elsewhere = stack.enter_context(engine_for(cluster, work)) if cluster is not None else None
            outcomes = stack.enter_context(closing(run_numbered(work, numbered, jobs, elsewhere)))
            shown: Iterator[FileOutcome] = outcomes
            if not (quiet or as_json):
                shown = with_progress(stack, outcomes, summary, counting(names, destination, looking))
            links = stack.enter_context(closing(References())) if check_references else None
            _take_all(shown, account, summary, links, page, quiet=quiet)
            summary.references = links.report() if links is not None else None
    except Stopped as stop:
        click.echo(f"stopped: {summary.counts}{'; the same command goes on from here' if resumable else ''}", err=True)
        sys.exit(stop.exit_code)
    except ClusterError as failure:
        raise click.ClickException(f"{failure}{f'; {_GO_ON}' if resumable else ''}") from None
    if cluster is not None:
        tell_declined(cluster)
    if as_json:
        document = summary.document(dry_run=dry_run, seconds=time.monotonic() - begun)
        click.echo(json.dumps(document, indent=2))
    elif not quiet:
        click.echo(summary.text(dry_run=dry_run), nl=False)
    if summary.references is not None:
        tell_broken(summary.references)
    if not summary.is_well:
        sys.exit(1)


def _start(
    work: Work, output: Destination | None, journal: Path | None, manifest: Path | None, *, naming: str | None
) -> Start | None:
    """Return what the run starts with, or None if it can have no journal: one to a URL has it only where it is told."""
    if output is None or (isinstance(output, RemoteFolder) and journal is None):
        return None
    settings = work.settings
    place = _absolute(output) if journal is not None else ""
    identity = RunIdentity.of(
        work.program,
        work.variables,
        settings.rows,
        work.references,
        write_flagged=settings.write_flagged,
        naming=naming or "tree",
        place=place,
        quarantine=_absolute(settings.quarantine),
    )
    return Start(
        work.program,
        identity,
        output,
        journal,
        manifest,
        overwrite=settings.overwrite,
        durable=settings.fsync,
        by_template=settings.template is not None,
        quarantine=settings.quarantine,
    )


def _absolute(folder: Destination | None) -> str:
    return "" if folder is None else str(folder if isinstance(folder, RemoteFolder) else folder.path.absolute())


def _ledger(stack: ExitStack, start: Start, stopping: Stopping) -> Ledger:
    try:
        return stack.enter_context(started(start, stopping.shield))
    except CannotStart as failure:
        raise click.UsageError(str(failure)) from None


def _unjournaled(
    stack: ExitStack, program: Program, path: Path | None, *, overwrite: bool, dry_run: bool
) -> Unjournaled:
    try:
        return stack.enter_context(closing(Unjournaled.of(program, path, overwrite=overwrite, dry_run=dry_run)))
    except FileExistsError:
        raise click.UsageError(f"{path} exists already; name another, or say --overwrite") from None
    except OSError as failure:
        raise click.UsageError(f"{path} cannot be written: {failure.strerror}") from None


def _take_all(
    outcomes: Iterator[FileOutcome],
    account: Ledger | Unjournaled,
    summary: Summary,
    links: References | None,
    page: RunReport | None,
    *,
    quiet: bool,
) -> None:
    """Account for every outcome, and close the account also where the run is stopped."""
    try:
        try:
            for outcome in outcomes:
                account.take(outcome)
                summary.count(outcome)
                if page is not None:
                    page.take(outcome)
                if links is not None and outcome.before is not None:
                    name = outcome.output.as_posix() if outcome.output is not None else None
                    links.add(outcome.number, name, outcome.before, outcome.after)
                _tell(outcome, summary.program, quiet=quiet)
        except (Stopped, ClusterError):
            account.finish(None)
            raise
        account.finish({one.value: summary.endings[one] for one in Ending})
    # What is not accounted for is not to be passed on, so the run does not go on without its account.
    except JournalGone as failure:
        raise click.ClickException(f"the journal cannot be written: {failure}; {_BEGIN_ANEW}") from None
    except JournalError as failure:
        raise click.ClickException(f"the journal cannot be written: {failure}; {_GO_ON}") from None
    except OSError as failure:
        raise click.ClickException(f"the manifest cannot be written: {failure.strerror}; {_GO_ON}") from None


_BEGIN_ANEW = "what was written may be gone with it: say --overwrite to begin anew"
_GO_ON = "the same command goes on when it can be"


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
        where = "put into the quarantine" if outcome.quarantined else "held back"
        click.echo(f"{outcome.source.shown}: {where}, flagged by {labels}", err=True)
