"""Clean one object: the bytes of a file, or a file."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar, overload

from attrs import frozen

from deidc.batch.inputs.archives import Shelf
from deidc.batch.inputs.faults import ReadFault
from deidc.batch.inputs.sources import LocalFile, NotOpened, Opened, OpenedBytes, open_source
from deidc.batch.job.cleaning import Given, InPixels, NotRead, clean, content_of, in_pixels, is_held
from deidc.batch.job.deadline import DeadlineExceeded, deadline
from deidc.batch.job.discovery import InputError
from deidc.batch.outputs.destinations import LocalFolder, put
from deidc.batch.outputs.front import pixel_size
from deidc.codes import faults
from deidc.dicom.limits import LIMITS, BeyondLimit, Limits
from deidc.errors import ArgumentError
from deidc.files.outcomes import CleanedContent, CleanedFile, ContentOutcome, HeldFile, RefusedFile, SingleOutcome
from deidc.files.recipes import CallerFunctions, Recipe, machine_for
from deidc.guarded import guarded
from deidc.runtime.machine import Machine
from deidc.runtime.outcome import Event, Fault, Flag, Refused, fault_beyond

T = TypeVar("T")


def clean_bytes(
    recipe: Recipe,
    data: bytes,
    *,
    variables: Mapping[str, object] | None = None,
    functions: CallerFunctions | None = None,
    write_flagged: bool = False,
    limits: Limits = LIMITS,
) -> ContentOutcome:
    r"""Clean the bytes of one DICOM file, under the policies of `deidc run`.

    Never raises for what is in the bytes: an object that cannot be cleaned is refused.

    Args:
        recipe: a machine, or anything that `link_recipe` takes, which is then compiled in every call.
        data: the bytes of a DICOM file, with or without preamble.
        variables: variables of the recipe; with a machine, those of this object.
        functions: the functions that `func:` calls, by name; with a machine, give them to `link_recipe`.
        write_flagged: pass on objects that a label flags, as `--flagged write` does; never those in quarantine.
        limits: what one object may cost in memory and CPU time; outside the main thread there is no deadline, and
            a recipe with a pattern that needs one refuses the object.

    Returns:
        CleanedContent with the bytes, HeldFile for an object that is held for review, or RefusedFile with the reasons.

    Raises:
        DeidcError: the recipe, the variables or the functions cannot be used; see `link_recipe`.

    Example:
        >>> from deidc import CleanedContent, HeldFile, RefusedFile, clean_bytes
        >>> recipe = "FORMAT dicom\n\n%header\nREMOVE PatientName\n"
        >>> match clean_bytes(recipe, b"not DICOM"):
        ...     case CleanedContent(data=cleaned):
        ...         print(len(cleaned))
        ...     case HeldFile(holding=labels):
        ...         print([label.label for label in labels])
        ...     case RefusedFile(faults=faults):
        ...         print([fault.message for fault in faults])
        ['the file has no DICOM prefix']

    """
    if not isinstance(data, bytes | bytearray | memoryview):
        raise ArgumentError(f"data are bytes, not a {type(data).__name__}; clean_file takes paths")
    machine, own = machine_for(recipe, variables, functions)

    def cleaned() -> ContentOutcome:
        with OpenedBytes(bytes(data)) as opened:
            return _content(_settled(machine, opened, own, "", limits, write_flagged=write_flagged))

    return _guarded("", cleaned)


@overload
def clean_file(
    recipe: Recipe,
    source: Path | str,
    output: None = None,
    *,
    variables: Mapping[str, object] | None = None,
    functions: CallerFunctions | None = None,
    write_flagged: bool = False,
    limits: Limits = LIMITS,
) -> ContentOutcome: ...


@overload
def clean_file(
    recipe: Recipe,
    source: Path | str,
    output: Path | str,
    *,
    variables: Mapping[str, object] | None = None,
    functions: CallerFunctions | None = None,
    write_flagged: bool = False,
    limits: Limits = LIMITS,
    overwrite: bool = False,
    fsync: bool = False,
) -> SingleOutcome: ...


def clean_file(
    recipe: Recipe,
    source: Path | str,
    output: Path | str | None = None,
    *,
    variables: Mapping[str, object] | None = None,
    functions: CallerFunctions | None = None,
    write_flagged: bool = False,
    limits: Limits = LIMITS,
    overwrite: bool = False,
    fsync: bool = False,
) -> ContentOutcome | SingleOutcome:
    r"""Clean one file of this machine, under the policies of `deidc run`.

    The output is whole or absent, and never replaces the input. Files too large for memory are streamed when `output`
    is given.

    Args:
        recipe: a machine, or anything that `link_recipe` takes.
        source: the path of the input.
        output: the path of the output; without one, the outcome has the bytes.
        variables: variables of the recipe; with a machine, those of this object.
        functions: the functions that `func:` calls, by name; with a machine, give them to `link_recipe`.
        write_flagged: pass on objects that a label flags, as `--flagged write` does; never those in quarantine.
        limits: what one object may cost in memory and CPU time; outside the main thread there is no deadline, and
            a recipe with a pattern that needs one refuses the object.
        overwrite: replace the output if it is there; otherwise the input is refused.
        fsync: return when the output is on the disk.

    Returns:
        CleanedFile with the path (CleanedContent with the bytes, without `output`), HeldFile or RefusedFile.

    Raises:
        InputError: there is no such file.
        DeidcError: the recipe, the variables or the functions cannot be used; see `link_recipe`.

    Example:
        >>> from pydicom.data import get_testdata_file
        >>> from deidc import clean_file
        >>> recipe = "FORMAT dicom\n\n%header\nREMOVE PatientName\n"
        >>> outcome = clean_file(recipe, get_testdata_file("CT_small.dcm"))
        >>> [event.effect.value for event in outcome.events if event.path == "00100010"]
        ['removed']

    """
    machine, own = machine_for(recipe, variables, functions)
    file = LocalFile(Path(source))
    if not os.path.lexists(file.path):
        raise InputError(f"there is no input {file}")

    def cleaned() -> ContentOutcome | SingleOutcome:
        with open_source(file, Shelf()) as opened:
            outcome = _settled(machine, opened, own, str(file), limits, write_flagged=write_flagged)
            if output is None:
                return _content(outcome)
            return _written(outcome, file, Path(output), overwrite=overwrite, fsync=fsync)

    return _guarded(str(file), cleaned)


@frozen
class _Settled:
    """A cleaned object that may be passed on, while its input is open."""

    source: str
    events: tuple[Event, ...]
    flags: tuple[Flag, ...]
    pixels: InPixels


def _settled(
    machine: Machine,
    opened: Opened,
    variables: Mapping[str, object],
    source: str,
    limits: Limits,
    *,
    write_flagged: bool,
) -> _Settled | HeldFile | RefusedFile:
    """Clean an open input, and blank the regions of its labels. Raises what `_guarded` catches."""
    if not opened.size:
        return RefusedFile(source, (Fault(faults.EMPTY_FILE, "the file is empty"),))
    given = Given(opened, limits)
    with deadline(limits.deadline(opened.size), may_hang=lambda: machine.program.has_slow_pattern):
        cleaned, _ = clean(machine, given, variables)
    if isinstance(cleaned, Refused):
        return RefusedFile(source, cleaned.faults)
    content = content_of(cleaned, given)
    if isinstance(content, ReadFault):
        return RefusedFile(source, (Fault(content.rule, content.message),))
    with deadline(limits.deadline(max(content.size(), pixel_size(content.chunks())) if cleaned.flags else 0)):
        pixels = in_pixels(content, cleaned.flags, machine.program.storage)
    if isinstance(pixels, Refused):
        return RefusedFile(source, pixels.faults)
    if is_held(pixels.holding, write_flagged=write_flagged):
        return HeldFile(source, pixels.holding, cleaned.flags)
    return _Settled(source, cleaned.events, cleaned.flags, pixels)


def _content(outcome: _Settled | HeldFile | RefusedFile) -> ContentOutcome:
    """Return the outcome with the bytes of an object that may be passed on."""
    if not isinstance(outcome, _Settled):
        return outcome
    pixels = outcome.pixels
    return CleanedContent(pixels.content.whole(), outcome.events, outcome.flags, pixels.blanked, pixels.text)


def _written(
    outcome: _Settled | HeldFile | RefusedFile, source: LocalFile, output: Path, *, overwrite: bool, fsync: bool
) -> SingleOutcome:
    """Write an object that may be passed on, whole or not at all."""
    if not isinstance(outcome, _Settled):
        return outcome
    pixels, folder = outcome.pixels, LocalFolder(output.parent)
    size = put(folder, Path(output.name), pixels.content, source, overwrite=overwrite, fsync=fsync)
    if isinstance(size, ReadFault):
        return RefusedFile(outcome.source, (Fault(size.rule, size.message),))
    return CleanedFile(output, size, outcome.events, outcome.flags, pixels.blanked, pixels.text)


def _guarded(source: str, action: Callable[[], T]) -> T | RefusedFile:
    """Do something with one object, which is refused for whatever goes wrong with it."""
    try:
        with guarded(NotRead, NotOpened, BeyondLimit) as guard:
            return action()
        fault = Fault(faults.ELEMENT_UNDECODABLE, f"the object cannot be cleaned ({guard.kind})")
    except NotRead as failure:
        fault = Fault(failure.fault.rule, failure.fault.message)
    except NotOpened as failure:
        fault = Fault(failure.rule, failure.message)
    except BeyondLimit as failure:
        fault = fault_beyond(failure)
    except DeadlineExceeded as failure:
        fault = Fault(faults.DEADLINE_EXCEEDED, str(failure))
    return RefusedFile(source, (fault,))
