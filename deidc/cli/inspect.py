"""`deidc inspect` lists files that may have text in their pixels, by the labels of a recipe."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deidc.batch.outputs.atomic import write_atomically
from deidc.batch.outputs.content import Content
from deidc.cli.arguments.compat import files_of, recipe_of
from deidc.cli.arguments.recipes import with_include_roots
from deidc.cli.command import Command
from deidc.cli.exits import Unusable
from deidc.cli.terminal import say
from deidc.ir.library import FileLibrary
from deidc.visible import json_text

if TYPE_CHECKING:
    from deidc.compat.inspection import Inspection


@click.command(
    "inspect", cls=Command, former={"--force": "--without-prefix", "--deid": "--recipe", "--json": "--format json"}
)
@click.argument("inputs", nargs=-1, required=True, metavar="FILE|FOLDER...")
@click.option("-r", "--recipe", "reference", metavar="RECIPE", help="A recipe with labels.  [default: default]")
@with_include_roots
@click.option("--pattern", metavar="PATTERN", help="A pattern for file names below folders, like '*.dcm'.")
@click.option(
    "--save", type=click.Path(path_type=Path), metavar="FILE", help="Write a tab-separated table to this file."
)
@click.option("--overwrite", is_flag=True, help="Replace the file of --save if it exists.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--without-prefix", is_flag=True, help="Also read files that lack the DICOM prefix.")
def command(
    inputs: tuple[str, ...],
    reference: str | None,
    library: FileLibrary,
    pattern: str | None,
    save: Path | None,
    overwrite: bool,
    form: str,
    without_prefix: bool,
) -> None:
    """List files that may have text in their pixels, by the labels (%filter) of a recipe.

    Exit code 0: all files are clean; 1: a file is flagged or could not be judged, or there are no files.
    """
    from deidc.compat.inspection import inspect

    if save is not None and save.exists() and not overwrite:
        raise Unusable(f"{save} already exists; use --overwrite to replace it")
    recipe = recipe_of(reference, library)
    files = files_of(inputs, pattern, force=without_prefix)
    found = inspect(files, recipe, force=without_prefix)
    if form == "json":
        document = {"version": 1, **found.document()}
        click.echo(json_text(document))
    else:
        summarize(found)
    if save is not None:
        # Paths and reasons of files that are not cleaned may name patients.
        table = Content.of(found.table().encode("utf-8", "surrogateescape"))
        write_atomically(save, table, overwrite=overwrite, private=True)
        say(f"written: {save}", err=True)
    if found.flagged or found.not_judged or not files:
        sys.exit(1)


def summarize(found: Inspection) -> None:
    """Print each file that is not clean, and how many there are of each kind."""
    for flagged in found.flagged:
        say(f"FLAGGED {flagged.path}: {', '.join(dict.fromkeys(one['group'] for one in flagged.results))}")
    for failed in found.not_judged:
        say(f"NOT JUDGED {failed.path}: {failed.reason}")
    click.echo(f"{len(found.clean)} clean, {len(found.flagged)} flagged, {len(found.not_judged)} not judged")
    for group, count in found.groups.items():
        say(f"  {group}: {count}")
