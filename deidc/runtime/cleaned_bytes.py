"""What the stream engine makes of a file: its pieces, in the order in which they are written."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter, itemgetter

from attrs import field, frozen

from deidc.runtime.decisions import Decision
from deidc.runtime.edits import Edit, Span, pieces
from deidc.runtime.outcome import Effect, Event, Flag
from deidc.runtime.part10 import Opened
from deidc.runtime.walk import Told, path_of
from deidc.runtime.window import Window

_CHUNK = 1 << 20
_decision: Callable[[Told], Decision] = itemgetter(2)


@frozen
class CleanedBytes:
    """The bytes of a file after the program; see `Cleaned`."""

    head: bytes = field(repr=False)
    file: Opened = field(repr=False)
    edits: tuple[Edit, ...] = field(repr=False)
    _events: tuple[Event, ...] = field(repr=False)
    _told: tuple[Told, ...] = field(repr=False)
    flags: tuple[Flag, ...] = ()

    @property
    def events(self) -> tuple[Event, ...]:
        """What was done, in the order in which `Cleaned` has it."""
        told = (
            Event(f"{path_of(place)}{tag:08X}", op, effect)
            for place, tag, decision in self._told
            for op, effect in decision.effects
        )
        return in_order((*self._events, *told))

    @property
    def counts(self) -> dict[tuple[int, Effect], int]:
        """How often each op had each effect."""
        counts: Counter[tuple[int, Effect]] = Counter((event.op, event.effect) for event in self._events)
        for decision, count in Counter(map(_decision, self._told)).items():
            for effect in decision.effects:
                counts[effect] += count
        return dict(counts)

    def pieces(self) -> Iterator[bytes | Span]:
        """Yield the output piece by piece; spans are ranges of the input. Raises NotWhole and OSError."""
        yield self.head
        if self.file.is_deflated:
            yield _deflated(self.file.window, self.file.start, self.edits)
        else:
            yield from pieces(self.file.window, self.file.start, self.edits)

    def whole(self) -> bytes:
        """Return the output in one piece."""
        if self.file.is_deflated:
            return b"".join((self.head, _deflated(self.file.window, self.file.start, self.edits)))
        return self.head + whole(self.file.window, self.file.start, self.edits)


def in_order(events: Iterable[Event]) -> tuple[Event, ...]:
    """Return events by path, op and effect."""
    # By a key, which is made once for each event, where comparing events would make two for each comparison.
    return tuple(sorted(events, key=attrgetter("path", "op", "effect")))


def whole(window: Window, start: int, edits: Iterable[Edit]) -> bytes:
    """Return what the bytes from `start` on are after the edits, in one piece."""
    return b"".join(
        piece if isinstance(piece, bytes) else window[piece.start : piece.end] for piece in pieces(window, start, edits)
    )


def _deflated(window: Window, start: int, edits: Iterable[Edit]) -> bytes:
    """Return the data set deflated, to an even length (PS3.5 A.5)."""
    deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    parts: list[bytes] = []
    for piece in pieces(window, start, edits):
        if isinstance(piece, bytes):
            parts.append(deflater.compress(piece))
        else:
            chunks = range(piece.start, piece.end, _CHUNK)
            parts.extend(deflater.compress(window[at : min(at + _CHUNK, piece.end)]) for at in chunks)
    parts.append(deflater.flush())
    data = b"".join(parts)
    return data + b"\0" * (len(data) % 2)
