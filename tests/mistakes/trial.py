"""A mistake tried for real: through the library, through `deidc run`, and with its complaint passed over."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

from attrs import frozen
from click.testing import CliRunner
from pydicom import dcmread
from pydicom.dataset import Dataset

from deidc import (
    CleanedContent,
    CompileError,
    DeidcError,
    Functions,
    HeldFile,
    LinkError,
    Program,
    Report,
    check_recipe,
    clean_bytes,
    link_recipe,
)
from deidc.cli import main
from deidc.ir.compile import analyse_recipe
from deidc.ir.lower import lower
from deidc.ir.verify import verify
from tests.mistakes.canaries import canary, content
from tests.mistakes.functions import FUNCTIONS
from tests.mistakes.mistake import Ending, Mistake, Without

_CODE = re.compile(r"\bDC\d{3}\b")
RECIPE, INPUT = "my.deid", "scan.dcm"
_OUTPUT, _USAGE_ERROR = "out", 2
_IN_ALL_FUNCTIONS = "tests.mistakes.functions:FUNCTIONS"


@frozen
class Tried:
    """How a run ended.

    Attributes:
        ending: as in Mistake.
        codes: every code that the run printed, or that the outcome has.
        output: the bytes of the output, or None.
        printed: everything that the run printed; for the message of a failing test.

    """

    ending: Ending
    codes: frozenset[str]
    output: bytes | None = None
    printed: str = ""


def folder_of(mistake: Mistake, folder: Path) -> Path:
    """Write the recipe, the files beside it and the input into a folder; returns the path of the recipe."""
    recipe = folder / RECIPE
    recipe.write_bytes(mistake.text.encode(mistake.encoding))
    for name, text in mistake.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / INPUT).write_bytes(content(mistake.put))
    return recipe


def report_of(mistake: Mistake, recipe: Path) -> Report:
    """Return what `deidc check` says of a recipe whose host has the functions of these tests."""
    signatures = Functions.standard().with_(_own()).signatures()
    return check_recipe(recipe, bases=_bases(mistake, recipe), signatures=signatures)


def by_command(mistake: Mistake, recipe: Path) -> Tried:
    """Run `deidc run` on the input."""
    arguments = [*_options(mistake, recipe.parent)]
    for base in _bases(mistake, recipe):
        arguments += ["--base", base]
    return _run(recipe, arguments)


def by_library(mistake: Mistake, recipe: Path) -> Tried | None:
    """Clean the input by the library; None if the case needs what only the command does."""
    if mistake.rows or mistake.bases or any(value in mistake.files for value in mistake.variables.values()):
        return None
    try:
        machine = link_recipe(recipe, variables=dict(mistake.variables), functions=Functions.standard().with_(_own()))
    except CompileError as failure:
        report = failure.report
        ending = Ending.REFUSED if report.errors else Ending.NOT_RUN
        return Tried(ending, frozenset(one.code for one in report.stopping_run))
    except LinkError as failure:
        return Tried(Ending.UNLINKED, frozenset(_CODE.findall(str(failure))))
    except DeidcError as failure:
        return Tried(Ending.NOT_RUN, frozenset(_CODE.findall(str(failure))))
    outcome = clean_bytes(machine, content(mistake.put))
    match outcome:
        case CleanedContent(data=data):
            return Tried(Ending.DONE, frozenset(), data)
        case HeldFile():
            return Tried(Ending.HELD, frozenset())
        case _:
            return Tried(Ending.FAULT, frozenset(fault.rule.code for fault in outcome.faults))


def without_the_complaint(mistake: Mistake, recipe: Path) -> Without:
    """Lower a recipe that has errors as if it had none, and run what that gives."""
    loaded, resolved, _ = analyse_recipe(recipe, bases=_bases(mistake, recipe))
    try:
        program = verify(lower(resolved, loaded.sources, recipes=loaded.digests))
    # Lowering is for recipes without errors, and what it cannot lower cannot run.
    except Exception:  # noqa: BLE001
        return Without.STOPPED
    tried = _run_program(program, mistake, recipe.parent)
    if tried.output is None:
        return Without.STOPPED
    return Without.LEAKS if leaked(mistake, tried.output) else Without.WRONG


def leaked(mistake: Mistake, output: bytes) -> list[str]:
    """Return the canaries, and the other texts of a case, that an output has."""
    return [
        *(name for name in mistake.canaries if canary(name) in output),
        *(text for text in mistake.texts if text.encode() in output),
    ]


def values_of(output: bytes, mistake: Mistake) -> dict[str, str]:
    """Return what the output has where the case expects something; `absent` where there is nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset = dcmread(io.BytesIO(output))
        return {path: _text(dataset, path) for path in mistake.expected}


def _text(dataset: Dataset, path: str) -> str:
    *way, last = path.split(".")
    for step in way:
        keyword, _, number = step.rstrip("]").partition("[")
        if len(dataset.get(keyword) or ()) <= int(number):
            return "absent"
        dataset = dataset[keyword].value[int(number)]
    tag = int(last[1:5] + last[6:10], 16) if last.startswith("(") else last
    if tag not in dataset:
        return "absent"
    value = dataset[tag].value
    return str(len(value)) if dataset[tag].VR == "SQ" else "" if value is None else str(value)


def _run_program(program: Program, mistake: Mistake, folder: Path) -> Tried:
    path = folder / "unchecked.program"
    path.write_text(program.text, encoding="utf-8")
    return _run(path, [*_options(mistake, folder)], "unchecked")


def _run(recipe: Path, arguments: Sequence[str], output: str = _OUTPUT) -> Tried:
    folder = recipe.parent
    words = ["run", str(recipe), str(folder / INPUT), "-o", str(folder / output), *arguments]
    result = CliRunner().invoke(main, words)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    codes = frozenset(_CODE.findall(result.output))
    written = folder / output / INPUT
    if written.is_file():
        assert result.exit_code == 0
        return Tried(Ending.DONE, codes, written.read_bytes(), result.output)
    assert result.exit_code != 0
    return Tried(_ending(result.output, result.exit_code), codes, None, result.output)


def _ending(printed: str, exit_code: int) -> Ending:
    if "held for review" in printed or "quarantine" in printed:
        return Ending.HELD
    if f"{INPUT}: refused" in printed:
        return Ending.FAULT
    if "The recipe is not executed" in printed:
        return Ending.NOT_RUN
    return Ending.UNLINKED if exit_code == _USAGE_ERROR else Ending.REFUSED


def _own() -> Functions:
    functions = Functions()
    for name, function in FUNCTIONS.items():
        functions = functions.with_function(name, function)
    return functions


def _bases(mistake: Mistake, recipe: Path) -> list[str]:
    return [str(recipe.parent / base) if base in mistake.files else base for base in mistake.bases]


def _options(mistake: Mistake, folder: Path) -> Iterator[str]:
    yield from ("--functions", _IN_ALL_FUNCTIONS, "--deadline", "5")
    for name, value in mistake.variables.items():
        yield from ("--var", f"{name}={folder / value}" if value in mistake.files else f"{name}={value}")
    if mistake.rows:
        yield from ("--vars", str(folder / mistake.rows))
