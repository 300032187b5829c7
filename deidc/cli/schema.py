"""`deidc schema` prints the JSON schema of what a command prints as JSON."""

from __future__ import annotations

import json
from importlib.resources import files

import click

from deidc.cli.command import Command

_SUFFIX = ".json"


def schema_names() -> list[str]:
    """Return the names of the schemas."""
    return sorted(
        one.name.removesuffix(_SUFFIX) for one in files("deidc.cli.schemas").iterdir() if one.name.endswith(_SUFFIX)
    )


def schema_text(name: str) -> str:
    """Return a schema as text."""
    return files("deidc.cli.schemas").joinpath(name + _SUFFIX).read_text(encoding="utf-8")


@click.command("schema", cls=Command)
@click.argument("name", required=False, metavar="[NAME]", type=click.Choice(schema_names()))
def command(name: str | None) -> None:
    """Print the JSON schema of what a command prints as JSON; without NAME, list the schemas.

    Each document but that of `identifiers get`, which is deid's, has a version. A new version means that a field was
    removed or has another meaning; fields may be added to a version in a release.
    """
    if name is not None:
        click.echo(schema_text(name), nl=False)
        return
    for one in schema_names():
        click.echo(f"{one:11} {json.loads(schema_text(one))['title']}")
