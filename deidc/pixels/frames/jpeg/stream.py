"""The structure of a JPEG image, as far as blanking blocks needs it (ITU-T T.81 Annex A and B)."""

from __future__ import annotations

from functools import cached_property

from attrs import field, frozen

from deidc.pixels.frames.jpeg.huffman import HuffmanTable


@frozen
class Component:
    """A component: its identifier, its sampling factors, and the number of its quantization table."""

    identifier: int
    across: int
    down: int
    quantization: int


@frozen
class Header:
    """What the frame header says: rows, columns, and components (ITU-T T.81 B.2.2)."""

    rows: int
    columns: int
    components: tuple[Component, ...]

    @cached_property
    def most_across(self) -> int:
        """The highest horizontal sampling factor."""
        return max(one.across for one in self.components)

    @cached_property
    def most_down(self) -> int:
        """The highest vertical sampling factor."""
        return max(one.down for one in self.components)

    @property
    def units(self) -> tuple[int, int]:
        """How many minimum coded units there are in a column and in a row."""
        return -(self.rows // -(8 * self.most_down)), -(self.columns // -(8 * self.most_across))


@frozen
class Scan:
    """Blocks of some components, in the order in which they are coded.

    Attributes:
        components: by their place in the header, each with its tables for differences and for coefficients.
        steps: of each of them, how much one step of the first coefficient is (ITU-T T.81 A.3.4).
        restart: so many units are coded without looking back at others; 0 if all are.
        intervals: the bytes of those, without what is stuffed in between.

    """

    components: tuple[tuple[int, HuffmanTable, HuffmanTable], ...]
    steps: tuple[int, ...]
    restart: int
    intervals: tuple[bytes, ...] = field(repr=False)


@frozen
class Stream:
    """An image: its header, the scans, and what is written before and behind each of them.

    Attributes:
        parts: the segments in order; a number stands for the scan of that number.
        is_jfif: whether it says that it is JFIF, and its colours therefore YCbCr.
        transform: what an Adobe segment says of the colours; None if there is none.

    """

    header: Header
    scans: tuple[Scan, ...]
    parts: tuple[bytes | int, ...] = field(repr=False)
    is_jfif: bool
    transform: int | None

    @property
    def colours(self) -> str | None:
        """The colours that the image says it has, "RGB" or "YBR"; None if it does not, "" if that is not understood.

        JFIF comes before Adobe, and that before what components are called, as libjpeg has it.
        """
        told = None if self.transform is None else {0: "RGB", 1: "YBR"}.get(self.transform, "")
        if self.is_jfif:
            return "YBR" if told in (None, "YBR") else ""
        if told is not None:
            return told
        identifiers = bytes(one.identifier for one in self.header.components)
        return "RGB" if identifiers in (b"RGB", b"rgb") else None
