"""The recipes that come with deidc."""

from __future__ import annotations

import pytest

from deidc import check_recipe, compile_recipe, format_recipe, read_program
from deidc.ir.library import shipped_recipes


@pytest.mark.parametrize("name", shipped_recipes())
def test_a_shipped_recipe_is_without_complaint_and_in_form(name: str):
    """Nothing is to be said of a shipped recipe, and fmt leaves it as it is."""
    path = shipped_recipes()[name]
    assert check_recipe(path).diagnostics == ()
    assert format_recipe(path) == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", shipped_recipes())
def test_a_shipped_program_reads_back(name: str):
    """The text of a shipped recipe's program is read back as an equal program."""
    program = compile_recipe(shipped_recipes()[name])
    assert read_program(program.text) == program
    assert read_program(program.text).digest == program.digest
