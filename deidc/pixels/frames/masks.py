"""A mask marks the pixels of a frame that are to be blanked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol, TypeAlias

import numpy as np
from attrs import define, field, frozen
from numpy.typing import NDArray

from deidc.ir import ops
from deidc.runtime.outcome import Region
from deidc.vocabulary import Policy

# True where a pixel is to be blanked; rows, then columns.
Mask: TypeAlias = NDArray[np.bool_]


class RaisedLabel(Protocol):
    """A label that fired: a Flag of an outcome, or a Finding of a detector."""

    @property
    def policy(self) -> Policy:
        """What is to become of the object."""
        ...

    @property
    def regions(self) -> tuple[Region, ...]:
        """The regions to blank, and those to keep."""
        ...


class FrameMasks(Protocol):
    """The mask of each frame."""

    def of(self, frame: int) -> Mask:
        """Return the mask of a frame; frames that follow each other may have the same."""
        ...

    def touches(self, frame: int) -> bool:
        """Whether something is to be blanked in a frame."""
        ...


@frozen(eq=False)
class OneMask:
    """The same mask for every frame."""

    mask: Mask = field(repr=False)

    def of(self, frame: int) -> Mask:
        """Return the mask."""
        del frame
        return self.mask

    def touches(self, frame: int) -> bool:
        """Whether something is to be blanked."""
        del frame
        return bool(self.mask.any())


@frozen
class Painting:
    """Regions that are painted one after the other over frames in which nothing is blanked.

    Attributes:
        everywhere: what is painted over all frames.
        in_frames: what is painted over that in single frames, counted from 0.
        is_all: whether no text is known or feared to be elsewhere, so that the object may say that it has none.

    """

    everywhere: tuple[Region, ...]
    in_frames: Mapping[int, tuple[Region, ...]] = field(factory=dict)
    is_all: bool = True

    @classmethod
    def of(cls, found: Iterable[RaisedLabel]) -> Painting:
        """Return the regions of labels that fired, in their order; those of a whitelist blank nothing.

        It is not all if the object needs review.
        """
        asked = [one for one in found if one.policy is not Policy.PASS]
        regions = tuple(region for one in asked for region in one.regions)
        return cls(regions, is_all=all(one.policy is Policy.CLEAN for one in asked))


def painted(regions: Iterable[Region], rows: int, columns: int, under: Mask | None = None) -> Mask:
    """Return the mask that regions make of an image, painted one after the other, over another if one is given.

    What of a region lies outside the image is left out.
    """
    mask = np.zeros((rows, columns), dtype=np.bool_) if under is None else under.copy()
    for region in regions:
        for shape in region.shapes:
            match shape:
                case ops.Rectangle(x0, y0, x1, y1):
                    mask[y0:y1, x0:x1] = not region.keep
                case ops.WholeImage():
                    mask[:] = not region.keep
                case ops.TextRegions():  # never, or text would stay
                    raise AssertionError("text is looked for before anything is painted")
    return mask


def blanks_outside(regions: Iterable[Region]) -> bool:
    """Whether what lies outside the image, as overlays can, is to be blanked: it belongs to the whole image only."""
    outside = False
    for region in regions:
        if any(isinstance(shape, ops.WholeImage) for shape in region.shapes):
            outside = not region.keep
    return outside


def bands(mask: Mask) -> tuple[tuple[int, int], ...]:
    """Return the ranges of rows in which something is to be blanked, from the top."""
    edges = np.flatnonzero(np.diff(mask.any(axis=1), prepend=False, append=False))
    return tuple((int(first), int(last)) for first, last in edges.reshape(-1, 2))


def rectangles(mask: Mask) -> tuple[tuple[int, int, int, int], ...]:
    """Return rectangles that cover a mask and nothing else, each pixel once.

    They are given as the first row, the row behind the last, the first column and the column behind the last. Rows that
    are alike and follow each other share theirs, so few are needed for what regions paint.
    """
    found: list[tuple[int, int, int, int]] = []
    for first, last in bands(mask):
        band = mask[first:last]
        begins = np.flatnonzero(np.append(True, (band[1:] != band[:-1]).any(axis=1)))
        for begin, end in zip(begins, [*begins[1:], last - first], strict=True):
            edges = np.flatnonzero(np.diff(band[begin], prepend=False, append=False)).reshape(-1, 2)
            found.extend((first + int(begin), first + int(end), int(left), int(right)) for left, right in edges)
    return tuple(found)


@define(eq=False)
class Masks:
    """The masks of an image by frame; a frame with regions of its own has its mask made when it is needed."""

    painting: Painting
    rows: int
    columns: int
    frames: int
    _everywhere: Mask = field(init=False, repr=False)
    _last: tuple[tuple[Region, ...], Mask] | None = field(init=False, default=None, repr=False)

    def __attrs_post_init__(self) -> None:
        self._everywhere = painted(self.painting.everywhere, self.rows, self.columns)

    def of(self, frame: int) -> Mask:
        """Return the mask of a frame."""
        regions = self.painting.in_frames.get(frame)
        if regions is None:
            return self._everywhere
        if self._last is None or self._last[0] != regions:
            self._last = regions, painted(regions, self.rows, self.columns, self._everywhere)
        return self._last[1]

    def touches(self, frame: int) -> bool:
        """Whether something is to be blanked in a frame."""
        return bool(self.of(frame).any())

    def touched(self) -> int:
        """Return the number of frames in which something is to be blanked."""
        apart = [frame for frame in self.painting.in_frames if 0 <= frame < self.frames]
        return sum(map(self.touches, apart)) + (self.frames - len(apart)) * bool(self._everywhere.any())

    def of_any(self, frames: Iterable[int] | None = None) -> Mask:
        """Return what is to be blanked in at least one of some frames, or of all."""
        together, last = np.zeros_like(self._everywhere), None
        for frame in range(self.frames) if frames is None else frames:
            mask = self.of(frame)
            if mask is not last:
                together |= mask
            last = mask
        return together

    def blanks_outside(self, frame: int | None = None) -> bool:
        """Whether what lies outside the image is to be blanked, in a frame or in any."""
        everywhere, apart = self.painting.everywhere, self.painting.in_frames
        more = [(), *apart.values()] if frame is None else [apart.get(frame, ())]
        return any(blanks_outside((*everywhere, *one)) for one in more)
