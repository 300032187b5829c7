"""`deidc compile` prints the program of a recipe, or a stage on the way to it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from deidc.cli.arguments.recipes import named_once, one_recipe, recipe_option, with_include_roots, write_text
from deidc.cli.command import Command
from deidc.cli.terminal import say, tell
from deidc.diagnostics import CompileError
from deidc.grammar.dump import dump
from deidc.ir.compile import compile_recipe
from deidc.ir.json_form import program_json
from deidc.ir.library import FileLibrary
from deidc.ir.load import load
from deidc.ir.reader import is_program, read_program
from deidc.ir.verify import ProgramError
from deidc.source import Source


@click.command("compile", cls=Command)
@click.argument("recipe", metavar="RECIPE", required=False)
@recipe_option
@click.option("--base", "bases", multiple=True, metavar="NAME", help="A recipe to apply before RECIPE.")
@with_include_roots
@click.option("--emit", type=click.Choice(["ast", "program", "json", "digest"]), default="program", show_default=True)
@click.option("--strict", is_flag=True, help="Treat warnings as errors.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write the program to this file.")
def command(
    recipe: str | None,
    named: str | None,
    bases: tuple[str, ...],
    library: FileLibrary,
    emit: str,
    strict: bool,
    output: Path | None,
) -> None:
    """Print the program of a recipe: every operation on an object, including implicit rules.

    The text can be reviewed, compared and passed to `deidc run` in place of the recipe. RECIPE may be a program, too.
    """
    given = one_recipe(named_once(recipe, named))
    if given.report.errors:
        tell(given.report, err=True)
        sys.exit(1)
    try:
        text = _emitted(given.source, bases, library, emit, strict=strict)
    except CompileError as failure:
        tell(failure.report, err=True)
        sys.exit(1)
    except ProgramError as failure:
        say(f"{given.source.name}: {failure}", err=True)
        sys.exit(1)
    if output is None:
        click.echo(text, nl=False)
    else:
        write_text(output, text)


def _emitted(source: Source, bases: tuple[str, ...], library: FileLibrary, emit: str, *, strict: bool) -> str:
    if emit == "ast":
        return dump(load(source, library, bases).recipe)
    program = (
        read_program(source.text)
        if is_program(source.text)
        else compile_recipe(source, library=library, bases=bases, strict=strict)
    )
    match emit:
        case "program":
            return program.text
        case "json":
            return json.dumps(program_json(program), indent=2) + "\n"
        case _:
            return program.digest + "\n"
