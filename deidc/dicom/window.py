"""A window reads the bytes of a file where they are needed; large irrelevant ranges never enter memory."""

from __future__ import annotations

from typing import Protocol, TypeAlias

from attrs import define, field, frozen

# Most headers end in the first window. What follows is read in larger pieces, because then there is much of it.
FIRST_WINDOW = 1 << 16
NEXT_WINDOW = 1 << 18


class NotWhole(Exception):
    """The bytes end within an element; says nothing about them."""


class Reader(Protocol):
    """Bytes that can be read at any place: a file, or memory."""

    @property
    def size(self) -> int:
        """How many bytes there are."""
        ...

    def read(self, at: int, count: int) -> bytes:
        """Return `count` bytes from `at` on, or those up to the end. Raises OSError."""
        ...


@frozen
class InMemory:
    """Bytes that are in memory anyway."""

    data: bytes = field(repr=False)

    @property
    def size(self) -> int:
        """How many bytes there are."""
        return len(self.data)

    def read(self, at: int, count: int) -> bytes:
        """Return `count` bytes from `at` on, or those up to the end."""
        return self.data[at : at + count]


@define(eq=False)
class Window:
    """A part of a file in memory, `data`, that begins at `base` and moves on demand.

    Slices of a Window are slices of the file, wherever the window stands.
    """

    reader: Reader = field(repr=False)
    size: int = field(init=False)
    base: int = field(init=False, default=0)
    data: bytes = field(init=False, default=b"", repr=False)

    def __attrs_post_init__(self) -> None:
        self.size = self.reader.size
        self.data = self.reader.data if isinstance(self.reader, InMemory) else self._read(0, FIRST_WINDOW)

    def twin(self) -> Window:
        """Return a window over the same bytes that begins where this one does and moves on its own."""
        made = Window.__new__(Window)
        made.reader, made.size, made.base, made.data = self.reader, self.size, self.base, self.data
        return made

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, where: slice) -> bytes:
        at, stop = where.start, min(where.stop, self.size)
        first = at - self.base
        if first >= 0 and stop - self.base <= len(self.data):
            return self.data[first : stop - self.base]
        return self._read(at, stop - at) if stop > at else b""

    def move(self, at: int) -> None:
        """Let the window begin at a place of the file. Raises NotWhole and OSError."""
        self.base, self.data = at, self._read(at, NEXT_WINDOW)

    def holds(self, at: int, count: int) -> bool:
        """Whether the bytes from `at` on are in the window, as many as there are up to the end of the file."""
        return self.base <= at and min(at + count, self.size) <= self.base + len(self.data)

    def _read(self, at: int, count: int) -> bytes:
        data = self.reader.read(at, count)
        if len(data) < min(count, self.size - at):
            raise NotWhole  # the file became shorter while it was read
        return data


Buffer: TypeAlias = bytes | Window


class Unsuited(Exception):
    """The stream engine leaves an object to the Dataset engine; says why, in words without data."""


OUT_OF_ORDER = "elements are not in order"
