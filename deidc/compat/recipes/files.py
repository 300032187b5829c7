"""Find recipes where deid's users keep them, in files, folders, deid's names and dictionaries, and combine them."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

from attrs import define, evolve, field, frozen

from deidc.compat.logger import bot
from deidc.compat.recipes.complaints import log_what_deid_defines
from deidc.compat.recipes.dicts import DeidDict, copied, dicts_of, rules_before, source_of
from deidc.diagnostics import CompileError, Report
from deidc.errors import DeidcError
from deidc.grammar.reader import read
from deidc.ir.compile import compile_as_deid
from deidc.ir.library import SHIPPED_PREFIX, FileLibrary, FoundRecipe, NotFound, read_recipe, shipped_recipes
from deidc.ir.load import Loaded, concatenated, load
from deidc.ir.program import Program
from deidc.source import Source

# What deid takes for a recipe: a path, a name, or the dictionary of a recipe.
Reference: TypeAlias = "str | os.PathLike[str]"
Given: TypeAlias = "Reference | Mapping[str, Any]"

# Lines of %header applied before a recipe, and keywords of what wide rules do not touch.
Terms: TypeAlias = tuple[tuple[str, ...], tuple[str, ...]]

_KEPT = 16

# Here are the recipes that deid has a name for, as files that are called as deid calls them.
FOLDER = Path(__file__).resolve().parents[1] / "data"
_PREFIX = "deid."
_NAME = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\Z")


class RecipeNotFound(DeidcError, FileNotFoundError):
    """No recipe stands behind a path or a name, or two do; deid goes on without one."""


@define(eq=False)
class Laid:
    """Recipes that were read and combined, the dictionary that shows them, and their programs."""

    loaded: Loaded = field(repr=False)
    _deid: DeidDict = field(repr=False)
    _programs: dict[Terms, Program] = field(factory=dict, repr=False)

    def shown(self) -> DeidDict:
        """Return the dictionary, for the caller to change."""
        return copied(self._deid)

    def shows(self, deid: DeidDict) -> bool:
        """Whether a dictionary says what the recipes say."""
        return self._deid == deid

    def program(self, terms: Terms) -> Program:
        """Return the program, which has the lines of the files. Raises CompileError."""
        program = self._programs.get(terms)
        if program is None:
            first, protected = terms
            laid = _with_rules_before(self.loaded, first)
            report, program = compile_as_deid(laid, protected=protected)
            log_what_deid_defines(report)
            if len(self._programs) >= _KEPT:
                self._programs.clear()
            self._programs[terms] = program
        return program


def recipe_path(reference: Reference) -> Path:
    """Return the file or folder that a path or a name stands for. Raises RecipeNotFound.

    Names are those of the recipes that came with deid (`dicom`, `dicom.ultrasound`, `dicom.xray.chest`) and of those
    that come with deidc. A folder of that name in which there is no recipe is left aside.
    """
    text = os.fspath(reference)
    named = _named(text)
    there = bool(text) and os.path.exists(text)
    if named is not None and (not there or (os.path.isdir(text) and not _recipes_in(Path(text)))):
        return named
    if named is not None:
        hint = f"write {os.path.join(os.curdir, text)} for what is there"
        raise RecipeNotFound(f"{text!r} is the name of a recipe, and something is called so here, too; {hint}")
    if not there:
        near = get_close_matches(text, [*deid_names(), *shipped_recipes()], 1, 0.7)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise RecipeNotFound(f"there is no recipe {text!r}, neither a file nor one that has this name{hint}")
    return Path(text)


def deid_names() -> list[str]:
    """Return the names that deid has for its recipes."""
    return sorted(one.name.removeprefix(_PREFIX) for one in FOLDER.iterdir() if one.name.startswith(_PREFIX))


def _named(text: str) -> Path | None:
    path = FOLDER / f"{_PREFIX}{text}"
    if _NAME.match(text) and path.is_file():
        return path
    return shipped_recipes().get(text.removeprefix(SHIPPED_PREFIX))


def recipe_file(path: Path) -> Path:
    """Return the recipe that a path leads to: a file, or the first in a folder whose name begins with `deid`.

    Says so if a folder has several or none; the default of deidc is meant then.
    """
    if not path.is_dir():
        return path
    found = _recipes_in(path)
    if not found:
        bot.warning(f"no recipe found in the folder {path}, the default is used")
        return FOLDER / f"{_PREFIX}dicom"
    if len(found) > 1:
        bot.warning(f"there are several recipes in the folder {path}, {found[0].name} is used")
    return found[0]


def _recipes_in(folder: Path) -> list[Path]:
    return sorted(one for one in folder.iterdir() if one.name.startswith("deid") and one.is_file())


def laid_together(files: Sequence[Given], library: FileLibrary | None = None) -> Laid:
    """Return the recipes with all they include, in their order, each text once. One recipe at least is given.

    `library` says which folders recipes may include files from, besides their own.

    Raises RecipeNotFound, and CompileError with what could not be read in any of them: what is not read would not be
    in the dictionary either. Files are looked at each time, and what they say is remembered by their text.
    """
    recipes = tuple(_found(one, number) for number, one in enumerate(files, 1))
    allowed = library or FileLibrary()
    laid = _laid(recipes, allowed)
    given = {one.source for one in recipes}
    if all(source in given or _is_current(source) for source in laid.loaded.sources):
        return laid
    return _laid.__wrapped__(recipes, allowed)


@lru_cache(maxsize=_KEPT)
def _laid(recipes: tuple[FoundRecipe, ...], library: FileLibrary) -> Laid:
    *bases, last = recipes
    own = (Path(one.source.name).parent for one in recipes if not one.source.name.startswith("<"))
    files = FileLibrary((*own, *library.include_roots))
    shelf = _Shelf({one.source.name: one for one in bases}, files)
    loaded = load(last.source, shelf, [one.source.name for one in bases])
    loaded = evolve(loaded, said=(*last.said, *loaded.said))
    report = Report.of(loaded.sources, loaded.said)
    if report.errors:
        raise CompileError(report)
    return Laid(loaded, dicts_of(loaded.recipe, loaded.sources))


def _is_current(source: Source) -> bool:
    """Whether an included recipe still says what was read; those that come with deidc always do."""
    if source.name.startswith(SHIPPED_PREFIX):
        return True
    found = read_recipe(Path(source.name), source.name)
    return isinstance(found, FoundRecipe) and found.source == source


def _found(given: Given, number: int) -> FoundRecipe:
    if isinstance(given, Mapping):
        return FoundRecipe(source_of(given, f"<recipe {number}>"))
    path = recipe_file(recipe_path(given))
    match read_recipe(path, _source_name(path)):
        case NotFound(reason):
            raise RecipeNotFound(reason)
        case found:
            return found


def _source_name(path: Path) -> str:
    return next((SHIPPED_PREFIX + name for name, at in shipped_recipes().items() if at == path), str(path))


@frozen
class _Shelf:
    """A library in which some recipes are found by the name of their source."""

    recipes: Mapping[str, FoundRecipe]
    files: FileLibrary

    def find(self, reference: str, beside: str | None) -> FoundRecipe | NotFound:
        """Return the recipe that a reference stands for."""
        return self.recipes.get(reference) or self.files.find(reference, beside)


def _with_rules_before(loaded: Loaded, first: Sequence[str]) -> Loaded:
    """Return recipes with lines of %header applied before them."""
    if not first:
        return loaded
    source = rules_before(first)
    recipe, said = read(source)
    return Loaded(concatenated([recipe, loaded.recipe]), (source, *loaded.sources), (*said, *loaded.said))
