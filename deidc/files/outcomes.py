"""Outcomes of cleaning a file or its bytes: each ending has its own type.

Only an object that may be passed on has bytes or a path. No outcome shows a value of an object, nor the name of an
input, in its `repr`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from attrs import field, frozen

from deidc.runtime.outcome import Blanked, Event, Fault, Flag, TextSearch


@frozen
class CleanedContent:
    """A cleaned object that may be passed on, as the bytes of a DICOM file.

    Attributes:
        data: the bytes of the file.
        events: each change of each element: its path, the index of the op in the program, the effect.
        flags: labels that fired; none of them holds the object for review.
        blanked: what was blanked in the pixels, or None.
        text: which detectors searched the pixels for text, or None.

    """

    data: bytes = field(repr=False)
    events: tuple[Event, ...]
    flags: tuple[Flag, ...] = ()
    blanked: Blanked | None = None
    text: TextSearch | None = None


@frozen
class CleanedFile:
    """A cleaned object that was written to a file.

    Attributes:
        output: the path of the file.
        size: its size in bytes.
        events, flags, blanked, text: as in CleanedContent.

    """

    output: Path = field(repr=False)
    size: int
    events: tuple[Event, ...]
    flags: tuple[Flag, ...] = ()
    blanked: Blanked | None = None
    text: TextSearch | None = None


@frozen
class WrittenFile:
    """A file of a run that was cleaned and written; in a dry run, one that would be.

    Attributes:
        source: the input, as it was named or found.
        output: the path of the output, relative to the output folder.
        size: its size in bytes, or None in a dry run.
        effects: how often each op of the program had each effect.
        flags, blanked, text: as in CleanedContent.

    """

    source: str = field(repr=False)
    output: Path = field(repr=False)
    size: int | None
    effects: Mapping[tuple[int, str], int]
    flags: tuple[Flag, ...] = ()
    blanked: Blanked | None = None
    text: TextSearch | None = None


@frozen
class UnchangedFile:
    """A file that an earlier run wrote, and that has not changed since.

    Attributes:
        source: the input, as it was named or found.
        output: the path of the output, relative to the output folder.

    """

    source: str = field(repr=False)
    output: Path = field(repr=False)


@frozen
class HeldFile:
    """An object that is held for review: a label fired, and no region of the pixels could be blanked for it.

    It has no bytes, no data set and no path of an output, so it cannot be saved by mistake, pickled into a queue or
    logged. There is no method that releases it either: whether flagged objects are passed on is a decision about a
    whole call, `write_flagged=True`, which a reviewer of the code can see. To look at the object, open the input.

    Attributes:
        source: the input; empty for bytes.
        holding: the labels that hold the object.
        flags: all labels that fired.
        quarantined: whether a run put the cleaned object into its quarantine folder.

    """

    source: str = field(repr=False)
    holding: tuple[Flag, ...]
    flags: tuple[Flag, ...]
    quarantined: bool = False


@frozen
class RefusedFile:
    """An object that could not be cleaned as the recipe says; nothing was written.

    Attributes:
        source: the input; empty for bytes.
        faults: the reasons, each with its rule, in words without data.

    """

    source: str = field(repr=False)
    faults: tuple[Fault, ...]


@frozen
class SkippedFile:
    """A file of a run that is no DICOM object, or is a DICOMDIR; nothing was written.

    Attributes:
        source: the input, as it was named or found.
        faults: the reason.

    """

    source: str = field(repr=False)
    faults: tuple[Fault, ...]


ContentOutcome: TypeAlias = CleanedContent | HeldFile | RefusedFile
SingleOutcome: TypeAlias = CleanedFile | HeldFile | RefusedFile
RunOutcome: TypeAlias = WrittenFile | UnchangedFile | HeldFile | RefusedFile | SkippedFile
