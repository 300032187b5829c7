"""Read the content of an output before it is written, and trace what is made of it to ranges of the input."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator

from attrs import define, field

from deidc.batch.outputs.content import Content, Ranges
from deidc.dicom.edits import Span


@define(eq=False)
class Rereader:
    """A reader of content that is not written yet; large ranges of the input stay where they are."""

    size: int
    _source: Ranges | None = field(repr=False)
    _parts: tuple[bytes | Span, ...] = field(repr=False)
    _starts: tuple[int, ...] = field(repr=False)

    @classmethod
    def of(cls, content: Content) -> Rereader:
        """Return a reader of content. Raises what making the content raises."""
        parts = tuple(part for part in content.pieces() if _length(part))
        starts, at = [], 0
        for part in parts:
            starts.append(at)
            at += _length(part)
        return cls(at, content.source, parts, tuple(starts))

    def read(self, at: int, count: int) -> bytes:
        """Return `count` bytes from `at` on, or those up to the end. Raises what reading the input raises."""
        found = [one if isinstance(one, bytes) else self._read(one) for one in self._range(at, at + count)]
        return found[0] if len(found) == 1 else b"".join(found)

    def _read(self, span: Span) -> bytes:
        assert self._source is not None
        return self._source.read(span.start, span.end - span.start)

    def _range(self, at: int, stop: int) -> Iterator[bytes | Span]:
        """Yield what a range consists of."""
        number = bisect_right(self._starts, at) - 1
        while at < min(stop, self.size):
            part, start = self._parts[number], self._starts[number]
            first, last = at - start, min(stop - start, _length(part))
            yield part[first:last] if isinstance(part, bytes) else Span(part.start + first, part.start + last)
            at, number = start + last, number + 1

    def traced(self, pieces: Callable[[], Iterable[bytes | Span]]) -> Content:
        """Return the content that pieces make whose spans are ranges of what this reads."""
        return Content(lambda: self._traced(pieces()), self._source)

    def _traced(self, pieces: Iterable[bytes | Span]) -> Iterator[bytes | Span]:
        for piece in pieces:
            if isinstance(piece, bytes):
                yield piece
            else:
                yield from self._range(piece.start, piece.end)


def _length(part: bytes | Span) -> int:
    return len(part) if isinstance(part, bytes) else part.end - part.start
