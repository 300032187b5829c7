"""Clean objects with a machine, in place where deid does so, and warn of withdrawn elements."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from pydicom.dataset import Dataset

from deidc.batch.inputs.sources import NotOpened
from deidc.batch.job.cleaning import Given, NotRead, clean
from deidc.batch.job.deadline import DeadlineExceeded
from deidc.codes import faults
from deidc.compat.logger import bot
from deidc.compat.objects.deadlines import ObjectRefused, object_deadline, size_deadline
from deidc.compat.objects.linking import machine_of
from deidc.dicom.datasets import become
from deidc.guarded import guarded
from deidc.ir.program import Program
from deidc.runtime.functions.secret_strength import weak_secret_message, weak_secrets
from deidc.runtime.outcome import Cleaned, Effect, Fault, Refused
from deidc.runtime.stream.cleaned_bytes import CleanedBytes
from deidc.vocabulary import VariableKind

if TYPE_CHECKING:
    from deidc.runtime.fold.lists import Lists

# Callers catch ObjectRefused by the name that it has here.
__all__ = ["HostLists", "ObjectRefused", "clean_given", "clean_in_place", "lists_of", "warn_of_withdrawn"]

HostLists = Mapping[str, Collection[str]]


def clean_in_place(
    program: Program, dataset: Dataset, lookup: Mapping[str, object], lists: HostLists | None = None
) -> None:
    """Clean an object in place. Raises ObjectRefused; the object is unchanged then."""
    with object_deadline(dataset, program):
        outcome = machine_of(program).run(dataset, lookup, lists)
    if isinstance(outcome, Refused):
        raise ObjectRefused(outcome.faults)
    warn_of_withdrawn(program, outcome, lookup)
    become(dataset, outcome.dataset)


def clean_given(
    program: Program, given: Given, lookup: Mapping[str, object], lists: HostLists | None = None
) -> Cleaned | CleanedBytes:
    """Clean the object in an open input. Raises ObjectRefused."""
    try:
        with guarded(NotRead, NotOpened) as guard, size_deadline(given.opened.size, program):
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
    warn_of_withdrawn(program, outcome, lookup)
    return outcome


def lists_of(program: Program, dataset: Dataset) -> Lists:
    """Return what the lists of a program hold for an object. Raises ObjectRefused."""
    with object_deadline(dataset, program):
        lists = machine_of(program).lists(dataset)
    if isinstance(lists, Refused):
        raise ObjectRefused(lists.faults)
    return lists


def warn_of_withdrawn(program: Program, cleaned: Cleaned | CleanedBytes, lookup: Mapping[str, object]) -> None:
    """Warn of each element that was taken out because its rule failed: where it stood, and the rule's line.

    Before them, a warning names each secret of the object that is easy to guess, because rules with it fail.
    """
    if not any(effect == Effect.WITHDRAWN.value for _, effect in cleaned.counts):
        return
    machine = machine_of(program)
    secrets = (one.name for one in program.needs.variables if one.kind is VariableKind.SECRET)
    for name, reason in weak_secrets(secrets, lookup):
        bot.warning(weak_secret_message(name, reason, in_table=True))
    for event in cleaned.events:
        if event.effect is Effect.WITHDRAWN:
            origin = machine.program.origins[event.op]
            bot.warning(f"{event.path} is taken out: {origin.recipe}:{origin.line} could not be done")
