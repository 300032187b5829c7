"""Blank regions of a whole object: its image, and everything that repeats or describes the pixels."""

from __future__ import annotations

import io
from collections.abc import Iterator

from attrs import define, evolve, field, frozen
from pydicom import dcmread, dcmwrite
from pydicom.dataset import Dataset, FileDataset

from deidc.codes import faults
from deidc.dicom.edits import Span
from deidc.dicom.part10 import opened
from deidc.dicom.window import InMemory, Reader, Unsuited, Window
from deidc.guarded import guarded
from deidc.pixels.blanking.altered import Altered
from deidc.pixels.blanking.blanking import Blanking, NothingToBlank
from deidc.pixels.frames.masks import Painting
from deidc.pixels.text.regions import with_text_found
from deidc.runtime.fold.frame import Trouble
from deidc.runtime.outcome import Blanked, Fault, Refused
from deidc.vocabulary import Storage

__all__ = [
    "Blanked",
    "BlankedBytes",
    "BlankedDataset",
    "NothingToBlank",
    "Painting",
    "Storage",
    "blank_bytes",
    "blank_dataset",
]


@define(eq=False)
class BlankedBytes:
    """The bytes of a file with its regions blanked; each call of `pieces` makes them anew."""

    account: Blanked
    _altered: Altered = field(repr=False)

    def pieces(self) -> Iterator[bytes | Span]:
        """Yield the output piece by piece; spans are ranges of the input. Raises NotWhole and OSError."""
        return self._altered.pieces()

    def whole(self) -> bytes:
        """Return the output in one piece. Raises NotWhole and OSError."""
        window = self._altered.file.window
        return b"".join(window[one.start : one.end] if isinstance(one, Span) else one for one in self.pieces())


@frozen
class BlankedDataset:
    """An object with its regions blanked; nothing of it is shared with the input."""

    dataset: Dataset = field(repr=False)
    account: Blanked


def blank_bytes(
    reader: Reader, painting: Painting, storage: Storage = Storage.SAME_OR_NATIVE
) -> BlankedBytes | NothingToBlank | Refused:
    """Blank regions in the bytes of a file.

    What no region touches keeps its bytes: other elements, other rows, other compressed frames. Native frames are
    blanked when they are written, and no more than one is in memory. Overlay planes are blanked where they lie over
    blanked pixels, and the icon where it is made of them, or it is removed. Pixel data in other items is filled with
    zeros. The attributes of `statement` are written into the object. If a region is text, each frame is searched for
    it first.

    Refuses objects whose pixels cannot be found (DC971), decoded (DC972) or stored as `storage` asks (DC973), and those
    in which a text detector fails (DC975). Raises MissingDetector for one that is not installed (`require_detectors`),
    Unsuited for what is no DICOM file or has an element twice, NotWhole or Damaged where the bytes are cut off, and
    OSError of the reader.
    """
    altered = Altered(opened(Window(reader)))
    try:
        painting, text = with_text_found(painting, reader)
        account = evolve(Blanking(altered, painting).prepare(storage), text=text)
    except Trouble as failure:
        return Refused((failure.fault,))
    return account if isinstance(account, NothingToBlank) else BlankedBytes(account, altered)


def blank_dataset(
    dataset: Dataset, painting: Painting, storage: Storage = Storage.SAME_OR_NATIVE
) -> BlankedDataset | NothingToBlank | Refused:
    """Blank regions of an object in memory, which is not changed; see `blank_bytes`.

    An object without file meta information is taken for one in explicit VR little endian.
    """
    with guarded() as guard:
        data = _encoded(dataset)
    if guard.kind:
        message = f"the object cannot be encoded ({guard.kind})"
        return Refused((Fault(faults.ELEMENT_UNDECODABLE, message),))
    try:
        blanked = blank_bytes(InMemory(data), painting, storage)
    except Unsuited as reason:
        return Refused((Fault(faults.PIXELS_NOT_UNDERSTOOD, str(reason)),))
    if not isinstance(blanked, BlankedBytes):
        return blanked
    found = dcmread(io.BytesIO(blanked.whole()), force=True)
    if isinstance(dataset, FileDataset):
        found.filename = dataset.filename
        return BlankedDataset(found, blanked.account)
    plain = Dataset(found)
    is_implicit, is_little = found.original_encoding
    plain.set_original_encoding(is_implicit, is_little, found.original_character_set)
    return BlankedDataset(plain, blanked.account)


def _encoded(dataset: Dataset) -> bytes:
    buffer = io.BytesIO()
    if getattr(dataset, "file_meta", None):
        dcmwrite(buffer, dataset, enforce_file_format=False)
    else:
        dcmwrite(buffer, dataset, implicit_vr=False, little_endian=True)
    return buffer.getvalue()
