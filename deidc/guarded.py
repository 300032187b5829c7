"""Run foreign code under guard: whatever it raises, only the type of the exception is known afterwards.

pydicom, decoders of pixels and functions of a host raise what they like for a damaged object, and the text of their
exceptions may quote its values. A message that is made behind a guard cannot: it does not have the exception, and
neither does the traceback of what is raised there.
"""

from __future__ import annotations

from types import TracebackType

from attrs import define


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
        if not isinstance(raised, Exception) or isinstance(raised, self.passing):
            return False
        self.kind = type(raised).__name__
        return True


def guarded(*passing: type[Exception]) -> Guard:
    """Return a context manager that ends its block at an exception, and keeps of it the name of its type.

    Exceptions of the types `passing` leave the block, and so does whatever is no `Exception`: a signal, an exit.
    """
    return Guard(passing)
