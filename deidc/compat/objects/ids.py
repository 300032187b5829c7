"""Look up the variables of each object by the path of its file, or by values of its attributes."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from attrs import field, frozen

# Of a top-level attribute of an object, by keyword: its text, or None if it has not one value.
Attribute = Callable[[str], str | None]


@frozen
class Ids:
    """What a caller says of objects: `{path: {name: value}}`, or `{entity: {item: {name: value}}}`.

    Paths are absolute or as the caller gave them. `entity` and `items` are the keywords of the attributes by whose
    values the second form is keyed; the first of `items` that leads somewhere counts.
    """

    given: Mapping[Any, Any] = field(repr=False)
    entity: str
    items: tuple[str, ...]

    @cached_property
    def _by_path(self) -> Mapping[str, Any]:
        return {os.path.abspath(key): value for key, value in self.given.items() if isinstance(key, str | os.PathLike)}

    @cached_property
    def _is_nested(self) -> bool:
        inner = (one for one in self.given.values() if isinstance(one, Mapping))
        return any(one and all(isinstance(value, Mapping) for value in one.values()) for one in inner)

    def of(self, names: Sequence[str | None], attribute: Attribute) -> dict[str, object]:
        """Return the variables of an object, or none.

        `names` are those of the object: its path, as given and absolute, or the name that it has in
        results. What is found is copied.
        """
        if not self.given:
            return {}
        found = next((self.given[name] for name in names if name in self.given), None)
        if found is None:
            found = next((self._by_path[name] for name in names if name is not None and name in self._by_path), None)
        if found is None and self._is_nested:
            found = self._nested(attribute)
        if found is None:
            return {}
        if not isinstance(found, Mapping):
            raise TypeError("ids has no dictionary for an object")
        return {str(name): value for name, value in found.items()}

    def _nested(self, attribute: Attribute) -> object:
        entity = attribute(self.entity)
        inner = self.given.get(entity) if entity is not None else None
        if not isinstance(inner, Mapping):
            return None
        return next((inner[item] for item in map(attribute, self.items) if item is not None and item in inner), None)
