"""Refuse an object that cannot be cleaned, for one by its deadline."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from pydicom.dataset import Dataset

from deidc.batch.job.deadline import DeadlineExceeded, deadline
from deidc.codes import faults
from deidc.dicom.limits import LIMITS
from deidc.errors import DeidcError
from deidc.ir.program import Program
from deidc.runtime.outcome import Fault


class ObjectRefused(DeidcError, ValueError):
    """An object could not be cleaned, and nothing came of it; `faults` say why, in words without data."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        super().__init__("; ".join(_told(one) for one in faults))

    def __reduce__(self) -> tuple[type[ObjectRefused], tuple[tuple[Fault, ...]]]:
        return (ObjectRefused, (self.faults,))


def _told(fault: Fault) -> str:
    at = f" at {fault.path}" if fault.path else ""
    return f"{fault.rule.code} {fault.message}{at}"


def object_deadline(dataset: Dataset, program: Program) -> AbstractContextManager[None]:
    """Give the work on one object as much CPU time as a run gives a file of its size. Raises ObjectRefused.

    Outside the main thread, where there is no deadline, an object is refused if a pattern of the program needs one.
    """
    size = sum(len(one.value) for one in dataset.values() if isinstance(one.value, bytes))
    return _refusing(size_deadline(size, program))


def size_deadline(size: int, program: Program) -> AbstractContextManager[None]:
    """Return the deadline of an object of so many bytes. It raises DeadlineExceeded."""
    return deadline(LIMITS.deadline(size), may_hang=lambda: program.has_slow_pattern)


def search_deadline(may_hang: bool) -> AbstractContextManager[None]:
    """Give a search in fields as much CPU time as a small file, if its pattern can hang. Raises ObjectRefused.

    Outside the main thread, where there is no deadline, the search is not begun.
    """
    return _refusing(deadline(LIMITS.deadline(0), may_hang=lambda: True)) if may_hang else nullcontext()


@contextmanager
def _refusing(limit: AbstractContextManager[None]) -> Iterator[None]:
    """Raise ObjectRefused where a deadline raises DeadlineExceeded."""
    try:
        with limit:
            yield
    except DeadlineExceeded as failure:
        raise ObjectRefused((Fault(faults.DEADLINE_EXCEEDED, str(failure)),)) from None
