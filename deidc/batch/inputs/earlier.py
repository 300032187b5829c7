"""State of an input that an earlier run of the same command began or wrote."""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

from attrs import frozen


@frozen
class Unchanged:
    """The input is unchanged since it was written, and its output lies in its place: there is nothing to do.

    `output` is that place, relative to the output folder.
    """

    output: Path


@frozen
class Begun:
    """An earlier run began the input and recorded no outcome.

    `may_replace` says that nothing lay in the place of the output when it was begun, so that what lies there now was
    written by the run.
    """

    may_replace: bool


@frozen
class Written:
    """The input was written before and may have changed since; `input_digest` is its digest then, if known.

    `output` is the place of its output, relative to the output folder.
    """

    output: Path
    input_digest: str | None


@frozen
class Held:
    """The input was held for review before; it is cleaned anew, and its file in a quarantine is replaced."""


Earlier: TypeAlias = Unchanged | Begun | Written | Held
