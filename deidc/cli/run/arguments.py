"""Turn the arguments of `deidc run` into a run."""

from __future__ import annotations

from pathlib import Path

import click
from attrs import frozen

from deidc.batch.account.record import RecordError, check_kept_out, check_record
from deidc.batch.job.thumbnails import Thumbnails
from deidc.batch.job.variables import KeyedBy, Rows, VariablesError, check_tables, read_rows
from deidc.batch.outputs.destinations import Destination
from deidc.batch.outputs.own_files import OwnFileError, check_own_files
from deidc.batch.run import Run
from deidc.cli.arguments.programs import functions_of, program_of, with_packages
from deidc.cli.arguments.variables import variables_of
from deidc.cli.exits import Unusable
from deidc.cli.run.engines import check_engine
from deidc.cli.run.inputs import destination_for, inputs_of, quarantine_for, template_for
from deidc.cli.run.report import RunReport, report_for
from deidc.cli.run.summary_text import Places
from deidc.dicom.limits import Limits
from deidc.ir.library import FileLibrary
from deidc.ir.program import Program


@frozen(kw_only=True)
class Arguments:
    """What click has parsed: one field for each option of `deidc run`, and recipe and inputs separated."""

    recipe: str
    inputs: tuple[str, ...]
    output: str | None
    files_from: Path | None
    null: bool
    archives: bool
    member_limit: int
    bases: tuple[str, ...]
    strict: bool
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
    record: Path | None
    log: Path | None
    verbose: bool
    quiet: bool
    form: str
    progress_every: float
    max_inflated: int
    deadline: int


def recipe_and_inputs(names: tuple[str, ...], recipe: str | None) -> tuple[str, tuple[str, ...]]:
    """Return the recipe, which is the first argument unless `--recipe` names it, and the inputs. Raises UsageError."""
    if recipe is not None:
        return recipe, names
    if not names:
        raise click.UsageError("Missing argument 'RECIPE': name a recipe file or a bundled recipe, then the inputs")
    return names[0], names[1:]


def run_of(arguments: Arguments) -> tuple[Run, RunReport | None]:
    """Return the run that arguments describe, and its report if `--report` is among them.

    Raises Unusable; a recipe with errors is reported and ends the command.
    """
    _check(arguments)
    names, looking = inputs_of(arguments.inputs, arguments.files_from, null=arguments.null, archives=arguments.archives)
    destination = destination_for(arguments.output, fsync=arguments.fsync)
    quarantine = quarantine_for(arguments.quarantine, destination, names)
    _check_files(arguments, (destination, quarantine))
    functions = functions_of(arguments.references)
    signatures = functions.signatures() if arguments.references else None
    program = program_of(
        arguments.recipe,
        arguments.bases,
        arguments.library,
        signatures,
        quiet=arguments.quiet,
        for_run=True,
        strict=arguments.strict,
    )
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
        accounts=_accounts(arguments),
        digests=arguments.digests,
        check_references=arguments.check_references,
        thumbnails=Thumbnails(originals=arguments.report_originals) if page is not None else None,
        by_attribute=page is not None or not arguments.quiet,
        member_limit=arguments.member_limit,
        limits=Limits(inflated=arguments.max_inflated, seconds=arguments.deadline or None),
    )
    return job, page


def places_of(arguments: Arguments, job: Run) -> Places:
    """Return what the summary names."""
    return Places(
        recipe=arguments.recipe,
        output="" if job.dry_run or job.output is None else str(job.output),
        quarantine="" if job.quarantine is None else str(job.quarantine),
        page=arguments.report,
        record=arguments.record,
        log=arguments.log,
        manifest=arguments.manifest,
    )


def _accounts(arguments: Arguments) -> dict[str, Path]:
    named = {"record": arguments.record, "report": arguments.report, "log": arguments.log}
    return {what: path for what, path in named.items() if path is not None}


def _check_files(arguments: Arguments, kept_out_of: tuple[Destination | None, ...]) -> None:
    """Raise Unusable if the record or the log would lie in a folder that is handed on, or replace another file."""
    named = {**_accounts(arguments), "manifest": arguments.manifest, "journal": arguments.journal}
    texts = [arguments.recipe, *([str(arguments.rows_file)] if arguments.rows_file is not None else [])]
    try:
        check_own_files({what: path for what, path in named.items() if path is not None}, texts)
        if arguments.record is not None:
            check_record(arguments.record, kept_out_of, overwrite=arguments.overwrite)
        if arguments.log is not None:
            check_kept_out(arguments.log, kept_out_of)
    except (RecordError, OwnFileError) as failure:
        raise Unusable(str(failure)) from None


def _check(arguments: Arguments) -> None:
    """Raise UsageError for options that do not go together."""
    if arguments.output is None and not arguments.dry_run:
        raise click.UsageError("say where to write: name a folder with -o, or use --dry-run")
    if arguments.journal is not None and arguments.dry_run:
        raise click.UsageError("a dry run has no journal")
    if arguments.quiet and arguments.verbose:
        raise click.UsageError("--quiet and --verbose are mutually exclusive")
    check_engine(arguments.engine, arguments.scheduler)


def _rows(path: Path | None, vars_key: str | None) -> Rows | None:
    if path is None:
        return None
    try:
        return read_rows(path, KeyedBy(vars_key) if vars_key is not None else None)
    except VariablesError as failure:
        raise Unusable(str(failure)) from None
    except OSError as failure:
        raise Unusable(f"{path} cannot be read: {failure.strerror}") from None


def _variables(assignments: tuple[str, ...], program: Program) -> dict[str, object]:
    variables = variables_of(assignments, program)
    try:
        check_tables(program, variables)
    except VariablesError as failure:
        raise Unusable(str(failure)) from None
    return variables
