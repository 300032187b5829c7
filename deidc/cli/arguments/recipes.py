"""Find the recipes that a user names: files, folders, patterns, bundled recipes, standard input."""

from __future__ import annotations

import glob
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import click
from attrs import field, frozen

from deidc.batch.outputs.atomic import write_atomically
from deidc.batch.outputs.content import Content
from deidc.cli.arguments.folders import is_dicom, is_text, recipes_in
from deidc.cli.command import DeclaresOption, F
from deidc.cli.exits import Failed, Unusable
from deidc.diagnostics import Diagnostic, Report
from deidc.grammar.reader import decode
from deidc.ir.compile import find_recipe
from deidc.ir.library import FileLibrary, NotFound, is_file_reference, shipped_recipes
from deidc.ir.recipe_files import read_named
from deidc.source import Source

_STDIN = "<stdin>"


def include_roots(option: DeclaresOption) -> Callable[[F], F]:
    """Return the option `--include-root`, declared by `click.option` or by a section of `--help`."""
    return option(
        "--include-root",
        "library",
        multiple=True,
        metavar="FOLDER",
        type=click.Path(path_type=Path, exists=True, file_okay=False),
        callback=lambda _context, _option, folders: FileLibrary(folders),
        help="Also allow recipes to include files below FOLDER.",
    )


with_include_roots: Callable[[F], F] = include_roots(click.option)

exclude_option = click.option(
    "--exclude", multiple=True, metavar="PATTERN", help="Leave out files and folders that match, as in .gitignore."
)

# Every command that takes a recipe takes it this way too.
recipe_option = click.option("-r", "--recipe", "named", metavar="RECIPE", help="The recipe.")


def named_once(argument: str | None, option: str | None) -> str:
    """Return the recipe that is named by an argument or by `--recipe`. Raises UsageError for none and for two."""
    if argument is not None and option is not None:
        raise click.UsageError("the recipe is named twice: write it as an argument or with --recipe")
    name = argument if argument is not None else option
    if name is None:
        raise click.UsageError("Missing argument 'RECIPE': name a recipe file or a bundled recipe")
    return name


def all_named(arguments: tuple[str, ...], options: tuple[str, ...]) -> tuple[str, ...]:
    """Return the recipes that arguments and `--recipe` name. Raises UsageError for none."""
    if not arguments and not options:
        raise click.UsageError("Missing argument 'RECIPE...': name a file, a folder, a pattern or a bundled recipe")
    return (*arguments, *options)


@frozen
class Given:
    """A recipe that was named; `path` is its file, or None for standard input and what comes with deidc.

    `said` are complaints about its bytes.
    """

    source: Source
    said: tuple[Diagnostic, ...]
    path: Path | None = None
    data: bytes = field(default=b"", repr=False)

    @property
    def is_stdin(self) -> bool:
        """Whether the recipe came from standard input."""
        return self.source.name == _STDIN

    @property
    def report(self) -> Report:
        """The complaints about its bytes; a recipe that has some must not be written back."""
        return Report.of([self.source], self.said)


def recipes_of(names: Iterable[str], exclude: Sequence[str] = ()) -> list[Given]:
    """Return the recipes that names stand for, none twice. Raises Unusable for a name that stands for none.

    `exclude` are patterns of what is left out of folders.
    """
    found = {given.source.name: given for name in names for given in _recipes_of(name, exclude)}
    return list(found.values())


def _recipes_of(name: str, exclude: Sequence[str]) -> list[Given]:
    path = Path(name)
    if path.is_dir():
        paths = recipes_in(path, exclude)
        if not paths:
            raise Unusable(f"no recipe found in {name}: no file begins with FORMAT or a section, or is named *.deid")
        return [_read(one) for one in paths]
    if name != "-" and not path.exists() and glob.has_magic(name):
        found = sorted(glob.glob(name, recursive=True))
        if not found:
            raise Unusable(f"no file matches {name}")
        return [one for each in found for one in _recipes_of(each, exclude)]
    return [one_recipe(name)]


def one_recipe(name: str) -> Given:
    """Return the recipe that one name stands for. Raises Unusable if there is none."""
    if name == "-":
        source, said = decode(sys.stdin.buffer.read(), _STDIN)
        return Given(source, said)
    if Path(name).is_file() and (is_file_reference(name) or name not in shipped_recipes()):
        return _read(Path(name))
    found = find_recipe(name)
    if isinstance(found, NotFound):
        hint = f" ({found.hint})" if found.hint else ""
        raise Unusable(f"{found.reason}{hint}")
    return Given(found.source, found.said)


def _read(path: Path) -> Given:
    try:
        data = read_named(path)
    except OSError as failure:
        raise Unusable(f"{path} cannot be read: {failure.strerror}") from None
    if is_dicom(data):
        raise Unusable(f"{path} is a DICOM file, not a recipe")
    if not is_text(data):
        raise Unusable(f"{path} is not text, so it is not a recipe")
    source, said = decode(data, str(path))
    return Given(source, said, path, data)


def write_back(given: Given, text: str) -> None:
    """Put text in the place of a recipe: in its file, or on standard output if it came from standard input."""
    if given.is_stdin:
        click.echo(text, nl=False)
    elif given.path is None:
        raise Unusable(f"{given.source.name} is a bundled recipe and cannot be changed; copy it first")
    else:
        write_text(given.path, text)


def write_text(path: Path, text: str) -> None:
    """Write a file whole, or leave the one that is there. Raises Failed."""
    try:
        write_atomically(path.resolve(), Content.of(text.encode()), overwrite=True)
    except OSError as failure:
        raise Failed(f"{path} cannot be written: {failure.strerror}") from None
