"""A deadline for one file: what takes too long is refused, and the next file is cleaned."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading

import pytest
from pydicom.dataset import Dataset

from deidc import Functions
from deidc.batch.job.deadline import DeadlineExceeded, deadline, has_deadlines
from deidc.batch.job.discovery import Input
from deidc.batch.job.one_file import Settings, run_file
from deidc.batch.job.outcome import Ending
from deidc.dicom.limits import Limits
from tests.files import copy_of
from tests.running import machine_for

pytestmark = pytest.mark.skipif(not has_deadlines(), reason="this system has no timers of CPU time")

SOON = Limits(seconds=0.2, seconds_a_megabyte=0.0)


def exponential() -> str:
    """Match a pattern that takes 2^40 steps."""
    return str(re.fullmatch(r"(a|aa|a)+b", "a" * 60))


def endless() -> str:
    while True:
        pass


def swallowing() -> str:
    """Go on whatever is raised, once."""
    try:
        endless()
    except BaseException:  # noqa: BLE001  # what users write
        endless()
    return ""


@pytest.mark.parametrize("slow", [exponential, endless, swallowing])
def test_a_file_that_exceeds_its_deadline_is_refused_and_the_next_is_not(tmp_path, slow):
    """The machine is good for the next file, and nothing is left of the first."""
    for name, patient in (("a.dcm", "SLOW"), ("b.dcm", "QUICK")):
        copy_of("rtplan.dcm", tmp_path / "in" / name, PatientID=patient)

    def function(dicom: Dataset) -> str:
        return slow() if dicom.PatientID == "SLOW" else "done"

    machine = machine_for("REPLACE PatientName func:slow", Functions.standard().with_function("slow", function))
    outcomes = [
        run_file(machine, Settings(tmp_path / "out", limits=SOON), 0, Input(tmp_path / "in" / name, path))
        for name in ("a.dcm", "b.dcm")
        for path in [(tmp_path / name).relative_to(tmp_path)]
    ]
    assert [one.ending for one in outcomes] == [Ending.REFUSED, Ending.WRITTEN], outcomes
    assert [fault.rule.code for fault in outcomes[0].faults] == ["DC932"]
    assert [one.name for one in (tmp_path / "out").iterdir()] == ["b.dcm"]


def test_a_deadline_that_is_met_leaves_no_timer(tmp_path):
    """The handler and the timer are as they were, and what a handler of the user's was stays."""

    def handler(*_: object) -> None: ...

    before = signal.signal(signal.SIGPROF, handler)
    try:
        with deadline(100):
            assert signal.getitimer(signal.ITIMER_PROF)[0] > 0
        assert signal.getitimer(signal.ITIMER_PROF) == (0, 0)
        assert signal.getsignal(signal.SIGPROF) is handler
    finally:
        signal.signal(signal.SIGPROF, before)


def test_no_deadline_and_no_main_thread():
    """Neither sets a timer; a thread does not fail."""
    timers = []

    def look(seconds: float | None) -> None:
        with deadline(seconds):
            timers.append(signal.getitimer(signal.ITIMER_PROF))

    look(None)
    thread = threading.Thread(target=look, args=(5.0,))
    thread.start()
    thread.join()
    assert timers == [(0, 0), (0, 0)]


def test_the_deadline_grows_with_the_file():
    """60 s and 10 s for each megabyte, if not said otherwise; a file can be without."""
    assert Limits().deadline(0) == 60
    assert Limits().deadline(2_500_000) == 85
    assert Limits(seconds=None).deadline(1) is None
    with pytest.raises(DeadlineExceeded, match="0 s of CPU time"), deadline(0.05):
        endless()


def test_a_worker_that_does_not_look_at_signals_is_ended_by_the_system():
    """As by code of an extension that never returns; without a core dump, in which patient data would be."""
    resource = pytest.importorskip("resource")
    script = """
import signal, resource
from deidc.batch.job import deadline
deadline._GRACE = 0
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGPROF})
with deadline.deadline(0.1, expendable=True):
    assert resource.getrlimit(resource.RLIMIT_CORE)[0] == 0
    while True:
        pass
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert done.returncode == -signal.SIGXCPU, done.stderr
    assert resource.getrlimit(resource.RLIMIT_CPU)[0] == resource.RLIM_INFINITY
