"""`deidc recipes` lists the bundled recipes."""

from __future__ import annotations

import click

from deidc.cli.terminal import say
from deidc.ir.library import shipped_recipes


@click.command("recipes")
def command() -> None:
    """List the bundled recipes, with the first line of their comments."""
    for name, path in shipped_recipes().items():
        lines = path.read_text(encoding="utf-8").splitlines()
        about = next((line.lstrip("# ") for line in lines if line.startswith("# ")), "")
        say(f"{name:28} {about}")
