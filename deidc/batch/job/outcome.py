"""The outcome of a file: how one input of a run ended."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from attrs import field, frozen

from deidc.batch.inputs.stat_identity import StatIdentity
from deidc.batch.job.discovery import Input
from deidc.batch.job.references import Links
from deidc.batch.job.thumbnails import Thumbnail
from deidc.runtime.outcome import Blanked, Fault, Flag, TextSearch


class Ending(StrEnum):
    """How a file ended."""

    WRITTEN = "written"
    UNCHANGED = "unchanged"
    FLAGGED = "flagged"
    REFUSED = "refused"
    SKIPPED = "skipped"


@frozen
class FileOutcome:
    """What became of one input; nothing in it comes from the object but digests.

    Attributes:
        effects: how often each op had each effect.
        output: the path relative to the output folder, if the file was written (or would be, in a dry run).
        quarantined: whether the object was put into the folder for those that a label sets apart.
        flags: labels that fired, with their policies.
        holding: those of them that hold the object for review, because of their policy, or because nothing was blanked.
        blanked: what was blanked in the pixels, if anything was.
        text: whether text was looked for in the pixels.
        dataset_engine: why the file went through the Dataset engine, if it did.
        input_digest, output_digest: SHA-256 of all bytes; of the input, also where times cannot show a change.
        size, output_size: bytes of the input, and bytes of the output.
        identity: the stat identity of the input before it was read, if a later change is sure to change it.
        attributes: how often each op had each effect on each attribute, if the settings count them.
        thumbnail: a small picture of what became of an image that a label flags, if one is wanted.
        before, after: links of the input, and of the output if it was written, if the run compares them.

    """

    number: int
    source: Input = field(repr=False)
    ending: Ending
    faults: tuple[Fault, ...] = ()
    flags: tuple[Flag, ...] = ()
    holding: tuple[Flag, ...] = ()
    blanked: Blanked | None = None
    text: TextSearch | None = None
    effects: Mapping[tuple[int, str], int] = field(factory=dict)
    output: Path | None = field(default=None, repr=False)
    quarantined: bool = False
    input_digest: str | None = None
    output_digest: str | None = None
    size: int = 0
    output_size: int | None = None
    dataset_engine: str | None = None
    identity: StatIdentity | None = field(default=None, repr=False)
    attributes: Mapping[tuple[int, str, str], int] = field(factory=dict)
    thumbnail: Thumbnail | None = field(default=None, repr=False)
    before: Links | None = field(default=None, repr=False)
    after: Links | None = field(default=None, repr=False)
