"""Functions of installed packages: each is loaded only for a program that calls it.

A package declares one entry point for each function, in the group `deidc.functions`, under the name that recipes write.
Which names there are is known from metadata of packages; no code of theirs runs for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import EntryPoint, entry_points

from deidc.errors import DeidcError
from deidc.guarded import foreign_code

ENTRY_POINT_GROUP = "deidc.functions"


class BrokenPackage(DeidcError):
    """An installed package declares a function that cannot be loaded.

    Attributes:
        package: the name of the package.
        function: the name of the function in recipes.

    """

    def __init__(self, package: str, function: str, reason: str) -> None:
        self.package = package
        self.function = function
        self.reason = reason
        super().__init__(f"the package {package} declares the function {function}, but {reason}")

    def __reduce__(self) -> tuple[type[BrokenPackage], tuple[str, str, str]]:
        return (BrokenPackage, (self.package, self.function, self.reason))


def declared(group: str = ENTRY_POINT_GROUP) -> frozenset[str]:
    """Return the names of the functions that installed packages declare; no package is imported."""
    return frozenset(point.name for point in entry_points(group=group))


def loaded(names: Iterable[str], group: str = ENTRY_POINT_GROUP) -> dict[str, tuple[object, str]]:
    """Return what the entry points of some names stand for, and their packages; names that none declares are left out.

    Raises BrokenPackage for one that cannot be loaded, or that two packages declare.
    """
    found: dict[str, tuple[object, str]] = {}
    for name in sorted(set(names)):
        points = {point.value: point for point in entry_points(group=group, name=name)}
        if len(points) > 1:
            packages = sorted({_package(point) for point in points.values()})
            raise BrokenPackage(packages[0], name, f"another package does too: {', '.join(packages[1:]) or 'itself'}")
        for point in points.values():
            found[name] = _load(point), _package(point)
    return found


def _load(point: EntryPoint) -> object:
    with foreign_code() as guard:
        found: object = point.load()
        return found
    raise BrokenPackage(_package(point), point.name, f"importing {point.value} raises {guard.kind}")


def _package(point: EntryPoint) -> str:
    return point.dist.name if point.dist is not None else point.value.partition(":")[0]
