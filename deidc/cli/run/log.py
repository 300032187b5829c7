"""The log of a run: a line when it starts, while it works, for files that are not written, and when it ends.

Files are named by number, because their names may name patients; `--record` lists the names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from attrs import define, field

from deidc.batch.job.outcome import Ending, FileOutcome
from deidc.cli.run.summary import Cause, causes_of
from deidc.ir.program import Program
from deidc.visible import visible

# Files that are logged for each cause.
MOST_FILES = 20


def _now() -> datetime:
    return datetime.now(UTC)


@define(eq=False)
class Log:
    """A log file that lines are appended to; `now` is the clock."""

    _file: TextIO = field(repr=False)
    _now: Callable[[], datetime] = field(default=_now, repr=False)
    _logged: Counter[Cause] = field(factory=Counter, init=False, repr=False)

    @classmethod
    def open(cls, path: Path) -> Log:
        """Open a log for appending. Raises OSError."""
        return cls(path.open("a", encoding="utf-8", errors="backslashreplace"))

    def write(self, text: str) -> None:
        """Append a line with the time in UTC. Raises OSError."""
        self._file.write(f"{self._now():%Y-%m-%dT%H:%M:%SZ} {visible(text)}\n")
        self._file.flush()

    def take(self, outcome: FileOutcome, program: Program) -> None:
        """Log why a file was not written, for the first files of each cause. Raises OSError."""
        if outcome.ending in (Ending.WRITTEN, Ending.UNCHANGED):
            return
        causes = causes_of(outcome, program)
        causes += [Cause("held", "", f"{flag.group}/{flag.label}", "", "") for flag in outcome.holding]
        for cause in dict.fromkeys(causes):
            self._logged[cause] += 1
            if self._logged[cause] <= MOST_FILES:
                self.write(f"file {outcome.number}: {cause.outcome}: {cause.text.strip()}")
            elif self._logged[cause] == MOST_FILES + 1:
                self.write(f"further files are not logged for this cause: {cause.text.strip()}")

    def close(self) -> None:
        """Close the file. Raises OSError."""
        self._file.close()
