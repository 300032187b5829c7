"""Recipes as callers have them: every form gives the same program, and what is none says what to do."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

import deidc
from deidc import (
    ArgumentError,
    CompileError,
    DeidcError,
    Functions,
    LinkError,
    Machine,
    ProgramError,
    RecipeNotFound,
    Source,
    compile_recipe,
    link_recipe,
)

TEXT = "FORMAT dicom\n\n%header\nREMOVE PatientName\n"
CALLING = "FORMAT dicom\n\n%vars\nVAR who text\n\n%header\nREPLACE PatientName var:who\nREPLACE PatientID func:shout\n"


def shout(field):
    return str(field.value).upper()


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_form_of_a_recipe_is_the_same_program(tmp_path, newline):
    """Text, a path, a source, a program and its text; line ends do not matter."""
    path = tmp_path / "my.deid"
    path.write_bytes(TEXT.replace("\n", newline).encode())
    program = compile_recipe(TEXT)
    printed = tmp_path / "my.program"
    printed.write_text(program.text)
    forms = [TEXT.replace("\n", newline), path, Source("a", TEXT), program, program.text, printed]
    assert [link_recipe(form).program.ops for form in forms] == [program.ops] * len(forms)


@pytest.mark.parametrize("name", ["default", "deidc:default", "parts/dates-removed"])
def test_bundled_recipes_go_by_their_names(name):
    """They are those in the folder of recipes, for the compiler as well."""
    path = Path(__file__).parents[2] / "recipes" / f"{name.removeprefix('deidc:')}.deid"
    expected = compile_recipe(path).ops
    assert link_recipe(name).program.ops == expected
    assert compile_recipe(name).ops == expected
    assert deidc.format_recipe(name) == path.read_text(encoding="utf-8")


def test_a_bundled_recipe_is_not_shadowed_by_a_file(tmp_path, monkeypatch):
    """A file is named by a Path, so a name means the same in every folder."""
    monkeypatch.chdir(tmp_path)
    Path("default").write_text(TEXT)
    assert link_recipe("default").program.ops == compile_recipe("deidc:default").ops
    assert link_recipe(Path("default")).program.ops == compile_recipe(TEXT).ops


@pytest.mark.parametrize(
    ("recipe", "error", "message"),
    [
        ("defualt", RecipeNotFound, "did you mean 'default'?"),
        ("nothing-like-it", RecipeNotFound, "bundled recipes are "),
        ("missing.deid", RecipeNotFound, r"there is no such file, and a file would be given as pathlib.Path\('missing"),
        ("there.deid", RecipeNotFound, r"a file is given as pathlib.Path\('there.deid'\)"),
        ("recipes/missing", RecipeNotFound, "pathlib.Path"),
        ("x" * 400, RecipeNotFound, "none has a name of that length"),
        (Path("missing.deid"), RecipeNotFound, "there is no file missing.deid"),
        (Path("ther.deid"), RecipeNotFound, "did you mean there.deid?"),
        (Path(), RecipeNotFound, "is a folder"),
        (TEXT.encode(), ArgumentError, "not given as bytes"),
        (None, ArgumentError, "a NoneType is no recipe"),
        (42, ArgumentError, "a int is no recipe"),
        ("", CompileError, "error"),
        ("FORMAT dicom", CompileError, "DC506"),
        ("FORMAT dicom\n%header\nREMOVE PatientsName\n", CompileError, "DC205"),
        ("deidc program 1\nnonsense\n", ProgramError, ""),
    ],
    ids=repr,
)
def test_what_is_no_recipe_says_what_to_do(tmp_path, monkeypatch, recipe, error, message):
    """The message has the nearest name, or the form that is taken."""
    monkeypatch.chdir(tmp_path)
    Path("there.deid").write_text(TEXT)
    if error is None:
        assert link_recipe(recipe).program.ops is not None
        return
    with pytest.raises(error, match=message) as failure:
        link_recipe(recipe)
    assert isinstance(failure.value, DeidcError)
    assert str(pickle.loads(pickle.dumps(failure.value))) == str(failure.value)


def test_variables_and_functions_are_bound_or_named():
    """A function is given by name or in a Functions; what is missing is named at once."""
    with pytest.raises(LinkError) as failure:
        link_recipe(CALLING)
    assert (failure.value.variables, failure.value.functions) == (("who",), ("shout",))
    for functions in ({"shout": shout}, Functions().with_function("shout", shout)):
        assert isinstance(link_recipe(CALLING, variables={"who": "x"}, functions=functions), Machine)
        assert isinstance(link_recipe(CALLING, per_object=["who"], functions=functions), Machine)
    with pytest.raises(CompileError):
        link_recipe(CALLING, variables={"who": "x"}, functions={"whisper": shout})
    with pytest.raises(ArgumentError):
        link_recipe(CALLING, variables={"who": "x"}, functions=[shout])


def test_a_machine_is_linked_once():
    """It is not linked again, and its functions are not changed behind its back."""
    machine = link_recipe(TEXT)
    with pytest.raises(ArgumentError, match="linked already"):
        link_recipe(machine)
    with pytest.raises(ArgumentError, match="link_recipe"):
        deidc.clean_bytes(machine, b"", functions={"shout": shout})


def test_what_a_recipe_needs_is_missed_before_the_first_object():
    """Packages are asked for when a recipe is linked, as the command does."""
    recipe = "FORMAT dicom\n\n%filter graylist\n\nLABEL x\n  present Rows\n  coordinates ocr:nowhere\n"
    with pytest.raises(deidc.MissingDetector):
        link_recipe(recipe)
