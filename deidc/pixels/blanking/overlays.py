"""Blank overlay planes under the masks of the image that they lie over (PS3.3 C.9.2)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from deidc.pixels.frames.black import OVERLAY_GROUPS
from deidc.pixels.frames.image import not_understood, number, numbers
from deidc.pixels.frames.masks import Masks
from deidc.runtime.fold.toplevel import TopLevel

_DATA, _ROWS, _COLUMNS = 0x3000, 0x0010, 0x0011
_FRAMES, _FIRST_FRAME, _ORIGIN = 0x0015, 0x0051, 0x0050


@frozen
class Plane:
    """An overlay: its size, the row and column of the image (from 0) that it begins at, and its frames.

    `first` is the frame of the image that the first frame of the overlay belongs to; None if there is but one, which
    lies over all frames of the image.
    """

    rows: int
    columns: int
    row: int
    column: int
    frames: int
    first: int | None


def overlays(top: TopLevel, masks: Masks, *, swapped: bool) -> Iterator[tuple[int, bytes]]:
    """Yield the overlay data in which something is to be blanked, by tag, with what stands there then.

    Overlay pixels beside the image are blanked where the whole image is. `swapped` says that bytes of words are in
    pairs of which the second comes first. Raises Trouble (DC971) for an overlay of unknown size.
    """
    for group in OVERLAY_GROUPS:
        element = top.find(group | _DATA)
        if element is None or element.is_empty:
            continue
        data = element.source.value
        plane = _plane(top, group)
        if not isinstance(data, bytes) or 8 * len(data) < plane.rows * plane.columns * plane.frames:
            raise not_understood("an overlay is shorter than its attributes declare", group | _DATA)
        changed = _blanked(data, plane, masks, swapped=swapped and element.vr == "OW")
        if changed != data:
            yield group | _DATA, changed


def _plane(top: TopLevel, group: int) -> Plane:
    origin = numbers(top.find(group | _ORIGIN)) or (1, 1)
    several = top.find(group | _FRAMES) is not None
    plane = Plane(
        rows=number(top, group | _ROWS),
        columns=number(top, group | _COLUMNS),
        row=origin[0] - 1,
        column=origin[-1] - 1,
        frames=number(top, group | _FRAMES, 1),
        first=number(top, group | _FIRST_FRAME, 1) - 1 if several else None,
    )
    if plane.rows < 1 or plane.columns < 1 or plane.frames < 1:
        raise not_understood("an overlay has no rows, columns or frames", group | _ROWS)
    return plane


def _blanked(data: bytes, plane: Plane, masks: Masks, *, swapped: bool) -> bytes:
    packed = np.frombuffer(data, np.uint8)
    if swapped:
        packed = packed.reshape(-1, 2)[:, ::-1].reshape(-1)
    bits = np.unpackbits(packed, bitorder="little")
    size = plane.rows * plane.columns
    for number_ in range(plane.frames):
        bits[number_ * size : (number_ + 1) * size][_mask(plane, number_, masks).reshape(-1)] = 0
    packed = np.packbits(bits, bitorder="little")
    return (packed.reshape(-1, 2)[:, ::-1].reshape(-1) if swapped else packed).tobytes()


def _mask(plane: Plane, number_: int, masks: Masks) -> NDArray[np.bool_]:
    """Return what is to be blanked of a frame of an overlay."""
    frame = None if plane.first is None else plane.first + number_
    inside = masks.of_any() if frame is None else masks.of(frame)
    mask = np.full((plane.rows, plane.columns), masks.blanks_outside(frame))
    # The part of the overlay that lies over the image, in rows and columns of the overlay.
    top, left = max(0, -plane.row), max(0, -plane.column)
    bottom = min(plane.rows, inside.shape[0] - plane.row)
    right = min(plane.columns, inside.shape[1] - plane.column)
    if top < bottom and left < right:
        mask[top:bottom, left:right] = inside[
            top + plane.row : bottom + plane.row, left + plane.column : right + plane.column
        ]
    return mask
