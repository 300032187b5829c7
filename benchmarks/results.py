"""What was measured, as it is kept in a JSON file: every run, and the facts of the machine. No host name."""

from __future__ import annotations

import json
import os
import platform
import statistics
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import attrs
from attrs import frozen

from benchmarks.corpora import Made
from benchmarks.rows import ROWS
from benchmarks.running import Usage

START = "start"  # the corpus of one small file
_PACKAGES = ("deidc", "pydicom", "attrs", "lark", "click")


@frozen
class Run:
    """One run of a row on a corpus. Round 0 is the warm-up, in which memory is watched and outputs are looked at."""

    row: str
    corpus: str
    round: int
    usage: Usage
    files: int | None = None
    unchanged: int | None = None


@frozen
class Rate:
    """Files per second: the median of the rounds, and the slowest and the fastest of them."""

    median: float
    slowest: float
    fastest: float
    rounds: int


@frozen
class Results:
    """A comparison.

    `versions` and `absent` are by row: what was measured, and why what was not was not. `seconds` is what a run was
    given at most, `idle` the peak bytes of an interpreter that does nothing, and `commands` has the milliseconds of
    commands that have a budget of their own.
    """

    machine: Mapping[str, str]
    place: str
    rounds: int
    seed: int
    seconds: float
    idle: int
    corpora: Mapping[str, Made]
    versions: Mapping[str, str]
    absent: Mapping[str, str]
    commands: Mapping[str, float]
    runs: tuple[Run, ...]

    def timed(self, row: str, corpus: str) -> tuple[Run, ...]:
        """Return the runs to take times from: the rounds, or the warm-up where it took so long that it was all."""
        runs = [run for run in self.runs if (run.row, run.corpus) == (row, corpus)]
        return tuple(run for run in runs if run.round) or tuple(runs)

    def first(self, row: str, corpus: str) -> Run | None:
        """Return the warm-up."""
        return next((run for run in self.runs if (run.row, run.corpus, run.round) == (row, corpus, 0)), None)

    def done(self, row: str, corpus: str) -> int:
        """Return how many files a row has done: written, and not as they were unless copying is its work."""
        first = self.first(row, corpus)
        if first is None or first.files is None or first.unchanged is None:
            return 0
        return first.files if ROWS[row].copies else first.files - first.unchanged

    def works(self, row: str, corpus: str) -> bool:
        """Return whether a row did half of the files of a corpus at least, and no signal or clock ended it."""
        if self.first(row, corpus) is None:
            return False
        enough = 2 * self.done(row, corpus) >= self.corpora[corpus].files
        return enough and all(run.usage.code >= 0 for run in self.timed(row, corpus))

    def rate(self, row: str, corpus: str) -> Rate | None:
        """Return the files done per second of whole processes, start-up and all; None if the row does not work."""
        if not self.works(row, corpus):
            return None
        rates = [self.done(row, corpus) / run.usage.wall for run in self.timed(row, corpus)]
        return Rate(statistics.median(rates), min(rates), max(rates), len(rates))

    def startup(self, row: str) -> float | None:
        """Return the median seconds for one small file."""
        if not self.works(row, START):
            return None
        return statistics.median(run.usage.wall for run in self.timed(row, START))

    def net_rate(self, row: str, corpus: str) -> float | None:
        """Return the files per second when the time for one small file is taken off.

        None where that is more than half of the whole, since little can be said then.
        """
        startup = self.startup(row)
        if startup is None or not self.works(row, corpus):
            return None
        whole = statistics.median(run.usage.wall for run in self.timed(row, corpus))
        return self.done(row, corpus) / (whole - startup) if whole > 2 * startup else None

    def above_idle(self, row: str, corpus: str) -> int | None:
        """Return the peak memory of a row's processes together, less that of an interpreter that does nothing."""
        first = self.first(row, corpus)
        if first is None or not self.works(row, corpus):
            return None
        return max(0, (first.usage.peak_of_all or first.usage.peak) - self.idle)


def machine() -> dict[str, str]:
    """Return the facts that figures hang on."""
    return {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "system": f"{platform.system()} {platform.machine()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        **{package: version(package) for package in _PACKAGES},
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown"
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


def save(results: Results, path: Path) -> None:
    """Write results as JSON."""
    path.write_text(json.dumps(attrs.asdict(results), indent=1) + "\n", encoding="utf-8")


def load(path: Path) -> Results:
    """Return the results that `save` wrote."""
    document = json.loads(path.read_text(encoding="utf-8"))
    runs = tuple(Run(**{**run, "usage": Usage(**run["usage"])}) for run in document.pop("runs"))
    corpora = {name: Made(**made) for name, made in document.pop("corpora").items()}
    return Results(**document, corpora=corpora, runs=runs)
