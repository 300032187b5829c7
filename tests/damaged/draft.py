"""A file that is being made: what was planted in it, and what was damaged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import Protocol, TypeVar

from attrs import define, field, frozen

from tests.damaged.pen import Encoding, Layout, element, even

Piece = tuple[int, bytes]  # what it is sorted by, usually its tag; its bytes


T = TypeVar("T")


class Choices(Protocol):
    """What decides: a seeded `random.Random`, or hypothesis."""

    def choice(self, among: Sequence[T], /) -> T:
        """Return one of some."""
        ...

    def randrange(self, start: int, stop: int | None = None, /) -> int:
        """Return a number below `start`, or one from `start` on below `stop`."""
        ...


class Scope(StrEnum):
    """Which recipe names the attribute in which a canary sits; see `tests.damaged.recipe`."""

    NAMED = "both recipes name it"
    WIDE = "only the wide recipe names it"
    UNNAMED = "the language has no way to name it"


_SCOPES = tuple(Scope)


@frozen
class Canary:
    """A token that occurs nowhere else, and where it was planted."""

    text: bytes
    scope: Scope
    kind: str

    def __str__(self) -> str:
        return f"{self.kind} ({self.scope})"


class Place(StrEnum):
    """Where in a file a kind of damage is."""

    TOP = "top"
    ITEM = "item"
    OPEN_ITEM = "item of undefined length"
    DEEP = "third level"
    PRIVATE = "private sequence"
    UNKNOWN_VR = "sequence of VR UN"
    FILE = "file"


@frozen
class Combination:
    """One kind of damage, at a place, in an encoding."""

    kind: str
    place: Place
    encoding: Encoding

    def __str__(self) -> str:
        return f"{self.kind} / {self.place} / {self.encoding}"


# Attributes that both recipes remove by keyword, at every depth.
NAMED: dict[int, str] = {
    0x00100010: "PN",
    0x00080050: "SH",
    0x00080080: "LO",
    0x00080090: "PN",
    0x00081070: "PN",
    0x00100020: "LO",
    0x00100030: "DA",
    0x00101040: "LO",
    0x00104000: "LT",
    0x0040A123: "PN",
    0x0040A160: "UT",
}


@define
class Draft:
    """What is planted and damaged so far. `draw` decides everything, so the same numbers make the same file.

    `more` draws further pieces for items; without it items hold names only.
    """

    draw: Choices
    encoding: Encoding
    more: Callable[[Draft, Layout], list[Piece]] | None = None
    kind: str = ""
    depth: int = 0
    least: Scope = Scope.NAMED
    burned_in: bool = False
    canaries: list[Canary] = field(factory=list)
    kinds: list[Combination] = field(factory=list)

    def token(self, scope: Scope = Scope.NAMED) -> bytes:
        """Return a canary of 16 bytes that is planted now."""
        text = b"CANARY%04dx%05d" % (len(self.canaries), self.draw.randrange(100_000))
        self.canaries.append(Canary(text, max(scope, self.least, key=_SCOPES.index), self.kind))
        return text

    @contextmanager
    def at_most(self, scope: Scope) -> Iterator[None]:
        """Let canaries be planted where no more recipes name them than those of `scope`."""
        before, self.least = self.least, max(scope, self.least, key=_SCOPES.index)
        yield
        self.least = before

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Let what is drawn be in an item."""
        self.depth += 1
        yield
        self.depth -= 1

    def name(self, layout: Layout, tag: int | None = None) -> bytes:
        """Return an element that both recipes name, whole and with a canary."""
        chosen = self.draw.choice(tuple(NAMED)) if tag is None else tag
        return element(layout, chosen, NAMED[chosen], self.token())

    def harmless(self, layout: Layout) -> bytes:
        """Return an element that no rule names."""
        tag, vr, value = self.draw.choice(
            ((0x00080060, "CS", b"CT"), (0x00280010, "US", b"\x10\x00"), (0x00180050, "DS", b"1.25"))
        )
        return element(layout, tag, vr, value)

    def body(self, layout: Layout) -> bytes:
        """Return the elements of an item: one harmless, one with a name, and perhaps more that is damaged."""
        pieces: list[Piece] = [(0, self.harmless(layout)), (1, self.name(layout))]
        if self.more is not None and self.depth < 3:
            with self.inside():
                pieces += self.more(self, layout)
        return b"".join(data for _, data in pieces)

    def text(self, layout: Layout, tag: int, vr: str, scope: Scope) -> bytes:
        """Return an element with a canary under any tag and VR."""
        return element(layout, tag, vr, even(self.token(scope)))
