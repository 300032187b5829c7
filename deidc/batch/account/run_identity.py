"""Identity of a run: salted digests of everything that determines its output."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from attrs import asdict, field, frozen

from deidc.batch.job.variables import Rows
from deidc.runtime.functions.tables import Table
from deidc.version import __version__

if TYPE_CHECKING:
    from deidc.ir.program import Program

SALT_BYTES = 16
# About 16 MB and some 50 ms: nothing once a run, much for an attacker who guesses (RFC 7914 section 2).
_COST = {"n": 2**14, "r": 8, "p": 1}


@frozen
class RunIdentity:
    """What a journal is bound to.

    Variables and rows may be secrets or identify people, so they are only ever compared by a salted scrypt of them.
    `naming` says how outputs are named, `place` what output folder a journal that lies elsewhere is for,
    `quarantine` where objects go that a label sets apart.
    """

    program: str
    variables: Mapping[str, object] = field(repr=False)
    rows: Rows | None = field(repr=False)
    functions: Sequence[str]
    write_flagged: bool
    naming: str = "tree"
    place: str = field(default="", repr=False)
    quarantine: str = field(default="", repr=False)
    version: str = __version__

    @classmethod
    def of(
        cls,
        program: Program,
        variables: Mapping[str, object],
        rows: Rows | None,
        functions: Sequence[str],
        *,
        write_flagged: bool,
        naming: str = "tree",
        place: str = "",
        quarantine: str = "",
    ) -> RunIdentity:
        """Return the identity of a run of a program."""
        return cls(program.digest, variables, rows, functions, write_flagged, naming, place, quarantine)

    def prints(self, salt: bytes) -> dict[str, str]:
        """Return a digest of each part, by what it is called in a message."""
        rows = None if self.rows is None else [self.rows.keyed_by.value, self.rows.rows]
        secret = _canonical([{name: _plain(value) for name, value in self.variables.items()}, rows])
        return {
            "the recipe": _salted(salt, self.program),
            "the version of deidc": _salted(salt, self.version),
            "the variables": _hidden(salt, secret) if self.variables or rows else _salted(salt, None),
            "the functions": _salted(salt, list(self.functions)),
            "--flagged": _salted(salt, self.write_flagged),
            "--quarantine": _salted(salt, self.quarantine),
            "the naming of outputs": _salted(salt, self.naming),
            "the output folder": _salted(salt, self.place),
        }


def _plain(value: object) -> object:
    """Return a variable as JSON has it, with its type, so that 1 and "1" differ."""
    if isinstance(value, Table):
        return asdict(value)
    return [type(value).__name__, value if isinstance(value, str | int | float) else str(value)]


def _salted(salt: bytes, value: object) -> str:
    return hashlib.sha256(salt + _canonical(value)).hexdigest()


def _hidden(salt: bytes, secret: bytes) -> str:
    return hashlib.scrypt(secret, salt=salt, **_COST).hex()


def _canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
