"""`deidc fmt`: recipes in canonical form."""

from __future__ import annotations

import difflib
import sys
from pathlib import Path

import click

from deidc.cli.recipe_arguments import sources_of
from deidc.diagnostics import CompileError
from deidc.ir.compile import format_recipe
from deidc.render import RENDERERS


@click.command("fmt")
@click.argument("recipes", nargs=-1, required=True, metavar="RECIPE...")
@click.option("--check", is_flag=True, help="Write nothing; exit code 1 if a recipe would change.")
@click.option("--diff", is_flag=True, help="Write nothing; print what would change.")
def command(recipes: tuple[str, ...], check: bool, diff: bool) -> None:
    """Put recipes into canonical form, in their files; one from - is printed.

    The form has no choices, keeps comments and never changes what a recipe does. A recipe whose words cannot be
    read is left alone, and told.
    """
    changed = broken = False
    for source, _ in sources_of(recipes):
        try:
            text = format_recipe(source)
        except CompileError as failure:
            click.echo(RENDERERS["text"](failure.report), err=True, nl=False)
            broken = True
            continue
        from_stdin = source.name.startswith("<")
        changed |= text != source.text
        if diff:
            lines = difflib.unified_diff(source.text.splitlines(True), text.splitlines(True), source.name, source.name)
            click.echo("".join(lines), nl=False)
        elif check and text != source.text:
            click.echo(f"{source.name} would change")
        elif from_stdin and not check:
            click.echo(text, nl=False)
        elif not check and text != source.text:
            if source.name.startswith("deidc:"):
                raise click.UsageError("recipes of deidc are not rewritten; copy them first")
            Path(source.name).write_text(text, encoding="utf-8", newline="\n")
            click.echo(f"{source.name} rewritten")
    if broken or (changed and (check or diff)):
        sys.exit(1)
