"""`install` makes `import deid` mean `deidc.compat`, for programs that cannot be edited."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType

_THERE, _HERE = "deid", "deidc.compat"


def install() -> None:
    """Make `deid` and the modules below it other names of `deidc.compat` and those below it, in this process.

    Doing it again changes nothing. Raises ImportError if the other deid is imported already, since some modules of the
    one and some of the other would be mixed then.
    """
    if any(isinstance(finder, _Finder) for finder in sys.meta_path):
        return
    loaded = [name for name in sys.modules if name == _THERE or name.startswith(f"{_THERE}.")]
    if loaded:
        raise ImportError("deid is imported already; install deidc.compat before that", name=_THERE)
    sys.meta_path.insert(0, _Finder())


class _Finder(MetaPathFinder):
    """Finds modules of deid among those of `deidc.compat`."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return how a module of deid is loaded; None for other modules, and for those that deidc does not have."""
        del path, target
        if fullname != _THERE and not fullname.startswith(f"{_THERE}."):
            return None
        real = _HERE + fullname.removeprefix(_THERE)
        if find_spec(real) is None:
            return None
        return ModuleSpec(fullname, _Alias(real), is_package=True)


class _Alias(Loader):
    """Gives the module itself, under another name."""

    def __init__(self, real: str) -> None:
        self._real = real

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the module; what Python sets on it for the other name is taken back by `exec_module`."""
        del spec
        module = import_module(self._real)
        self._spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Leave the module as it was loaded."""
        module.__spec__ = self._spec
