"""Modules with functions of the user's, imported from where the user states and from nowhere else.

A reference is the path of a Python file, or the name of a module that is installed. The current folder is not on the
path that Python searches: a file there that has the name of some library never takes its place. A bare name that
belongs to no installed module is the file or package of that name in the current folder.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType


def imported(reference: str) -> tuple[object, str]:
    """Return what a reference names, and the last part of its name. Raises what importing it raises."""
    place, attribute = _parts(reference)
    found: object = _module(place)
    for part in filter(None, attribute.split(".")):
        found = getattr(found, part)
    return found, attribute.rpartition(".")[2]


def _parts(reference: str) -> tuple[str, str]:
    """Return the file or the module of a reference, and the attribute in it; a drive is no module."""
    before, colon, after = reference.rpartition(":")
    return (before, after) if colon and not {"/", "\\"} & set(after) else (reference, "")


def _module(place: str) -> ModuleType:
    if place.endswith(".py") or {"/", os.sep} & set(place):
        path = Path(place).absolute()
        if not path.is_file():
            raise ModuleNotFoundError(f"there is no file {place}")
        return _from_file(path, path.stem if _is_free(path.stem) else f"deidc_functions_{path.stem}")
    top = place.partition(".")[0]
    here = next((one for one in (Path(f"{top}.py"), Path(top, "__init__.py")) if one.is_file()), None)
    if here is not None and top not in sys.modules and _is_free(top):
        found = _from_file(here.absolute(), top)
        return found if top == place else importlib.import_module(place)
    return importlib.import_module(place)


def _is_free(name: str) -> bool:
    """Whether no installed module has a name."""
    loaded = sys.modules.get(name)
    if loaded is not None:
        return False
    try:
        return find_spec(name) is None
    except (ImportError, ValueError):
        return True


def _from_file(path: Path, name: str) -> ModuleType:
    """Import a module from its file, once a process."""
    loaded = sys.modules.get(name)
    if loaded is not None and getattr(loaded, "__file__", None) == str(path):
        return loaded
    folder = [str(path.parent)] if path.name == "__init__.py" else None
    spec = spec_from_file_location(name, path, submodule_search_locations=folder)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path.name} is not a Python module")
    module = module_from_spec(spec)
    sys.modules[name] = module
    try:
        with _folder_searched_last(str(path.parent.parent if folder else path.parent)):
            spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


@contextmanager
def _folder_searched_last(folder: str) -> Iterator[None]:
    """Let a module import its neighbours while it is imported; they take the place of no installed module."""
    sys.path.append(folder)
    try:
        yield
    finally:
        # The last one: what the module itself put on the path stays.
        for at in range(len(sys.path) - 1, -1, -1):
            if sys.path[at] == folder:
                del sys.path[at]
                break
