"""The catalogue of complaints: every rule by its code, with the text that `deidc explain` prints."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from deidc.codes import faults, layout, names, privacy, values, words
from deidc.diagnostics import Rule

__all__ = ["CATALOGUE", "faults", "layout", "names", "privacy", "values", "words"]

CATALOGUE: Mapping[str, Rule] = MappingProxyType(
    {rule.code: rule for module in (words, names, values, privacy, layout, faults) for rule in module.RULES}
)
