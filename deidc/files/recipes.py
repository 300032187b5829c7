"""Turn a recipe, as a Python caller has it, into a program or a linked machine."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TypeAlias

from deidc.diagnostics import CompileError, Report
from deidc.errors import ArgumentError, DeidcError
from deidc.ir.compile import check_and_compile
from deidc.ir.library import FileLibrary, FoundRecipe, NotFound, bundled_recipe, no_such_recipe
from deidc.ir.program import Program
from deidc.ir.reader import is_program, read_program
from deidc.pixels.text.detectors import require_for_pixels
from deidc.runtime.functions.registry import Functions
from deidc.runtime.machine import Machine
from deidc.source import Source

Recipe: TypeAlias = Path | str | Source | Program | Machine
CallerFunctions: TypeAlias = Functions | Mapping[str, Callable[..., object]]

_LONGEST_NAME = 60


class RecipeNotFound(DeidcError, FileNotFoundError):
    """A path or a name stands for no recipe; the message says what may be meant."""


def link_recipe(
    recipe: Recipe,
    *,
    variables: Mapping[str, object] | None = None,
    functions: CallerFunctions | None = None,
    per_object: Collection[str] = (),
) -> Machine:
    """Compile a recipe and bind it to variables and functions.

    Compiling takes about a second for the bundled recipes, cleaning an object a few milliseconds. Link once, at the
    start of a service or a notebook, and pass the machine wherever a recipe is taken. A machine can be shared between
    threads.

    Args:
        recipe: the path of a file, recipe text, the name of a bundled recipe such as `"default"`, a Source, or a
            compiled Program. A file and text may also hold a program that `deidc compile` printed.
        variables: variables with the same value for all objects.
        functions: the functions that `func:` calls, by name, or a Functions.
        per_object: names of variables that each call will supply.

    Returns:
        A machine for `clean_bytes`, `clean_file` and `Machine.run`.

    Raises:
        RecipeNotFound: no file or bundled recipe has that name.
        CompileError: the recipe has errors; `report` has all of them.
        ProgramError: the text of a program cannot be read.
        LinkError: variables or functions are missing.
        MissingExtra: the recipe blanks pixels, and the extra `pixels` is not installed.
        MissingDetector: the recipe names a text detector that is not installed.
        ArgumentError: `recipe` is none of these.

    Example:
        >>> from deidc import link_recipe
        >>> import secrets
        >>> machine = link_recipe("default-keyed", variables={"key": secrets.token_hex(32)})
        >>> [variable.name for variable in machine.program.needs.variables]
        ['key']

    """
    if isinstance(recipe, Machine):
        raise ArgumentError("a machine is linked already; give the recipe, or the program in `machine.program`")
    supplied = _supplied(functions)
    program = program_of(recipe, supplied if functions is not None else None)
    require_for_pixels(program)
    return Machine.link(program, supplied, variables=variables, per_object=per_object)


def machine_for(
    recipe: Recipe, variables: Mapping[str, object] | None, functions: CallerFunctions | None
) -> tuple[Machine, Mapping[str, object]]:
    """Return the machine of a recipe, and the variables that each call of it still takes.

    Raises as `link_recipe`.
    """
    if not isinstance(recipe, Machine):
        return link_recipe(recipe, variables=variables, functions=functions), {}
    if functions is not None:
        raise ArgumentError("functions are bound when a machine is linked; give them to link_recipe")
    return recipe, variables or {}


def program_of(recipe: Recipe, functions: Functions | None = None) -> Program:
    """Return the program of a recipe; `functions` are those that the caller supplies. Raises as `link_recipe`."""
    match recipe:
        case Program():
            return recipe
        case Machine():
            return recipe.program
        case Source():
            found = FoundRecipe(recipe)
        case Path():
            found = _found(FileLibrary().at(recipe))
        case str():
            found = _named(recipe) if _is_name(recipe) else FoundRecipe(Source("<recipe>", _lines(recipe)))
        case bytes() | bytearray() | memoryview():
            raise ArgumentError("a recipe is not given as bytes; decode them to text, or give the path of the file")
        case _:
            kind = type(recipe).__name__
            raise ArgumentError(f"a {kind} is no recipe; give a Path, text, a Source, a Program, a Machine or a name")
    return _compiled(found, functions)


def _compiled(found: FoundRecipe, functions: Functions | None) -> Program:
    if is_program(found.source.text):
        return read_program(found.source.text)
    report, program = check_and_compile(
        found.source, signatures=functions.signatures() if functions else None, for_run=True
    )
    # What is wrong with the bytes of a file is known where they were decoded.
    report = Report.of(report.sources, found.said, report.diagnostics)
    if program is None or report.errors:
        raise CompileError(report)
    return program


def _supplied(functions: CallerFunctions | None) -> Functions:
    supplied = Functions.standard()
    match functions:
        case None:
            return supplied
        case Functions():
            return supplied.with_(functions)
        case Mapping():
            for name, function in functions.items():
                supplied = supplied.with_function(name, function)
            return supplied
        case _:
            raise ArgumentError(f"functions are given as a mapping or a Functions, not as a {type(functions).__name__}")


def _is_name(text: str) -> bool:
    """Whether text of one line is a name: a recipe has more than one, unless it is cut off behind its first word."""
    return bool(text.strip()) and not set("\r\n") & set(text) and not text.startswith(("FORMAT", "%"))


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _named(name: str) -> FoundRecipe:
    found = bundled_recipe(name)
    if found is not None:
        return _found(found)
    if len(name) > _LONGEST_NAME:
        raise RecipeNotFound("a str of one line is the name of a bundled recipe, and none has a name of that length")
    if Path(name).suffix or {"/", "\\"} & set(name):
        there = "a file is" if Path(name).is_file() else "there is no such file, and a file would be"
        raise RecipeNotFound(f"no bundled recipe is called {name!r}; {there} given as pathlib.Path({name!r})")
    return _found(no_such_recipe(name))


def _found(found: FoundRecipe | NotFound) -> FoundRecipe:
    if isinstance(found, FoundRecipe):
        return found
    raise RecipeNotFound(f"{found.reason} ({found.hint})" if found.hint else found.reason)
