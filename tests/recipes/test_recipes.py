"""The recipes that come with deidc: nothing is to be said of them, and what they do was reviewed."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import pytest

from deidc import Program, check_recipe, compile_recipe, format_recipe, read_program
from deidc.ir.library import SHIPPED_PREFIX, FileLibrary, FoundRecipe
from deidc.ir.program import OWN_ACCOUNT
from deidc.source import Source
from tests.golden_option import FOLDER, compare

RECIPES = Path(__file__).parents[2] / "recipes"
PROGRAMS = FOLDER / "programs"
NAMES = sorted(path.relative_to(RECIPES).with_suffix("").as_posix() for path in RECIPES.rglob("*") if path.is_file())


def source_of(name: str) -> Source:
    """Return a shipped recipe as users get it, by name."""
    found = FileLibrary().find(SHIPPED_PREFIX + name, None)
    assert isinstance(found, FoundRecipe)
    assert found.said == ()
    return found.source


def without_parts(program: Program, name: str) -> str:
    """Return the text of a program, the ops of each included recipe as one line, and the digest of all of it."""
    lines = program.text.splitlines(keepends=True)
    head = lines[: len(lines) - len(program.ops)]
    body = zip(program.origins, lines[len(head) :], strict=True)
    told = [program.digest + "\n", *head]
    for recipe, ops in groupby(body, key=lambda line: line[0].recipe):
        own = [text for _, text in ops]
        told.extend(own if recipe in (name, OWN_ACCOUNT.recipe) else [f"     {len(own)} ops of {recipe}\n"])
    return "".join(told)


def test_every_file_is_a_recipe():
    """What lies in the folder has the suffix by which recipes are found."""
    assert {path.suffix for path in RECIPES.rglob("*") if path.is_file()} == {".deid"}


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_to_be_said_of_a_recipe(name: str):
    """No error, warning or note but those ignored with a reason; fmt leaves it; its first line tells what it is."""
    source = source_of(name)
    assert check_recipe(source).diagnostics == ()
    assert format_recipe(source) == source.text
    first, second = source.text.split("\n")[:2]
    assert first.startswith("# ")
    assert len(first) <= 120
    assert second in ("", "#")


@pytest.mark.parametrize("name", NAMES)
def test_the_program_of_a_recipe_was_reviewed(name: str, request: pytest.FixtureRequest):
    """The program is the one on record, and reads back equal; parts of it that were included have their own record."""
    program = compile_recipe(source_of(name), strict=True)
    compare(request, PROGRAMS / f"{name}.program", without_parts(program, SHIPPED_PREFIX + name))
    again = read_program(program.text)
    assert again == program
    assert again.digest == program.digest


def test_no_program_is_on_record_for_a_recipe_that_is_gone():
    """Recipes and recorded programs have the same names."""
    recorded = {path.relative_to(PROGRAMS).with_suffix("").as_posix() for path in PROGRAMS.rglob("*.program")}
    assert recorded == set(NAMES)


def test_variants_of_the_default_differ_in_what_they_say():
    """default-keyed is default but for Patient ID, UIDs and its name; the labels are the same."""
    ops = {name: set(compile_recipe(source_of(name)).ops) for name in ("default", "default-keyed")}
    differing = ops["default"] ^ ops["default-keyed"]
    assert len(differing) == 6
