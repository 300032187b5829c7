"""One file and its one outcome, where a process would be too coarse to see it."""

from __future__ import annotations

import pytest

from deidc import Functions, Machine, compile_recipe
from deidc.batch.job.discovery import Input
from deidc.batch.job.one_file import Settings, run_file
from deidc.batch.job.outcome import Ending
from tests.files import copy_of
from tests.running import machine_for


@pytest.fixture
def source(tmp_path):
    """One file."""
    return Input(copy_of("rtplan.dcm", tmp_path / "in" / "a.dcm"), (tmp_path / "a.dcm").relative_to(tmp_path))


def test_an_output_that_a_dead_worker_had_written_is_written(source, tmp_path):
    """The same bytes are there already: then the file is done. Other bytes are somebody else's."""
    machine = machine_for("BLANK PatientName")
    settings = Settings(tmp_path / "out")
    assert run_file(machine, settings, 0, source).ending is Ending.WRITTEN
    again = Settings(tmp_path / "out", again=True)
    assert run_file(machine, again, 0, source).ending is Ending.WRITTEN
    assert [one.rule.code for one in run_file(machine, settings, 0, source).faults] == ["DC924"]
    (tmp_path / "out" / "a.dcm").write_text("other")
    assert [one.rule.code for one in run_file(machine, again, 0, source).faults] == ["DC924"]
    assert (tmp_path / "out" / "a.dcm").read_text() == "other"


def test_an_output_that_is_the_input_is_refused(source, tmp_path):
    """By another name, too."""
    (tmp_path / "out").symlink_to(tmp_path / "in")
    outcome = run_file(machine_for("BLANK PatientName"), Settings(tmp_path / "out", overwrite=True), 0, source)
    assert [one.rule.code for one in outcome.faults] == ["DC927"]


def test_a_row_with_a_value_of_the_wrong_type_refuses_its_file(source, tmp_path):
    """And says which variable, not which value."""
    from deidc.batch.job.variables import KeyedBy, Rows

    program = compile_recipe("FORMAT dicom\n\n%vars\nVAR days int\n\n%header\nJITTER StudyDate var:days\n")
    machine = Machine.link(program, per_object=["days"])
    rows = Rows(KeyedBy.FILE, {"a.dcm": {"days": "ZQ7ZQ"}})
    outcome = run_file(machine, Settings(tmp_path / "out", rows=rows), 0, source)
    assert [one.rule.code for one in outcome.faults] == ["DC904"]
    assert "ZQ" not in repr(outcome)


def test_an_object_that_makes_everything_raise_is_refused(source, tmp_path):
    """Whatever comes out of a damaged object, it is that object's outcome."""

    class Odd:
        def __str__(self) -> str:
            raise RecursionError("ZQ7ZQ")

    machine = machine_for("REPLACE PatientName func:odd", Functions.standard().with_function("odd", Odd))
    outcome = run_file(machine, Settings(tmp_path / "out"), 0, source)
    assert outcome.ending is Ending.REFUSED
    assert "ZQ" not in repr(outcome)
    assert not (tmp_path / "out").exists()
