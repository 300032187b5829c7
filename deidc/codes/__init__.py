"""The catalogue of complaints: every rule by its code, with the text that `deidc explain` prints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType, ModuleType

from deidc.codes import faults, layout, left_behind, misdirected, names, operands, privacy, values, words
from deidc.diagnostics import Rule

__all__ = [
    "CATALOGUE",
    "faults",
    "layout",
    "left_behind",
    "misdirected",
    "names",
    "operands",
    "privacy",
    "values",
    "words",
]


def _rules_of(modules: Iterable[ModuleType]) -> Iterator[Rule]:
    """Yield every rule that is a constant of one of these modules."""
    for module in modules:
        yield from (one for one in vars(module).values() if isinstance(one, Rule))


CATALOGUE: Mapping[str, Rule] = MappingProxyType(
    {
        rule.code: rule
        for rule in sorted(
            _rules_of((words, names, values, operands, misdirected, privacy, left_behind, layout, faults)),
            key=lambda rule: rule.code,
        )
    }
)
