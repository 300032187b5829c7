"""`deidc check` reports errors and warnings in recipes, and fixes them."""

from __future__ import annotations

import sys

import click

from deidc.cli.arguments.recipes import Given, all_named, exclude_option, recipes_of, with_include_roots, write_back
from deidc.cli.command import Command
from deidc.cli.terminal import tell
from deidc.diagnostics import Applicability, Diagnostic, Report, Severity
from deidc.fixes import fix_text
from deidc.ir.compile import check_recipe
from deidc.ir.library import FileLibrary
from deidc.render import RENDERERS
from deidc.render.statistics import render_statistics
from deidc.render.text import summary
from deidc.source import Source


def _codes(_context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(code.strip().upper() for one in given for code in one.split(",") if code.strip())


@click.command("check", cls=Command)
@click.argument("recipes", nargs=-1, metavar="RECIPE...")
@click.option("-r", "--recipe", "named", multiple=True, metavar="RECIPE", help="A recipe; the same as an argument.")
@click.option("--base", "bases", multiple=True, metavar="NAME", help="A recipe to apply before each RECIPE.")
@with_include_roots
@exclude_option
@click.option("--format", "form", type=click.Choice(sorted(RENDERERS)), default="text", show_default=True)
@click.option("--select", multiple=True, callback=_codes, metavar="CODES", help="Report only codes with this prefix.")
@click.option("--ignore", multiple=True, callback=_codes, metavar="CODES", help="Do not report codes with this prefix.")
@click.option("--statistics", is_flag=True, help="Print counts by code in place of the complaints.")
@click.option("--strict", is_flag=True, help="Treat warnings as errors.")
@click.option("--fix", is_flag=True, help="Apply safe fixes to the files.")
@click.option("--unsafe-fixes", is_flag=True, help="Also apply fixes that guess the intended meaning.")
def command(
    recipes: tuple[str, ...],
    named: tuple[str, ...],
    bases: tuple[str, ...],
    library: FileLibrary,
    exclude: tuple[str, ...],
    form: str,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    statistics: bool,
    strict: bool,
    fix: bool,
    unsafe_fixes: bool,
) -> None:
    """Report errors in recipes, and fix them.

    RECIPE is a file, a folder, a pattern, the name of a bundled recipe, or - for standard input. Errors are
    always reported. Exit code 0: no errors (with --strict: no warnings); 1: errors.
    """
    found: list[Diagnostic] = []
    sources: list[Source] = []
    for given in recipes_of(all_named(recipes, named), exclude):
        source = given.source
        if (fix or unsafe_fixes) and not given.said:
            source = _fixed(given, bases, library, Applicability.UNSAFE if unsafe_fixes else Applicability.SAFE)
        report = check_recipe(source, library=library, bases=bases)
        found.extend((*given.said, *report.diagnostics))
        sources.extend(report.sources)
    told = [one for one in found if _is_told(one, select, ignore)]
    report = Report.of({source.name: source for source in sources}.values(), told)
    if statistics and form == "text":
        click.echo(render_statistics(report) + summary(report), err=fixed_to_stdout((*recipes, *named), fix=fix))
    elif form == "text":
        # A fixed recipe on standard output leaves no room for the report.
        tell(report, err=fixed_to_stdout((*recipes, *named), fix=fix or unsafe_fixes))
    else:
        click.echo(RENDERERS[form](report), nl=False)
    if report.errors or (strict and report.warnings):
        sys.exit(1)


def _is_told(one: Diagnostic, select: tuple[str, ...], ignore: tuple[str, ...]) -> bool:
    if one.severity is Severity.ERROR:
        return True
    return (not select or one.code.startswith(select)) and not (ignore and one.code.startswith(ignore))


def fixed_to_stdout(recipes: tuple[str, ...], *, fix: bool) -> bool:
    """Return whether a fixed recipe is printed to standard output."""
    return fix and "-" in recipes


def _fixed(given: Given, bases: tuple[str, ...], library: FileLibrary, applicability: Applicability) -> Source:
    """Apply the fixes to a recipe, and write it to its file."""
    text = fix_text(
        given.source, lambda one: check_recipe(one, library=library, bases=bases).diagnostics, applicability
    )
    if text != given.source.text or given.is_stdin:
        write_back(given, text)
    return Source(given.source.name, text)
