"""Blank compressed frames one at a time: in their blocks, or decoded, blanked and stored again without loss."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from attrs import define, evolve, field
from pydicom.uid import ExplicitVRLittleEndian

from deidc.codes import faults
from deidc.dicom.edits import Span
from deidc.dicom.layout import PIXEL_DATA
from deidc.dicom.window import Window
from deidc.pixels.frames import fragments, jpeg_blocks
from deidc.pixels.frames.black import black_of
from deidc.pixels.frames.codecs import Decoded, can_store, decoded, encoded
from deidc.pixels.frames.fragments import Encapsulated
from deidc.pixels.frames.image import PHOTOMETRIC, Image, not_understood
from deidc.pixels.frames.masks import Masks
from deidc.runtime.fold.frame import trouble
from deidc.runtime.fold.toplevel import TopLevel
from deidc.vocabulary import Storage

# So much of new frames is kept from when they are tried to when they are written; others are made a second time.
KEPT = 1 << 24


class _NotStorable(Exception):
    """A frame cannot be encoded without another loss."""


@define(eq=False)
class Recoding:
    """Frames of an encapsulated image on their way into a transfer syntax.

    Attributes:
        image: how the pixels of the object lie; `after` is the same of the output.
        native: whether frames are stored uncompressed.
        lengths: how many bytes each new frame is long, or the items of an unchanged one.

    """

    window: Window = field(repr=False)
    top: TopLevel = field(repr=False)
    image: Image
    source: Encapsulated
    masks: Masks
    syntax: str
    native: bool = False
    after: Image = field(init=False)
    lengths: list[int] = field(init=False, factory=list)
    _kept: dict[int, bytes] = field(init=False, factory=dict, repr=False)

    def __attrs_post_init__(self) -> None:
        self.after = self.image

    @property
    def transfer_syntax(self) -> str:
        """The transfer syntax of the frames after."""
        return ExplicitVRLittleEndian if self.native else self.syntax

    def prepare(self, storage: Storage) -> None:
        """Make every new frame once, so that what cannot be made is known before anything is written.

        Raises Trouble (DC971, DC972, DC973), NotWhole and OSError.
        """
        if storage is not Storage.NATIVE and (self.syntax == jpeg_blocks.SYNTAX or can_store(self.syntax)):
            try:
                self._make_all()
            except _NotStorable:
                pass
            else:
                return
        if storage is Storage.SAME:
            message = "the transfer syntax cannot store the blanked frames without loss"
            raise trouble(faults.NOT_STORABLE, message, f"{PIXEL_DATA:08X}", None)
        self.native = True
        self._make_all()

    def _make_all(self) -> None:
        self.lengths, self._kept = [], {}
        kinds: set[str] = set()
        room = KEPT
        for frame in range(self.image.frames):
            if self._stays(frame):
                span = self.source.frames[frame].span
                self.lengths.append(span.end - span.start)
                continue
            made, as_decoded = self._made(frame)
            kinds.add(as_decoded.photometric)
            self.lengths.append(len(made))
            if len(made) <= room:
                room -= len(made)
                self._kept[frame] = made
        if self.native:
            if len(kinds) != 1:
                raise not_understood("frames have different color spaces", PHOTOMETRIC)
            self.after = evolve(self.image, photometric=kinds.pop(), planar=False)
        elif sum(self._item_lengths) > 0xFFFFFFFF and self._is_parted:
            raise not_understood("the frames are too long for an offset table, and cannot be separated without one")
        elif self.image.photometric == "YBR_ICT" and not any(map(self._stays, range(self.image.frames))):
            self.after = evolve(self.image, photometric="YBR_RCT")

    def _stays(self, frame: int) -> bool:
        return not self.native and not self.masks.touches(frame)

    def _made(self, frame: int) -> tuple[bytes, Image]:
        """Return a new frame, and how its pixels were decoded. Raises Trouble and _NotStorable."""
        source = self.source.frames[frame].encoded(self.window)
        one = decoded(source, self.image, self.syntax)
        if self.syntax == jpeg_blocks.SYNTAX and not self.native:
            data = jpeg_blocks.in_blocks(source, one, self.image, self.masks.of(frame), self.top)
        else:
            self._blank(one, frame)
            data = one.pixels.tobytes() if self.native else encoded(one, self.image, self.syntax)
        if data is None:
            raise _NotStorable
        return data, one.image

    def _blank(self, one: Decoded, frame: int) -> None:
        black = np.array(black_of(one.image, self.top), dtype=f"<u{one.image.allocated // 8}")
        cells = one.pixels.view(black.dtype)
        cells[self.masks.of(frame)] = black if one.image.samples > 1 else black[0]

    # ---- what is written --------------------------------------------------------------------------------

    def value(self) -> Iterator[bytes | Span]:
        """Yield the value of the pixel data after, with the delimiter if it is encapsulated."""
        if self.native:
            for frame in range(self.image.frames):
                yield self._frame(frame)
            yield b"\0" * (sum(self.lengths) % 2)
            return
        yield self.offsets()
        for frame in range(self.image.frames):
            yield self.source.frames[frame].span if self._stays(frame) else fragments.item(self._frame(frame))
        yield fragments.ENDING

    def _frame(self, frame: int) -> bytes:
        kept = self._kept.get(frame)
        if kept is None:
            try:
                kept, _ = self._made(frame)
            except _NotStorable:
                raise AssertionError("it was storable before") from None
        return kept

    @property
    def _item_lengths(self) -> list[int]:
        return [
            length if self._stays(frame) else fragments.item_length(length) for frame, length in enumerate(self.lengths)
        ]

    @property
    def _is_parted(self) -> bool:
        """Whether only an offset table assigns fragments to frames."""
        frames = range(self.image.frames)
        return len(frames) > 1 and any(
            self._stays(one) and len(self.source.frames[one].fragments) > 1 for one in frames
        )

    def offsets(self) -> bytes:
        """Return the item of the Basic Offset Table, empty if there was none and none is needed."""
        if self.source.has_offsets or self._is_parted:
            return fragments.offset_table(self._item_lengths)
        return fragments.item(b"")
