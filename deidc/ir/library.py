"""Where recipes are found: files, and the recipes that come with deidc."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from attrs import evolve, field, frozen

from deidc.diagnostics import Diagnostic
from deidc.grammar.reader import decode
from deidc.ir.recipe_files import is_below, read_included, read_named
from deidc.source import Source

SHIPPED_PREFIX = "deidc:"
SUFFIX = ".deid"


@frozen
class FoundRecipe:
    """A recipe that a reference stands for; `said` are complaints about its bytes."""

    source: Source
    said: tuple[Diagnostic, ...] = ()


@frozen
class NotFound:
    """No recipe stands behind a reference: why, and what may be meant."""

    reason: str
    hint: str | None = None
    ambiguous: bool = False


class Library(Protocol):
    """Finds the recipe that a reference stands for."""

    def find(self, reference: str, beside: str | None) -> FoundRecipe | NotFound:
        """Return the recipe that a reference stands for.

        Args:
            reference: what a recipe or a caller wrote: a path or a name.
            beside: the name of the recipe that refers to it, or None.

        Returns:
            The recipe, or why there is none.

        """


@cache
def shipped_recipes() -> Mapping[str, Path]:
    """Return the recipes that come with deidc by name, the same from a checkout and from an install."""
    package = Path(__file__).resolve().parent.parent
    folder = next((one for one in (package / "recipes", package.parent / "recipes") if one.is_dir()), None)
    if folder is None:
        return MappingProxyType({})
    paths = sorted(folder.rglob(f"*{SUFFIX}"))
    return MappingProxyType({path.relative_to(folder).with_suffix("").as_posix(): path for path in paths})


def bundled_recipe(name: str) -> FoundRecipe | NotFound | None:
    """Return the recipe of deidc that a name stands for, `default` or `deidc:default`; None if there is none."""
    path = shipped_recipes().get(name.removeprefix(SHIPPED_PREFIX))
    return read_recipe(path, f"{SHIPPED_PREFIX}{name.removeprefix(SHIPPED_PREFIX)}") if path is not None else None


def _paths(folders: Iterable[Path | str]) -> tuple[Path, ...]:
    return tuple(Path(folder) for folder in folders)


def _folder_of(name: str) -> Path:
    return Path() if name.startswith("<") else Path(name).parent


@frozen
class FileLibrary:
    r"""A library that finds recipes in the file system and among the bundled recipes.

    A reference that has a suffix, begins with a dot or is absolute is a file, relative to the including recipe (or to
    the current folder). Any other reference is the name of a bundled recipe; `deidc:NAME` always is.

    A recipe includes only regular files below its own folder, or below a folder of `include_roots`, links resolved.
    Text that is in no file has the current folder. A base that a caller names is read wherever it is.

    Attributes:
        include_roots: more folders whose files recipes may include.

    Example:
        >>> from deidc import FileLibrary, check_recipe
        >>> text = "FORMAT dicom\n\n%include \"/etc/hostname\"\n\n%header\nREMOVE PatientName\n"
        >>> [one.code for one in check_recipe(text, library=FileLibrary()).errors]
        ['DC214']

    """

    include_roots: tuple[Path, ...] = field(default=(), converter=_paths)

    def allowing(self, name: str) -> FileLibrary:
        """Return this library, with the folder of a recipe among those whose files may be included.

        Args:
            name: the name of the recipe's source: its path, or `<...>` for text that is in no file.

        Returns:
            The new library.

        """
        if name.startswith(SHIPPED_PREFIX):
            return self
        return evolve(self, include_roots=(*self.include_roots, _folder_of(name)))

    def find(self, reference: str, beside: str | None) -> FoundRecipe | NotFound:
        """Find the recipe that a reference names.

        Args:
            reference: the text after `%include`, or the name of a base.
            beside: the name of the including recipe; None if there is none.

        Returns:
            The recipe with its complaints, or the reason why it was not found.

        """
        shipped = shipped_recipes()
        name = reference.removeprefix(SHIPPED_PREFIX)
        if reference.startswith(SHIPPED_PREFIX):
            return read_recipe(shipped[name], f"{SHIPPED_PREFIX}{name}") if name in shipped else no_such_recipe(name)
        path = self._path(reference, beside)
        if is_file_reference(reference):
            same = _shipped_as(path) if beside is not None and beside.startswith(SHIPPED_PREFIX) else None
            return read_recipe(path, same) if same is not None else self._file(path, beside)
        if name in shipped:
            if os.path.lexists(path):
                hint = f"write ./{reference} for the file, {SHIPPED_PREFIX}{reference} for the bundled recipe"
                return NotFound(f"{reference!r} is a bundled recipe, but {path} exists too", hint, ambiguous=True)
            return read_recipe(shipped[name], f"{SHIPPED_PREFIX}{name}")
        if beside is not None and not self._is_allowed(path, beside):
            return no_such_recipe(name)
        if os.path.exists(path):
            return self._file(path, beside)
        return no_such_recipe(name, path)

    def _is_allowed(self, path: Path, beside: str) -> bool:
        """Whether a recipe may include a file; nothing more is said of one that it may not."""
        own = shipped_recipes() if beside.startswith(SHIPPED_PREFIX) else None
        if own is not None:
            return os.path.realpath(path) in {str(at) for at in own.values()}
        return is_below(path, (*self.include_roots, _folder_of(beside)))

    def _file(self, path: Path, beside: str | None) -> FoundRecipe | NotFound:
        if beside is None:
            return self.at(path)
        if not self._is_allowed(path, beside):
            hint = "move it there, or allow its folder with --include-root (in Python, with FileLibrary)"
            return NotFound(f"{path} is not below the folder of the recipe, so it is not read", hint)
        return self.at(path, included=True)

    def _path(self, reference: str, beside: str | None) -> Path:
        if beside is None or beside.startswith("<"):
            return Path(reference)
        if beside.startswith(SHIPPED_PREFIX):
            at = shipped_recipes().get(beside.removeprefix(SHIPPED_PREFIX))
            return at.parent / reference if at is not None else Path(reference)
        return Path(beside).parent / reference

    def at(self, path: Path, *, included: bool = False) -> FoundRecipe | NotFound:
        """Return the recipe in a file.

        Args:
            path: the path of the file.
            included: whether another recipe names it: then it must be a regular file.

        Returns:
            The recipe, or why there is none, with the name of a similar file.

        """
        if os.path.isdir(path):
            return NotFound(f"{path} is a folder", "name a recipe in it")
        if not os.path.lexists(path):
            near = get_close_matches(path.name, _names_beside(path), 1, 0.7)
            return NotFound(f"there is no file {path}", f"did you mean {near[0]}?" if near else None)
        return read_recipe(path, str(path), included=included)


def _shipped_as(path: Path) -> str | None:
    """Return the name of the shipped recipe that a path leads to, so that it is included once however it is reached."""
    resolved = os.path.realpath(path)
    return next((SHIPPED_PREFIX + name for name, at in shipped_recipes().items() if str(at) == resolved), None)


def identity_of(name: str) -> str:
    """Return what two names of recipes have in common if they are names of one file, however they are spelt."""
    if name.startswith("<"):
        return name
    if name.startswith(SHIPPED_PREFIX):
        path = shipped_recipes().get(name.removeprefix(SHIPPED_PREFIX))
        return str(path) if path is not None else name
    try:
        return os.path.realpath(name)
    except (OSError, ValueError):
        return name


def is_file_reference(reference: str) -> bool:
    """Whether a reference can only be a file."""
    return reference.startswith((".", "/", "~")) or Path(reference).suffix != "" or Path(reference).is_absolute()


def _names_beside(path: Path) -> list[str]:
    try:
        return sorted(one.name for one in path.parent.iterdir())
    except OSError:
        return []


def no_such_recipe(name: str, path: Path | None = None) -> NotFound:
    """Return why nothing stands behind a name; `path` is where a file was looked for too."""
    known = sorted(shipped_recipes())
    beside = _names_beside(path) if path is not None else []
    near = get_close_matches(name, known, 1, 0.6)
    if name + SUFFIX in beside:
        hint = f"did you mean {name + SUFFIX!r}?"
    elif near:
        hint = f"did you mean {near[0]!r}?"
    else:
        hint = "bundled recipes are " + ", ".join(known)
    place = f", and there is no file {path}" if path is not None else ""
    return NotFound(f"no bundled recipe is called {name!r}{place}", hint)


def read_recipe(path: Path, name: str, *, included: bool = False) -> FoundRecipe | NotFound:
    """Read a recipe file; one that another recipe includes must be a regular file."""
    try:
        data = read_included(path) if included else read_named(path)
    except OSError as failure:
        return NotFound(f"{path} cannot be read: {failure.strerror}")
    except ValueError:
        return NotFound(f"{str(path)!r} is not a valid file name")
    return FoundRecipe(*decode(data, name))
