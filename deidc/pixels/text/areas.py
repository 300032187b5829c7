"""Convert a mask of text pixels to bounding boxes."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

# Left, top, right, bottom; the last two are outside.
Box: TypeAlias = tuple[int, int, int, int]


def boxes(mask: NDArray[np.bool_]) -> tuple[Box, ...]:
    """Return the box around each part of a mask that hangs together by sides of pixels, from the top."""
    width = mask.shape[1] + 1
    # With one more column runs of pixels end in their row, and can be found in all rows at once.
    flat = np.pad(mask, ((0, 0), (0, 1))).ravel()
    edges = np.flatnonzero(np.diff(flat, prepend=False, append=False))
    starts, ends = edges[::2], edges[1::2]
    if not starts.size:
        return ()
    first = np.searchsorted(ends, starts + width, side="right")
    behind = np.searchsorted(starts, ends + width, side="left")
    whole = _joined(first, behind)
    _, part = np.unique(whole, return_inverse=True)
    count = int(part.max()) + 1
    found = np.empty((count, 4), dtype=np.int64)
    found[:, :2], found[:, 2:] = mask.size + width, -1
    for column, values in ((0, starts % width), (1, starts // width)):
        np.minimum.at(found[:, column], part, values)
    for column, values in ((2, (ends - 1) % width + 1), (3, starts // width + 1)):
        np.maximum.at(found[:, column], part, values)
    return tuple((int(x0), int(y0), int(x1), int(y1)) for x0, y0, x1, y1 in found)


def _joined(first: NDArray[np.intp], behind: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return for each run the first run of its part; each touches those from `first` to `behind` in the next row."""
    whole = list(range(len(first)))

    def root(one: int) -> int:
        while whole[one] != one:
            whole[one] = whole[whole[one]]
            one = whole[one]
        return one

    for run, (begin, end) in enumerate(zip(first.tolist(), behind.tolist(), strict=True)):
        for other in range(begin, end):
            a, b = root(run), root(other)
            whole[max(a, b)] = min(a, b)
    return np.array([root(one) for one in range(len(whole))], dtype=np.intp)
