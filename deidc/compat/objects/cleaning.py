"""Clean objects with a machine, in place where deid does so, and warn of withdrawn elements."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pydicom.dataset import Dataset

from deidc.batch.inputs.sources import NotOpened
from deidc.batch.job.cleaning import Given, NotRead, clean
from deidc.batch.job.deadline import DeadlineExceeded, deadline
from deidc.codes import faults
from deidc.compat.logger import bot
from deidc.compat.objects.linking import machine_of
from deidc.dicom.datasets import become
from deidc.dicom.limits import LIMITS
from deidc.errors import DeidcError
from deidc.guarded import guarded
from deidc.ir.program import Program
from deidc.runtime.outcome import Cleaned, Effect, Fault, Refused
from deidc.runtime.stream.cleaned_bytes import CleanedBytes

if TYPE_CHECKING:
    from deidc.runtime.fold.lists import Lists

HostLists = Mapping[str, Collection[str]]


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


def clean_in_place(
    program: Program, dataset: Dataset, lookup: Mapping[str, object], lists: HostLists | None = None
) -> None:
    """Clean an object in place. Raises ObjectRefused; the object is unchanged then."""
    with object_deadline(dataset):
        outcome = machine_of(program).run(dataset, lookup, lists)
    if isinstance(outcome, Refused):
        raise ObjectRefused(outcome.faults)
    warn_of_withdrawn(program, outcome)
    become(dataset, outcome.dataset)


def clean_given(
    program: Program, given: Given, lookup: Mapping[str, object], lists: HostLists | None = None
) -> Cleaned | CleanedBytes:
    """Clean the object in an open input. Raises ObjectRefused."""
    try:
        with guarded(NotRead, NotOpened) as guard, deadline(LIMITS.deadline(given.opened.size)):
            outcome, _ = clean(machine_of(program), given, lookup, lists)
    except DeadlineExceeded as failure:
        raise ObjectRefused((Fault(faults.DEADLINE_EXCEEDED, str(failure)),)) from None
    except NotRead as failure:
        raise ObjectRefused((Fault(failure.fault.rule, failure.fault.message),)) from None
    except NotOpened as failure:
        raise ObjectRefused((Fault(failure.rule, failure.message),)) from None
    if guard.kind:
        message = f"the object cannot be cleaned ({guard.kind})"
        raise ObjectRefused((Fault(faults.ELEMENT_UNDECODABLE, message),))
    if isinstance(outcome, Refused):
        raise ObjectRefused(outcome.faults)
    warn_of_withdrawn(program, outcome)
    return outcome


@contextmanager
def object_deadline(dataset: Dataset) -> Iterator[None]:
    """Give the work on one object as much CPU time as a run gives a file of its size. Raises ObjectRefused."""
    size = sum(len(one.value) for one in dataset.values() if isinstance(one.value, bytes))
    try:
        with deadline(LIMITS.deadline(size)):
            yield
    except DeadlineExceeded as failure:
        raise ObjectRefused((Fault(faults.DEADLINE_EXCEEDED, str(failure)),)) from None


def lists_of(program: Program, dataset: Dataset) -> Lists:
    """Return what the lists of a program hold for an object. Raises ObjectRefused."""
    with object_deadline(dataset):
        lists = machine_of(program).lists(dataset)
    if isinstance(lists, Refused):
        raise ObjectRefused(lists.faults)
    return lists


def warn_of_withdrawn(program: Program, cleaned: Cleaned | CleanedBytes) -> None:
    """Warn of each element that was taken out because its rule failed: where it stood, and the rule's line."""
    if not any(effect == Effect.WITHDRAWN.value for _, effect in cleaned.counts):
        return
    machine = machine_of(program)
    for event in cleaned.events:
        if event.effect is Effect.WITHDRAWN:
            origin = machine.program.origins[event.op]
            bot.warning(f"{event.path} is taken out: {origin.recipe}:{origin.line} could not be done")
