"""Measure every row on every corpus in interleaved rounds, so that what the machine does else falls on all alike."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from attrs import frozen

from benchmarks import actions, figures
from benchmarks.corpora import CORPORA, Made, read_index
from benchmarks.peers import Ready
from benchmarks.results import START, Results, Run, machine
from benchmarks.rows import IDLE, ROWS, ready_rows
from benchmarks.running import emptied, look_at, run, working_folder
from benchmarks.scratch import Place, is_in_memory, place_for

# The corpora that are measured if none is named, as far as they have been made.
COMPARED = ("ct", "header", "real", "enhanced", "big")

# What is said while it goes on, to whoever wants to see it.
Say = Callable[[str], None]


@frozen
class Plan:
    """How much to measure.

    `seconds` is the most that one run may take. A row whose warm-up on a corpus took longer than `patience` seconds
    is not run there again, and its warm-up is what counts.
    """

    rounds: int
    seed: int
    seconds: float
    patience: float
    rows: tuple[str, ...]
    corpora: tuple[str, ...]


@frozen
class Bench:
    """Where a comparison happens: inputs by corpus, the actions, and the folder that outputs go to."""

    place: Place
    inputs: Mapping[str, Path]
    actions: Path
    output: Path


def compare(corpora: Path, peers: Path | None, plan: Plan, scratch: Path | None, say: Say) -> Results:
    """Run everything and return what was measured."""
    index = _wanted(read_index(corpora), plan.corpora)
    ready, absent = ready_rows(plan.rows, peers)
    largest = max(made.bytes for made in index.values())
    place = place_for(sum(made.bytes for made in index.values()) + largest, scratch, corpora / "scratch")
    with working_folder(place.folder) as work:
        bench = _lay_out(corpora, index, place, work)
        idle = run(list(IDLE), seconds=plan.seconds, watch=True)
        runs = _runs(bench, ready, plan, say)
    commands = figures.command_milliseconds(max(3, plan.rounds))
    return Results(
        machine=machine(),
        place=place.about,
        rounds=plan.rounds,
        seed=plan.seed,
        seconds=plan.seconds,
        idle=idle.peak,
        corpora=index,
        versions={name: found.version for name, found in ready.items()},
        absent={name: missing.why for name, missing in absent.items()},
        commands=commands,
        runs=runs,
    )


def _wanted(index: dict[str, Made], names: tuple[str, ...]) -> dict[str, Made]:
    wanted = dict.fromkeys((START, *(names or (name for name in COMPARED if name in index))))
    missing = [name for name in wanted if name not in index]
    if missing:
        raise LookupError(f"no corpus {', '.join(missing)}; `python -m benchmarks corpora` makes it")
    if holes := [name for name in wanted if CORPORA[name].hole]:
        raise LookupError(f"{', '.join(holes)} is too long for tools that read files as a whole; see `memory`")
    return {name: index[name] for name in wanted}


def _lay_out(corpora: Path, index: Mapping[str, Made], place: Place, work: Path) -> Bench:
    """Return the bench; corpora that are not in memory are copied there, if outputs go there too."""
    inputs = {}
    for name in index:
        inputs[name] = corpora / name
        if place.in_memory and not is_in_memory(corpora):
            inputs[name] = work / "input" / name
            shutil.copytree(corpora / name, inputs[name])
    told = emptied(work / "actions")
    actions.write_all(told)
    return Bench(place, inputs, told, work / "output")


def _runs(bench: Bench, ready: Mapping[str, Ready], plan: Plan, say: Say) -> tuple[Run, ...]:
    order = random.Random(plan.seed)
    runs: list[Run] = []
    slow: set[tuple[str, str]] = set()
    for number in range(plan.rounds + 1):
        for corpus in bench.inputs:
            names = list(ready)
            order.shuffle(names)
            for name in names:
                if (name, corpus) in slow:
                    continue
                one = _one(bench, name, ready[name], corpus, number, plan.seconds)
                if number == 0 and (one.usage.wall > plan.patience or one.usage.code < 0):
                    slow.add((name, corpus))
                say(f"round {number} {corpus} {name}: {one.usage.wall:.2f} s, exit code {one.usage.code}")
                runs.append(one)
    return tuple(runs)


def _one(bench: Bench, name: str, ready: Ready, corpus: str, number: int, seconds: float) -> Run:
    source, target = bench.inputs[corpus], emptied(bench.output)
    words = ROWS[name].words(ready, source, target, bench.actions)
    usage = run(words, seconds=seconds, watch=number == 0)
    written = look_at(source, target) if number == 0 else None
    shutil.rmtree(target)
    if written is None:
        return Run(name, corpus, number, usage)
    return Run(name, corpus, number, usage, written.files, written.unchanged)
