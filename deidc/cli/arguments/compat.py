"""Arguments that `inspect` and `identifiers` share: files found as deid finds them, and recipes by deid's names."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deidc.batch.job.workers import silence_pydicom
from deidc.cli.exits import Unusable
from deidc.cli.terminal import tell
from deidc.diagnostics import CompileError
from deidc.ir.library import FileLibrary

if TYPE_CHECKING:
    from deidc.compat.config import DeidRecipe
    from deidc.compat.dicom.validate import FileName

_NO_RECIPE = "dicom"


def files_of(inputs: tuple[str, ...], pattern: str | None, *, force: bool) -> list[FileName]:
    """Return the DICOM files among inputs and below them, and what cannot be opened, so that it is reported.

    What is no DICOM file is left out with a warning. Raises Unusable for an input that is not there.
    """
    from deidc.compat.dicom.utils import get_files
    from deidc.compat.objects.inputs import is_skipped

    missing = next((name for name in inputs if not Path(name).exists()), None)
    if missing is not None:
        raise Unusable(f"{missing} does not exist")
    silence_pydicom()
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    found: list[FileName] = []
    for number, one in enumerate(get_files(inputs, check=False, pattern=pattern), 1):
        if force or not is_skipped(str(one)):
            found.append(one)
        else:
            logging.getLogger(__name__).warning("file %d cannot be read as DICOM, and is left out", number)
    return found


def recipe_of(reference: str | None, library: FileLibrary) -> DeidRecipe:
    """Return the program of a recipe; print its complaints. Raises Unusable if the recipe is not found."""
    from deidc.compat.config import DeidRecipe
    from deidc.compat.recipes.files import RecipeNotFound

    try:
        recipe = DeidRecipe(reference or _NO_RECIPE, library=library)
        recipe.program()
    except RecipeNotFound as failure:
        raise Unusable(str(failure)) from None
    except CompileError as failure:
        tell(failure.report, err=True)
        raise click.exceptions.Exit(1) from None
    return recipe
