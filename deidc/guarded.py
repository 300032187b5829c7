"""Run foreign code under guard: whatever it raises, only the type of the exception is known afterwards.

pydicom, decoders of pixels and functions of a host raise what they like for a damaged object, and the text of their
exceptions may quote its values. A message that is made behind a guard cannot: it does not have the exception, and
neither does the traceback of what is raised there.
"""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType

from attrs import define


class StopFromOutside(BaseException):
    """A signal or a deadline ends the work, whatever code is at work; it leaves every guard."""


class Interrupted(StopFromOutside, KeyboardInterrupt):
    """The user pressed Ctrl-C while foreign code ran."""


@define(eq=False)
class Guard:
    """A block under guard; see `guarded`.

    Attributes:
        passing: types of exceptions that leave the block.
        kind: the name of the type of the exception that ended the block; empty if it ended without one.

    """

    passing: tuple[type[Exception], ...]
    kind: str = ""

    def __enter__(self) -> Guard:
        return self

    def __exit__(
        self, _: type[BaseException] | None, raised: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        if raised is None or isinstance(raised, self.passing) or not self.catches(raised):
            return False
        self.kind = type(raised).__name__
        return True

    def catches(self, raised: BaseException) -> bool:
        """Whether an exception ends the block, and goes no further."""
        return isinstance(raised, Exception)


@define(eq=False)
class ForeignCode(Guard):
    """A block that runs code of a user or of a plug-in; see `foreign_code`."""

    _is_replaced: bool = False

    def __enter__(self) -> ForeignCode:
        # Code that raises KeyboardInterrupt by itself is told apart from Ctrl-C by the handler.
        if (
            threading.current_thread() is threading.main_thread()
            and signal.getsignal(signal.SIGINT) is signal.default_int_handler
        ):
            signal.signal(signal.SIGINT, _interrupt)
            self._is_replaced = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        if self._is_replaced and signal.getsignal(signal.SIGINT) is _interrupt:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        return super().__exit__(kind, raised, traceback)

    def catches(self, raised: BaseException) -> bool:
        """Whether an exception was raised by the code itself; signals and deadlines go on."""
        return not isinstance(raised, StopFromOutside)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise Interrupted


def guarded(*passing: type[Exception]) -> Guard:
    """Return a context manager that ends its block at an exception, and keeps of it the name of its type.

    Exceptions of the types `passing` leave the block, and so does whatever is no `Exception`: a signal, an exit.
    """
    return Guard(passing)


def foreign_code(*passing: type[Exception]) -> Guard:
    """Return a guard around code of a user or of a plug-in, which also ends at an exit that the code requests.

    SystemExit, KeyboardInterrupt and GeneratorExit that the code raises end the block as every other exception does.
    A real Ctrl-C, a signal that stops a run and a deadline leave it. In a library with SIGINT handlers of its own,
    an exception of these handlers leaves it only if it is a StopFromOutside.

    Args:
        *passing: types of exceptions that leave the block, too.

    Returns:
        The guard; it has the name of the type of the exception.

    """
    return ForeignCode(passing)
