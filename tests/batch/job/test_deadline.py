"""A deadline for one file: what takes too long is refused, and the next file is cleaned."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from deidc import CleanedContent, Functions, Machine, RefusedFile, clean_bytes, compile_recipe
from deidc.batch.job.deadline import DeadlineExceeded, deadline, has_deadlines
from deidc.batch.job.discovery import Input
from deidc.batch.job.one_file import Settings, run_file
from deidc.batch.job.outcome import Ending
from deidc.compat.objects.deadlines import ObjectRefused
from deidc.compat.objects.field import DicomField
from deidc.compat.objects.selection import selected
from deidc.dicom.limits import Limits
from tests.files import copy_of, shipped
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


SLOW = r"(Patient[A-Z]*)*ID$"


def in_a_thread(action):
    """Return what an action returns in a thread that is not the main one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(action).result(60)


@pytest.mark.parametrize(
    "rule",
    [f"REMOVE contains:{SLOW}", f"REMOVE ALL except:contains:{SLOW}", "REMOVE PatientID if contains:(a+)+$",
     "REMOVE PatientID when Modality contains (C+)+$"],
)  # fmt: skip
def test_a_pattern_that_can_hang_is_not_searched_for_where_nothing_ends_it(rule):
    """In a thread the object is refused, in the main thread it is cleaned; so is all that is judged safe, anywhere."""
    content = shipped("CT_small.dcm").read_bytes()
    machine = Machine.link(compile_recipe(f"FORMAT dicom\n\n%header\n{rule}\n"))
    refused = in_a_thread(lambda: clean_bytes(machine, content))
    assert isinstance(refused, RefusedFile)
    assert [one.rule.code for one in refused.faults] == ["DC932"]
    safe = Machine.link(compile_recipe("FORMAT dicom\n\n%header\nREMOVE contains:Patient[A-Z]*ID$\n"))
    assert isinstance(in_a_thread(lambda: clean_bytes(safe, content)), CleanedContent)
    assert isinstance(clean_bytes(machine, content), CleanedContent)


def test_without_a_deadline_nothing_is_refused_for_the_lack_of_one():
    """Who sets none, wants none."""
    content = shipped("CT_small.dcm").read_bytes()
    machine = Machine.link(compile_recipe(f"FORMAT dicom\n\n%header\nREMOVE contains:{SLOW}\n"))
    limits = Limits(seconds=None)
    assert isinstance(in_a_thread(lambda: clean_bytes(machine, content, limits=limits)), CleanedContent)


@pytest.mark.parametrize("search", ["name_contains", "value_contains"])
def test_a_search_in_a_field_of_compat_in_a_thread(search):
    """Each search that takes a pattern refuses one that can hang, and does the others."""
    field = DicomField(DataElement(0x00100020, "LO", "a" * 40), "PatientID", "(0010,0020)")
    asked = getattr(field, search)
    with pytest.raises(ObjectRefused, match="DC932"):
        in_a_thread(lambda: asked("(a+)+$"))
    assert in_a_thread(lambda: asked("a"))


def test_fields_selected_by_a_pattern_of_compat_in_a_thread():
    """The pattern of a target is judged, too."""
    field = DicomField(DataElement(0x00100020, "LO", "1"), "PatientID", "(0010,0020)")
    with pytest.raises(ObjectRefused, match="DC932"):
        in_a_thread(lambda: selected(f"contains:{SLOW}", [field]))
    assert in_a_thread(lambda: selected("contains:Patient", [field])) == [field]
