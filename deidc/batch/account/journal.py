"""The journal of a run records which inputs were begun and how they ended; it survives the end of the process.

It holds no names of files and no data. An input and its output are identified by salted digests of their paths. Only
names that a template makes of cleaned attributes are kept, to find the outputs again.
"""

from __future__ import annotations

import os
import re
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TypeAlias

from attrs import define, field, frozen

from deidc.batch.account.chain import START
from deidc.batch.account.run_identity import SALT_BYTES, RunIdentity
from deidc.batch.inputs.stat_identity import StatIdentity

_LAYOUT = 1
_SCHEMA = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
CREATE TABLE inputs (
    number INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, occupied INTEGER NOT NULL, ending TEXT,
    size INTEGER, mtime_ns INTEGER, ctime_ns INTEGER, inode BLOB, device BLOB, input_digest TEXT,
    place BLOB, output_size INTEGER, output_digest TEXT, record BLOB, name TEXT
);
"""
_FIND = (
    "SELECT number, occupied, ending, size, mtime_ns, ctime_ns, inode, device, input_digest, place, output_size,"
    " record, name FROM inputs WHERE key = ?"
)
_BEGIN = "INSERT INTO inputs (number, key, occupied) VALUES (?, ?, ?)"
_BEGIN_AGAIN = "UPDATE inputs SET ending = NULL, occupied = ? WHERE number = ?"
_END = (
    "UPDATE inputs SET ending = ?, size = ?, mtime_ns = ?, ctime_ns = ?, inode = ?, device = ?, input_digest = ?,"
    " place = ?, output_size = ?, output_digest = ?, record = ?, name = ? WHERE number = ?"
)
_TOLD = "UPDATE inputs SET record = ? WHERE number = ?"
_SEEN = "UPDATE inputs SET size = ?, mtime_ns = ?, ctime_ns = ?, inode = ?, device = ? WHERE number = ?"
# 128 bits: among a million inputs two are taken for one with a chance of 1 in 10^27.
_KEY_BYTES = 16
_TOKEN_BYTES = 8


class JournalError(Exception):
    """The journal cannot be used; says why, without data."""


class OtherRunError(JournalError):
    """The journal is that of another run; `differs` says in what, `token` marks the temporary files of that run."""

    def __init__(self, differs: str, token: str) -> None:
        self.differs = differs
        self.token = token
        super().__init__(differs)


class JournalGone(JournalError):
    """The journal was deleted, or moved, while it was in use; what it knew of outputs is lost."""

    def __init__(self) -> None:
        super().__init__("it was deleted or moved")


@frozen
class Entry:
    """What a journal has of one input; `ending` is None for one that was begun and did not end."""

    number: int
    occupied: bool
    ending: str | None
    identity: StatIdentity | None
    input_digest: str | None
    place: bytes | None
    output_size: int | None
    record: bytes | None
    name: str | None


# How an input ended, in the order of the columns. A tuple, because there is one for each file.
EndedRow: TypeAlias = tuple[object, ...]


def ended_row(
    number: int,
    ending: str,
    identity: StatIdentity | None,
    input_digest: str | None,
    place: bytes | None,
    output_size: int | None,
    output_digest: str | None,
    record: bytes | None,
    name: str | None,
) -> EndedRow:
    """Return how an input ended, for `Journal.commit`.

    `record` is the digest of its record in the manifest. `name` is what a template named its output, which is made of
    cleaned attributes; other names are not kept.
    """
    output = (place, output_size, output_digest, record, name)
    return (ending, *_stat_row(identity), input_digest, *output, number)


@define(eq=False)
class Journal:
    """An open journal. One `commit` stores everything noted since the last one, or nothing of it."""

    _database: sqlite3.Connection = field(repr=False)
    _path: Path = field(repr=False)
    salt: bytes = field(repr=False)
    facts: dict[str, str | int] = field(repr=False)

    @classmethod
    def open(cls, path: Path, identity: RunIdentity, *, durable: bool) -> Journal:
        """Open a journal, or begin one where there is none; `durable` waits for the disk at each commit.

        Raises OtherRunError for the journal of another run, JournalError for what is no journal or not to be had.
        """
        with _as_journal_error():
            database = sqlite3.connect(path, isolation_level=None)
        try:
            with _as_journal_error():
                # One process alone opens it, so the index of the log need not be a shared file, which network file
                # systems cannot provide.
                database.execute("PRAGMA locking_mode = EXCLUSIVE")
                database.execute("PRAGMA journal_mode = WAL")
                database.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
                database.execute("PRAGMA cache_size = -32768")
                facts = _facts(database, identity)
            return cls(database, path, bytes.fromhex(str(facts["salt"])), facts)
        except BaseException:
            database.close()
            raise

    @property
    def next_number(self) -> int:
        """The number of the next input that was never met before."""
        with _as_journal_error():
            ((last,),) = self._database.execute("SELECT max(number) FROM inputs").fetchall()
        return 0 if last is None else int(last) + 1

    def digest(self, *parts: str) -> bytes:
        """Return a digest of paths, by which this journal alone knows them."""
        text = "\0".join(parts).encode("utf-8", "surrogateescape")
        return sha256(self.salt + text).digest()[:_KEY_BYTES]

    def find(self, key: bytes) -> Entry | None:
        """Return what is known of an input."""
        with _as_journal_error():
            found = self._database.execute(_FIND, (key,)).fetchone()
        if found is None:
            return None
        number, occupied, ending, size, mtime, ctime, inode, device, digest, place, output_size, record, name = found
        identity = StatIdentity(size, mtime, ctime, int(inode), int(device)) if size is not None else None
        return Entry(number, bool(occupied), ending, identity, digest, place, output_size, record, name)

    def commit(
        self,
        *,
        begun: Iterable[tuple[int, bytes, bool]] = (),
        begun_again: Iterable[tuple[bool, int]] = (),
        ended: Iterable[EndedRow] = (),
        told: Iterable[tuple[bytes | None, int]] = (),
        seen: Iterable[tuple[StatIdentity, int]] = (),
        facts: Mapping[str, str | int] | None = None,
    ) -> None:
        """Store what became of inputs in one transaction.

        Each list is about other inputs. `begun` has their numbers, their keys, and whether something lay in the place
        of the output; `begun_again` the latter and numbers; `ended` rows of `ended_row`. The next list has records of
        inputs whose earlier output stands, with numbers, and `seen` the stat identities of unchanged inputs.

        Raises:
            JournalError: the journal cannot be written.
            JournalGone: the file of the journal was deleted or moved.

        """
        if not self._path.exists():
            raise JournalGone  # SQLite goes on writing to a file that has no name
        with _as_journal_error():
            self._database.execute("BEGIN IMMEDIATE")
            try:
                self._database.executemany(_BEGIN, begun)
                self._database.executemany(_BEGIN_AGAIN, begun_again)
                self._database.executemany(_END, ended)
                self._database.executemany(_TOLD, told)
                self._database.executemany(_SEEN, ((*_stat_row(identity), number) for identity, number in seen))
                self._database.executemany("REPLACE INTO facts VALUES (?, ?)", (facts or {}).items())
                self._database.execute("COMMIT")
            except BaseException:
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise
        self.facts.update(facts or {})

    def close(self) -> None:
        """Close the file; what was not committed is forgotten."""
        with _as_journal_error():
            self._database.close()


def discard_journal(path: Path) -> None:
    """Delete a journal and its log. Raises OSError."""
    # The log goes first: one that outlives its journal would be read into the next.
    for suffix in ("-wal", "-shm", ""):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def is_journal(path: Path) -> bool:
    """Whether a file is empty or one of SQLite's, so that it may be taken for a journal."""
    with path.open("rb") as file:
        return file.read(16) in (b"", b"SQLite format 3\0")


@contextmanager
def _as_journal_error() -> Iterator[None]:
    """Raise JournalError for what SQLite raises; its texts are about files and pages, never about rows."""
    try:
        yield
    except sqlite3.Error as failure:
        raise JournalError(str(failure)) from None


def _facts(database: sqlite3.Connection, identity: RunIdentity) -> dict[str, str | int]:
    """Return the facts of a journal, which is begun if it is empty. Raises OtherRunError and JournalError."""
    if not database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        salt = os.urandom(SALT_BYTES)
        facts: dict[str, str | int] = {
            "layout": _LAYOUT,
            "salt": salt.hex(),
            "token": secrets.token_hex(_TOKEN_BYTES),
            **{_BOUND + part: digest for part, digest in identity.prints(salt).items()},
        }
        database.execute("BEGIN IMMEDIATE")
        for statement in filter(str.strip, _SCHEMA.split(";")):
            database.execute(statement)
        database.executemany("INSERT INTO facts VALUES (?, ?)", facts.items())
        database.execute("COMMIT")
        return facts
    found: dict[str, str | int] = dict(database.execute("SELECT name, value FROM facts").fetchall())
    if found.get("layout") != _LAYOUT:
        raise JournalError("it was written by another version of deidc")
    if not _is_whole(found):
        raise JournalError("its salt, its token or its position in the manifest is damaged")
    prints = identity.prints(bytes.fromhex(str(found["salt"])))
    other = [part for part, digest in prints.items() if found.get(_BOUND + part) != digest]
    if other:
        raise OtherRunError(" and ".join(other), str(found["token"]))
    return found


def _is_whole(facts: Mapping[str, object]) -> bool:
    """Return whether the facts that a run is continued by have the form that a run gives them."""
    texts = {"salt": 2 * SALT_BYTES, "token": 2 * _TOKEN_BYTES}
    lines = facts.get("manifest lines", 0)
    if "manifest" in facts:
        texts["manifest chain"] = len(START)
    return (
        all(re.fullmatch(f"[0-9a-f]{{{size}}}", str(facts.get(name))) is not None for name, size in texts.items())
        and isinstance(lines, int)
        and lines >= 0
        and all(isinstance(facts.get(name, 0), int) for name in ("manifest", "running", "overwrite"))
    )


_BOUND = "bound to "


def _stat_row(identity: StatIdentity | None) -> tuple[int | str | None, ...]:
    if identity is None:
        return (None,) * 5
    # Inodes and devices may be greater than what SQLite takes for an integer.
    return identity.size, identity.mtime_ns, identity.ctime_ns, str(identity.inode), str(identity.device)
