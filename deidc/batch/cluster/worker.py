"""A worker of a cluster accepts a run, links its program, and cleans the files that it is handed.

Nothing here raises: Dask would write the arguments of what failed to its log. What travels is wrapped so that its text
form shows nothing, for the same reason.
"""

from __future__ import annotations

import pickle
import secrets
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import pydicom
from attrs import evolve, field, frozen

from deidc.batch.inputs.archives import Shelf
from deidc.batch.job.discovery import Input
from deidc.batch.job.one_file import run_file
from deidc.batch.job.outcome import FileOutcome
from deidc.batch.job.run_lock import is_permitted, worker_lock
from deidc.batch.job.variables import Rows
from deidc.batch.job.workers import Work, silence_pydicom
from deidc.errors import MissingExtra
from deidc.pixels.text.detectors import MissingDetector, require_for_pixels
from deidc.runtime.link_error import LinkError
from deidc.runtime.machine import Machine
from deidc.version import __version__

# Runs whose program a process remembers. One that was killed cannot say that it is over.
_MOST_RUNS = 4


@frozen
class Parcel:
    """Something that travels to a worker or back, pickled; it is unpacked only where versions are known to agree."""

    data: bytes = field(repr=False)

    @classmethod
    def of(cls, content: object) -> Parcel:
        """Wrap something."""
        return cls(pickle.dumps(content, protocol=5))

    def content(self) -> Any:  # noqa: ANN401  # whoever unpacks it knows what was wrapped
        """Return what was wrapped."""
        return pickle.loads(self.data)  # noqa: S301  # whoever can reach a worker of Dask can have it run anything


@frozen
class Handed:
    """A file that is handed to a worker; `again` says that a worker died which had it."""

    number: int
    source: Input = field(repr=False)
    rows: Rows | None = field(repr=False)
    again: bool


@frozen
class Answer:
    """What became of the files that were handed over together, and the seconds it took."""

    outcomes: tuple[FileOutcome, ...] = field(repr=False)
    seconds: float


@frozen
class _Accepted:
    """A run that this process works for."""

    work: Work
    machine: Machine
    shelf: Shelf
    permit: Path | None


Told: TypeAlias = tuple[bool, str]
_runs: dict[str, _Accepted] = {}  # Dask hands functions to processes, so what they remember is the process's


def versions() -> dict[str, str]:
    """Return what has to be the same in all processes of a run, for one meaning and one form of what travels."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return {"deidc": __version__, "Python": python, "pydicom": pydicom.__version__}


def differing(expected: Mapping[str, str]) -> str | None:
    """Say in which version this process differs, if it does."""
    found = versions()
    told = [f"{name} {found[name]} in place of {version}" for name, version in expected.items()
            if found.get(name) != version]  # fmt: skip
    return ", ".join(told) or None


def accept(expected: Mapping[str, str], work: Parcel, permit: str | None) -> Told:
    """Take on a run; return True and what the run is called in this process, or False and why not.

    `permit` is the file in the state folder of the run whose being there says that the run goes on. It shows as well
    that this machine has the same output folder.
    """
    different = differing(expected)
    if different is not None:
        return False, f"it has {different}"
    path = Path(permit) if permit is not None else None
    if path is not None and not is_permitted(path):
        return False, "it cannot see the output folder; mount the same folder on all machines"
    name = secrets.token_hex(8)
    try:
        silence_pydicom()
        taken: Work = work.content()
        if not all(map(is_permitted, taken.seen)):
            return False, "it cannot see the quarantine folder; mount the same folder on all machines"
        # The token separates its temporary files from those of other workers, which go on when it dies.
        taken = evolve(taken, settings=evolve(taken.settings, token=f"{taken.settings.token}{name}-"))
        require_for_pixels(taken.program)
        if path is not None:
            worker_lock(path.parent, name).release()
        _runs[name] = _Accepted(taken, taken.machine(), Shelf(), path)
    except (MissingExtra, MissingDetector) as failure:
        return False, f"it lacks a package: {failure}"
    except LinkError as failure:
        return False, f"it cannot link the recipe: {failure}"
    # Modules of functions run whatever they like when they are imported; its text may quote anything.
    except BaseException as failure:  # noqa: BLE001
        return False, f"it cannot link the recipe ({type(failure).__name__}); install the modules of functions there"
    while len(_runs) > _MOST_RUNS:
        del _runs[next(iter(_runs))]
    return True, name


def forget(names: frozenset[str]) -> None:
    """Let go of runs that are over, with their variables."""
    for name in names:
        _runs.pop(name, None)


def clean(name: str, files: Parcel) -> Parcel | None:
    """Clean files one after the other; None if not all came to an end.

    Then this process knows the run no more, so it begins nothing that waits, and what it left may be swept.
    """
    run = _runs.get(name)
    if run is None:
        return None
    try:
        lock = worker_lock(run.permit.parent, name) if run.permit is not None else None
        try:
            return Parcel.of(_cleaned(run, files.content(), _is_wanted()))
        finally:
            if lock is not None:
                lock.release()
    # What a function of the user's raises to end the process, say; the files are tried alone then.
    except BaseException:  # noqa: BLE001
        _runs.pop(name, None)
        return None


class _NotWanted(Exception):
    """The run was stopped or killed, and another may be writing there soon."""


def _cleaned(run: _Accepted, files: tuple[Handed, ...], is_wanted: Callable[[], bool]) -> Answer:
    outcomes: list[FileOutcome] = []
    begun = time.monotonic()
    for one in files:
        if not is_wanted() or (run.permit is not None and not is_permitted(run.permit)):
            raise _NotWanted
        settings = evolve(run.work.settings, rows=one.rows, again=one.again)
        outcomes.append(run_file(run.machine, settings, one.number, one.source, run.shelf))
    return Answer(tuple(outcomes), time.monotonic() - begun)


def _is_wanted() -> Callable[[], bool]:
    """Return a function that is true while Dask still wants the running task: its client may be gone."""
    from distributed import get_worker  # the extra `dask`, which is there where this runs

    worker = get_worker()
    key = worker.get_current_task()

    def is_wanted() -> bool:
        task = worker.state.tasks.get(key)
        return task is not None and task.state == "executing"

    return is_wanted
