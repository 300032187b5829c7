"""Map masked pixels to the blocks that cover them, and blocks to their pixels (ITU-T T.81 A.1 and A.2)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from deidc.pixels.frames.jpeg.stream import Component, Header
from deidc.pixels.frames.masks import Mask


def blocks_under(mask: Mask, component: Component, header: Header) -> Mask:
    """Return the blocks of a component that masked pixels are made of, down and across, also those beside the image.

    Decoders that smooth colour make a pixel of the samples around it, too, so blocks count that a pixel is near to.
    What is beside the image repeats its edge, and is blanked where the edge is.
    """
    high, wide = _size(component, header)
    rows, columns = header.units[0] * component.down, header.units[1] * component.across
    near = _spread(mask, component, header)
    missing = ((0, rows * high - mask.shape[0]), (0, columns * wide - mask.shape[1]))
    whole = np.pad(near, missing, mode="edge")
    return np.asarray(whole.reshape(rows, high, columns, wide).any(axis=(1, 3)))


def pixels_of(blocks: Mask, component: Component, header: Header) -> Mask:
    """Return the pixels that are made of blocks of a component, also in part."""
    high, wide = _size(component, header)
    pixels = blocks.repeat(high, axis=0).repeat(wide, axis=1)
    return _spread(pixels, component, header)[: header.rows, : header.columns]


def in_coded_order(blocks: list[NDArray[np.bool_]], components: list[Component], header: Header) -> NDArray[np.bool_]:
    """Return for each unit of a scan, and each block of it, what `blocks` say of it, which are by component.

    A scan of one component has units of one block, and none beside the image but to fill the last of them.
    """
    if len(blocks) == 1:
        (one,) = components
        rows = -(header.rows * one.down // -(8 * header.most_down))
        columns = -(header.columns * one.across // -(8 * header.most_across))
        return blocks[0][:rows, :columns].reshape(-1, 1)
    rows, columns = header.units
    by_unit = [
        each.reshape(rows, one.down, columns, one.across).swapaxes(1, 2).reshape(rows * columns, -1)
        for each, one in zip(blocks, components, strict=True)
    ]
    return np.concatenate(by_unit, axis=1)


def _size(component: Component, header: Header) -> tuple[int, int]:
    """Return how many pixels a block of a component is high and wide."""
    return 8 * header.most_down // component.down, 8 * header.most_across // component.across


def _spread(mask: Mask, component: Component, header: Header) -> Mask:
    """Return a mask with the pixels around it that may have a sample in common with it."""
    down, across = header.most_down // component.down // 2, header.most_across // component.across // 2
    spread = mask.copy()
    for step in range(1, down + 1):
        spread[step:] |= mask[:-step]
        spread[:-step] |= mask[step:]
    rows = spread.copy()
    for step in range(1, across + 1):
        spread[:, step:] |= rows[:, :-step]
        spread[:, :-step] |= rows[:, step:]
    return spread
