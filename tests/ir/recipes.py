"""Recipes written in a test, taken as far through the compiler as the test needs."""

from __future__ import annotations

from textwrap import dedent

from deidc.diagnostics import Diagnostic
from deidc.grammar.reader import read
from deidc.ir.builtin_functions import BUILTINS
from deidc.ir.compile import compile_recipe
from deidc.ir.program import Program
from deidc.ir.resolving.names import resolve
from deidc.ir.resolving.resolved import Resolved
from deidc.ir.signatures import Signature, Signatures
from deidc.source import Source

HEAD = "FORMAT dicom\n\n"


def whole(text: str) -> str:
    """Return a recipe; lines that are in no section are those of %header."""
    text = dedent(text).strip() + "\n"
    return HEAD + (text if text.startswith("%") else "%header\n" + text)


def resolved(
    text: str, *, supplied: tuple[str, ...] | None = None, variables: tuple[str, ...] | None = None
) -> tuple[Resolved, tuple[Diagnostic, ...]]:
    """Return a recipe with its names looked up, and what was said of them."""
    source = Source("<recipe>", whole(text))
    tree, said = read(source)
    assert not said, said
    functions = None if supplied is None else {name: Signature(name, open=True) for name in supplied}
    names = None if variables is None else frozenset(variables)
    return resolve(tree, Signatures(BUILTINS, functions, names), [source])


def program(text: str) -> Program:
    """Return the program of a recipe without errors."""
    return compile_recipe(whole(text))


def lines(made: Program) -> list[str]:
    """Return the ops that lines of the recipe stand for, as text without numbers and remarks."""
    from deidc.ir.writer import write_op

    return [write_op(op) for op, origin in zip(made.ops, made.origins, strict=True) if origin.line]
