"""Blank the regions of the labels that flag an object, and find the labels that still hold it for review."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve, field, frozen

from deidc.codes import faults
from deidc.dicom.window import Reader, Unsuited
from deidc.ir import ops
from deidc.pixels.blanking.whole_objects import BlankedBytes, NothingToBlank, Painting, Storage, blank_bytes
from deidc.runtime.outcome import Fault, Flag, Refused, TextSearch, holding


@frozen
class Settled:
    """The state of a flagged object: its bytes with regions blanked, if any were, and the labels that hold it.

    `text` is set if the pixels were searched for text.
    """

    blanked: BlankedBytes | None = field(repr=False)
    holding: tuple[Flag, ...]
    text: TextSearch | None = None


def settle(reader: Reader, flags: Sequence[Flag], storage: Storage) -> Settled | Refused:
    """Blank the regions of labels in the bytes of a file, and return which labels still hold the object for review.

    Labels with the policy FLAG or QUARANTINE always hold it. A label with CLEAN holds it if it names no region for this
    object, or if there are pixels and none of its regions lies on them: the place of the text is unknown then. A label
    whose region is text, to be found by a detector, does not hold it, whether or not any text was found. An object that
    is held does not state that it is free of text. Refuses what `blank_bytes` refuses. Raises NotWhole, Damaged, and
    OSError of the reader.
    """
    asking = [flag for flag in flags if flag.blanks]
    if not asking:
        return Settled(None, holding(flags))
    painting = Painting.of(flags)
    settled = _settled(reader, flags, asking, painting, storage)
    if isinstance(settled, Settled) and settled.blanked is not None and settled.holding and painting.is_all:
        # Which regions lie beside the image is known when it was looked at; only then is it known to say too much.
        return _settled(reader, flags, asking, evolve(painting, is_all=False), storage)
    return settled


def _settled(
    reader: Reader, flags: Sequence[Flag], asking: Sequence[Flag], painting: Painting, storage: Storage
) -> Settled | Refused:
    try:
        blanked = blank_bytes(reader, painting, storage)
    except Unsuited as reason:
        return Refused((Fault(faults.PIXELS_NOT_UNDERSTOOD, str(reason)),))
    match blanked:
        case Refused():
            return blanked
        case NothingToBlank(has_pixels=True):
            return Settled(None, holding(flags, [flag for flag in asking if _asks_for_text(flag)]), blanked.text)
        case NothingToBlank():
            return Settled(None, holding(flags, asking))
        case BlankedBytes():
            rows, columns = blanked.account.rows, blanked.account.columns
            reaching = [flag for flag in asking if _asks_for_text(flag) or _reaches(flag, rows, columns)]
            return Settled(blanked, holding(flags, reaching), blanked.account.text)


def _asks_for_text(flag: Flag) -> bool:
    """Whether text is looked for, so that where none is found none is known to be."""
    return any(isinstance(shape, ops.TextRegions) for region in flag.regions for shape in region.shapes)


def _reaches(flag: Flag, rows: int, columns: int) -> bool:
    """Whether a region of a label lies on the image."""
    return any(
        not isinstance(shape, ops.Rectangle) or (shape.x0 < columns and shape.y0 < rows)
        for region in flag.regions
        if not region.keep
        for shape in region.shapes
    )
