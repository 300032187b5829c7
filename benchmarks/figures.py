"""Figures of one process: recipes, cost by rules, cost by elements, memory, and deid beside it where it has a like.

Every figure is a median over interleaved rounds; quote ratios, not seconds.
"""

from __future__ import annotations

import contextlib
import gc
import io
import resource
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

from rich.table import Table

from benchmarks.objects import image_bytes, multi_frame_bytes, read, write
from benchmarks.recipes import SHORT, recipe
from benchmarks.running import run
from deidc import Machine, check_recipe, compile_recipe

Work = Callable[[], object]


def medians(rounds: int, **works: Work) -> dict[str, float]:
    """Return the median milliseconds of each work, one after the other in every round."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for number in range(rounds + 1):
        for name, work in works.items():
            gc.collect()
            start = time.perf_counter()
            work()
            if number:
                times[name].append((time.perf_counter() - start) * 1000)
    return {name: statistics.median(found) for name, found in times.items()}


class Deid:
    """deid 0.4.13, if it is installed."""

    def __init__(self) -> None:
        with contextlib.redirect_stdout(io.StringIO()):
            from deid.config import DeidRecipe
            from deid.dicom import fields
            from deid.dicom.parser import DicomParser
        self._recipe, self._parser = DeidRecipe, DicomParser
        self._caches = [one for one in vars(fields).values() if hasattr(one, "cache_clear")]

    def recipe(self, text: str) -> object:
        """Return a recipe as deid reads it."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "deid.recipe"
            path.write_text(text, encoding="utf-8")
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                return self._recipe(str(path))

    def run(self, data: bytes, read_recipe: object) -> None:
        """Clean one object from its bytes to bytes."""
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            parser = self._parser(read(data), recipe=read_recipe)
            parser.parse()
            write(parser.dicom)
        for cached in self._caches:
            cached.cache_clear()


def table_of_figures(*, quick: bool) -> Table:
    """Measure everything and return one table."""
    warnings.simplefilter("ignore")
    rounds = 3 if quick else 9
    table = Table("what", "deidc", "deid 0.4.13", "ratio", title="milliseconds, medians")
    deid = Deid()
    _recipes(table, deid, rounds)
    _rules(table, deid, rounds)
    _elements(table, deid, 3, quick=quick)
    _memory(table, 2_000 if quick else 10_000)
    return table


def command_milliseconds(rounds: int) -> dict[str, float]:
    """Return median milliseconds of what has a budget of its own: the overview as a process, recipes in this one."""
    text = recipe(700)
    found = medians(rounds, check=lambda: check_recipe(text), compile=lambda: compile_recipe(text))
    overview = [run([sys.executable, "-m", "deidc", "--help"], seconds=60).wall for _ in range(rounds + 1)]
    return {
        "deidc --help": statistics.median(overview[1:]) * 1000,
        "check a recipe of 700 rules, warm": found["check"],
        "compile it": found["compile"],
    }


def _row(table: Table, what: str, ours: float, theirs: float | None = None) -> None:
    ratio = f"{theirs / ours:.1f} x" if theirs is not None else ""
    table.add_row(what, f"{ours:.2f}", f"{theirs:.2f}" if theirs is not None else "", ratio)


def _recipes(table: Table, deid: Deid, rounds: int) -> None:
    text = recipe(700)
    found = medians(
        rounds,
        check=lambda: check_recipe(text),
        compile=lambda: compile_recipe(text),
        deid=lambda: deid.recipe(text),
    )
    _row(table, "check a recipe of 700 rules (budget 150)", found["check"])
    _row(table, "compile it (budget 100); deid: read it", found["compile"], found["deid"])


def _rules(table: Table, deid: Deid, rounds: int) -> None:
    data = image_bytes()
    short, long = Machine.link(compile_recipe(recipe(15))), Machine.link(compile_recipe(recipe(600)))
    deid_short, deid_long = deid.recipe(recipe(15)), deid.recipe(recipe(600))
    found = medians(
        rounds * 5,
        untouched=lambda: write(read(data)),
        short=lambda: write(short.run(read(data)).dataset),  # type: ignore[union-attr]
        long=lambda: write(long.run(read(data)).dataset),  # type: ignore[union-attr]
    )
    peers = medians(rounds, short=lambda: deid.run(data, deid_short), long=lambda: deid.run(data, deid_long))
    _row(table, "a file by pydicom alone, read and written", found["untouched"])
    _row(table, "a file by 15 rules, read to written", found["short"], peers["short"])
    _row(table, "a file by 600 rules (budget 1.1 x 15 rules)", found["long"], peers["long"])
    table.add_row(
        "  600 rules against 15", f"{found['long'] / found['short']:.2f} x", f"{peers['long'] / peers['short']:.2f} x"
    )
    table.add_row("  speed against pydicom alone, 15 rules", f"{found['untouched'] / found['short']:.2f} x")


def _elements(table: Table, deid: Deid, rounds: int, *, quick: bool) -> None:
    machine = Machine.link(compile_recipe(SHORT))
    read_recipe = deid.recipe(SHORT)
    for elements in (600, 2_400, 9_600) if quick else (600, 2_400, 9_600, 38_400):
        data = multi_frame_bytes(elements)
        found = medians(
            rounds,
            untouched=lambda data=data: write(read(data)),
            ours=lambda data=data: write(machine.run(read(data)).dataset),  # type: ignore[misc]
            theirs=lambda data=data: deid.run(data, read_recipe),
        )
        _row(table, f"{elements} elements, read to written", found["ours"], found["theirs"])
        per = found["ours"] / elements * 1000
        table.add_row("  microseconds an element", f"{per:.1f}", f"{found['theirs'] / elements * 1000:.1f}")
        table.add_row("  speed against pydicom alone", f"{found['untouched'] / found['ours']:.2f} x")


def _memory(table: Table, objects: int) -> None:
    machine = Machine.link(compile_recipe(SHORT))
    data = image_bytes()
    for _ in range(objects // 10):
        machine.run(read(data))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(objects):
        machine.run(read(data))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    table.add_row(f"peak memory grown by {objects} more objects, MiB", f"{grown:.1f}")
