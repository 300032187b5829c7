"""Guards: what foreign code raises ends its block, and its text goes nowhere."""

from __future__ import annotations

import signal
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deidc.batch.job.deadline import DeadlineExceeded
from deidc.cli.run.stopping import Stopped
from deidc.guarded import foreign_code, guarded

NAME = "DOE^JANE"


class Quoting(ValueError):
    """An exception like pydicom's, whose text has a value."""


@given(st.sampled_from([Quoting, KeyError, OSError, MemoryError, RecursionError, UnicodeError]))
def test_only_the_type_is_known(kind):
    """Nothing that a guard shows of itself has the text of the exception."""
    with guarded() as guard:
        raise kind(f"cannot decode {NAME!r}")
    assert guard.kind == kind.__name__
    assert NAME not in repr(guard)
    assert NAME not in str(guard)


def test_what_is_raised_afterwards_has_no_trace_of_it():
    """The traceback of an exception that is raised behind a guard does not lead to the one that it caught."""
    with pytest.raises(RuntimeError) as caught:  # noqa: PT012  # the guard is what is tested
        with guarded() as guard:
            raise Quoting(NAME)
        raise RuntimeError(f"it cannot be read ({guard.kind})")
    assert str(caught.value) == "it cannot be read (Quoting)"
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    raised = caught.value
    assert NAME not in "".join(traceback.format_exception_only(raised))


def test_a_block_that_ends_well_has_no_kind():
    """Without an exception the guard says so, and what the block made is there."""
    with guarded() as guard:
        made = 1
    assert guard.kind == ""
    assert made == 1


@pytest.mark.parametrize("kind", [Quoting, ValueError])
def test_exceptions_that_may_pass_leave_the_block(kind):
    """Those of the given types, and of types derived from them, are as if there was no guard."""
    with pytest.raises(kind), guarded(LookupError, ValueError):
        raise kind(NAME)


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_signals_and_exits_leave_the_block(kind):
    """Who stops the run stops it inside a guard, too."""
    with pytest.raises(kind), guarded():
        raise kind


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, GeneratorExit, Quoting, RecursionError, MemoryError])
def test_what_foreign_code_raises_ends_its_block(kind):
    """A function that asks to exit, or acts as if Ctrl-C was pressed, is treated as one that fails."""
    with foreign_code() as guard:
        raise kind(NAME)
    assert guard.kind == kind.__name__
    assert NAME not in repr(guard)


@pytest.mark.parametrize("stop", [DeadlineExceeded(1), Stopped(signal.SIGTERM)])
def test_what_stops_a_file_or_a_run_leaves_foreign_code(stop):
    """Deadlines and signals that stop a run are no fault of the code that they interrupt."""
    with pytest.raises(type(stop)), foreign_code():
        raise stop


def test_ctrl_c_leaves_foreign_code():
    """A real SIGINT is a KeyboardInterrupt of the caller, and the handler is afterwards as before."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt), foreign_code():
            signal.raise_signal(signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)
