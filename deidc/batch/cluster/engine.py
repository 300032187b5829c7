"""Clean files on the workers of a cluster and yield outcomes in the order of the inputs, as `workers` does.

A worker gets several files at once, to save requests to the scheduler, but no more than take a fraction of a second.
The files of a worker that died are tried alone, each in a worker that has nothing else.
"""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Generator, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NoReturn, assert_never

from attrs import define, evolve, field

from deidc.batch.cluster.client import Cluster, ClusterError, ClusterWorker, Task
from deidc.batch.cluster.worker import Answer, Handed
from deidc.batch.inputs.sources import LocalFile, Member, Remote, Source
from deidc.batch.inputs.stat_identity import StatIdentity, identity_of
from deidc.batch.job.discovery import Input
from deidc.batch.job.one_file import Settings
from deidc.batch.job.outcome import FileOutcome
from deidc.batch.job.run_lock import permit
from deidc.batch.job.variables import KeyedBy, Rows
from deidc.batch.job.workers import Engine, Work, died_twice, discard_leftovers_of, outcome_without_work
from deidc.batch.outputs.destinations import Destination, LocalFolder, RemoteFolder

# Tasks on their way to a worker: one that it is at, one that waits.
_TASKS_A_WORKER = 2
_FILES_A_TASK = 64
_SECONDS_A_TASK = 0.3
# Files that were taken and whose outcome was not given: what is ready waits for what came before it.
_FILES_A_WORKER = 256


@contextmanager
def engine_on(cluster: Cluster, work: Work) -> Iterator[Engine]:
    """Register a run with the workers of a cluster, and yield the engine that cleans with them. Raises ClusterError.

    Local folders for outputs and for the quarantine have to be the same folders on all machines. Relative paths are
    taken from the current folder.
    """
    settings = evolve(
        work.settings,
        token=work.settings.token or f"{secrets.token_hex(8)}-",
        output=_absolute_output(work.settings.output),
        quarantine=_absolute_output(work.settings.quarantine),
    )
    # A folder at a URL has its state beside the journal, which workers need not see.
    shared = work.state if isinstance(settings.output, LocalFolder) else None
    with ExitStack() as stack:
        path = stack.enter_context(permit(shared)) if shared is not None else None
        seen = _in_quarantine(settings.quarantine, stack)
        cluster.begin(evolve(work, settings=settings, state=None, seen=seen), path)

        def engine(numbered: Iterator[tuple[int, Input]]) -> Generator[FileOutcome, None, None]:
            yield from _Run(cluster, settings, numbered).outcomes()

        yield engine


def _in_quarantine(quarantine: Destination | None, stack: ExitStack) -> tuple[Path, ...]:
    """Return a file by which workers know the quarantine again, if it is a folder. Raises ClusterError."""
    if not isinstance(quarantine, LocalFolder):
        return ()
    try:
        quarantine.path.mkdir(parents=True, exist_ok=True)
        return (stack.enter_context(permit(quarantine.path)),)
    except OSError as failure:
        raise ClusterError(f"the quarantine folder cannot be used: {failure.strerror}") from None


@define(eq=False)
class _Pending:
    """A file that was taken and whose outcome was not given; `again` says that a worker died which had it."""

    number: int
    source: Input
    identity: StatIdentity | None = None
    again: bool = False
    outcome: FileOutcome | None = None


@define(eq=False)
class _Run:
    """One pass over numbered inputs."""

    cluster: Cluster
    settings: Settings
    numbered: Iterator[tuple[int, Input]]
    _pending: deque[_Pending] = field(factory=deque, init=False)
    _suspects: deque[_Pending] = field(factory=deque, init=False)
    _under_way: dict[Task, list[_Pending]] = field(factory=dict, init=False)
    _files_a_task: int = field(default=1, init=False)

    def outcomes(self) -> Generator[FileOutcome, None, None]:
        """Yield one outcome for each input, in their order. Raises ClusterError."""
        while True:
            self._hand_over()
            if not self._pending:
                return
            outcome = self._pending[0].outcome
            if outcome is not None:
                self._pending.popleft()
                yield outcome
                continue
            for task, answer in self.cluster.results():
                self._take(task, answer)

    def _hand_over(self) -> None:
        workers = list(self.cluster.workers.values())
        busy = self.cluster.busy()
        if self._suspects:
            for worker in workers:
                if self._suspects and not busy[worker.address]:
                    self._hand(worker, [self._suspects.popleft()])
            return
        for load in range(_TASKS_A_WORKER):
            for worker in workers:
                if busy[worker.address] > load:
                    continue
                if not (files := self._next_files(len(workers) * _FILES_A_WORKER)):
                    return
                self._hand(worker, files)

    def _next_files(self, limit: int) -> list[_Pending]:
        """Take inputs for a task; of those that need no work the outcomes are known at once."""
        files: list[_Pending] = []
        needs_links = self.settings.link_key is not None
        while len(files) < self._files_a_task and len(self._pending) < limit:
            following = next(self.numbered, None)
            if following is None:
                break
            one = _Pending(*following)
            one.outcome = None if needs_links else outcome_without_work(one.number, one.source)
            self._pending.append(one)
            if one.outcome is None:
                files.append(one)
        return files

    def _hand(self, worker: ClusterWorker, files: list[_Pending]) -> None:
        for one in files:
            # Another machine may call the device by another number, and have another clock.
            one.identity = identity_of(one.source.source)
        handed = tuple(
            Handed(
                one.number,
                evolve(one.source, source=_absolute(one.source.source)),
                _rows_of(self.settings.rows, one.source),
                one.again,
            )
            for one in files
        )
        self._under_way[self.cluster.hand(worker, handed)] = files

    def _take(self, task: Task, answer: Answer | None) -> None:
        files = self._under_way.pop(task)
        outcomes = answer.outcomes if answer is not None else ()
        for one, outcome in zip(files, outcomes, strict=False):
            identity = one.identity if outcome.identity is not None else None
            one.outcome = evolve(outcome, source=one.source, identity=identity)
        if answer is not None and outcomes:
            fitting = int(_SECONDS_A_TASK * len(outcomes) / max(answer.seconds, 1e-6))
            self._files_a_task = max(1, min(fitting, 2 * self._files_a_task, _FILES_A_TASK))
        if lost := files[len(outcomes) :]:
            self._lost(task.worker, lost)

    def _lost(self, worker: ClusterWorker, files: list[_Pending]) -> None:
        """Try files alone that a worker had when it died, and refuse those that it died of alone."""
        settings = evolve(self.settings, token=f"{self.settings.token}{worker.name}-")
        discard_leftovers_of(settings, (one.source for one in files))
        for one in files:
            if one.again:
                one.outcome = died_twice(one.number, one.source)
            else:
                one.again = True
                self._suspects.append(one)


def _absolute_output(output: Destination | None) -> Destination | None:
    match output:
        case LocalFolder(path):
            return LocalFolder(path.absolute())
        case RemoteFolder() | None:
            return output
        case _:
            assert_never(output)


def _absolute(source: Source) -> Source:
    """Return a source as it is found from any current folder."""
    match source:
        case LocalFile(path):
            return LocalFile(path.absolute())
        case Member(archive, member):
            return Member(archive.absolute(), member)
        case Remote():
            return source
        case _:
            assert_never(source)


def _rows_of(rows: Rows | None, source: Input) -> Rows | None:
    """Return the rows that can be about an input; which are by file is known here, where it has its name."""
    if rows is None or rows.keyed_by is not KeyedBy.FILE:
        return rows
    row: Mapping[str, str] = rows.of(source.shown, source.relative, _not_read)
    return evolve(rows, rows={source.relative.as_posix(): row})


def _not_read() -> NoReturn:
    raise AssertionError("rows by file do not need the object")
