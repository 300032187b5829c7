"""Select the key frames of an image: the first, the middle, the last, and those at which the mask changes."""

from __future__ import annotations

import numpy as np

from deidc.pixels.frames.masks import Masks

# A frame with a mask of its own may come as often as there are frames.
MOST = 12


def key_frames(masks: Masks, most: int = MOST) -> tuple[tuple[int, ...], int]:
    """Return the first, the middle and the last frame and those at which the mask changes, in order.

    The mask changes at a frame if it is not that of the frame before. If there are more than `most`, the first, the
    middle, the last and the first changes are returned; the number of those left out comes second.
    """
    last = masks.frames - 1
    chosen = {0, last // 2, last}
    changes = [frame for frame in range(1, masks.frames) if frame not in chosen and _changes(masks, frame)]
    room = max(0, most - len(chosen))
    return tuple(sorted({*chosen, *changes[:room]})), len(changes[room:])


def _changes(masks: Masks, frame: int) -> bool:
    before, here = masks.of(frame - 1), masks.of(frame)
    return before is not here and not np.array_equal(before, here)
