"""The cleaned bytes of a file are pieces of the input and new bytes, in the order in which they are written."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from operator import attrgetter, itemgetter

from attrs import field, frozen

from deidc.dicom.edits import Edit, Span, pieces
from deidc.dicom.part10 import PREAMBLE, PREFIX, Opened, meta_elements
from deidc.dicom.window import Window
from deidc.runtime.fold.toplevel import OfBytes
from deidc.runtime.outcome import Event, Flag
from deidc.runtime.stream.decisions import Decision
from deidc.runtime.stream.levels import Told, element_path

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
    _top: OfBytes | None = field(default=None, repr=False)

    def values(self, tags: Collection[int]) -> dict[int, tuple[str, ...]]:
        """Return the text of the values of top-level attributes of the output, by tag; of sequences, nothing.

        What the walk of the engine knows answers; the output is not walked again. Raises Undecodable.
        """
        assert self._top is not None
        new = {tag: data for _, _, depth, tag, _, data in self.edits if tag and not depth}
        new.update(meta_elements(self.head[PREAMBLE + len(PREFIX) :]))
        found: dict[int, tuple[str, ...]] = {}
        for tag in tags:
            if tag >> 16 == 0x0002 and tag not in new:
                continue
            element = self._top.find(tag) if tag not in new else self._top.as_written(new[tag])
            if element is not None and element.vr != "SQ":
                found[tag] = element.components
        return found

    @property
    def events(self) -> tuple[Event, ...]:
        """What was done, in the order in which `Cleaned` has it."""
        told = (
            Event(element_path(place, where), op, effect)
            for place, where, decision in self._told
            for op, effect in decision.effects
        )
        return in_order((*self._events, *told))

    @property
    def counts(self) -> dict[tuple[int, str], int]:
        """How often each op had each effect."""
        counts: Counter[tuple[int, str]] = Counter((event.op, event.effect.value) for event in self._events)
        for decision, count in Counter(map(_decision, self._told)).items():
            for label in decision.labels:
                counts[label] += count
        return counts

    def pieces(self) -> Iterator[bytes | Span]:
        """Return the output piece by piece; spans are ranges of the input. Raises NotWhole and OSError."""
        if self.file.is_deflated:
            return iter((self.head, _deflated(self.file.window, self.file.start, self.edits)))
        return pieces(self.file.window, self.file.start, self.edits, self.head)

    def whole(self) -> bytes:
        """Return the output in one piece."""
        return _joined(self.file.window, self.pieces())


def in_order(events: Iterable[Event]) -> tuple[Event, ...]:
    """Return events by path, op and effect."""
    # By a key, which is made once for each event, where comparing events would make two for each comparison.
    return tuple(sorted(events, key=attrgetter("path", "op", "effect")))


def whole(window: Window, start: int, edits: Iterable[Edit]) -> bytes:
    """Return what the bytes from `start` on are after the edits, in one piece."""
    return _joined(window, pieces(window, start, edits))


def _joined(window: Window, parts: Iterable[bytes | Span]) -> bytes:
    return b"".join(part if isinstance(part, bytes) else window[part.start : part.end] for part in parts)


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
