"""Turn the arguments of `deidc run` into a run."""

from __future__ import annotations

from pathlib import Path

import click
from attrs import frozen

from deidc.batch.job.thumbnails import Thumbnails
from deidc.batch.job.variables import KeyedBy, Rows, VariablesError, parse_assignments, read_rows
from deidc.batch.run import Run
from deidc.cli.arguments.programs import functions_of, program_of, with_packages
from deidc.cli.run.engines import check_engine
from deidc.cli.run.inputs import destination_for, inputs_of, quarantine_for, template_for
from deidc.cli.run.report import RunReport, report_for
from deidc.dicom.limits import Limits
from deidc.ir.library import FileLibrary
from deidc.ir.program import Program


@frozen(kw_only=True)
class Arguments:
    """What click has parsed: one field for each option of `deidc run`, in the same order."""

    recipe: str
    inputs: tuple[str, ...]
    output: str | None
    files_from: Path | None
    null: bool
    archives: bool
    member_limit: int
    bases: tuple[str, ...]
    library: FileLibrary
    assignments: tuple[str, ...]
    rows_file: Path | None
    vars_key: str | None
    references: tuple[str, ...]
    jobs: int
    engine: str
    scheduler: str | None
    dry_run: bool
    overwrite: bool
    name_template: str | None
    journal: Path | None
    digests: bool
    flagged: str
    quarantine: str | None
    check_references: bool
    manifest: Path | None
    report: Path | None
    report_thumbnails: int | None
    report_originals: bool
    fsync: bool
    quiet: bool
    as_json: bool
    max_inflated: int
    deadline: int


def run_of(arguments: Arguments) -> tuple[Run, RunReport | None]:
    """Return the run that arguments describe, and its report if `--report` is among them.

    Raises click.UsageError; a recipe with errors is reported and ends the command.
    """
    _check(arguments)
    names, looking = inputs_of(arguments.inputs, arguments.files_from, null=arguments.null, archives=arguments.archives)
    destination = destination_for(arguments.output, fsync=arguments.fsync)
    quarantine = quarantine_for(arguments.quarantine, destination, names)
    functions = functions_of(arguments.references)
    signatures = functions.signatures() if arguments.references else None
    program = program_of(arguments.recipe, arguments.bases, arguments.library, signatures, quiet=arguments.quiet)
    with_packages(functions, program)
    page = report_for(
        arguments.report,
        program,
        most_pictures=arguments.report_thumbnails,
        originals=arguments.report_originals,
        dry_run=arguments.dry_run,
        overwrite=arguments.overwrite,
    )
    job = Run(
        program=program,
        inputs=names,
        output=destination,
        looking=looking,
        quarantine=quarantine,
        rows=_rows(arguments.rows_file, arguments.vars_key),
        template=template_for(arguments.name_template, program, overwrite=arguments.overwrite),
        template_text=arguments.name_template,
        variables=_variables(arguments.assignments, program),
        functions=arguments.references,
        jobs=arguments.jobs,
        scheduler=arguments.scheduler,
        dry_run=arguments.dry_run,
        overwrite=arguments.overwrite,
        fsync=arguments.fsync,
        write_flagged=arguments.flagged == "write",
        journal=arguments.journal,
        manifest=arguments.manifest,
        digests=arguments.digests,
        check_references=arguments.check_references,
        thumbnails=Thumbnails(originals=arguments.report_originals) if page is not None else None,
        by_attribute=page is not None,
        member_limit=arguments.member_limit,
        limits=Limits(inflated=arguments.max_inflated, seconds=arguments.deadline or None),
    )
    return job, page


def _check(arguments: Arguments) -> None:
    """Raise click.UsageError for options that do not go together."""
    if arguments.output is None and not arguments.dry_run:
        raise click.UsageError("say where to write with -o, or --dry-run")
    if arguments.journal is not None and arguments.dry_run:
        raise click.UsageError("a dry run has no journal")
    check_engine(arguments.engine, arguments.scheduler)


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
