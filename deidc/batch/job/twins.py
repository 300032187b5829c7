"""Find inputs that share a place in the output, without a list of the places in memory."""

from __future__ import annotations

import os
import sqlite3
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import islice

from attrs import evolve

from deidc.batch.job.discovery import Input

_CHUNK = 64
_CLAIM = "INSERT OR IGNORE INTO places VALUES (?, 0)"
_CLAIM_AGAIN = "INSERT INTO places VALUES (?, 0) ON CONFLICT DO UPDATE SET before = before + 1 RETURNING before"


def folds_case() -> bool:
    """Whether two names that differ only in case are one file here, as on Windows and macOS."""
    return os.path.normcase("A") == "a" or sys.platform == "darwin"


def twins_marked(sources: Iterable[Input], *, folded: bool | None = None) -> Iterator[Input]:
    """Yield inputs, each with the number of those before it that have its place in the output.

    `folded` says whether places that differ in case or in Unicode normalization are one; by default as on this system.

    Places are kept in a temporary database of SQLite, which goes to disk when it grows and leaves nothing there.
    """
    places = sqlite3.connect("", isolation_level=None)
    try:
        places.execute("PRAGMA synchronous = OFF")
        places.execute("CREATE TABLE places (place BLOB PRIMARY KEY, before INTEGER NOT NULL) WITHOUT ROWID")
        inputs = iter(sources)
        while chunk := list(islice(inputs, _CHUNK)):
            yield from _marked(places, chunk, folded=folds_case() if folded is None else folded)
    finally:
        places.close()


def _place(source: Input, *, folded: bool) -> str:
    place = str(source.relative)
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", place).casefold()) if folded else place


def _marked(places: sqlite3.Connection, chunk: list[Input], *, folded: bool) -> list[Input]:
    """Mark inputs: all at once where none has the place of another, which is the rule, else one by one."""
    claims = [(sha256(_place(source, folded=folded).encode("utf-8", "surrogateescape")).digest(),) for source in chunk]
    before = places.total_changes
    places.execute("BEGIN")
    places.executemany(_CLAIM, claims)
    if places.total_changes - before == len(chunk):
        places.execute("COMMIT")
        return chunk
    places.execute("ROLLBACK")
    counts = [places.execute(_CLAIM_AGAIN, claim).fetchall()[0][0] for claim in claims]
    return [evolve(source, twin=count) if count else source for source, count in zip(chunk, counts, strict=True)]
