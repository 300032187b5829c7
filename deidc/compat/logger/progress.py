"""Progress is logged, not drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sized
from types import TracebackType
from typing import TypeVar

from deidc.compat.logger.message import bot

T = TypeVar("T")


class ProgressBar:
    """Logs progress at level INFO; deid draws a bar on standard error.

    `every` is the number of steps between messages. The arguments for the look of a bar are not taken.
    """

    def __init__(self, label: str = "", expected_size: int | None = None, every: int = 1) -> None:
        self.label = label
        self.expected_size = expected_size
        self.every = every
        self.last_progress = 0

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.done()

    def show(self, progress: int, count: int | None = None) -> None:
        """Log the progress; `count` corrects the expected size."""
        if count is not None:
            self.expected_size = count
        if self.expected_size is None:
            raise ValueError("expected_size is not known")
        self.last_progress = progress
        if progress % self.every == 0 or progress == self.expected_size:
            bot.info(f"{self.label}{progress}/{self.expected_size}")

    def done(self) -> None:
        """Log that the work is done."""
        bot.info(f"{self.label}done: {self.last_progress}")


def bar(it: Iterable[T], label: str = "", expected_size: int | None = None, every: int = 1) -> Iterator[T]:
    """Yield what is in `it`, and log the progress."""
    if expected_size is None:
        if not isinstance(it, Sized):
            raise TypeError("expected_size must be given for what has no length")
        expected_size = len(it)
    with ProgressBar(label, expected_size, every) as progress:
        for number, one in enumerate(it, 1):
            yield one
            progress.show(number)
