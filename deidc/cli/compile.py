"""`deidc compile`: the program of a recipe, or a stage on the way to it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from deidc.cli.recipe_arguments import one_source
from deidc.diagnostics import CompileError
from deidc.grammar.dump import dump
from deidc.ir.compile import compile_recipe
from deidc.ir.json_form import program_json
from deidc.ir.library import FileLibrary
from deidc.ir.merge import merge
from deidc.render import RENDERERS


@click.command("compile")
@click.argument("recipe", metavar="RECIPE")
@click.option("--base", "bases", multiple=True, metavar="NAME", help="A recipe to lay before this one.")
@click.option("--emit", type=click.Choice(["ast", "program", "json", "digest"]), default="program", show_default=True)
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to a file.")
def command(recipe: str, bases: tuple[str, ...], emit: str, strict: bool, output: Path | None) -> None:
    """Print the program of a recipe: all that will happen to every object, and nothing else.

    The text can be reviewed, compared and given to `deidc run` in place of the recipe.
    """
    source, _ = one_source(recipe)
    if emit == "ast":
        text = dump(merge(source, FileLibrary(), bases).recipe)
    else:
        try:
            program = compile_recipe(source, bases=bases, strict=strict)
        except CompileError as failure:
            click.echo(RENDERERS["text"](failure.report), err=True, nl=False)
            sys.exit(1)
        match emit:
            case "program":
                text = program.text
            case "json":
                text = json.dumps(program_json(program), indent=2) + "\n"
            case _:
                text = program.digest + "\n"
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8", newline="\n")
