"""Clean many files from Python: a run with journal, manifest and quarantine, as `deidc run` does it."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import assert_never

from deidc.batch.inputs.sources import MEMBER_LIMIT
from deidc.batch.job.discovery import InputError, Looking
from deidc.batch.job.outcome import Ending, FileOutcome
from deidc.batch.job.variables import KeyedBy, Rows, read_rows
from deidc.batch.outputs.destinations import Destination, DestinationError, RemoteFolder, check_apart, destination_of
from deidc.batch.outputs.name_templates import Template, TemplateError, check_against, parse_template
from deidc.batch.run import Run, run
from deidc.dicom.limits import LIMITS, Limits
from deidc.errors import ArgumentError
from deidc.files.outcomes import HeldFile, RefusedFile, RunOutcome, SkippedFile, UnchangedFile, WrittenFile
from deidc.files.recipes import Recipe, program_of
from deidc.ir.program import Program
from deidc.runtime.functions.registry import Functions
from deidc.runtime.machine import Machine


def run_files(
    recipe: Recipe,
    inputs: Path | str | Iterable[Path | str],
    output: Path | str | None,
    *,
    variables: Mapping[str, object] | None = None,
    rows: Path | None = None,
    rows_key: KeyedBy | None = None,
    functions: Iterable[str] = (),
    jobs: int = 1,
    scheduler: str | None = None,
    dry_run: bool = False,
    overwrite: bool = False,
    fsync: bool = False,
    write_flagged: bool = False,
    quarantine: Path | str | None = None,
    journal: Path | None = None,
    manifest: Path | None = None,
    name_template: str | None = None,
    digests: bool = False,
    archives: bool = False,
    member_limit: int = MEMBER_LIMIT,
    limits: Limits = LIMITS,
) -> Generator[RunOutcome, None, None]:
    """Clean many files into a folder, and yield one outcome for each input, in their order.

    The same run as the command `deidc run` with the same options: each may continue a run that the other left. The
    arguments are checked at once. Files are cleaned as the outcomes are taken; a run whose outcomes are not all taken
    is stopped, and the same call continues it.

    With `jobs` above 1, worker processes import the program that calls: put the call below
    `if __name__ == "__main__":`.

    Args:
        recipe: the path of a file, recipe text, the name of a bundled recipe, a Source, or a compiled Program. A
            linked Machine is bound to one process, and is not taken.
        inputs: files, folders, patterns, archives, DICOMDIRs and URLs.
        output: the folder or URL for cleaned files; None only in a dry run.
        variables: variables with the same value for all files.
        rows: a .csv or .json file with variables by file, patient or study.
        rows_key: what the rows are about, where the file does not state it.
        functions: references to functions, `module:object`, which each worker process imports.
        jobs: the number of worker processes.
        scheduler: the address of a Dask scheduler whose workers clean the files.
        dry_run: clean everything and write nothing.
        overwrite: replace files in the output folder, and the manifest.
        fsync: wait until each file is on the disk.
        write_flagged: write objects that a label flags; never those in quarantine.
        quarantine: the folder or URL for objects that a label puts into quarantine.
        journal: a file for the journal; without one it is in the output folder.
        manifest: a file that gets one JSON line per input.
        name_template: names of outputs by attributes, such as `{StudyInstanceUID}/{number}.dcm`.
        digests: also use checksums to detect unchanged inputs.
        archives: open archives that are found in folders, too.
        member_limit: the largest member of an archive that is unpacked, in bytes.
        limits: what one file may cost in memory and CPU time before it is refused.

    Returns:
        A generator of WrittenFile, UnchangedFile, HeldFile, RefusedFile and SkippedFile; closing it stops the run.

    Raises:
        InputError: an input does not exist, lies in the output folder, or is named as the journal or the manifest.
        DestinationError: the output or the quarantine cannot be used.
        VariablesError, TemplateError: `rows` or `name_template` cannot be used.
        CannotStart: the output folder is locked, or has the journal of another run; with the first outcome.
        AccountError: the journal or the manifest cannot be written any more; the run stops.
        ClusterError: the cluster is lost; the run stops.
        DeidcError: the recipe, its variables or a package with its functions cannot be used; see `link_recipe`.

    Example:
        >>> from pydicom.data import get_testdata_file
        >>> from deidc import run_files
        >>> for outcome in run_files("default", get_testdata_file("CT_small.dcm"), None, dry_run=True):
        ...     print(type(outcome).__name__, outcome.output)
        WrittenFile CT_small.dcm

    """
    if isinstance(recipe, Machine):
        raise ArgumentError("a machine is bound to one process; give the recipe, or the program in `machine.program`")
    if output is None and not dry_run:
        raise ArgumentError("a run needs an output; only a dry run has none")
    if journal is not None and dry_run:
        raise ArgumentError("a dry run has no journal")
    names = _names(inputs)
    destination = _destination(output)
    apart = _destination(quarantine)
    check_apart(apart, destination, names)
    if fsync and isinstance(destination, RemoteFolder):
        raise DestinationError("fsync is for disks, and the output is a URL")
    references = tuple(functions)
    imported = _imported(references)
    program = program_of(recipe, imported if references else None)
    imported.for_program(program)
    job = Run(
        program=program,
        inputs=names,
        output=destination,
        looking=Looking(archives),
        quarantine=apart,
        variables=dict(variables or {}),
        rows=_rows(rows, rows_key),
        functions=references,
        jobs=jobs,
        scheduler=scheduler,
        dry_run=dry_run,
        overwrite=overwrite,
        fsync=fsync,
        write_flagged=write_flagged,
        journal=journal,
        manifest=manifest,
        template=_template(name_template, program, overwrite=overwrite),
        template_text=name_template,
        digests=digests,
        member_limit=member_limit,
        limits=limits,
    )
    return _outcomes(run(job))


def _outcomes(outcomes: Generator[FileOutcome, None, None]) -> Generator[RunOutcome, None, None]:
    # The account of the run is closed as soon as the caller stops, not when the iterator is collected.
    with closing(outcomes):
        for outcome in outcomes:
            yield _outcome(outcome)


def _names(inputs: Path | str | Iterable[Path | str]) -> tuple[str, ...]:
    given = [inputs] if isinstance(inputs, str | os.PathLike) else list(inputs)
    for one in given:
        if not isinstance(one, str | os.PathLike):
            raise ArgumentError(f"an input is a path or a URL, not a {type(one).__name__}")
    if not given:
        raise InputError("there are no inputs")
    return tuple(os.fspath(one) for one in given)


def _destination(given: Path | str | None) -> Destination | None:
    return destination_of(os.fspath(given)) if given is not None else None


def _imported(references: tuple[str, ...]) -> Functions:
    """Return deidc's functions and those that references name. Raises what importing them raises."""
    return Functions.standard().with_(*(Functions.from_module(reference) for reference in references))


def _rows(path: Path | None, keyed_by: KeyedBy | None) -> Rows | None:
    if path is None:
        return None
    try:
        return read_rows(path, keyed_by)
    except OSError as failure:
        raise InputError(f"{path} cannot be read: {failure.strerror}") from None


def _template(text: str | None, program: Program, *, overwrite: bool) -> Template | None:
    if text is None:
        return None
    template = parse_template(text)
    check_against(template, program)
    if overwrite and not template.is_unique:
        raise TemplateError("two objects may have one name by the template, so `overwrite` needs {number} in it")
    return template


def _outcome(outcome: FileOutcome) -> RunOutcome:
    source = outcome.source.shown
    match outcome.ending:
        case Ending.WRITTEN:
            assert outcome.output is not None
            size, effects, flags = outcome.output_size, outcome.effects, outcome.flags
            return WrittenFile(source, outcome.output, size, effects, flags, outcome.blanked, outcome.text)
        case Ending.UNCHANGED:
            assert outcome.output is not None
            return UnchangedFile(source, outcome.output)
        case Ending.FLAGGED:
            return HeldFile(source, outcome.holding, outcome.flags, outcome.quarantined)
        case Ending.REFUSED:
            return RefusedFile(source, outcome.faults)
        case Ending.SKIPPED:
            return SkippedFile(source, outcome.faults)
        case _:
            assert_never(outcome.ending)
