"""A deadline for the cleaning of one file, in CPU time of the process.

The operating system sends a signal when the time is used up, and the main thread raises an exception, also within a
regular expression that needs exponential time: `re` looks for signals while it matches. Code of an extension that never
returns to Python is not reached that way. A worker process, which nothing but its file is lost with, has a second limit
behind the first: there the system ends it.

Signals are the main thread's, and not every system has these. Elsewhere nothing can end a search, so files have no
deadline there, and a program with a pattern that needs one is not begun.
"""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from attrs import define

from deidc.guarded import StopFromOutside

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

# Seconds until the signal comes again, should code have swallowed the exception.
_AGAIN = 1.0
# Seconds behind the deadline until the system ends a worker process: enough for the exception to be raised.
_GRACE = 30


class DeadlineExceeded(StopFromOutside):
    """The file took more CPU time than it may; code that catches every Exception does not stop it."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"the file was not cleaned in {seconds:.0f} s of CPU time")


class NoDeadline(DeadlineExceeded):
    """The work may never end, and there is no deadline here that ends it."""

    def __init__(self) -> None:
        StopFromOutside.__init__(
            self,
            "a pattern of the recipe can take unlimited time (DC335), and only the main thread of a process has a "
            "deadline; write the pattern anew, or clean the file in the main thread",
        )


@define(eq=False)
class _Alarm:
    """What the signal does: raise the exception as long as the deadline stands."""

    seconds: float
    is_set: bool = True

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        if self.is_set:
            raise DeadlineExceeded(self.seconds)


def has_deadlines() -> bool:
    """Whether deadlines are kept here: in a main thread, on a system that has timers of CPU time."""
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()


@contextmanager
def deadline(
    seconds: float | None, *, expendable: bool = False, may_hang: Callable[[], bool] | None = None
) -> Iterator[None]:
    """Raise DeadlineExceeded in the block when the process has used `seconds` of CPU time in it; None sets no deadline.

    Within a deadline that stands already there is no other. An `expendable` process is ended by the system, without
    a core dump, if it goes on for half a minute after that. Where no deadline is kept, work that `may_hang` is not
    begun: NoDeadline is raised.
    """
    if seconds is not None and may_hang is not None and not has_deadlines() and may_hang():
        raise NoDeadline
    if seconds is None or not has_deadlines() or _stands(signal.getsignal(signal.SIGPROF)):
        yield
        return
    alarm = _Alarm(seconds)
    before = signal.signal(signal.SIGPROF, alarm)
    if expendable:
        _limit_process(time.process_time() + seconds + _GRACE)
    try:
        signal.setitimer(signal.ITIMER_PROF, seconds, _AGAIN)
        try:
            yield
        finally:
            alarm.is_set = False
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        # By default the signal ends the process, and one may still be on its way; the alarm that is off ignores it.
        if callable(before) or before is signal.SIG_IGN:
            signal.signal(signal.SIGPROF, before)
        if expendable:
            _limit_process(None)


def _stands(handler: object) -> bool:
    """Whether a handler is that of a deadline around this one, which its timer belongs to."""
    return isinstance(handler, _Alarm) and handler.is_set


def _limit_process(seconds: float | None) -> None:
    """Have the system end this process when it has used so much CPU time in all; None lifts the limit."""
    if resource is None:
        return
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    if seconds is not None:
        # The signal that ends it writes a core dump, in which the file would be.
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    wanted = most if seconds is None else math.ceil(seconds)
    if most != resource.RLIM_INFINITY:
        wanted = min(wanted, most) if wanted != resource.RLIM_INFINITY else most
    resource.setrlimit(resource.RLIMIT_CPU, (wanted, most))
