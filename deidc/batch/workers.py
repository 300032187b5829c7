"""Many files: one after the other, or in worker processes, with outcomes in the order of the inputs."""

from __future__ import annotations

import logging
import multiprocessing
import warnings
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from attrs import field, frozen

from deidc.batch.discovery import Input
from deidc.batch.job import Ending, FileOutcome, Settings, run_file
from deidc.codes import faults
from deidc.ir.program import Program
from deidc.runtime.functions import Functions
from deidc.runtime.machine import Machine
from deidc.runtime.outcome import Fault

# Files handed to a worker before its results are taken: enough that none waits, few enough that memory stays flat.
AHEAD_PER_WORKER = 8


@frozen
class Work:
    """Everything a worker needs to make its own machine."""

    program: Program
    settings: Settings
    references: tuple[str, ...] = ()
    variables: Mapping[str, object] = field(factory=dict, repr=False)

    def functions(self) -> Functions:
        """Return deidc's functions, those of installed packages, and those that references name."""
        supplied = (Functions.from_module(reference) for reference in self.references)
        return Functions.standard().with_(Functions.from_entry_points(), *supplied)

    def machine(self) -> Machine:
        """Link the program. Raises LinkError."""
        rows = self.settings.rows
        return Machine.link(
            self.program, self.functions(), variables=self.variables, per_object=rows.names if rows else ()
        )


_machine: Machine | None = None  # a worker process has one machine, made by `_begin` before its first file
_settings: Settings | None = None


def silence_pydicom() -> None:
    """Keep pydicom from telling values of files on standard error; for a process that is all deidc's.

    Its warnings quote what they are about. What is wrong with a file is told by the outcome.
    """
    warnings.filterwarnings("ignore", module=r"pydicom(\.|$)")
    logging.getLogger("pydicom").setLevel(logging.CRITICAL)


def _begin(work: Work) -> None:
    silence_pydicom()
    global _machine, _settings  # the one way to give a pool's processes their state
    _machine, _settings = work.machine(), work.settings


def _run(number: int, source: Input) -> FileOutcome:
    assert _machine is not None
    assert _settings is not None
    return run_file(_machine, _settings, number, source)


def run_files(work: Work, sources: Iterable[Input], jobs: int = 1) -> Iterator[FileOutcome]:
    """Yield one outcome for each input, in their order.

    Two inputs with one place in the output: the second is refused. With `jobs` above 1, worker processes clean the
    files; a worker that dies takes down no other file than the one it died of, which is tried once more alone.
    """
    numbered = _without_doubles(sources)
    if jobs == 1:
        machine = work.machine()
        for number, source, twin in numbered:
            yield _double(number, source) if twin else run_file(machine, work.settings, number, source)
        return
    yield from _in_processes(work, numbered, jobs)


def _without_doubles(sources: Iterable[Input]) -> Iterator[tuple[int, Input, bool]]:
    places: set[Path] = set()
    for number, source in enumerate(sources):
        yield number, source, source.relative in places
        places.add(source.relative)


def _double(number: int, source: Input) -> FileOutcome:
    fault = Fault(faults.SAME_FILE, "an input before this one has the same place in the output")
    return FileOutcome(number, source, Ending.REFUSED, (fault,))


Pending = tuple[int, Input, "Future[FileOutcome] | FileOutcome"]


def _in_processes(work: Work, numbered: Iterator[tuple[int, Input, bool]], jobs: int) -> Iterator[FileOutcome]:
    pool = _pool(work, jobs)
    pending: deque[Pending] = deque()
    try:
        exhausted = False
        while pending or not exhausted:
            while not exhausted and len(pending) < jobs * AHEAD_PER_WORKER:
                following = next(numbered, None)
                if following is None:
                    exhausted = True
                    break
                number, source, twin = following
                pending.append((number, source, _double(number, source) if twin else pool.submit(_run, number, source)))
            if not pending:
                break
            number, source, future = pending.popleft()
            try:
                yield future if isinstance(future, FileOutcome) else future.result()
            except BrokenProcessPool:
                # Nobody knows whose fault it was: each file that was on its way is tried alone.
                pool.shutdown(wait=False, cancel_futures=True)
                for again in ((number, source, future), *pending):
                    yield _alone(work, again)
                pending.clear()
                pool = _pool(work, jobs)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _pool(work: Work, jobs: int) -> ProcessPoolExecutor:
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin, initargs=(work,))


def _alone(work: Work, pending: Pending) -> FileOutcome:
    number, source, future = pending
    if isinstance(future, FileOutcome):
        return future
    if future.done() and not future.cancelled() and future.exception() is None:
        return future.result()
    with _pool(work, 1) as pool:
        try:
            return pool.submit(_run, number, source).result()
        except BrokenProcessPool:
            fault = Fault(faults.WORKER_DIED, "the process that cleaned the file died twice")
            return FileOutcome(number, source, Ending.REFUSED, (fault,))
