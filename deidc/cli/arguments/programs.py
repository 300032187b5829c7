"""Load the program that a user names, a recipe to compile or program text, and the functions that it calls."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from deidc.cli.arguments.recipes import one_recipe
from deidc.cli.exits import Unusable
from deidc.cli.terminal import say, tell
from deidc.diagnostics import Report
from deidc.errors import MissingExtra
from deidc.guarded import StopFromOutside
from deidc.ir.compile import check_and_compile
from deidc.ir.library import FileLibrary
from deidc.ir.program import OWN_ACCOUNT, Program
from deidc.ir.reader import is_program, read_program
from deidc.ir.signatures import Signatures
from deidc.ir.verify import ProgramError
from deidc.pixels.text.detectors import MissingDetector, detectors_of, require_for_pixels
from deidc.render.text import summary
from deidc.runtime.functions.packages import BrokenPackage
from deidc.runtime.functions.registry import Functions


def program_of(
    recipe: str,
    bases: Sequence[str],
    library: FileLibrary,
    signatures: Signatures | None = None,
    *,
    quiet: bool = False,
    for_run: bool = False,
    strict: bool = False,
) -> Program:
    """Return the program of a recipe or of program text; print the errors and exit with 1 if it has any.

    With `for_run`, warnings that stop a run are errors; with `strict`, all warnings are. Unless `quiet`, the number of
    warnings is printed.
    """
    given = one_recipe(recipe)
    if is_program(given.source.text):
        if bases:
            raise click.UsageError("--base needs a recipe; a printed program includes its bases")
        try:
            return read_program(given.source.text)
        except ProgramError as failure:
            say(f"{given.source.name}: {failure}", err=True)
            sys.exit(1)
    report, program = check_and_compile(
        given.source, library=library, bases=bases, signatures=signatures, for_run=for_run, strict=strict
    )
    report = Report.of(report.sources, given.said, report.diagnostics)
    if program is None or report.errors:
        tell(report, err=True)
        _explain_refusal(report, strict=strict)
        sys.exit(1)
    if report.warnings and not quiet:
        warnings = summary(Report.of(report.sources, report.warnings))
        say(f"{given.source.name}: {warnings}; deidc check {recipe}", err=True)
    return program


def _explain_refusal(report: Report, *, strict: bool) -> None:
    """Print why a recipe without errors is not executed."""
    if report.errors:
        return
    codes = ", ".join(sorted({one.code for one in report.stopping_run}))
    if codes:
        click.echo(
            f"The recipe is not executed: {codes} leaves identity in files. Correct the rule, or write the comment "
            f"`# deidc: ignore[{codes}] reason` above it.",
            err=True,
        )
    elif strict:
        click.echo("The recipe is not executed: with --strict, warnings are errors.", err=True)


def functions_of(references: Sequence[str]) -> Functions:
    """Return deidc's functions and those that references name. Raises Unusable."""
    supplied = []
    for reference in references:
        try:
            supplied.append(Functions.from_module(reference))
        except (StopFromOutside, KeyboardInterrupt):
            raise
        # Importing runs the module, which may raise anything, or exit.
        except BaseException as failure:
            raise Unusable(f"--functions {reference}: {type(failure).__name__}: {failure}") from failure
    return Functions.standard().with_(*supplied)


def with_packages(functions: Functions, program: Program) -> Functions:
    """Return functions, and those of installed packages that a program calls. Raises Unusable."""
    try:
        return functions.for_program(program)
    except BrokenPackage as failure:
        raise Unusable(str(failure)) from None


def require_packages(program: Program) -> None:
    """Raise Unusable if a program blanks pixels or looks for text, and what that needs is not installed."""
    try:
        require_for_pixels(program)
    except (MissingExtra, MissingDetector) as failure:
        raise missing_package(failure, program) from None


def missing_package(failure: MissingExtra | MissingDetector, program: Program) -> Unusable:
    """Return the error for a package that a program needs: it names the line that needs a detector."""
    if not isinstance(failure, MissingDetector):
        return Unusable(str(failure))
    origin = detectors_of(program)[failure.detector]
    place = "" if origin == OWN_ACCOUNT else f"{origin.recipe}:{origin.line}: "
    return Unusable(f"{place}{failure}")
