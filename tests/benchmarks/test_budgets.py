"""The arithmetic of rates and budgets, on runs whose times are made up so that the answer is plain."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from benchmarks.budgets import Sense, check, verdict
from benchmarks.corpora import Made
from benchmarks.results import Results, Run, load, save
from benchmarks.running import LAUNCHER, Usage, look_at, run
from benchmarks.tables import page

MIB = 1 << 20


def runs(row, corpus, *seconds, files=100, unchanged=0, code=0, peak=50 * MIB):
    """The warm-up, which takes a thousand seconds and counts for nothing else, and a round for each time."""
    first = Run(row, corpus, 0, Usage(1000.0, 0, 0, peak, code, peak), files, unchanged)
    return (first, *(Run(row, corpus, at, Usage(one, 0, 0, peak, code)) for at, one in enumerate(seconds, 1)))


def results(*found, elements=None):
    made = {name: Made(100, 1000, (elements or {}).get(name), "") for name in ("ct", "header", "enhanced")}
    return Results(
        machine={"processor": "a drawing"},
        place="files on disk",
        rounds=3,
        seed=1,
        seconds=60.0,
        idle=10 * MIB,
        corpora={"start": Made(1, 10, None, ""), **made},
        versions=dict.fromkeys((one.row for group in found for one in group), "1"),
        absent={"dcmodify-10": "not installed"},
        commands={"deidc --help": 100.0, "compile it": 200.0},
        runs=tuple(one for group in found for one in group),
    )


def test_a_rate_is_the_median_of_the_rounds_without_the_warm_up():
    """100 files in 1, 2 and 4 seconds are 50 a second, 25 to 100."""
    rate = results(runs("deidc-15", "ct", 4.0, 1.0, 2.0)).rate("deidc-15", "ct")
    assert (rate.median, rate.slowest, rate.fastest, rate.rounds) == (50.0, 25.0, 100.0, 3)


def test_start_up_is_taken_off_where_it_is_less_than_half():
    """100 files in 5 seconds of which 1 is for any small file are 25 a second; of 2 seconds nothing is said."""
    start = runs("deidc-15", "start", 1.0, files=1)
    assert results(start, runs("deidc-15", "ct", 5.0)).net_rate("deidc-15", "ct") == 25.0
    assert results(start, runs("deidc-15", "ct", 2.0)).net_rate("deidc-15", "ct") is None


@pytest.mark.parametrize(
    ("sense", "wanted", "measured", "said"),
    [
        (Sense.AT_LEAST, 2.0, 2.0, "met"),
        (Sense.AT_LEAST, 2.0, 1.0, "missed by 2.00 x"),
        (Sense.AT_MOST, 64.0, 96.0, "missed by 1.50 x"),
        (Sense.AT_MOST, 64.0, 1.0, "met"),
        (Sense.AT_MOST, 64.0, None, "not measured"),
    ],
)
def test_a_verdict_says_by_how_much(sense, wanted, measured, said):
    """At the limit a budget is met; beyond it the factor is told; what was not measured is never met."""
    assert verdict(sense, wanted, measured) == said


def test_budgets_compare_the_rows_that_they_name():
    """Twice as fast as dcmanon on ct, as fast on header at a third of the speed, half a time more for 600 rules."""
    found = results(
        runs("deidc-15", "ct", 1.0), runs("dcmanon", "ct", 2.0), runs("deidc-600", "ct", 1.5),
        runs("deidc-15", "header", 3.0), runs("dcmanon", "header", 1.0),
    )  # fmt: skip
    checked = {one.what: (one.whole, verdict(one.sense, one.wanted, one.whole)) for one in check(found, {})}
    assert checked["`ct`, 15 rules, against dcmanon"] == (2.0, "met")
    assert checked["`header`, 15 rules, against dcmanon"] == (pytest.approx(1 / 3), "missed by 3.00 x")
    assert checked["`ct`, time of 600 rules against 15"] == (pytest.approx(1.5), "missed by 1.36 x")
    assert checked["`real`, 15 rules, against dcmanon"] == (None, "not measured")
    assert checked["compile it"] == (200.0, "missed by 2.00 x")
    assert checked["memory above the idle interpreter, `ct`"] == (40.0, "met")


def test_linear_cost_is_time_per_element():
    """Fifty times the elements in a hundred times the time cost twice as much each."""
    found = results(
        runs("deidc-15", "header", 1.0), runs("deidc-15", "enhanced", 100.0), elements={"header": 10, "enhanced": 500}
    )
    (linear,) = (one for one in check(found, {}) if one.what.startswith("time per element"))
    assert linear.whole == pytest.approx(2.0)


@pytest.mark.parametrize(
    "failing",
    [
        runs("dcmanon", "ct", 1.0, files=0),
        runs("dcmanon", "ct", 1.0, files=49),
        runs("dcmanon", "ct", 1.0, files=100, unchanged=51),
        runs("dcmanon", "ct", 1.0, code=-9),
    ],
    ids=["nothing", "less than half", "left as it was", "killed"],
)
def test_a_tool_that_failed_has_no_rate(failing):
    """What wrote too little, or left files as they were, or was ended has no figure, and the table says so."""
    found = results(failing)
    assert found.rate("dcmanon", "ct") is None
    text = page(found, {})
    assert "failed" in text
    assert "not installed" in text


def test_files_that_were_not_done_do_not_count():
    """A tool that did 80 of 100 files in a second does 80 a second."""
    assert results(runs("dcmanon", "ct", 1.0, files=90, unchanged=10)).rate("dcmanon", "ct").median == 80.0


def test_results_are_read_as_they_were_written(tmp_path):
    """The JSON file has everything."""
    found = results(runs("deidc-15", "ct", 1.0, 2.0), elements={"ct": 7})
    save(found, tmp_path / "results.json")
    assert load(tmp_path / "results.json") == found


def test_a_run_is_measured_from_outside():
    """A process that takes 30 MiB and ends with 3 is seen to do so, and one that takes too long is ended."""
    usage = run([sys.executable, "-c", "x = bytes(1) * (30 << 20); raise SystemExit(3)"], seconds=60, watch=True)
    assert usage.code == 3
    assert usage.peak > 30 * MIB
    assert run(["sleep", "60"], seconds=0.1).code == -9


def test_outputs_are_counted_and_compared(tmp_path):
    """Of two outputs one is its input."""
    for folder, second in (("in", b"2"), ("out", b"3")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a").write_bytes(b"1")
        (tmp_path / folder / "b").write_bytes(second)
    written = look_at(tmp_path / "in", tmp_path / "out")
    assert (written.files, written.unchanged) == (2, 1)


def test_a_run_that_is_given_up_ends_what_it_started(tmp_path):
    """A launcher that is asked to end ends its command, and notes that it did."""
    begun, result = tmp_path / "begun", tmp_path / "result"
    command = ["sh", "-c", f"touch {begun}; sleep 60"]
    with subprocess.Popen([sys.executable, "-I", "-S", str(LAUNCHER), str(result), "60", "0", *command]) as launcher:
        while not begun.exists():
            time.sleep(0.01)
        launcher.terminate()
    assert result.read_text(encoding="ascii").split()[-1] == "-9"
