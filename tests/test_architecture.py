"""The rooms of the house: who may import whom, and what no room does."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import deidc

PACKAGE = Path(deidc.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))

# A room may import rooms that stand to its left in its own row, and nothing else of deidc.
PROGRAM = ("deidc.ir.ops", "deidc.ir.program", "deidc.ir.signatures", "deidc.ir.builtin_functions", "deidc.ir.roles")
GROUND = (
    "deidc.source",
    "deidc.diagnostics",
    "deidc.codes",
    "deidc.patterns",
    "deidc.version",
    "deidc.vocabulary",
    "deidc.dicom",
    "deidc.errors",
    "deidc.guarded",
    "deidc.visible",
)
ALLOWED = {
    "deidc.source": (),
    "deidc.patterns": ("deidc.patterns",),
    "deidc.version": (),
    "deidc.vocabulary": (),
    "deidc.errors": (),
    "deidc.guarded": (),
    "deidc.visible": (),
    "deidc.diagnostics": ("deidc.source", "deidc.errors"),
    "deidc.codes": ("deidc.diagnostics",),
    "deidc.dicom": ("deidc.dicom",),
    "deidc.grammar": (*GROUND, "deidc.grammar"),
    "deidc.ir": (*GROUND, "deidc.grammar", "deidc.ir", "deidc.ignores"),
    "deidc.ignores": (*GROUND, "deidc.grammar"),
    "deidc.fixes": GROUND,
    "deidc.migration": (*GROUND, "deidc.grammar", "deidc.ir", "deidc.fixes", "deidc.migration"),
    "deidc.runtime": (*GROUND, *PROGRAM, "deidc.runtime"),
    "deidc.pixels": (*GROUND, *PROGRAM, "deidc.runtime", "deidc.pixels"),
    "deidc.batch": (
        *GROUND, *PROGRAM, "deidc.ir.basic_profile", "deidc.ir.resolving.nearest", "deidc.ir.writer",
        "deidc.runtime", "deidc.pixels", "deidc.batch",
    ),
    "deidc.files": (*GROUND, "deidc.grammar", "deidc.ir", "deidc.runtime", "deidc.pixels", "deidc.batch"),
    "deidc.render": (*GROUND, "deidc.render"),
    "deidc.compat.main": (*GROUND, "deidc.batch", "deidc.render", "deidc.compat"),
    "deidc.compat": (
        *GROUND, "deidc.grammar", "deidc.ir", "deidc.runtime", "deidc.batch", "deidc.pixels",
        "deidc.compat",
    ),
}  # fmt: skip
# What is run as a command prints and exits.
COMMANDS = ("deidc.cli", "deidc.compat.main", "deidc.compat.__main__")
# How pydicom keeps what is in a data set; its releases may change that.
INSIDE_PYDICOM = {
    "__dict__", "_dict", "_value", "_private_blocks", "_pixel_array", "_pixel_id", "_pixel_rep", "_parent_encoding",
    "_parent_seq", "_read_implicit", "_read_little", "_read_charset", "_set_pixel_representation",
}  # fmt: skip
# Modules that must be called what deid calls them.
CALLED_BY_DEID = ("deidc.compat.config.utils", "deidc.compat.dicom.utils")


def name_of(path: Path) -> str:
    parts = ("deidc", *path.relative_to(PACKAGE).with_suffix("").parts)
    return ".".join(parts).removesuffix(".__init__")


def imports_of(path: Path) -> Iterator[str]:
    """Yield the modules of deidc and others that a module imports, wherever it does."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            whole = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (one if _is_module(one) else node.module for one in whole)


def _is_module(name: str) -> bool:
    path = PACKAGE.parent.joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def begins(name: str, room: str) -> bool:
    return name == room or name.startswith(room + ".")


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_go_downwards(path: Path):
    """A room imports only the rooms below it."""
    name = name_of(path)
    room = next((one for one in sorted(ALLOWED, key=len, reverse=True) if begins(name, one)), None)
    if room is None:
        assert begins(name, "deidc.cli") or name in ("deidc", "deidc.__main__")
        return
    for imported in imports_of(path):
        if imported == "deidc" or imported.startswith("deidc."):
            assert any(begins(imported, one) for one in (*ALLOWED[room], room)), f"{name} imports {imported}"


@pytest.mark.parametrize("path", [one for one in MODULES if name_of(one) in PROGRAM], ids=name_of)
def test_a_program_knows_nothing_of_the_grammar(path: Path):
    """What the runtime shares with the compiler does not know recipes."""
    assert not [one for one in imports_of(path) if begins(one, "deidc.grammar")]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_readers_know_lark(path: Path):
    """Lark is imported where text becomes a tree, and nowhere else."""
    knows = any(begins(one, "lark") for one in imports_of(path))
    assert not knows or name_of(path) in ("deidc.grammar.reader", "deidc.grammar.build", "deidc.ir.reader")


@pytest.mark.parametrize(
    "path", [one for one in MODULES if not any(begins(name_of(one), command) for command in COMMANDS)], ids=name_of
)
def test_the_library_neither_prints_nor_exits(path: Path):
    """Printing, exiting and asking are the command line's work."""
    calls = [node.func for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    names = {func.id for func in calls if isinstance(func, ast.Name)}
    assert not names & {"print", "exit", "quit", "input", "breakpoint"}
    attributes = {ast.unparse(func) for func in calls if isinstance(func, ast.Attribute)}
    assert not attributes & {"sys.exit", "os._exit", "logging.basicConfig"}


@pytest.mark.parametrize("path", [one for one in MODULES if name_of(one) not in CALLED_BY_DEID], ids=name_of)
def test_no_name_fits_anything(path: Path):
    """A name that fits anything has been given nothing to do."""
    words = {"utils", "util", "helpers", "helper", "manager", "base", "common", "misc", "core"}
    assert not words & set(path.stem.split("_"))


@pytest.mark.parametrize("path", [one for one in MODULES if name_of(one) != "deidc.dicom.datasets"], ids=name_of)
def test_one_file_knows_pydicom_from_inside(path: Path):
    """What pydicom keeps for itself is named in `dicom/datasets.py` alone."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and not _is_self(node.value)}
    written = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert not INSIDE_PYDICOM & (named | written)


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("self", "cls")


def test_the_runtime_runs_without_lark():
    """A program in memory is linked and run where Lark cannot be imported."""
    script = """
import sys
sys.modules["lark"] = None
from pydicom.dataset import Dataset
from deidc.ir import ops
from deidc.ir.program import Needs, Program
from deidc.runtime.machine import Machine
from deidc.vocabulary import FormatName
program = Program(FormatName.DICOM, (ops.Remove(ops.Tagged("00100010"), ()),), Needs(), ())
dataset = Dataset()
dataset.PatientName = "A"
assert "PatientName" not in Machine.link(program).run(dataset).dataset
print("ran")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stdout == "ran\n", done.stderr


def test_the_public_names_are_there():
    """Everything in `__all__` can be had, and nothing else is promised."""
    for name in deidc.__all__:
        assert getattr(deidc, name) is not None
    with pytest.raises(AttributeError):
        deidc.no_such_name  # noqa: B018
