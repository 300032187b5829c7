"""Clean the object in an open input with the engine that can."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from attrs import define, field, frozen
from pydicom.dataset import FileDataset

from deidc.batch.inputs.faults import ReadFault
from deidc.batch.inputs.reading import read_object
from deidc.batch.inputs.sources import Opened
from deidc.batch.outputs.content import Content
from deidc.batch.outputs.rereading import Rereader
from deidc.batch.outputs.writing import encode
from deidc.dicom.layout import Damaged
from deidc.dicom.limits import LIMITS, Limits
from deidc.dicom.window import NotWhole, Unsuited
from deidc.runtime.machine import Machine
from deidc.runtime.outcome import Blanked, Cleaned, Flag, Refused, TextSearch, holding
from deidc.runtime.stream.cleaned_bytes import CleanedBytes
from deidc.vocabulary import Policy, Storage


class NotRead(Exception):
    """The bytes hold no object that could be cleaned."""

    def __init__(self, fault: ReadFault) -> None:
        self.fault = fault
        super().__init__(fault.message)


@define(eq=False)
class Given:
    """An open input, and the object in it, which is read when it is first needed."""

    opened: Opened = field(repr=False)
    limits: Limits = LIMITS
    _dataset: FileDataset | None = field(default=None, repr=False)

    def read(self) -> FileDataset:
        """Return the object. Raises NotRead and NotOpened."""
        if self._dataset is None:
            dataset = read_object(self.opened, self.limits)
            if isinstance(dataset, ReadFault):
                raise NotRead(dataset)
            self._dataset = dataset
        return self._dataset


def clean(
    machine: Machine,
    given: Given,
    variables: Mapping[str, object],
    lists: Mapping[str, Collection[str]] | None = None,
    *,
    notes_starts: bool = False,
) -> tuple[Cleaned | CleanedBytes | Refused, str | None]:
    """Clean an object with the stream engine, or with the Dataset engine; return why it was that one, too.

    `notes_starts`: whether values of the output will be needed; see `Machine.run_on_bytes`.
    Raises NotRead and NotOpened, and whatever pydicom raises where it stumbles over a damaged object.
    """
    try:
        return machine.run_on_bytes(
            given.opened, given.read, variables, lists, given.limits, notes_starts=notes_starts
        ), None
    except Unsuited as reason:
        why = str(reason)
    except (NotWhole, Damaged):
        why = "the file is damaged"  # and reading it reports in which way
    return machine.run(given.read(), variables, lists), why


def content_of(cleaned: Cleaned | CleanedBytes, given: Given) -> Content | ReadFault:
    """Return the bytes of a cleaned object, or why it has none."""
    if isinstance(cleaned, CleanedBytes):
        return Content(cleaned.pieces, given.opened)
    assert isinstance(cleaned.dataset, FileDataset)
    data = encode(cleaned.dataset)
    return data if isinstance(data, ReadFault) else Content.of(data)


def is_held(holding: Sequence[Flag], *, write_flagged: bool) -> bool:
    """Whether labels keep an object from being written; `write_flagged` overrides all policies but quarantine."""
    return bool(holding) and not (write_flagged and not is_set_apart(holding))


def is_set_apart(holding: Sequence[Flag]) -> bool:
    """Whether a label puts the object into quarantine."""
    return any(flag.policy is Policy.QUARANTINE for flag in holding)


@frozen
class InPixels:
    """A cleaned object with its regions blanked: the bytes, the labels that hold it for review, and what was blanked.

    `text` is true if the pixels were searched for text.
    """

    content: Content
    holding: tuple[Flag, ...]
    blanked: Blanked | None
    text: TextSearch | None = None


def in_pixels(content: Content, flags: Sequence[Flag], storage: Storage | None) -> InPixels | Refused:
    """Blank the regions of the labels that matched a cleaned object; without `storage`, none are.

    Raises what reading the input raises, NotWhole and Damaged.
    """
    if storage is None or not any(flag.blanks for flag in flags):
        return InPixels(content, holding(flags), None)
    # numpy is loaded when pixels are to be blanked, and not before.
    from deidc.pixels.blanking.labelled import settle  # noqa: PLC0415

    reader = Rereader.of(content)
    settled = settle(reader, flags, storage)
    if isinstance(settled, Refused):
        return settled
    if settled.blanked is None:
        return InPixels(content, settled.holding, None, settled.text)
    pieces = reader.traced(settled.blanked.pieces)
    return InPixels(pieces, settled.holding, settled.blanked.account, settled.text)
