"""A line of progress on standard error, where that is a terminal."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack

from deidc.batch.job import Ending, FileOutcome
from deidc.cli.summary import Summary


def with_progress(
    stack: ExitStack, outcomes: Iterator[FileOutcome], summary: Summary, count: Callable[[], int | None]
) -> Iterator[FileOutcome]:
    """Pass outcomes on and show how many there are, how fast, and how long it will take.

    `count` tells how many there will be, or None where nobody can know. It is asked in a thread of its own, so that the
    first file does not wait for it; the time left is shown when it has answered.
    """
    if not sys.stderr.isatty():
        yield from outcomes
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    progress = stack.enter_context(
        Progress(
            MofNCompleteColumn(),
            BarColumn(),
            TextColumn(
                "{task.fields[rate]:.0f} files/s, {task.fields[refused]} refused, {task.fields[flagged]} flagged"
            ),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
    )
    task = progress.add_task("", total=None, rate=0.0, refused=0, flagged=0)
    threading.Thread(target=lambda: progress.update(task, total=count()), daemon=True).start()
    for outcome in outcomes:
        yield outcome
        progress.update(
            task,
            advance=1,
            rate=progress.tasks[0].speed or 0.0,
            refused=summary.endings[Ending.REFUSED],
            flagged=summary.endings[Ending.FLAGGED],
        )
