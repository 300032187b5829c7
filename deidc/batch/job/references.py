"""Compare the references and hierarchies of a run's outputs with those of its inputs.

A recipe that maps one UID in two ways leaves references that lead nowhere, and no single file shows it. Each
reference of an output is compared with that of its input, at the same place: if its target was an input that was
written, it must lead to that output. What leads out of the data was never to be found in it, and is only counted.

UIDs are kept as keyed SHA-256 in a temporary database, which is gone with the process.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from enum import IntEnum

from attrs import define, field, frozen
from pydicom.dataset import Dataset

from deidc.codes import faults
from deidc.diagnostics import Rule
from deidc.dicom.values.decoding import DEFAULT_CHARACTER_SETS, CharacterSets
from deidc.runtime.fold.elements import InputElement, input_elements, sequence_items

MOST_NAMES = 20

_SOP_CLASS, _SOP_INSTANCE, _STUDY, _SERIES = 0x00080016, 0x00080018, 0x0020000D, 0x0020000E
_REFERENCED_CLASS, _REFERENCED_INSTANCE = 0x00081150, 0x00081155


class _Kind(IntEnum):
    """What a UID stands for."""

    INSTANCE = 0
    STUDY = 1
    SERIES = 2
    FRAME = 3


# Where UIDs stand that must be mapped in one way (PS3.3 C.7.2.1, C.7.3.1, C.7.4.1, C.8.8.5, 10.3).
_USES = {
    _REFERENCED_INSTANCE: _Kind.INSTANCE,
    _STUDY: _Kind.STUDY,
    _SERIES: _Kind.SERIES,
    0x00200052: _Kind.FRAME,
    0x30060024: _Kind.FRAME,
}


@frozen
class Use:
    """A UID at a place in an object: a digest, and for a reference that of the SOP class it names."""

    kind: int
    uid: bytes = field(repr=False)
    sop_class: bytes | None = field(default=None, repr=False)


@frozen
class Links:
    """What an object says of itself and of others, in digests: `uses` are by path."""

    instance: bytes | None = field(repr=False)
    sop_class: bytes | None = field(repr=False)
    study: bytes | None = field(repr=False)
    series: bytes | None = field(repr=False)
    uses: dict[str, Use] = field(repr=False)


@frozen
class Finding:
    """Something that the run broke: how often, and in which outputs (some of them, if they are many)."""

    rule: Rule
    count: int
    outputs: int
    names: tuple[str, ...]


@frozen
class ReferenceReport:
    """What became of references: how many lead to an output, how many out of the data, and what is broken."""

    kept: int
    external: int
    findings: tuple[Finding, ...]

    @property
    def is_well(self) -> bool:
        """Whether nothing is broken."""
        return not self.findings


def links_of(dataset: Dataset, key: bytes) -> Links:
    """Return the links of an object; `key` keeps digests from being guessed. Raises Undecodable."""
    top: dict[int, bytes] = {}
    uses: dict[str, Use] = {}
    for element, sop_class in _uids(dataset, "", DEFAULT_CHARACTER_SETS):
        if len(element.components) != 1 or not element.components[0]:
            continue
        digest = _digest(element.components[0], key)
        if len(element.path) == len("GGGGEEEE"):
            top[element.tag] = digest
        if element.tag in _USES:
            uses[element.path] = Use(_USES[element.tag], digest, _digest(sop_class, key) if sop_class else None)
    return Links(top.get(_SOP_INSTANCE), top.get(_SOP_CLASS), top.get(_STUDY), top.get(_SERIES), uses)


def _uids(dataset: Dataset, path: str, character_sets: CharacterSets) -> Iterator[tuple[InputElement, str]]:
    """Yield the elements with relevant UIDs at every depth, and the SOP class that stands beside each."""
    elements = list(input_elements(dataset, path, (), character_sets, in_file_meta=False))
    beside = next(("\\".join(one.components) for one in elements if one.tag == _REFERENCED_CLASS), "")
    for element in elements:
        if element.tag in _USES or (not path and element.tag in (_SOP_CLASS, _SOP_INSTANCE)):
            yield element, beside if element.tag == _REFERENCED_INSTANCE else ""
        else:
            for number, item in enumerate(sequence_items(element) or ()):
                yield from _uids(item, f"{element.path}[{number}].", element.character_sets)


def _digest(uid: str, key: bytes) -> bytes:
    return hashlib.sha256(key + uid.encode("utf-8", "surrogatepass")).digest()


_TABLES = """
CREATE TABLE files (
    number INTEGER PRIMARY KEY, name TEXT,
    old BLOB, old_class BLOB, old_study BLOB, old_series BLOB,
    new BLOB, new_class BLOB, new_study BLOB, new_series BLOB);
CREATE TABLE uses (number INTEGER, kind INTEGER, old BLOB, old_class BLOB, new BLOB, new_class BLOB);
"""
_INDEXES = """
CREATE INDEX files_old ON files (old, new);
CREATE INDEX files_new ON files (new);
CREATE INDEX files_series ON files (new_series, new_study);
CREATE INDEX uses_old ON uses (kind, old, new);
"""
_IS_INPUT = "u.old IN (SELECT old FROM files WHERE old IS NOT NULL)"
_IS_WRITTEN = "u.old IN (SELECT old FROM files WHERE old IS NOT NULL AND name IS NOT NULL)"
# A class that the input named rightly is to be named rightly still.
_IS_KEPT = """EXISTS (SELECT 1 FROM files f WHERE f.old = u.old AND f.new = u.new
    AND (u.old_class IS NOT f.old_class OR u.new_class IS f.new_class))"""
# Each query yields what is counted, and the number of an output it is about.
_QUERIES: tuple[tuple[Rule, str], ...] = (
    (
        faults.REFERENCE_BROKEN,
        f"SELECT u.rowid, u.number FROM uses u WHERE u.kind = 0 AND {_IS_WRITTEN} AND NOT {_IS_KEPT}",
    ),
    (
        faults.REFERENCE_DANGLING,
        f"SELECT u.rowid, u.number FROM uses u WHERE u.kind = 0 AND {_IS_INPUT} AND NOT {_IS_WRITTEN}",
    ),
    (
        faults.HIERARCHY_SPLIT,
        """SELECT hex(u.old) || u.kind, u.number FROM uses u JOIN (SELECT kind, old FROM uses
        WHERE kind > 0 AND old IS NOT NULL GROUP BY kind, old HAVING count(DISTINCT new) > 1) s
        ON s.kind = u.kind AND s.old = u.old""",
    ),
    (
        # One series in two studies; not where the inputs had it so, and not where a study was split.
        faults.HIERARCHY_MIXED,
        """SELECT hex(f.new_series), f.number FROM files f WHERE f.new_series IN (SELECT new_series FROM files
        WHERE new_series IS NOT NULL GROUP BY new_series HAVING count(DISTINCT new_study) > 1
        AND count(DISTINCT old_study) > 1) AND f.new_series NOT IN (SELECT new_series FROM files
        WHERE new_series IS NOT NULL GROUP BY new_series, old_series HAVING count(DISTINCT old_study) > 1)""",
    ),
    (
        faults.INSTANCE_DOUBLED,
        """SELECT hex(f.new), f.number FROM files f WHERE f.new IN (SELECT new FROM files
        WHERE new IS NOT NULL GROUP BY new HAVING count(DISTINCT old) > 1)""",
    ),
)


@define(eq=False)
class References:
    """Gathers the links of a run; to be used in a `with`, at whose end the database is gone."""

    _database: sqlite3.Connection = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        # The empty name is a file of SQLite's own that has no name: it cannot be left behind.
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + _TABLES + "BEGIN;")

    def add(self, number: int, name: str | None, before: Links, after: Links | None) -> None:
        """Take in an input, and its output if it was written."""
        new = (after.instance, after.sop_class, after.study, after.series) if after else (None,) * 4
        row = (number, name, before.instance, before.sop_class, before.study, before.series, *new)
        self._database.execute("INSERT INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        if after is not None:
            self._database.executemany("INSERT INTO uses VALUES (?, ?, ?, ?, ?, ?)", _pairs(number, before, after))

    def report(self) -> ReferenceReport:
        """Compare inputs and outputs; called once, after the last `add`."""
        self._database.executescript(_INDEXES)
        findings = tuple(found for rule, query in _QUERIES if (found := self._finding(rule, query)) is not None)
        kept = self._number(f"SELECT count(*) FROM uses u WHERE u.kind = 0 AND {_IS_KEPT}")
        inside = "u.new IN (SELECT new FROM files WHERE new IS NOT NULL)"
        external = self._number(
            f"SELECT count(*) FROM uses u WHERE u.kind = 0 AND (u.old IS NULL OR NOT {_IS_INPUT}) AND NOT {inside}"
        )
        return ReferenceReport(kept, external, findings)

    def close(self) -> None:
        """Forget everything."""
        self._database.close()

    def _finding(self, rule: Rule, query: str) -> Finding | None:
        counts = f"SELECT count(DISTINCT found), count(DISTINCT number) FROM ({_named(query)})"
        count, outputs = self._database.execute(counts).fetchone()
        if not count:
            return None
        names = self._database.execute(
            f"SELECT DISTINCT f.name FROM files f JOIN ({_named(query)}) q ON q.number = f.number "
            f"ORDER BY f.name LIMIT {MOST_NAMES}"
        )
        return Finding(rule, count, outputs, tuple(name for (name,) in names))

    def _number(self, query: str) -> int:
        return int(self._database.execute(query).fetchone()[0])


def _named(query: str) -> str:
    return f"WITH found_in (found, number) AS ({query}) SELECT found, number FROM found_in"


def _pairs(number: int, before: Links, after: Links) -> Iterator[tuple[object, ...]]:
    """Yield the UIDs of an output, each beside that of the input at the same place."""
    for path, new in after.uses.items():
        old = before.uses.get(path)
        old_uid, old_class = (old.uid, old.sop_class) if old is not None else (None, None)
        yield number, int(new.kind), old_uid, old_class, new.uid, new.sop_class
