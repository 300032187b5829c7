"""`deidc identifiers`: identifiers of files printed, and files cleaned with identifiers that are given."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from deidc.cli.compat_arguments import files_of, recipe_of

if TYPE_CHECKING:
    from deidc.compat.identification import Ids

C = TypeVar("C", bound=Callable[..., None])


@click.group("identifiers")
def command() -> None:
    """Read the identifiers of files, or clean files with such as are given."""


def _inputs(function: C) -> C:
    for option in (
        click.option("--force", is_flag=True, help="Take files that lack the DICOM prefix."),
        click.option("--pattern", metavar="PATTERN", help="Names of files below folders, like '*.dcm'."),
        click.argument("inputs", nargs=-1, required=True, metavar="FILE|FOLDER..."),
    ):
        function = option(function)
    return function


def _outputs(function: C) -> C:
    for option in (
        click.option("--overwrite", is_flag=True, help="Replace outputs that are there."),
        click.option("-o", "--outfolder", type=click.Path(path_type=Path), required=True, help="Where to write."),
        click.option("--deid", "reference", metavar="RECIPE", help="The recipe; without it, the default."),
    ):
        function = option(function)
    return function


@command.command("get")
@_inputs
def get_command(inputs: tuple[str, ...], pattern: str | None, force: bool) -> None:
    """Print the values of files as JSON: {path: {name: value}}. What is printed is patient data.

    Names are keywords, like PatientID or Sequence__Attribute; where that is not the name of one element alone, tags
    like (0040,0275)__0__(0008,0050). Binary values are left out.
    """
    from deidc.compat.identification import Failed, Had, as_json, get

    failed: list[Failed] = []
    files = files_of(inputs, pattern, force=force)

    def had() -> Iterator[Had]:
        for one in get(files, force=force):
            if isinstance(one, Had):
                yield one
            else:
                click.echo(f"{one.path}: {one.reason}", err=True)
                failed.append(one)

    for piece in as_json(had()):
        click.echo(piece, nl=False)
    if failed or not files:
        sys.exit(1)


@command.command("put")
@_inputs
@_outputs
@click.option(
    "--ids",
    "ids_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    required=True,
    metavar="FILE.json",
    help="Variables of each file: {path: {name: value}}.",
)
def put_command(
    inputs: tuple[str, ...],
    pattern: str | None,
    force: bool,
    reference: str | None,
    outfolder: Path,
    overwrite: bool,
    ids_file: Path,
) -> None:
    """Clean files by a recipe with the variables that --ids gives; what it does not give is taken out."""
    from deidc.compat.identification import IdsError, read_ids

    try:
        ids = read_ids(ids_file)
    except IdsError as failure:
        raise click.UsageError(f"{ids_file}: {failure}") from None
    write(inputs, pattern, force, reference, outfolder, overwrite, ids)


@command.command("all")
@_inputs
@_outputs
def all_command(
    inputs: tuple[str, ...],
    pattern: str | None,
    force: bool,
    reference: str | None,
    outfolder: Path,
    overwrite: bool,
) -> None:
    """Clean files by a recipe that needs no variables."""
    write(inputs, pattern, force, reference, outfolder, overwrite, {})


def write(
    inputs: tuple[str, ...],
    pattern: str | None,
    force: bool,
    reference: str | None,
    outfolder: Path,
    overwrite: bool,
    ids: Ids,
) -> None:
    """Clean files into a folder, and tell how it went."""
    from deidc.compat.identification import Failed, put

    recipe = recipe_of(reference)
    files = files_of(inputs, pattern, force=force)
    try:
        outcomes = put(files, recipe, ids, outfolder, overwrite=overwrite, force=force)
    except ValueError as failure:
        raise click.UsageError(str(failure)) from None
    written = failed = 0
    for one in outcomes:
        if isinstance(one, Failed):
            click.echo(f"{one.path}: {one.reason}", err=True)
            failed += 1
        else:
            written += 1
    click.echo(f"{written} written to {outfolder}, {failed} refused")
    if failed or not files:
        sys.exit(1)
