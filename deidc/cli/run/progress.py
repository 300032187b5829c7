"""Show a line of progress on standard error, where that is a terminal."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack

from deidc.batch.job.outcome import Ending, FileOutcome
from deidc.cli.run.summary import Summary

_ROOMY = 120  # columns


def with_progress(
    stack: ExitStack, outcomes: Iterator[FileOutcome], summary: Summary, count: Callable[[], int | None]
) -> Iterator[FileOutcome]:
    """Pass outcomes on and show how many there are, how many bytes, how fast, and how long it will take.

    `count` returns the number of files, or None if it is unknown. It runs in a thread of its own, so that the
    first file does not wait for it; the time left is shown when it has answered.
    """
    if not sys.stderr.isatty():
        yield from outcomes
        return
    from rich.console import Console
    from rich.filesize import decimal
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    # What matters most is what is left where the terminal is narrow.
    roomy = console.width >= _ROOMY
    progress = stack.enter_context(
        Progress(
            MofNCompleteColumn(),
            *([BarColumn(bar_width=20)] if roomy else []),
            TextColumn(
                "{task.fields[rate]:.0f} files/s, {task.fields[ended]}, {task.fields[size]}, {task.fields[pace]}/s"
            ),
            *([TimeElapsedColumn(), TextColumn("left")] if roomy else []),
            TimeRemainingColumn(compact=True),
            console=console,
            transient=True,
        )
    )
    task = progress.add_task("", total=None, rate=0.0, size=decimal(0), pace=decimal(0), ended=_ended(summary))
    threading.Thread(target=lambda: progress.update(task, total=count()), daemon=True).start()
    shown = progress.tasks[0]
    for outcome in outcomes:
        yield outcome
        progress.update(
            task,
            advance=1,
            rate=shown.speed or 0.0,
            size=decimal(summary.bytes),
            pace=decimal(int(summary.bytes / shown.elapsed) if shown.elapsed else 0),
            ended=_ended(summary),
        )


def _ended(summary: Summary) -> str:
    """Return how many files were refused and flagged, and how many were done before, if any."""
    shown = [Ending.REFUSED, Ending.FLAGGED, *([Ending.UNCHANGED] if summary.endings[Ending.UNCHANGED] else [])]
    return ", ".join(f"{summary.endings[one]} {one.value}" for one in shown)
