"""What an earlier run of the same command left of an input whose output may lie in its place."""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

from attrs import frozen


@frozen
class Unchanged:
    """The input was written before, is as it was, and its output lies in its place: nothing is to be done.

    `output` is that place, relative to the output folder.
    """

    output: Path


@frozen
class Begun:
    """A run that did not tell how the input ended had begun it.

    `may_replace` says that nothing lay in the place of the output when it was begun, so that what lies there now was
    written by the run.
    """

    may_replace: bool


@frozen
class Written:
    """The input was written before, and is not known to be as it was then; `input_digest` is what it was, if known.

    `output` is the place of its output, relative to the output folder.
    """

    output: Path
    input_digest: str | None


@frozen
class Held:
    """The input was held back before; it is cleaned anew, and what was put into a quarantine is replaced."""


Earlier: TypeAlias = Unchanged | Begun | Written | Held
