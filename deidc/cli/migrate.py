"""`deidc migrate`: a recipe written for deid in the form that its author meant."""

from __future__ import annotations

import difflib
import json
import sys
from codecs import BOM_UTF8
from pathlib import Path

import click

from deidc.cli.migration_report import migration_json, migration_text
from deidc.cli.recipe_arguments import one_recipe, write_text
from deidc.cli.terminal import tell
from deidc.migration.changes import Migration
from deidc.migration.migrate import migrate_recipe


@click.command("migrate")
@click.argument("recipe", metavar="RECIPE")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write the recipe to a file.")
@click.option("--base", "bases", multiple=True, metavar="NAME", help="A recipe that is the base of this one.")
@click.option("--diff", is_flag=True, help="Print what would change in place of the recipe.")
@click.option("--json", "as_json", is_flag=True, help="Print recipe and report as JSON.")
def command(recipe: str, output: Path | None, bases: tuple[str, ...], diff: bool, as_json: bool) -> None:
    """Rewrite a recipe that was written for deid into the form that its author meant.

    Prints the recipe, and on standard error what deid 0.4.13 did with each line that it does not execute as it
    stands. What is in doubt stays as it is, and is told. Exit code 0: nothing is left to decide; 1: something is.
    """
    if diff and as_json:
        raise click.UsageError("--diff and --json exclude each other")
    given = one_recipe(recipe)
    if given.report.errors:
        # Bytes that are no UTF-8 are lost in the text, so it must not take the place of the recipe.
        tell(given.report, err=True)
        sys.exit(1)
    found = migrate_recipe(given.source, bases=bases, marked=given.data.startswith(BOM_UTF8))
    if output is not None:
        write_text(output, found.text)
    if as_json:
        click.echo(json.dumps(migration_json(found), indent=2))
    elif diff:
        click.echo(_diff(found), nl=False)
    elif output is None:
        click.echo(found.text, nl=False)
    if not as_json:
        click.echo(migration_text(found), err=True, nl=False)
    if not found.settled:
        sys.exit(1)


def _diff(found: Migration) -> str:
    name = found.source.name
    before, after = found.source.text.splitlines(True), found.text.splitlines(True)
    return "".join(difflib.unified_diff(before, after, name, name))
