"""`deidc migrate` converts a recipe written for deid, so that deidc does what its author meant."""

from __future__ import annotations

import difflib
import json
import sys
from codecs import BOM_UTF8
from collections.abc import Iterable
from pathlib import Path

import click

from deidc.cli.arguments.recipes import named_once, one_recipe, recipe_option, with_include_roots, write_text
from deidc.cli.command import Command
from deidc.cli.migration_report import migration_json, migration_text
from deidc.cli.terminal import shown_lines, tell
from deidc.ir.library import FileLibrary
from deidc.migration.changes import Migration
from deidc.migration.migrate import migrate_recipe


@click.command("migrate", cls=Command, former={"--json": "--format json"})
@click.argument("recipe", metavar="RECIPE", required=False)
@recipe_option
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write the recipe to this file.")
@click.option("--base", "bases", multiple=True, metavar="NAME", help="The base of RECIPE in deid.")
@with_include_roots
@click.option("--diff", is_flag=True, help="Print a diff in place of the recipe.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Print the recipe, or the recipe and the report as JSON.",
)
def command(
    recipe: str | None,
    named: str | None,
    output: Path | None,
    bases: tuple[str, ...],
    library: FileLibrary,
    diff: bool,
    form: str,
) -> None:
    """Convert a recipe written for deid, so that deidc executes it as its author intended.

    Prints the recipe, and on standard error the effect in deid 0.4.13 of each line that deid does not execute as
    written. Lines with an uncertain meaning are reported and stay unchanged. Exit code 0: nothing is left to decide;
    1: you need to decide on reported lines.
    """
    as_json = form == "json"
    if diff and as_json:
        raise click.UsageError("--diff and --format json are mutually exclusive")
    given = one_recipe(named_once(recipe, named))
    if given.report.errors:
        # Bytes that are no UTF-8 are lost in the text, so it must not take the place of the recipe.
        tell(given.report, err=True)
        sys.exit(1)
    found = migrate_recipe(given.source, library=library, bases=bases, marked=given.data.startswith(BOM_UTF8))
    if output is not None:
        write_text(output, found.text)
    if as_json:
        click.echo(json.dumps(migration_json(found), indent=2))
    elif diff:
        click.echo(shown_lines(_diff(found)), nl=False)
    elif output is None:
        click.echo(found.text, nl=False)
    if not as_json:
        click.echo(migration_text(found), err=True, nl=False)
    if not found.settled:
        sys.exit(1)


def _diff(found: Migration) -> Iterable[str]:
    name = found.source.name
    before, after = found.source.text.splitlines(True), found.text.splitlines(True)
    return difflib.unified_diff(before, after, name, name)
