"""Alter some bytes of a file: top-level elements, ranges that keep their length, pixel data."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator

from attrs import define, field
from pydicom.uid import DeflatedExplicitVRLittleEndian

from deidc.dicom.edits import Span
from deidc.dicom.part10 import PREAMBLE, Opened, head, text_element
from deidc.dicom.splicing import Change, spliced
from deidc.dicom.walk import PlacedElement, elements
from deidc.dicom.window import Unsuited, Window

_SYNTAX = 0x00020010


@define(eq=False)
class Altered:
    """The changes of a file, and the bytes with these changes applied.

    Attributes:
        places: where each element at the top is. Raises Unsuited if one is there twice.
        syntax: the transfer syntax after.

    """

    file: Opened
    syntax: str = field(init=False)
    places: dict[int, PlacedElement] = field(init=False, repr=False)
    _elements: dict[int, bytes] = field(init=False, factory=dict, repr=False)
    _inside: list[Change] = field(init=False, factory=list, repr=False)
    _pixels: tuple[PlacedElement, Callable[[], Iterable[Change]]] | None = field(init=False, default=None, repr=False)

    def __attrs_post_init__(self) -> None:
        file = self.file
        self.syntax = file.syntax
        found = list(elements(file.window, file.start, file.window.size, file.layout))
        self.places = {place.header.tag: place for place in found}
        if len(self.places) != len(found):
            raise Unsuited("an element occurs twice")

    # ---- what changes -----------------------------------------------------------------------------------

    def write(self, tag: int, element: bytes) -> None:
        """Write an element at the top level, present or not, and remove its retired group length (PS3.5 7.2)."""
        self._elements[tag] = element
        self.drop(tag & 0xFFFF0000)

    def drop(self, tag: int) -> None:
        """Take an element at the top away, if it is there."""
        if tag in self.places:
            self._elements[tag] = b""
            if tag & 0xFFFF:
                self.drop(tag & 0xFFFF0000)

    def overwrite(self, start: int, new: bytes) -> None:
        """Put other bytes in the place of as many."""
        self._inside.append(Change(start, start + len(new), new))

    def alter_pixels(self, tag: int, changes: Callable[[], Iterable[Change]]) -> None:
        """Let changes, which are made each time they are needed, be those of the element with the pixels."""
        self._pixels = (self.places[tag], changes)

    # ---- what comes of it -------------------------------------------------------------------------------

    def pieces(self) -> Iterator[bytes | Span]:
        """Yield the file after; spans are ranges of the input. Raises NotWhole and OSError."""
        file = self.file
        body = spliced(file.window, file.start, file.window.size, self._changes())
        if file.is_deflated:
            yield self._head(DeflatedExplicitVRLittleEndian)
            yield from _deflated(file.window, body)
            return
        yield file.window[0 : file.start] if self.syntax == file.syntax else self._head(self.syntax)
        yield from body

    def _head(self, syntax: str) -> bytes:
        """Return the unchanged preamble, and the file meta information with a transfer syntax."""
        new = head({**self.file.elements, _SYNTAX: text_element(_SYNTAX, "UI", syntax)}, syntax)
        return (self.file.preamble or bytes(PREAMBLE)) + new[PREAMBLE:]

    def _changes(self) -> Iterator[Change]:
        """Yield all changes in order."""
        replaced = [self.places[tag] for tag in self._elements if tag in self.places]
        inside = [one for one in self._inside if not any(place.at <= one.start < place.end for place in replaced)]
        small = sorted([*inside, *self._of_elements()], key=lambda one: (one.start, one.end))
        if self._pixels is None:
            yield from small
            return
        place, changes = self._pixels
        yield from (one for one in small if one.end <= place.at)
        yield from changes()
        yield from (one for one in small if one.start >= place.end)

    def _of_elements(self) -> Iterator[Change]:
        in_order = sorted(self.places)
        end = self.places[in_order[-1]].end
        for tag, data in sorted(self._elements.items()):
            place = self.places.get(tag)
            if place is not None:
                yield Change(place.at, place.end, data)
            else:
                at = next((self.places[other].at for other in in_order if other > tag), end)
                yield Change(at, at, data)


def _deflated(window: Window, body: Iterator[bytes | Span]) -> Iterator[bytes]:
    """Yield a data set deflated, to an even length (PS3.5 A.5)."""
    deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    size = 0
    for piece in body:
        data = deflater.compress(window[piece.start : piece.end] if isinstance(piece, Span) else piece)
        size += len(data)
        if data:
            yield data
    last = deflater.flush()
    yield last + b"\0" * ((size + len(last)) % 2)
