"""The public names: all can be had, and every type in the signature of one is public too."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
import types
import typing
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import pytest

import deidc

# What a public class has for the other rooms of deidc: no caller is asked to make or take what stands there.
INTERNAL = {
    "Machine.__init__": "made by Machine.link",
    "Machine.run_on_bytes": "the stream engine; callers have clean_bytes",
    "Detector.__init__": "made by Detector.of",
    "Lists.of": "made by Machine.lists",
}
PUBLIC = {name: getattr(deidc, name) for name in deidc.__all__}


def types_of(annotation: object) -> Iterator[type]:
    """Yield the classes in an annotation, those in its arguments too."""
    if isinstance(annotation, str | typing.ForwardRef):
        raise AssertionError(f"{annotation!r} was not resolved")
    if isinstance(annotation, list | tuple):
        for one in annotation:
            yield from types_of(one)
    elif typing.get_origin(annotation) is not None:
        yield from types_of(typing.get_origin(annotation))
        yield from types_of(typing.get_args(annotation))
    elif isinstance(annotation, type):
        yield annotation


def functions_of(name: str, found: object) -> Iterator[tuple[str, object]]:
    """Yield what has annotations in a public name, with its own name: a function, or a class and its public members."""
    if inspect.isfunction(found):
        yield name, found
    elif isinstance(found, type):
        if not issubclass(found, Enum):
            yield f"{name}.__init__", found.__init__
        for member, one in vars(found).items():
            function = one.fget if isinstance(one, property) else getattr(one, "__func__", one)
            if inspect.isfunction(function) and not member.startswith("_"):
                yield f"{name}.{member}", function


def is_public(one: type) -> bool:
    """Whether a class can be imported from deidc, or from a module that is public."""
    modules = [found for found in PUBLIC.values() if isinstance(found, types.ModuleType)]
    return any(one is found for found in PUBLIC.values()) or any(getattr(m, one.__name__, 0) is one for m in modules)


@pytest.mark.parametrize("name", deidc.__all__)
def test_every_type_in_a_public_signature_is_public(name: str):
    """A caller can annotate what it is given, and make what it has to give."""
    for where, function in functions_of(name, PUBLIC[name]):
        if where in INTERNAL:
            continue
        for annotation in typing.get_type_hints(function).values():
            for one in types_of(annotation):
                assert not one.__module__.startswith("deidc.") or is_public(one), f"{where}: {one}"


def test_what_is_excused_is_there():
    """An exception that excuses nothing is taken out."""
    assert {where for name in PUBLIC for where, _ in functions_of(name, PUBLIC[name])} >= INTERNAL.keys()


def test_the_types_that_a_checker_sees_are_those_that_python_has():
    """The names are written twice, once for type checkers: both are the same names from the same modules."""
    tree = ast.parse(Path(deidc.__file__).read_text(encoding="utf-8"))
    block = next(one for one in tree.body if isinstance(one, ast.If))
    seen = {(one.module, alias.name) for one in block.body if isinstance(one, ast.ImportFrom) for alias in one.names}
    assert seen == {(home, name) for name, home in deidc._HOMES.items()} | {("deidc.ir", "ops")}
    assert {name for _, name in seen} | {"__version__"} == set(deidc.__all__)


def test_dir_has_the_public_names_and_loads_none():
    """Completion in a notebook shows them, and importing deidc takes no time."""
    script = """
import sys, deidc
assert set(deidc.__all__) <= set(dir(deidc))
print([name for name in sys.modules if name.startswith("deidc.") or name in ("pydicom", "lark", "attrs")])
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("['deidc.version']\n", "")


@pytest.mark.parametrize("name", [name for name, one in PUBLIC.items() if isinstance(one, type)])
def test_every_public_exception_has_one_root(name: str):
    """A host catches DeidcError and has caught them all."""
    one = PUBLIC[name]
    assert not issubclass(one, BaseException) or issubclass(one, deidc.DeidcError)


@pytest.mark.parametrize(
    ("name", "base"),
    [
        ("ProgramError", ValueError),
        ("TableError", ValueError),
        ("VariablesError", ValueError),
        ("TemplateError", ValueError),
        ("MissingExtra", ImportError),
        ("MissingDetector", ImportError),
        ("RecipeNotFound", FileNotFoundError),
        ("ArgumentError", TypeError),
    ],
)
def test_exceptions_keep_their_bases(name: str, base: type[Exception]):
    """Callers that catch a class of Python's go on catching it."""
    assert issubclass(PUBLIC[name], base)
