"""Stop a run on SIGINT or SIGTERM, between two entries of its account."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from attrs import define, field

from deidc.guarded import StopFromOutside


class Stopped(StopFromOutside):
    """A signal stopped the run. It is a BaseException, so that handlers of errors do not catch it."""

    def __init__(self, number: int) -> None:
        self.exit_code = 128 + number
        super().__init__(number)


@define
class Stopping:
    """Raises Stopped for the signals INT and TERM, but not within a `shield`: after it."""

    _shields: int = field(default=0, init=False)
    _asked: int | None = field(default=None, init=False)

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Listen to the signals as long as the context lasts."""
        before = {number: signal.signal(number, self._ask) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def shield(self) -> Stopping:
        """Return a context that delays the handling of signals until its end."""
        return self

    def __enter__(self) -> None:
        self._shields += 1

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._shields -= 1
        if kind is None:
            self._stop()

    def _ask(self, number: int, _frame: object) -> None:
        if self._asked is None:
            self._asked = number
        self._stop()

    def _stop(self) -> None:
        # What ends the run is not interrupted by a signal that is sent twice. A function of the user's that catches
        # whatever is raised stops no run from ending: it is raised again behind the file.
        if self._asked is not None and not self._shields and not _is_ending(sys.exception()):
            raise Stopped(self._asked)


def _is_ending(raised: BaseException | None) -> bool:
    """Whether the run is being stopped: Stopped is on its way out."""
    while raised is not None:
        if isinstance(raised, Stopped):
            return True
        raised = raised.__context__
    return False
