"""Find the recipes in a folder by their content; what a project ignores is not looked at."""

from __future__ import annotations

import os
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from attrs import define, field

from deidc.cli.arguments.gitignore import Pattern, is_excluded, pattern_of, patterns_of
from deidc.dicom.part10 import PREAMBLE, PREFIX
from deidc.grammar.complaints import ACTION_WORDS, SECTIONS
from deidc.grammar.reader import decode

# Folders of tools, in which nobody keeps recipes.
_TOOLS = frozenset(
    {".git", ".hg", ".svn", ".venv", ".tox", ".nox", ".deidc", "node_modules", "__pycache__", "__pypackages__"}
)
_CACHE = re.compile(r"\..*_cache\Z")
_BEGINNING = 16 << 10  # bytes of a file that decide whether it is a recipe
_BY_NAME = (".deid", ".recipe")
_LIKE_A_NAME = re.compile(r"deid|recipe", re.IGNORECASE)
_FIRST_LINE = re.compile(rf"FORMAT[ \t]+\w|(?:{'|'.join(map(re.escape, SECTIONS))})(?!\S)", re.IGNORECASE)
_ACTION_LINE = re.compile(rf"(?:{'|'.join(ACTION_WORDS)})[ \t]+\S", re.IGNORECASE)


def is_dicom(data: bytes) -> bool:
    """Whether bytes begin as a DICOM file begins: with a preamble, or with its first groups."""
    return data.startswith(PREFIX, PREAMBLE) or data[:2] in (b"\x02\x00", b"\x08\x00", b"\x00\x08")


def is_text(data: bytes) -> bool:
    """Whether bytes may be text: NUL characters are a mistake in a text, and every other byte of many binary files.

    Text in UTF-16 is known by its byte order mark.
    """
    return data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) or data.count(0) * 50 <= len(data)


def is_recipe(name: str, data: bytes) -> bool:
    """Whether a file is a recipe, by the first bytes of its content; the suffixes .deid and .recipe say so, too."""
    if is_dicom(data) or not is_text(data):
        return False
    if name.lower().endswith(_BY_NAME):
        return True
    lines = (line.strip() for line in decode(data, name)[0].text.split("\n"))
    first = next((line for line in lines if line and not line.startswith("#")), "")
    if _FIRST_LINE.match(first):
        return True
    return _LIKE_A_NAME.search(name) is not None and _ACTION_LINE.match(first) is not None


def recipes_in(folder: Path, exclude: Sequence[str] = ()) -> list[Path]:
    """Return the recipes below a folder, sorted.

    Patterns of `.gitignore` files count in the folder, and in the folders above it up to that of the repository.

    Args:
        folder: the folder; links to folders in it are not followed.
        exclude: patterns of files and folders to leave out, as `.gitignore` has them.

    """
    given = [one for text in exclude if (one := pattern_of(text)) is not None]
    walk = _Walk(folder, _repository(folder), given)
    walk.read_above()
    return sorted(walk.recipes())


def _repository(folder: Path) -> Path:
    """Return the folder of the repository that a folder is in, or the folder itself."""
    real = Path(os.path.realpath(folder))
    return next((one for one in (real, *real.parents) if (one / ".git").exists()), real)


@define(eq=False)
class _Walk:
    """A walk through a folder with the patterns that are known so far."""

    top: Path
    root: Path  # what patterns of .gitignore are relative to, links resolved
    excluded: list[Pattern]
    ignored: list[Pattern] = field(factory=list)

    def read_above(self) -> None:
        """Read the patterns of the folders between that of the repository and that of the walk."""
        real = Path(os.path.realpath(self.top))
        for folder in reversed(real.parents):
            if folder.is_relative_to(self.root) and (folder / ".gitignore").is_file():
                self._read_ignored(folder)

    def recipes(self) -> Iterator[Path]:
        """Yield the recipes."""
        for here, folders, names in os.walk(self.top):
            path = Path(here)
            if ".gitignore" in names:
                self._read_ignored(path)
            folders[:] = sorted(one for one in folders if self._is_entered(path / one))
            for name in names:
                if not self._leaves_out(path / name, is_folder=False) and _holds_recipe(path / name):
                    yield path / name

    def _read_ignored(self, folder: Path) -> None:
        try:
            text = (folder / ".gitignore").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return
        base = self._from_root(folder).as_posix()
        self.ignored.extend(patterns_of(text, "" if base == "." else base))

    def _is_entered(self, folder: Path) -> bool:
        if folder.name in _TOOLS or _CACHE.match(folder.name) or (folder / "pyvenv.cfg").is_file():
            return False
        return not self._leaves_out(folder, is_folder=True)

    def _leaves_out(self, path: Path, *, is_folder: bool) -> bool:
        from_top = PurePosixPath(path.relative_to(self.top).as_posix())
        return is_excluded(self._from_root(path), self.ignored, is_folder=is_folder) or is_excluded(
            from_top, self.excluded, is_folder=is_folder
        )

    def _from_root(self, path: Path) -> PurePosixPath:
        real = Path(os.path.realpath(path.parent)) / path.name if path != self.top else Path(os.path.realpath(path))
        return PurePosixPath(real.relative_to(self.root).as_posix())


def _holds_recipe(path: Path) -> bool:
    if not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            return is_recipe(path.name, file.read(_BEGINNING))
    except OSError:
        return path.name.lower().endswith(_BY_NAME)  # reading it again reports why it cannot be read
