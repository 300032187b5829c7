"""The variables that come with each object: by the path of its file, or by what its attributes say."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
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
    _by_path: Mapping[str, Any] = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        by_path = {
            os.path.abspath(key): value for key, value in self.given.items() if isinstance(key, str | os.PathLike)
        }
        object.__setattr__(self, "_by_path", by_path)

    def of(self, key: str | None, attribute: Attribute) -> dict[str, object]:
        """Return the variables of an object; none if nothing is said of it.

        `key` is the path of the object, or the name that it has in results. What is found is copied.
        """
        if not self.given:
            return {}
        found = self.given.get(key)
        if found is None and key is not None:
            found = self._by_path.get(os.path.abspath(key))
        if found is None:
            found = self._nested(attribute)
        if found is None:
            return {}
        if not isinstance(found, Mapping):
            raise TypeError("ids has no dictionary for an object")
        return {str(name): value for name, value in found.items()}

    def _nested(self, attribute: Attribute) -> object:
        if not any(isinstance(one, Mapping) and _is_nested(one) for one in self.given.values()):
            return None
        entity = attribute(self.entity)
        inner = self.given.get(entity) if entity is not None else None
        if not isinstance(inner, Mapping):
            return None
        return next((inner[item] for item in map(attribute, self.items) if item is not None and item in inner), None)


def _is_nested(value: Mapping[Any, Any]) -> bool:
    return bool(value) and all(isinstance(one, Mapping) for one in value.values())
