"""Show progress: a line that is redrawn where standard error is a terminal, else a line every so often."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import click
from attrs import define, field

from deidc.batch.job.outcome import Ending, FileOutcome
from deidc.cli.run.summary import Summary

_ROOMY = 120  # columns


@define(eq=False)
class ProgressLines:
    """Lines of progress, one at most in each period; the total is known when the inputs have been counted.

    Attributes:
        every: the period in seconds; 0 gives no line.
        write: takes each line.
        clock: the time in seconds.
        total: the number of inputs, when it is known.

    """

    every: float
    write: Callable[[str], None]
    clock: Callable[[], float] = time.monotonic
    total: int | None = None
    _began: float = field(init=False)
    _last: float = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._began = self._last = self.clock()

    def take(self, summary: Summary) -> None:
        """Write a line if the period is over."""
        now = self.clock()
        if not self.every or now - self._last < self.every:
            return
        self._last = now
        self.write(self._line(summary, now - self._began))

    def _line(self, summary: Summary, seconds: float) -> str:
        done = sum(summary.endings.values())
        of = f" of {self.total}" if self.total is not None else ""
        rate = done / seconds if seconds else 0.0
        line = f"{done}{of} files: {summary.counts}; {rate:.1f} files/s"
        if self.total is not None and rate:
            line += f", {_duration((self.total - done) / rate)} left"
        return line


def _duration(seconds: float) -> str:
    """Return a duration in hours, minutes and seconds: `1:02:03`."""
    whole = max(round(seconds), 0)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


def with_progress(
    stack: ExitStack,
    outcomes: Iterator[FileOutcome],
    summary: Summary,
    count: Callable[[], int | None],
    *,
    lines: ProgressLines,
    drawn: bool,
) -> Iterator[FileOutcome]:
    """Pass outcomes on and show how many there are, how many bytes, how fast, and how long it will take.

    `count` returns the number of files, or None if it is unknown. It runs in a thread of its own, so that the
    first file does not wait for it; the time left is shown when it has answered. `drawn` redraws one line on a
    terminal; `lines` gets its line every so often.
    """
    draw = _drawn(stack, summary) if drawn and sys.stderr.isatty() else None

    def counted() -> None:
        lines.total = count()
        if draw is not None:
            draw.set_total(lines.total)

    if draw is not None or lines.every:
        threading.Thread(target=counted, daemon=True).start()
    for outcome in outcomes:
        yield outcome
        lines.take(summary)
        if draw is not None:
            draw.advance()


def on_standard_error(line: str) -> None:
    """Print a line of progress."""
    click.echo(line, err=True)


@define(eq=False)
class _Drawn:
    """A line of progress on a terminal: `advance` counts a file, `set_total` sets the number of inputs."""

    advance: Callable[[], None]
    set_total: Callable[[int | None], None]


def _drawn(stack: ExitStack, summary: Summary) -> _Drawn:
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
    shown = progress.tasks[0]

    def advance() -> None:
        progress.update(
            task,
            advance=1,
            rate=shown.speed or 0.0,
            size=decimal(summary.bytes),
            pace=decimal(int(summary.bytes / shown.elapsed) if shown.elapsed else 0),
            ended=_ended(summary),
        )

    return _Drawn(advance, lambda total: progress.update(task, total=total))


def _ended(summary: Summary) -> str:
    """Return how many files were refused and held, and how many were done before, if any."""
    parts = [f"{summary.endings[Ending.REFUSED]} refused", f"{summary.endings[Ending.FLAGGED]} held"]
    if summary.endings[Ending.UNCHANGED]:
        parts.append(f"{summary.endings[Ending.UNCHANGED]} unchanged")
    return ", ".join(parts)
