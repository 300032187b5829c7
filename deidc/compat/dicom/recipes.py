"""Recipes by path or name, read and compiled once as long as their files stay as they are."""

from __future__ import annotations

import os
from collections import OrderedDict
from copy import copy, deepcopy
from pathlib import Path
from threading import Lock
from typing import Any

from attrs import define, field, frozen

from deidc.compat.config import DeidRecipe
from deidc.compat.recipe_files import laid_together, recipe_file, recipe_path
from deidc.ir.library import SHIPPED_PREFIX, Found, read_recipe
from deidc.source import Source

_KEPT = 16
_DEFAULT = "dicom"


@frozen
class _Known:
    """A recipe, and the texts that it was read from."""

    sources: tuple[Source, ...] = field(repr=False)
    recipe: DeidRecipe = field(repr=False)

    @property
    def is_current(self) -> bool:
        """Whether the files of the recipe still have these texts."""
        return all(map(_is_as_it_was, self.sources))


def _is_as_it_was(source: Source) -> bool:
    if source.name.startswith(SHIPPED_PREFIX):
        return True
    now = read_recipe(Path(source.name), source.name)
    return isinstance(now, Found) and now.source.text == source.text


@define(eq=False)
class _Recipes:
    """The last few recipes, for all threads."""

    _known: OrderedDict[str, _Known] = field(factory=OrderedDict, repr=False)
    _lock: Lock = field(factory=Lock, repr=False)

    def at(self, path: str) -> DeidRecipe:
        """Return the recipe of a file."""
        with self._lock:
            known = self._known.get(path)
        if known is None or not known.is_current:
            known = _Known(tuple(laid_together([path]).sources), DeidRecipe(path))
        with self._lock:
            self._known[path] = known
            self._known.move_to_end(path)
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return known.recipe


_RECIPES = _Recipes()


def shared_recipe(deid: Any) -> DeidRecipe:  # noqa: ANN401  # whatever DeidRecipe takes
    """Return the recipe that a caller means; it may be that of other callers, and is not to be changed.

    Raises as DeidRecipe does.
    """
    if isinstance(deid, DeidRecipe):
        return deid
    if deid is None:
        deid = _DEFAULT
    if not isinstance(deid, str | os.PathLike):
        return DeidRecipe(deid)
    return _RECIPES.at(os.path.abspath(recipe_file(recipe_path(deid))))


def own_recipe(deid: Any) -> DeidRecipe:  # noqa: ANN401  # whatever DeidRecipe takes
    """Return the recipe that a caller means, for him to change; one that is an object already is that very one.

    Raises as DeidRecipe does.
    """
    recipe = shared_recipe(deid)
    if isinstance(deid, DeidRecipe) or not (deid is None or isinstance(deid, str | os.PathLike)):
        return recipe
    # The copy knows the programs of the original, as long as its dictionary is the same.
    own = copy(recipe)
    own.deid = deepcopy(recipe.deid)
    return own
