"""`deidc check`: complaints about recipes, and fixes."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from deidc.cli.recipe_arguments import sources_of
from deidc.diagnostics import Applicability, Diagnostic, Report
from deidc.fixes import fix_text
from deidc.ir.compile import check_recipe
from deidc.render import RENDERERS
from deidc.source import Source


def _codes(_context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(code.strip().upper() for one in given for code in one.split(",") if code.strip())


@click.command("check")
@click.argument("recipes", nargs=-1, required=True, metavar="RECIPE...")
@click.option("--base", "bases", multiple=True, metavar="NAME", help="A recipe to lay before each.")
@click.option("--format", "form", type=click.Choice(sorted(RENDERERS)), default="text", show_default=True)
@click.option("--select", multiple=True, callback=_codes, metavar="CODES", help="Tell only codes that begin so.")
@click.option("--ignore", multiple=True, callback=_codes, metavar="CODES", help="Leave out codes that begin so.")
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
@click.option("--fix", is_flag=True, help="Mend what can be mended safely, in the files.")
@click.option("--unsafe-fixes", is_flag=True, help="Mend by guesses at what is meant, too.")
def command(
    recipes: tuple[str, ...],
    bases: tuple[str, ...],
    form: str,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    strict: bool,
    fix: bool,
    unsafe_fixes: bool,
) -> None:
    """Say what is wrong with recipes.

    RECIPE is a file, a folder, a pattern, the name of a recipe of deidc, or - for standard input. Errors cannot be
    left out. Exit code 0: nothing that counts; 1: errors (with --strict: warnings).
    """
    found: list[Diagnostic] = []
    sources: list[Source] = []
    for given, said in sources_of(recipes):
        source = given
        if fix or unsafe_fixes:
            source = _fixed(given, bases, Applicability.UNSAFE if unsafe_fixes else Applicability.SAFE)
        report = check_recipe(source, bases=bases)
        found.extend((*said, *report.diagnostics))
        sources.extend(report.sources)
    told = [one for one in found if _is_told(one, select, ignore)]
    report = Report.of({source.name: source for source in sources}.values(), told)
    click.echo(RENDERERS[form](report), nl=False)
    if report.errors or (strict and report.warnings):
        sys.exit(1)


def _is_told(one: Diagnostic, select: tuple[str, ...], ignore: tuple[str, ...]) -> bool:
    if one.severity == "error":
        return True
    return (not select or one.code.startswith(select)) and not (ignore and one.code.startswith(ignore))


def _fixed(source: Source, bases: tuple[str, ...], applicability: Applicability) -> Source:
    """Mend a recipe and write it back to its file; one from standard input is written to standard output."""
    text = fix_text(source, lambda one: check_recipe(one, bases=bases).diagnostics, applicability)
    if text == source.text:
        return source
    if source.name.startswith("<"):
        click.echo(text, nl=False)
    elif source.name.startswith("deidc:"):
        raise click.UsageError("recipes of deidc are not mended; copy them first")
    else:
        Path(source.name).write_text(text, encoding="utf-8", newline="\n")
    return Source(source.name, text)
