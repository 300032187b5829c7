"""`deidc identifiers` exports identifiers to JSON, or cleans files using values from JSON."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from deidc.cli.arguments.compat import files_of, recipe_of
from deidc.cli.arguments.recipes import with_include_roots
from deidc.cli.command import Command
from deidc.cli.exits import Unusable
from deidc.cli.terminal import say
from deidc.ir.library import FileLibrary

if TYPE_CHECKING:
    from deidc.compat.identification import Ids

_FORMER = {"--force": "--without-prefix", "--deid": "--recipe", "--outfolder": "--output"}

C = TypeVar("C", bound=Callable[..., None])


@click.group("identifiers")
def command() -> None:
    """Export identifiers to JSON, or clean files using values from JSON."""


def _inputs(function: C) -> C:
    for option in (
        click.option("--without-prefix", "force", is_flag=True, help="Also read files that lack the DICOM prefix."),
        click.option("--pattern", metavar="PATTERN", help="A pattern for file names below folders, like '*.dcm'."),
        click.argument("inputs", nargs=-1, required=True, metavar="FILE|FOLDER..."),
    ):
        function = option(function)
    return function


def _outputs(function: C) -> C:
    for option in (
        click.option("--overwrite", is_flag=True, help="Replace existing outputs."),
        click.option(
            "-o",
            "--output",
            "outfolder",
            type=click.Path(path_type=Path),
            required=True,
            help="The folder for cleaned files.",
        ),
        with_include_roots,
        click.option("-r", "--recipe", "reference", metavar="RECIPE", help="The recipe.  [default: default]"),
    ):
        function = option(function)
    return function


@command.command("get", cls=Command, former=_FORMER)
@_inputs
def get_command(inputs: tuple[str, ...], pattern: str | None, force: bool) -> None:
    """Export the values of files as JSON: {path: {name: value}}. The output is patient data.

    Names are keywords, like PatientID or Sequence__Attribute; if a keyword does not identify one element, tags like
    (0040,0275)__0__(0008,0050). Binary values are omitted.
    """
    from deidc.compat.identification import Failed, Had, as_json, get

    failed: list[Failed] = []
    files = files_of(inputs, pattern, force=force)

    def had() -> Iterator[Had]:
        for one in get(files, force=force):
            if isinstance(one, Had):
                yield one
            else:
                say(f"{one.path}: {one.reason}", err=True)
                failed.append(one)

    for piece in as_json(had()):
        click.echo(piece, nl=False)
    if failed or not files:
        sys.exit(1)


@command.command("put", cls=Command, former=_FORMER)
@_inputs
@_outputs
@click.option(
    "--ids",
    "ids_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    required=True,
    metavar="FILE.json",
    help="A JSON file with the variables of each file: {path: {name: value}}.",
)
def put_command(
    inputs: tuple[str, ...],
    pattern: str | None,
    force: bool,
    reference: str | None,
    library: FileLibrary,
    outfolder: Path,
    overwrite: bool,
    ids_file: Path,
) -> None:
    """Clean files by a recipe with variables from --ids; elements whose variable is missing are removed."""
    from deidc.compat.identification import IdsError, read_ids

    try:
        ids = read_ids(ids_file)
    except IdsError as failure:
        raise Unusable(f"{ids_file}: {failure}") from None
    write(inputs, pattern, force, reference, library, outfolder, overwrite, ids)


@command.command("all", cls=Command, former=_FORMER)
@_inputs
@_outputs
def all_command(
    inputs: tuple[str, ...],
    pattern: str | None,
    force: bool,
    reference: str | None,
    library: FileLibrary,
    outfolder: Path,
    overwrite: bool,
) -> None:
    """Clean files by a recipe that needs no variables."""
    write(inputs, pattern, force, reference, library, outfolder, overwrite, {})


def write(
    inputs: tuple[str, ...],
    pattern: str | None,
    force: bool,
    reference: str | None,
    library: FileLibrary,
    outfolder: Path,
    overwrite: bool,
    ids: Ids,
) -> None:
    """Clean files into a folder, and print a summary."""
    from deidc.compat.identification import Failed, put

    recipe = recipe_of(reference, library)
    files = files_of(inputs, pattern, force=force)
    try:
        outcomes = put(files, recipe, ids, outfolder, overwrite=overwrite, force=force)
    except ValueError as failure:
        raise Unusable(str(failure)) from None
    written = failed = 0
    for one in outcomes:
        if isinstance(one, Failed):
            say(f"{one.path}: {one.reason}", err=True)
            failed += 1
        else:
            written += 1
    say(f"{written} written to {outfolder}, {failed} refused")
    if failed or not files:
        sys.exit(1)
