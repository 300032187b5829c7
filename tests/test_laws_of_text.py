"""Laws of reading and writing: what is written reads back, and layout is no meaning."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from typing import get_args

import pytest
from hypothesis import example, given, seed, settings
from hypothesis import strategies as st

from deidc import CompileError, Program, ProgramError, check_recipe, compile_recipe, format_recipe, read_program
from deidc.grammar import nodes
from deidc.grammar.reader import read
from deidc.grammar.writer import write
from deidc.ir import ops
from deidc.ir.library import shipped_recipes
from deidc.ir.load import concatenated
from deidc.ir.program import write_program
from deidc.source import Source
from tests.strategies.programs import programs
from tests.strategies.texts import recipe_texts


def tree_of(text: str) -> nodes.Recipe:
    return read(Source("<recipe>", text.replace("\r\n", "\n")))[0]


def without_empty_lines(recipe: nodes.Recipe) -> list[object]:
    """Return everything in a tree but empty lines, which fmt sets anew."""
    found: list[object] = []
    for item in recipe.items:
        body = getattr(item, "body", None)
        found.append(type(item).__name__ if body is not None else item)
        if body is not None:
            found.append((getattr(item, "name", None), item.remark))
        for line in body or ():
            found.append((line.name, line.remark) if isinstance(line, nodes.Label) else line)
            found.extend(getattr(line, "body", ()))
    return [one for one in found if not isinstance(one, nodes.EmptyLine)]


@given(st.text())
@example("FORMAT dicom\n%header\nREMOVE \ud800\n")
@example("\ufeffFORMAT dicom\r\n")
@example("%filter\nLABEL\ncoordinates\n+\n||\n")
@example("%header\nREPLACE X " + "a " * 5000)
@example("%header\nREMOVE " + "A__" * 3000 + "B")
@example("%header\nREMOVE contains:" + "(" * 2000)
def test_checking_never_fails(text):
    """Any text at all is checked without an exception."""
    check_recipe(text)


@given(recipe_texts(), st.data())
def test_checking_broken_recipes_never_fails(text, data):
    """A recipe cut or changed anywhere is checked without an exception."""
    at = data.draw(st.integers(0, len(text)))
    check_recipe(text[:at] + data.draw(st.text(max_size=3)) + text[at + data.draw(st.integers(0, 3)) :])


@given(recipe_texts())
def test_formatting_loses_nothing(text):
    """What fmt writes reads back as the same tree, comments and remarks included."""
    tree = tree_of(text)
    assert without_empty_lines(tree_of(write(tree))) == without_empty_lines(tree)


@given(recipe_texts())
def test_formatting_twice_changes_nothing(text):
    """fmt of its own output is that output."""
    once = write(tree_of(text))
    assert write(tree_of(once)) == once


@given(recipe_texts())
def test_formatting_keeps_the_program(text):
    """The formatted recipe has the digest of the original."""
    try:
        program = compile_recipe(text)
    except CompileError:
        return
    assert compile_recipe(format_recipe(text)).digest == program.digest


@given(recipe_texts())
def test_layout_is_no_meaning(text):
    """Comments, empty lines and indentation leave the digest."""
    try:
        program = compile_recipe(text)
    except CompileError:
        return
    lines = text.replace("\r\n", "\n").split("\n")
    loose = "\n".join(part for line in lines for part in ("   # a comment", "", "  " + line))
    assert compile_recipe(loose).digest == program.digest


@given(recipe_texts(), recipe_texts(), recipe_texts())
def test_merging_is_associative_and_knows_nothing_as_nothing(a, b, c):
    """Recipes laid one after the other do not care how they are grouped."""
    first, second, third = tree_of(a), tree_of(b), tree_of(c)
    assert concatenated([concatenated([first, second]), third]) == concatenated([first, concatenated([second, third])])
    assert concatenated([nodes.Recipe(()), first]) == concatenated([first, nodes.Recipe(())]) == concatenated([first])


@given(programs().filter(lambda program: program.ops))
def test_program_text_reads_back(program):
    """What a program prints is read as an equal program, origins included; one without ops is refused."""
    again = read_program(program.text)
    assert again == program
    assert again.origins == program.origins
    assert read_program(write_program(program, remarks=False)) == program


@given(programs())
def test_programs_are_pickled(program):
    """A program survives pickling with its digest and hash."""
    again = pickle.loads(pickle.dumps(program))
    assert again == program
    assert (again.digest, hash(again)) == (program.digest, hash(program))


@given(st.text())
def test_any_text_is_a_program_or_a_program_error(text):
    """Reading program text raises nothing else than ProgramError."""
    for candidate in (text, "deidc program 1\n" + text, "deidc program 1\nformat dicom\n0000 " + text):
        try:
            found = read_program(candidate)
        except ProgramError:
            continue
        assert isinstance(found, Program)


@given(programs(), st.data())
def test_changed_program_text_never_fails_otherwise(program, data):
    """Program text with a piece taken out is a program or a ProgramError."""
    text = program.text
    start = data.draw(st.integers(0, len(text)))
    try:
        read_program(text[:start] + text[start + data.draw(st.integers(1, 5)) :])
    except ProgramError:
        return


def test_every_kind_of_fact_is_drawn():
    """The strategies draw every op, selector, operand and condition, so the laws are about all of them."""
    seen: set[type] = set()

    wanted = {*ops.OPS, *ops.SELECTORS, *ops.OPERANDS, *get_args(ops.Condition)}
    for number in range(16):  # each time others, and only as many as it takes

        @seed(number)
        @settings(max_examples=50, derandomize=False, database=None)
        @given(programs())
        def draw(program):
            seen.update(type(fact) for fact in _facts(program.ops))

        draw()
        if wanted <= seen:
            break
    assert wanted <= seen


def _facts(value: object):
    if isinstance(value, tuple):
        for one in value:
            yield from _facts(one)
    elif hasattr(value, "__attrs_attrs__"):
        yield value
        for attribute in value.__attrs_attrs__:
            yield from _facts(getattr(value, attribute.name))


@pytest.mark.parametrize("name", ["default"])
def test_compiling_is_the_same_in_every_process(name):
    """Hash seeds and processes change not a byte of a program."""
    path = shipped_recipes()[name]
    script = f"from pathlib import Path; import deidc; print(deidc.compile_recipe(Path({str(path)!r})).text)"
    outputs = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert len(outputs) == 1
