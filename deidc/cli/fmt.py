"""`deidc fmt` writes recipes in canonical form."""

from __future__ import annotations

import difflib
import sys

import click

from deidc.cli.arguments.recipes import Given, all_named, exclude_option, recipes_of, write_back
from deidc.cli.command import Command
from deidc.cli.terminal import say, shown_lines, tell
from deidc.diagnostics import CompileError
from deidc.ir.compile import format_recipe


@click.command("fmt", cls=Command)
@click.argument("recipes", nargs=-1, metavar="RECIPE...")
@click.option("-r", "--recipe", "named", multiple=True, metavar="RECIPE", help="A recipe; the same as an argument.")
@exclude_option
@click.option("--check", is_flag=True, help="Write nothing; exit with code 1 if a recipe would change.")
@click.option("--diff", is_flag=True, help="Write nothing; print the changes as a diff.")
def command(
    recipes: tuple[str, ...], named: tuple[str, ...], exclude: tuple[str, ...], check: bool, diff: bool
) -> None:
    """Format recipes in place; a recipe from standard input (-) is printed.

    Formatting has no options, keeps comments and never changes the program of a recipe. A recipe with unreadable
    lines is reported and left unchanged.
    """
    changed = broken = False
    for given in recipes_of(all_named(recipes, named), exclude):
        try:
            if given.said:
                raise CompileError(given.report)
            text = format_recipe(given.source)
        except CompileError as failure:
            tell(failure.report, err=True)
            broken = True
            continue
        changed |= _finished(given, text, check=check, diff=diff)
    if broken or (changed and (check or diff)):
        sys.exit(1)


def _finished(given: Given, text: str, *, check: bool, diff: bool) -> bool:
    """Write a formatted recipe, or report the difference; return whether it differs from the input."""
    name = given.source.name
    # Line ends and byte order mark are no part of a source, but of the form.
    differs = text != given.source.text or (given.path is not None and text.encode() != given.data)
    if diff:
        lines = difflib.unified_diff(given.source.text.splitlines(True), text.splitlines(True), name, name)
        click.echo(shown_lines(lines), nl=False)
    if check and differs:
        say(f"{name} would change", err=diff)
    if not (check or diff) and (differs or given.is_stdin):
        write_back(given, text)
        if not given.is_stdin:
            say(f"{name} rewritten")
    return differs
