"""A chain of JSON lines shows any later change: each line holds a digest of itself and of all lines before it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256

from attrs import frozen

START = "0" * 64  # what stands for the digest before the first line


@frozen
class Link:
    """A line that is what was written: its record without number and digest, and where it ends in bytes."""

    line: int
    record: Mapping[str, object]
    chain: str
    end: int


@frozen
class Broken:
    """What is wrong at a line, which is counted from 1."""

    line: int
    message: str


def chained(previous: str, entry: int, record: Mapping[str, object]) -> tuple[bytes, str]:
    """Return the line of a record, numbered `entry` from 0, and its digest, which goes into the next line.

    The digest is SHA-256 of the digest before, in hexadecimal, and the line without its member `chain`.
    """
    numbered = {**record, "entry": entry}
    chain = _digest(previous, numbered)
    return _canonical({**numbered, "chain": chain}).encode() + b"\n", chain


def read_chain(lines: Iterable[bytes]) -> Iterator[Link | Broken]:
    """Yield what each line is: in its place in the chain, or broken.

    A line after a broken one is judged by its own number and digest, so one change is reported once.
    """
    previous: str | None = START  # None after a line without a digest
    entry = end = 0
    held: list[tuple[int, bytes]] = []
    numbered = enumerate(lines, 1)
    while (one := held.pop() if held else next(numbered, None)) is not None:
        number, line = one
        end += len(line)
        found = _read(line)
        if found is not None and found.entry < entry:
            yield Broken(number, f"line {number} was inserted or moved")
            continue
        if found is not None and found.entry > entry:
            yield Broken(number, f"lines are missing before line {number}: {found.entry - entry}")
        elif found is not None and found.is_after(previous):
            yield Link(number, found.record, found.chain, end)
        else:
            following = next(numbered, None)
            held.extend([following] if following is not None else [])
            after = _read(following[1]) if following is not None else None
            if after is not None and after.entry == entry and previous is not None and after.is_after(previous):
                yield Broken(number, f"line {number} was inserted")
                continue
            cut = not line.endswith(b"\n")
            yield Broken(number, f"line {number} is truncated" if cut else f"line {number} was changed")
        previous = found.chain if found is not None else None
        entry = found.entry + 1 if found is not None else entry + 1


@frozen
class _Said:
    """What a line says: its record, its number and its digest."""

    record: dict[str, object]
    entry: int
    chain: str

    def is_after(self, previous: str | None) -> bool:
        """Whether the digest is that of this line after a line with the digest `previous`; true if that is unknown."""
        return previous is None or self.chain == _digest(previous, {**self.record, "entry": self.entry})


def _read(line: bytes) -> _Said | None:
    """Return what a line says; None for one that `chained` does not write."""
    try:
        members = json.loads(line)
        if not isinstance(members, dict) or line != _canonical(members).encode() + b"\n":
            return None
    except (ValueError, RecursionError):
        return None
    chain, entry = members.pop("chain", None), members.pop("entry", None)
    if isinstance(chain, str) and isinstance(entry, int) and not isinstance(entry, bool):
        return _Said(members, entry, chain)
    return None


def _digest(previous: str, numbered: Mapping[str, object]) -> str:
    return sha256((previous + _canonical(numbered)).encode()).hexdigest()


def _canonical(record: Mapping[str, object]) -> str:
    return json.dumps(record, sort_keys=True, separators=(",", ":"))
