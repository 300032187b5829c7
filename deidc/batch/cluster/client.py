"""Connect to a Dask scheduler, check its workers, and hand files to those that are fit.

Each worker process that accepts a run gives the run its own name. Files are handed to a worker by that name, so Dask
never repeats them by itself: another process, or the same address after a restart, does not know the name and begins
nothing. So deidc always knows whether a file may have been begun twice.
"""

from __future__ import annotations

import queue
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from attrs import define, field

from deidc.batch.cluster.worker import Answer, Handed, Parcel, accept, clean, differing, forget, versions
from deidc.batch.job.workers import Work
from deidc.errors import DeidcError

# Seconds: to reach a scheduler, for a worker to come where there is none, between looks at who is there.
CONNECT_WITHIN = 10.0
WORKERS_WITHIN = 60.0
_LOOK_EVERY = 1.0
_FETCH_WITHIN = 3.0


class ClusterError(DeidcError):
    """A cluster cannot be used, or not any more; says why, in words without data."""


@define(eq=False)
class ClusterWorker:
    """A worker process that takes part; `name` is what it calls the run."""

    address: str
    name: str


@define(eq=False)
class Task:
    """Files on their way to a worker; `future` is of the answer."""

    worker: ClusterWorker
    future: Any = field(repr=False)  # distributed is an extra


@define(eq=False)
class Cluster:
    """A connection to a scheduler. `declined` says by address why workers that came later were handed nothing."""

    address: str
    _client: Any = field(repr=False)
    patience: float
    declined: dict[str, str] = field(factory=dict, init=False)
    workers: dict[str, ClusterWorker] = field(factory=dict, init=False)
    _work: Parcel | None = field(default=None, init=False, repr=False)
    _permit: Path | None = field(default=None, init=False)
    _tasks: list[Task] = field(factory=list, init=False, repr=False)
    _handed: int = field(default=0, init=False)
    _looked: float = field(default=0.0, init=False)
    _met: float = field(factory=time.monotonic, init=False)
    _changed: threading.Event = field(factory=threading.Event, init=False, repr=False)

    def check(self) -> None:
        """Look whether there are workers, and whether all are fit to take part. Raises ClusterError."""
        threads = self._awaited()
        self._decline_threads(threads)
        for address, told in self._asked(differing, (versions(),), threads).items():
            if told is not None:
                self.declined[address] = f"it has {told}"
        self._expect_all()

    def begin(self, work: Work, permit: Path | None) -> None:
        """Have the workers take on a run; all of those that are there must. Raises ClusterError."""
        self._work, self._permit = Parcel.of(work), permit
        self._awaited()
        self.look()
        self._expect_all()

    def _expect_all(self) -> None:
        if self.declined:
            told = "; ".join(f"the worker {address} cannot take part: {why}" for address, why in self.declined.items())
            raise ClusterError(told)

    def look(self) -> list[ClusterWorker]:
        """See who has come, and return those that are gone. Raises ClusterError."""
        threads = self._threads()
        self._looked = time.monotonic()
        gone = [worker for address, worker in self.workers.items() if address not in threads]
        for worker in gone:
            del self.workers[worker.address]
        self._welcome({one: threads[one] for one in threads if one not in self.workers and one not in self.declined})
        if self.workers:
            self._met = self._looked
        elif self._looked - self._met > self.patience:
            raise ClusterError("no workers are left")
        return gone

    def _welcome(self, threads: Mapping[str, int]) -> None:
        """Ask workers that came to take part."""
        self._decline_threads(threads)
        permit = str(self._permit.absolute()) if self._permit is not None else None
        asked = [one for one in threads if one not in self.declined]
        for address, (taken, told) in self._asked(accept, (versions(), self._work, permit), asked).items():
            if taken:
                self.workers[address] = ClusterWorker(address, told)
            else:
                self.declined[address] = told

    def _decline_threads(self, threads: Mapping[str, int]) -> None:
        """Decline workers of several threads: what keeps pydicom silent is of the whole process."""
        for address, count in threads.items():
            if count > 1:
                self.declined[address] = f"it has {count} threads; start it with --nthreads 1"

    def busy(self) -> Counter[str]:
        """Return how many tasks are on their way to each address."""
        return Counter(task.worker.address for task in self._tasks)

    def hand(self, worker: ClusterWorker, files: tuple[Handed, ...]) -> Task:
        """Hand files to a worker. Raises ClusterError."""
        self._handed += 1
        key = f"deidc-{worker.name}-{self._handed}"  # Dask shows keys to whoever looks
        try:
            future = self._client.submit(
                clean, worker.name, Parcel.of(files), key=key, workers=[worker.address], pure=False
            )
            future.add_done_callback(lambda _: self._changed.set())
        except Exception as failure:  # noqa: BLE001  # Dask raises what the connection did
            raise self._lost(failure) from None
        task = Task(worker, future)
        self._tasks.append(task)
        return task

    def results(self) -> Iterator[tuple[Task, Answer | None]]:
        """Wait a while, and yield what is answered; None for what the worker took with it. Raises ClusterError.

        A worker that died is missing from `workers` then.
        """
        self._changed.wait(_LOOK_EVERY)
        self._changed.clear()
        gone = self.look() if time.monotonic() - self._looked > _LOOK_EVERY else []
        for task in [one for one in self._tasks if one.worker in gone or one.future.done()]:
            answer, is_sure = (None, True) if task.worker in gone else self._fetched(task)
            if not is_sure:
                continue
            self._tasks.remove(task)
            if answer is None:
                self._given_up(task)
            yield task, answer

    def _fetched(self, task: Task) -> tuple[Answer | None, bool]:
        """Return the answer of a task, and whether there will be no other."""
        try:
            parcel = task.future.result(timeout=_FETCH_WITHIN)
        except TimeoutError:
            return None, False  # the worker is slow, or died with the answer, and is missed at the next look
        except Exception as failure:  # noqa: BLE001  # whatever happened in Dask, the files may have been begun
            if self._client.status != "running":
                raise self._lost(failure) from None
            return None, True
        return (parcel.content() if parcel is not None else None), True

    def _given_up(self, task: Task) -> None:
        """Let go of a task, and of its worker if it is another process by now."""
        with suppress(Exception):
            self._client.cancel([task.future], force=True)
        if self.workers.get(task.worker.address) is task.worker:
            del self.workers[task.worker.address]

    def _awaited(self) -> dict[str, int]:
        """Wait until there are workers; return their threads by address. Raises ClusterError."""
        end = time.monotonic() + self.patience
        while not (found := self._threads()):
            if time.monotonic() > end:
                raise ClusterError(f"the scheduler {self.address} has no workers")
            time.sleep(0.2)
        return found

    def _threads(self) -> dict[str, int]:
        try:
            return dict(self._client.nthreads())
        except Exception as failure:  # noqa: BLE001  # Dask raises what the connection did
            raise self._lost(failure) from None

    def _asked(self, question: Any, arguments: tuple[object, ...], addresses: Iterable[str]) -> dict[str, Any]:  # noqa: ANN401  # functions of all kinds
        """Return what workers answer, and decline those that cannot; raises ClusterError."""
        asked = list(addresses)
        if not asked:
            return {}
        try:
            answers = dict(self._client.run(question, *arguments, workers=asked, on_error="return"))
        except Exception as failure:  # noqa: BLE001  # Dask raises what the connection did
            raise self._lost(failure) from None
        for address in asked:
            answer = answers.get(address)
            if isinstance(answer, Exception):
                del answers[address]
                # A worker that ended meanwhile may join again when it comes back.
                if not isinstance(answer, OSError):
                    self.declined[address] = f"deidc does not answer on it ({type(answer).__name__})"
        return answers

    def _lost(self, failure: Exception) -> ClusterError:
        return ClusterError(f"the scheduler {self.address} no longer answers ({type(failure).__name__})")

    def close(self) -> None:
        """Cancel what is on its way, have the workers forget the run, and hang up."""
        with suppress(Exception):
            self._client.cancel([task.future for task in self._tasks], force=True)
        with suppress(Exception):
            names = frozenset(worker.name for worker in self.workers.values())
            if self._client.status == "running" and names:
                self._client.run(forget, names, workers=list(self.workers), on_error="ignore")
        with suppress(Exception):
            self._client.close(timeout=CONNECT_WITHIN)


@contextmanager
def cluster_at(
    address: str, *, connect_within: float = CONNECT_WITHIN, workers_within: float = WORKERS_WITHIN
) -> Iterator[Cluster]:
    """Give the cluster whose scheduler is at an address, looked over. Raises ClusterError."""
    try:
        from distributed import Client
    except ImportError:
        raise ClusterError("clusters need the extra `dask`: pip install 'deidc[dask]'") from None
    client = _connected(Client, address, connect_within)
    cluster = Cluster(address, client, workers_within)
    try:
        cluster.check()
        yield cluster
    finally:
        cluster.close()


def _connected(connect: Callable[..., Any], address: str, within: float) -> Any:  # noqa: ANN401  # distributed is an extra
    """Return the client of a scheduler. Raises ClusterError, after a bounded time."""
    try:
        parts = urlsplit(address)
        socket.create_connection((parts.hostname or "", parts.port or 0), within).close()
    except (OSError, ValueError):
        raise ClusterError(f"the scheduler {address} cannot be reached") from None
    clients: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def make() -> None:
        try:
            clients.put(connect(address, timeout=within, set_as_default=False))
        except Exception:  # noqa: BLE001  # Dask raises what the connection did
            clients.put(None)

    # Dask waits for ever for one that takes the call and says nothing.
    threading.Thread(target=make, daemon=True).start()
    try:
        client = clients.get(timeout=within + 1)
    except queue.Empty:
        client = None
    if client is None:
        raise ClusterError(f"{address} does not answer like a Dask scheduler")
    return client


def silence_dask() -> None:
    """Keep Dask from printing what a ClusterError reports already; call it once a process, before Dask is loaded."""
    with suppress(ImportError):
        import dask.config

        # asyncio logs tasks of Dask that were cancelled with their answer.
        loggers = ("asyncio", "distributed", "distributed.client", "tornado", "tornado.application")
        dask.config.set({"logging": dict.fromkeys(loggers, "critical")})
