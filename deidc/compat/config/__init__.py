"""`DeidRecipe` holds a recipe as a live dictionary; the functions beside it load recipes."""

from __future__ import annotations

from deidc.compat.config.recipe import DeidRecipe
from deidc.compat.config.standards import actions, formats, sections
from deidc.compat.config.utils import get_deid, load_combined_deid, load_deid

__all__ = ["DeidRecipe", "actions", "formats", "get_deid", "load_combined_deid", "load_deid", "sections"]
