"""Makes outcomes of files that were refused."""

from __future__ import annotations

from pathlib import Path

from deidc.batch.job.discovery import Input
from deidc.batch.job.outcome import Ending, FileOutcome
from deidc.codes import faults
from deidc.runtime.outcome import Fault


def refused(number: int) -> FileOutcome:
    """Return the outcome of a file whose date cannot be shifted."""
    source = Input(Path(f"{number}.dcm"), Path(f"{number}.dcm"))
    return FileOutcome(number, source, Ending.REFUSED, (Fault(faults.NOT_A_DATE, "the value is not a date"),))
