"""The API of pydicom/deid 0.4.13 runs on deidc here: `import deidc.compat as deid`.

Submodules are loaded at first use. `install()` makes `import deid` mean this package.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from deidc.compat.installation import install
from deidc.compat.version import __version__

__all__ = ["__version__", "install"]

_SUBMODULES = ("config", "data", "dicom", "logger", "main", "utils", "version")


def __getattr__(name: str) -> ModuleType:
    if name not in _SUBMODULES:
        raise AttributeError(f"module 'deidc.compat' has no attribute {name!r}")
    return import_module(f"deidc.compat.{name}")


def __dir__() -> list[str]:
    return sorted((*globals(), *_SUBMODULES))
