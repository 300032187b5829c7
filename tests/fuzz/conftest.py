"""A test of broken input that hangs fails; and the command line as a process."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from tests.cli.conftest import deidc, warm_commands

__all__ = ["deidc", "warm_commands"]

GUARD = 300  # seconds; far more than any of these tests needs on any machine


def _hung(*_: object) -> None:
    raise TimeoutError("the compiler does not come back")


@pytest.fixture(autouse=True)
def hang_guard() -> Iterator[None]:
    """Let a test fail that does not end."""
    if not hasattr(signal, "SIGALRM"):
        yield
        return
    before = signal.signal(signal.SIGALRM, _hung)
    signal.alarm(GUARD)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)
