"""The commands of deid's command line share these: recipes from arguments, and tables as files."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from deidc.batch.outputs.atomic import write_atomically
from deidc.batch.outputs.content import Content
from deidc.compat.config import DeidRecipe
from deidc.compat.inspection import Inspection
from deidc.compat.recipes.files import RecipeNotFound
from deidc.diagnostics import CompileError
from deidc.render import RENDERERS


def recipe_for(args: Namespace, parser: ArgumentParser) -> DeidRecipe:
    """Return the recipe that `--deid` names, or the default; exit with 2 if it is not found, 1 if it has errors."""
    try:
        recipe = DeidRecipe(args.deid, format=args.format)
        recipe.program()
    except RecipeNotFound as failure:
        parser.error(str(failure))
    except CompileError as failure:
        parser.exit(1, RENDERERS["text"](failure.report))
    return recipe


def write_table(place: Path, found: Inspection, parser: ArgumentParser, *, overwrite: bool) -> None:
    """Write what was found as a table; exit with 2 if the file is there and is not to be replaced."""
    content = Content.of(found.table().encode("utf-8", "surrogateescape"))
    try:
        write_atomically(place, content, overwrite=overwrite)
    except FileExistsError:
        parser.error(f"{place} exists already; say --overwrite, before the command, to replace it")
