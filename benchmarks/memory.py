"""Peak memory above the idle interpreter, for files that a program must not hold as a whole."""

from __future__ import annotations

import json
import shutil
import statistics
from collections.abc import Iterator, Mapping
from pathlib import Path

from attrs import asdict, frozen

from benchmarks import actions
from benchmarks.corpora import CORPORA, Made, read_index
from benchmarks.rows import IDLE, ROWS, ready_rows
from benchmarks.running import emptied, look_at, run, working_folder
from benchmarks.scratch import is_in_memory, room, takes_holes
from deidc.batch.job.discovery import STATE_FOLDER

MEASURED = ("big", "long", "sparse")
ENGINES: Mapping[str, str] = {"stream": "deidc-15", "Dataset": "deidc-dataset"}
_SECONDS = 3600.0
_MIB = 1 << 20


@frozen
class Peak:
    """The most memory of one engine on one corpus; None if it was not run, or did not do its work, and why."""

    engine: str
    corpus: str
    above_idle: int | None
    why_not: str | None = None


def measure(corpora: Path, scratch: Path, limit: int) -> Iterator[Peak]:
    """Run each engine on each corpus that there is, with `limit` MiB of private memory at most."""
    index = read_index(corpora)
    with working_folder(scratch) as work:
        told = emptied(work / "actions")
        actions.write_all(told)
        idle = int(statistics.median(run(list(IDLE), seconds=60, watch=True).peak for _ in range(5)))
        for name in MEASURED:
            for engine, row in ENGINES.items():
                why_not = _cannot(index.get(name), name, work)
                if why_not is not None:
                    yield Peak(engine, name, None, why_not)
                else:
                    yield _one(engine, row, corpora / name, index[name], work, idle, limit)


def _cannot(made: Made | None, name: str, work: Path) -> str | None:
    """Return why a corpus is not run. What is written may have no holes, so the whole size must be free."""
    if made is None:
        return "not made"
    if CORPORA[name].hole and is_in_memory(work):
        return "not run: the output would be in memory; name a scratch folder on disk"
    if CORPORA[name].hole and not takes_holes(work):
        return "not run: this file system takes no holes"
    if room(work) < made.bytes * 1.1:
        return f"not run: {made.bytes * 1.1 / (1 << 30):.1f} GiB must be free"
    return None


def _one(engine: str, row: str, source: Path, made: Made, work: Path, idle: int, limit: int) -> Peak:
    ready, _ = ready_rows((row,), None)
    target = emptied(work / "output")
    usage = run(ROWS[row].words(ready[row], source, target, work / "actions"), seconds=_SECONDS, mib=limit, watch=True)
    written = _count(target) if CORPORA[source.name].hole else look_at(source, target).files
    shutil.rmtree(target)
    if usage.code < 0 or written != made.files:
        return Peak(engine, source.name, None, f"failed within {limit} MiB: exit code {usage.code}, {written} files")
    return Peak(engine, source.name, max(0, (usage.peak_of_all or usage.peak) - idle))


def _count(target: Path) -> int:
    """Return how many files there are, without reading them."""
    return sum(1 for path in target.rglob("*") if path.is_file() and STATE_FOLDER not in path.parts)


def save(peaks: list[Peak], path: Path) -> None:
    """Write peaks as JSON."""
    path.write_text(json.dumps([asdict(one) for one in peaks], indent=1) + "\n", encoding="utf-8")


def load(path: Path) -> dict[str, int | None]:
    """Return bytes above idle of the stream engine by corpus, nothing if there is no file; what `budgets` takes."""
    if not path.is_file():
        return dict.fromkeys(MEASURED[1:])
    peaks = [Peak(**one) for one in json.loads(path.read_text(encoding="utf-8"))]
    return {one.corpus: one.above_idle for one in peaks if one.engine == "stream"}


def table(peaks: list[Peak]) -> str:
    """Return a Markdown table."""
    lines = ["| engine | corpus | peak MiB above the idle interpreter |", "| --- | --- | --- |"]
    for one in peaks:
        told = one.why_not if one.above_idle is None else f"{one.above_idle / _MIB:.0f}"
        lines.append(f"| {one.engine} | `{one.corpus}` | {told} |")
    return "\n".join(lines) + "\n"
