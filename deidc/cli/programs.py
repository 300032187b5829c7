"""Programs as users name them on the command line: recipes to compile, or program text."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from deidc.cli.recipe_arguments import one_source
from deidc.diagnostics import CompileError
from deidc.ir.compile import compile_recipe
from deidc.ir.program import Program
from deidc.ir.reader import is_program, read_program
from deidc.ir.signatures import Signatures
from deidc.ir.verify import ProgramError
from deidc.render import RENDERERS


def program_of(recipe: str, bases: Sequence[str], signatures: Signatures | None = None) -> Program:
    """Return the program of a recipe or of program text; tell what is wrong and exit with 1 if there is none."""
    source, _ = one_source(recipe)
    if is_program(source.text):
        if bases:
            raise click.UsageError("a program has its bases already")
        try:
            return read_program(source.text)
        except ProgramError as failure:
            click.echo(f"{source.name}: {failure}", err=True)
            sys.exit(1)
    try:
        return compile_recipe(source, bases=bases, signatures=signatures)
    except CompileError as failure:
        click.echo(RENDERERS["text"](failure.report), err=True, nl=False)
        sys.exit(1)
