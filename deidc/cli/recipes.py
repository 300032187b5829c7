"""`deidc recipes` lists the bundled recipes."""

from __future__ import annotations

from collections.abc import Iterator

import click

from deidc.cli.command import Command
from deidc.cli.terminal import say
from deidc.ir.library import shipped_recipes
from deidc.visible import json_text


@click.command("recipes", cls=Command)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(form: str) -> None:
    """List the bundled recipes, with the first line of their comments."""
    abouts = dict(_abouts())
    if form == "json":
        rows = [{"name": name, "about": about} for name, about in abouts.items()]
        click.echo(json_text({"version": 1, "recipes": rows}))
        return
    for name, about in abouts.items():
        say(f"{name:28} {about}")


def _abouts() -> Iterator[tuple[str, str]]:
    """Yield the name of each bundled recipe, and what it says of itself."""
    for name, path in shipped_recipes().items():
        lines = path.read_text(encoding="utf-8").splitlines()
        about = next((line.lstrip("# ") for line in lines if line.startswith("# ")), "")
        yield name, about
