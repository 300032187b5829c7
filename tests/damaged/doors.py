"""The doors through which a file is cleaned, and what is looked for in what comes out."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Self

from attrs import define, field, frozen
from pydicom.dataset import FileDataset

from deidc import Cleaned, Machine, Refused
from deidc.batch.inputs.faults import ReadFault
from deidc.batch.inputs.reading import read_bytes
from deidc.batch.job.cleaning import Given, NotRead, clean, content_of
from deidc.batch.outputs.writing import encode
from tests.damaged.draft import Canary, Scope
from tests.damaged.pen import UIDS, Encoding, swapped

_META_AT = 132 + 12  # behind the preamble, the prefix, and the group length, which every output has
_STATE_FOLDER = ".deidc"


@define(eq=False)
class InHand:
    """A file that is open and in memory."""

    data: bytes = field(repr=False)

    @property
    def size(self) -> int:
        return len(self.data)

    def read(self, at: int, count: int) -> bytes:
        return self.data[at : at + count]

    def whole(self) -> bytes:
        return self.data

    def fileno(self) -> int | None:
        return None

    def close(self) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass


@frozen
class Written:
    """What a door let through, which engine made it, and whether a label holds it for review."""

    data: bytes = field(repr=False)
    engine: str
    is_held: bool


@frozen
class NotWritten:
    """A file that was refused, and why."""

    why: str


def as_run_does(machine: Machine, data: bytes) -> Written | NotWritten:
    """Clean a file with the stream engine, and where it cannot with the other, as `deidc run` does."""
    given = Given(InHand(data))
    try:
        cleaned, why_not_streamed = clean(machine, given, {})
        if isinstance(cleaned, Refused):
            return NotWritten(", ".join(fault.rule.code for fault in cleaned.faults))
        content = content_of(cleaned, given)
        if isinstance(content, ReadFault):
            return NotWritten(content.rule.code)
        engine = "stream" if why_not_streamed is None else f"Dataset, because {why_not_streamed}"
        return Written(content.whole(), engine, any(flag.held for flag in cleaned.flags))
    except NotRead as failure:
        return NotWritten(f"{failure.fault.rule.code} {failure.fault.message}")
    # A run refuses an object at which pydicom raises any exception (`deidc.batch.job`).
    except Exception as failure:  # noqa: BLE001
        return NotWritten(type(failure).__name__)


def by_data_set(machine: Machine, data: bytes) -> Written | NotWritten:
    """Read a file, clean the data set, write it: the Dataset engine alone."""
    dataset = read_bytes(data)
    if isinstance(dataset, ReadFault):
        return NotWritten(f"{dataset.rule.code} {dataset.message}")
    try:
        cleaned = machine.run(dataset)
        if isinstance(cleaned, Refused):
            return NotWritten(", ".join(fault.rule.code for fault in cleaned.faults))
        assert isinstance(cleaned, Cleaned)
        assert isinstance(cleaned.dataset, FileDataset)
        output = encode(cleaned.dataset)
    # As above; a program that embeds the engine gets the exception, and no object.
    except Exception as failure:  # noqa: BLE001
        return NotWritten(type(failure).__name__)
    if isinstance(output, ReadFault):
        return NotWritten(output.rule.code)
    return Written(output, "Dataset", any(flag.held for flag in cleaned.flags))


DOORS = {"as deidc run does": as_run_does, "by the Dataset engine": by_data_set}


def survivors(canaries: tuple[Canary, ...], output: bytes, named_by: frozenset[Scope]) -> list[Canary]:
    """Return the canaries in attributes that a recipe names which are in an output, whole or in part."""
    return found([one for one in canaries if one.scope in named_by], output, *_inflated(output))


def found(canaries: Iterable[Canary], *looked_at: bytes) -> list[Canary]:
    """Return the canaries that are in some bytes, whole, in part, or with their words in the other order."""
    return [one for one in canaries if any(form in data for form in _forms(one.text) for data in looked_at)]


def _forms(text: bytes) -> set[bytes]:
    """Return what of a token must not be there: its beginning, its end, and its words in the other order."""
    return {text[:11], text[6:], *(swapped(text, width) for width in (2, 4, 8))}


def _inflated(output: bytes) -> list[bytes]:
    """Return the data set of a deflated output, and what is behind it."""
    if UIDS[Encoding.DEFLATED].encode() not in output[:1024]:
        return []
    length = int.from_bytes(output[_META_AT - 4 : _META_AT], "little")
    inflater = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
    data = inflater.decompress(output[_META_AT + length :])
    assert inflater.eof, "an output is a whole deflated stream"
    return [data, inflater.unused_data]


def outputs_below(folder: Path) -> dict[str, bytes]:
    """Return the files that a run wrote below a folder, by their names; what it keeps for itself left out."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and _STATE_FOLDER not in path.parts
    }


def seed_of_run() -> int:
    """Return the number from which the files of this run are drawn: that of the environment, or a new one."""
    return int(os.environ.get("DAMAGED_SEED", "") or int.from_bytes(os.urandom(4), "big"))
