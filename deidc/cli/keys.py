"""`deidc keys new` makes a key for keyed pseudonyms and shifts of dates."""

from __future__ import annotations

from pathlib import Path

import click

from deidc.cli.exits import Unusable
from deidc.files.keys import new_key_file


@click.group("keys")
def command() -> None:
    """Make keys for pseudonyms and shifts of dates."""


@command.command("new")
@click.argument("path", type=click.Path(path_type=Path), metavar="PATH")
def new(path: Path) -> None:
    """Write a new key of 256 random bits to the file PATH.

    Only the owner can open the file (mode 0600), and an existing file is never replaced. Pass the key to a command
    with --var key=file:PATH. Keep a copy where the outputs are not: without the key, the same pseudonyms can never be
    made again, and with it, anyone can link them to known patients.
    """
    if str(path) == "-":
        raise Unusable("a key is never printed; name a file")
    try:
        new_key_file(path)
    except FileExistsError:
        raise Unusable(f"{path} already exists, and a key is never replaced; name another file") from None
    except OSError as failure:
        raise Unusable(f"{path} cannot be written: {failure.strerror}") from None
    click.echo(f"a new key is in {path}")
