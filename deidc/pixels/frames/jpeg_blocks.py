"""Blank JPEG frames in their blocks, so that nothing else of them is compressed a second time."""

from __future__ import annotations

import numpy as np
from pydicom.uid import JPEGBaseline8Bit

from deidc.pixels.frames.black import black_of
from deidc.pixels.frames.codecs import Decoded, decoded, undecodable
from deidc.pixels.frames.image import Image
from deidc.pixels.frames.jpeg.blanking import InBlocks, blanked_in_blocks
from deidc.pixels.frames.jpeg.faults import DamagedImage, NotBaseline
from deidc.pixels.frames.jpeg.reading import stream_of
from deidc.pixels.frames.jpeg.stream import Stream
from deidc.pixels.frames.masks import Mask
from deidc.runtime.fold.frame import Trouble
from deidc.runtime.fold.toplevel import TopLevel

# The one syntax whose frames are blanked in their blocks.
SYNTAX = JPEGBaseline8Bit


def in_blocks(frame: bytes, as_decoded: Decoded, image: Image, mask: Mask, top: TopLevel) -> bytes | None:
    """Return a frame in which all blocks are black that masked pixels are made of; None if it cannot be made so.

    It cannot be if the frame is not of the baseline process, whatever its syntax says, or if the object and the frame
    say different things of its colours. What comes of it is decoded: each masked pixel is black then, and each pixel of
    which no block was blanked is what it was in `as_decoded`, or it is not taken. Raises Trouble (DC972).
    """
    try:
        stream = stream_of(frame)
        made = blanked_in_blocks(stream, mask, _black(stream, image, top))
    except DamagedImage:
        raise undecodable("a frame is damaged") from None
    except NotBaseline:
        return None
    return made.data if _is_as_it_should_be(made, as_decoded, image, mask, top) else None


def _black(stream: Stream, image: Image, top: TopLevel) -> tuple[int, ...]:
    """Return a black sample of each component. Raises NotBaseline if it is not known, and DamagedImage."""
    header = stream.header
    if (header.rows, header.columns, len(header.components)) != (image.rows, image.columns, image.samples):
        raise DamagedImage
    if (image.allocated, image.stored, image.signed) != (8, 8, False):
        raise NotBaseline
    if image.samples == 1:
        return black_of(image, top)
    says = {"RGB": "RGB", "YBR_FULL": "YBR", "YBR_FULL_422": "YBR"}.get(image.photometric)
    if says is None or stream.colours not in (None, says):
        raise NotBaseline
    return black_of(image, top)


def _is_as_it_should_be(made: InBlocks, before: Decoded, image: Image, mask: Mask, top: TopLevel) -> bool:
    try:
        after = decoded(made.data, image, SYNTAX)
    except Trouble:
        return False
    shape = (image.rows, image.columns, image.samples)
    here, there = (one.pixels.view(np.uint8).reshape(shape) for one in (after, before))
    is_masked, is_other = mask[..., np.newaxis], ~made.pixels[..., np.newaxis]
    black = np.array(black_of(after.image, top), dtype=np.uint8)
    is_wrong = ((here != black) & is_masked) | ((here != there) & is_other)
    return after.image == before.image and not is_wrong.any()
