"""Clean many files, one after the other or in worker processes, with outcomes in the order of the inputs."""

from __future__ import annotations

import hashlib
import logging
import multiprocessing
import os
import secrets
import signal
import threading
import time
import warnings
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import TypeAlias

from attrs import define, evolve, field, frozen

from deidc.batch.inputs.archives import Shelf
from deidc.batch.inputs.earlier import Begun, Unchanged
from deidc.batch.job.discovery import Input
from deidc.batch.job.one_file import Settings, run_file
from deidc.batch.job.outcome import Ending, FileOutcome
from deidc.batch.job.run_lock import worker_lock
from deidc.batch.job.twins import twins_marked
from deidc.batch.outputs.atomic import discard_leftovers
from deidc.batch.outputs.destinations import LocalFolder
from deidc.codes import faults
from deidc.ir.program import Program
from deidc.runtime.functions.registry import Functions
from deidc.runtime.machine import Machine
from deidc.runtime.outcome import Fault

# Tasks handed to a worker before its results are taken: enough that none waits, few enough that memory stays flat.
AHEAD_PER_WORKER = 4
# Files of a task, and the seconds that it should take at most.
MOST_TOGETHER = 32
_SECONDS_TOGETHER = 0.1

Numbered: TypeAlias = tuple[int, Input]


@frozen
class Work:
    """Everything a worker needs to make its own machine; `state` is the folder where it says that it is alive.

    `seen` are files that a worker of a cluster has to see, or its folders are not those of the run.
    """

    program: Program
    settings: Settings
    references: tuple[str, ...] = ()
    variables: Mapping[str, object] = field(factory=dict, repr=False)
    state: Path | None = None
    seen: tuple[Path, ...] = field(default=(), repr=False)

    def functions(self) -> Functions:
        """Return deidc's functions, those that references name, and those of packages that the program calls."""
        supplied = (Functions.from_module(reference) for reference in self.references)
        return Functions.standard().with_(*supplied).for_program(self.program)

    def machine(self) -> Machine:
        """Link the program. Raises LinkError."""
        rows = self.settings.rows
        return Machine.link(
            self.program, self.functions(), variables=self.variables, per_object=rows.names if rows else ()
        )


_machine: Machine | None = None  # a worker process has one machine, made by `_begin` before its first file
_settings: Settings | None = None
_shelf: Shelf | None = None


def silence_pydicom() -> None:
    """Keep pydicom from printing values of files on standard error; for a process that is all deidc's.

    Its warnings quote values. The outcome reports what is wrong with a file.
    """
    warnings.filterwarnings("ignore", module=r"pydicom(\.|$)")
    logging.getLogger("pydicom").setLevel(logging.CRITICAL)


def _begin(work: Work) -> None:
    silence_pydicom()
    # The parent is interrupted too, and ends its workers when their files are whole.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    lock = worker_lock(work.state) if work.state is not None else None
    threading.Thread(target=_end_with_parent, args=(lock,), daemon=True).start()
    global _machine, _settings, _shelf  # the one way to give a pool's processes their state
    _machine, _settings, _shelf = work.machine(), evolve(work.settings, expendable=True), Shelf()


def _end_with_parent(_lock: object) -> None:
    """End this process when its parent is gone, because it would never get another task.

    The lock that says it is alive is held until then.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        signal.raise_signal(signal.SIGTERM)


def _run(files: tuple[Numbered, ...]) -> tuple[list[FileOutcome], float]:
    """Clean files one after the other; return their outcomes and the seconds it took."""
    assert _machine is not None
    assert _settings is not None
    begun = time.monotonic()
    outcomes = [run_file(_machine, _settings, number, source, _shelf) for number, source in files]
    return outcomes, time.monotonic() - begun


def run_files(work: Work, sources: Iterable[Input], jobs: int = 1) -> Iterator[FileOutcome]:
    """Yield one outcome for each input, in their order. Raises LinkError.

    Two inputs with one place in the output: the second is refused. With `jobs` above 1, worker processes clean the
    files; a worker that dies takes down no other file than the one it died of, which is tried once more alone. With
    one job, this process cleans the files; one that an earlier run had begun and did not end, which may be what that
    run died of, is cleaned by a worker process.
    """
    yield from run_numbered(work, enumerate(twins_marked(sources)), jobs)


# Another way than processes of this machine to have files cleaned, with outcomes in the order of the inputs.
Engine: TypeAlias = Callable[[Iterator[tuple[int, Input]]], Generator[FileOutcome, None, None]]


def run_numbered(
    work: Work, numbered: Iterator[tuple[int, Input]], jobs: int = 1, engine: Engine | None = None
) -> Generator[FileOutcome, None, None]:
    """Yield one outcome for each input, as `run_files` does, for inputs that have numbers and marks already."""
    if engine is not None:
        outcomes: Iterator[FileOutcome] = engine(numbered)
    else:
        outcomes = _in_one(work, numbered) if jobs == 1 else _in_many(work, numbered, jobs)
    # What is not written cannot be found to be there already.
    is_rehearsed = work.settings.template is not None and work.settings.output is None
    yield from _names_compared(outcomes) if is_rehearsed else outcomes


def _in_one(work: Work, numbered: Iterator[tuple[int, Input]]) -> Iterator[FileOutcome]:
    machine, shelf = work.machine(), Shelf()
    with closing(_Apart(_with_token(work))) as apart:
        for number, source in numbered:
            if isinstance(source.earlier, Begun):
                yield apart.outcome(number, source)
            else:
                yield run_file(machine, work.settings, number, source, shelf)


def _in_many(work: Work, numbered: Iterator[tuple[int, Input]], jobs: int) -> Iterator[FileOutcome]:
    yield from _in_processes(_with_token(work), numbered, jobs)


def _with_token(work: Work) -> Work:
    """Return the work with a mark on temporary files, by which those that a dead worker left are found."""
    return evolve(work, settings=evolve(work.settings, token=work.settings.token or f"{secrets.token_hex(8)}-"))


def _names_compared(outcomes: Iterator[FileOutcome]) -> Iterator[FileOutcome]:
    """Refuse, in a dry run, what another output has the name of already."""
    seen: set[bytes] = set()
    for outcome in outcomes:
        name = hashlib.sha256(os.fsencode(outcome.output)).digest()[:16] if outcome.output is not None else None
        if name is not None and name in seen:
            fault = Fault(faults.NAME_TAKEN, "an output of this name already exists")
            yield evolve(
                outcome,
                ending=Ending.REFUSED,
                faults=(fault,),
                output=None,
                output_digest=None,
                effects={},
                attributes={},
                after=None,
            )
            continue
        if name is not None:
            seen.add(name)
        yield outcome


@frozen
class _Pending:
    """Files on their way to a worker together; no future where the pool was found broken when they were handed over."""

    files: tuple[Numbered, ...] = field(repr=False)
    future: Future[tuple[list[FileOutcome], float]] | None = field(repr=False)


def _in_processes(work: Work, numbered: Iterator[Numbered], jobs: int) -> Iterator[FileOutcome]:
    pool = _pool(work, jobs)
    pending: deque[_Pending] = deque()
    size = 1
    try:
        while True:
            while len(pending) < jobs * AHEAD_PER_WORKER and (files := tuple(islice(numbered, size))):
                pending.append(_submitted(pool, files))
            if not pending:
                return
            answer = _result(pending[0])
            if answer is not None:
                pending.popleft()
                outcomes, seconds = answer
                size = _next_size(size, seconds)
                yield from outcomes
                continue
            # Any of the files on their way may have caused it: each is tried alone.
            pool.shutdown(wait=True, cancel_futures=True)
            discard_leftovers_of(work.settings, (source for one in pending for _, source in one.files))
            while pending:
                yield from _one_by_one(work, pending.popleft())
            pool = _pool(work, jobs)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _next_size(size: int, seconds: float) -> int:
    """Return how many files to hand over together: handing over costs as much as cleaning a small file."""
    if seconds < _SECONDS_TOGETHER / 2:
        return min(size * 2, MOST_TOGETHER)
    return max(size // 2, 1) if seconds > _SECONDS_TOGETHER else size


def _pool(work: Work, jobs: int) -> ProcessPoolExecutor:
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin, initargs=(work,))


def _submitted(pool: ProcessPoolExecutor, files: tuple[Numbered, ...]) -> _Pending:
    try:
        return _Pending(files, pool.submit(_run, files))
    except BrokenProcessPool:
        return _Pending(files, None)


def outcome_without_work(number: int, source: Input) -> FileOutcome | None:
    """Return the outcome of an input that no worker has to look at: an earlier run wrote it, and it did not change."""
    if isinstance(source.earlier, Unchanged) and not source.twin:
        return FileOutcome(number, source, Ending.UNCHANGED, output=source.earlier.output)
    return None


def _result(pending: _Pending) -> tuple[list[FileOutcome], float] | None:
    """Wait for the outcomes of files; None if the pool broke before they were there."""
    try:
        return pending.future.result() if pending.future is not None else None
    except (BrokenProcessPool, CancelledError):
        return None


def _one_by_one(work: Work, pending: _Pending) -> Iterator[FileOutcome]:
    """Yield the outcomes of files that were on their way when a worker died, trying each once more if need be."""
    finished = _result(pending)
    if finished is not None:
        yield from finished[0]
        return
    for number, source in pending.files:
        yield _alone(work, number, source)


def _alone(work: Work, number: int, source: Input) -> FileOutcome:
    with closing(_Apart(work)) as apart:
        return apart.outcome(number, source)


@define(eq=False)
class _Apart:
    """A worker process for files that a process may have died of, one at a time: if it dies, it is known of which."""

    work: Work
    _worker: ProcessPoolExecutor | None = field(default=None, init=False, repr=False)

    def outcome(self, number: int, source: Input) -> FileOutcome:
        """Clean a file that is tried once more; it is refused if the process dies of it again."""
        if self._worker is None:
            self._worker = _pool(evolve(self.work, settings=evolve(self.work.settings, again=True)), 1)
        answer = _result(_submitted(self._worker, ((number, source),)))
        if answer is not None:
            return answer[0][0]
        self.close()
        discard_leftovers_of(self.work.settings, [source])
        return died_twice(number, source)

    def close(self) -> None:
        """End the process."""
        if self._worker is not None:
            self._worker.shutdown(wait=True, cancel_futures=True)
        self._worker = None


def died_twice(number: int, source: Input) -> FileOutcome:
    """Return the outcome of a file that a worker died of again, when it was alone."""
    fault = Fault(faults.WORKER_DIED, "the process that cleaned the file died twice")
    return FileOutcome(number, source, Ending.REFUSED, (fault,))


def discard_leftovers_of(settings: Settings, sources: Iterable[Input]) -> None:
    """Delete what dead workers that wrote with the token of these settings left of inputs."""
    relatives = [one.relative for one in sources]
    # A store has objects that are whole, and no others.
    if isinstance(settings.output, LocalFolder):
        # The places that a template named are not known any more.
        by_place = settings.template is None
        _discard(settings.output.path, relatives if by_place else None, settings.token)
    if isinstance(settings.quarantine, LocalFolder):
        _discard(settings.quarantine.path, relatives, settings.token)


def _discard(top: Path, relatives: list[Path] | None, token: str) -> None:
    folders = {(top / one).parent for one in relatives} if relatives is not None else _below(top)
    for folder in folders:
        discard_leftovers(folder, token)


def _below(folder: Path) -> Iterator[Path]:
    for found, _, _ in os.walk(folder):
        yield Path(found)
