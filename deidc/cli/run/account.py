"""What a run shows of each file while it works: lines on standard error, the private record, the log, progress."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click
from attrs import define, field

from deidc.batch.account.manifest import line_of
from deidc.batch.account.record import Record
from deidc.batch.job.outcome import Ending, FileOutcome
from deidc.batch.run import Run, Running
from deidc.cli.exits import Failed, Unusable
from deidc.cli.run.arguments import Arguments
from deidc.cli.run.inputs import counting
from deidc.cli.run.log import Log
from deidc.cli.run.progress import ProgressLines, on_standard_error, with_progress
from deidc.cli.run.summary import Summary
from deidc.cli.run.summary_text import MOST_ROWS
from deidc.cli.terminal import say
from deidc.ir.program import Program
from deidc.version import __version__
from deidc.visible import visible


@define(eq=False)
class Account:
    """Takes the outcome of each file to where the user follows the run.

    Standard error gets the first files that were not written; the summary has the causes of all of them.
    """

    program: Program = field(repr=False)
    record: Record | None
    log: Log | None
    verbose: bool = field(kw_only=True)
    quiet: bool = field(kw_only=True)
    _shown: int = field(default=0, init=False)
    _left_out: int = field(default=0, init=False)

    def take(self, outcome: FileOutcome) -> None:
        """Take one outcome. Raises Failed."""
        if self.record is not None:
            try:
                self.record.write(outcome)
            except OSError as failure:
                raise Failed(f"the record cannot be written: {failure.strerror}") from None
        if self.log is not None:
            self.log.take(outcome, self.program)
        if outcome.ending in (Ending.WRITTEN, Ending.UNCHANGED) or (self.quiet and outcome.ending is Ending.SKIPPED):
            return
        if not self.verbose and self._shown >= MOST_ROWS:
            self._left_out += 1
            return
        self._shown += 1
        for line in _lines(outcome, self.program):
            say(line, err=True)

    def end(self) -> None:
        """Print how many files were not shown."""
        if self._left_out:
            where = "the record lists all" if self.record is not None else "-v prints all, --record FILE lists them"
            click.echo(f"{self._left_out} more files that were not written are not shown; {where}", err=True)


def _lines(outcome: FileOutcome, program: Program) -> Iterator[str]:
    """Yield why a file was not written; the user named the file, so its path may be shown."""
    name = visible(outcome.source.shown)
    for fault in outcome.faults:
        at = f" at {fault.path}" if fault.path else ""
        line = f", {line_of(program, fault.op)}" if fault.op is not None else ""
        yield f"{name}: {outcome.ending.value}: {fault.rule.code} {fault.message}{at}{line}"
    if outcome.ending is Ending.FLAGGED:
        labels = ", ".join(f"{flag.group}/{flag.label}" for flag in outcome.holding)
        where = "put into the quarantine" if outcome.quarantined else "held for review"
        yield f"{name}: {where}, flagged by {labels}"


@contextmanager
def recorded(path: Path | None) -> Iterator[Record | None]:
    """Give the record that a path names, and close it at the end; also where the run is stopped. Raises Failed."""
    if path is None:
        yield None
        return
    try:
        record = Record.create(path)
    except OSError as failure:
        raise Unusable(f"{path} cannot be written: {failure.strerror}") from None
    try:
        yield record
    finally:
        try:
            record.close()
        except OSError as failure:
            say(f"the record {path} cannot be written: {failure.strerror}", err=True)


@contextmanager
def logged(path: Path | None, summary: Summary, running: Running) -> Iterator[Log | None]:
    """Give the log that a path names: its first line says what runs, its last how it ended. Raises Unusable."""
    if path is None:
        yield None
        return
    try:
        log = Log.open(path)
    except OSError as failure:
        raise Unusable(f"{path} cannot be written: {failure.strerror}") from None
    try:
        log.write(f"started: deidc {__version__}, program {running.job.program.digest}, jobs {running.job.jobs}")
        try:
            yield log
        except BaseException:
            log.write(f"stopped: {summary.counts}")
            raise
        log.write(f"ended: {summary.counts}")
    except OSError as failure:
        raise Failed(f"the log {path} cannot be written: {failure.strerror}") from None
    finally:
        log.close()


def shown_progress(
    stack: ExitStack, running: Running, summary: Summary, job: Run, arguments: Arguments, log: Log | None
) -> Iterator[FileOutcome]:
    """Return the outcomes; while they are taken, progress is drawn, printed or logged, whichever the user can see."""
    drawn = not arguments.quiet and arguments.form == "text"

    def write(line: str) -> None:
        if log is not None:
            log.write(line)
        if not arguments.quiet and not sys.stderr.isatty():
            on_standard_error(line)

    lines = ProgressLines(arguments.progress_every, write)
    count = counting(job.inputs, job.output, job.looking)
    return with_progress(stack, running, summary, count, lines=lines, drawn=drawn)
