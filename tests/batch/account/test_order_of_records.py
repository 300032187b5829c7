"""A manifest that is well chained, and whose records no run writes in this order, is not well."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deidc.batch.account.chain import START, chained
from deidc.batch.account.verification import verify_manifest

HEADER = {"deidc": "1", "program": "p", "recipes": [], "dry_run": False}
RESUMED = {"resumed": True}


def record(number: int, outcome: str = "refused", output: str | None = None) -> dict[str, object]:
    return {"number": number, "outcome": outcome, "output": output}


def end(records: int, **counts: int) -> dict[str, object]:
    return {"end": counts, "records": records}


WRITTEN = record(0, "written", "sha256:00")
GOOD = {
    "a run": [HEADER, WRITTEN, record(1), end(2, written=1, refused=1)],
    "nothing": [HEADER, end(0)],
    "a continued run": [HEADER, WRITTEN, RESUMED, record(1), end(2, written=0, unchanged=1, refused=1)],
    "a run that came to its end twice": [HEADER, record(0), end(1, refused=1), RESUMED, WRITTEN, end(2, written=1)],
}
BAD = {
    "a second header": ([HEADER, WRITTEN, HEADER, end(1, written=1)], "line 3 is a second header"),
    "no header": ([WRITTEN, end(1, written=1)], "line 1 stands where the header belongs"),
    "a doubled record": ([HEADER, record(0), record(0), end(2, refused=2)], "line 3 is a second record of input 0"),
    "a record of one input twice": ([HEADER, record(0), record(0, "flagged"), end(2)], "line 3 is a second record"),
    "a record that a continued run repeats": (
        [HEADER, record(0), RESUMED, record(0), end(2, refused=1)], "line 4 is a second record of input 0"
    ),
    "an end in the middle": ([HEADER, end(0), record(0), end(1, refused=1)], "line 3 follows the end"),
    "two ends": ([HEADER, record(0), end(1, refused=1), end(1, refused=1)], "line 4 follows the end"),
    "too many records declared": ([HEADER, record(0), end(2, refused=1)], "line 3 declares 2 records"),
    "fewer counted": ([HEADER, record(0), end(1, refused=0)], "line 3 counts fewer files than are recorded as refused"),
    "more counted": ([HEADER, record(0), end(1, refused=1, written=5)], "counts more files than are recorded"),
    "an outcome that is none": ([HEADER, record(0, "lost"), end(1)], "line 2 has no number or no outcome"),
    "a number that is none": ([HEADER, record(-1), end(1, refused=1)], "line 2 has no number or no outcome"),
    "a record of nothing": ([HEADER, {"what": 1}, end(0)], "line 2 is no record of a run"),
    "written without an output": ([HEADER, record(0, "written"), end(1, written=1)], "line 2 has an output"),
    "refused with an output": ([HEADER, record(0, "refused", "sha256:0"), end(1, refused=1)], "line 2 has an output"),
    "continued twice": ([HEADER, RESUMED, RESUMED, record(0), end(1, refused=1)], "line 3 repeats the line before"),
}  # fmt: skip


def written(path: Path, records: list[dict[str, object]]) -> Path:
    chain, lines = START, []
    for number, one in enumerate(records):
        line, chain = chained(chain, number, one)
        lines.append(line)
    path.write_bytes(b"".join(lines))
    assert all(json.loads(line) for line in lines)
    return path


@pytest.mark.parametrize("records", GOOD.values(), ids=GOOD)
def test_what_runs_write(tmp_path, records):
    """Nothing is found."""
    assert verify_manifest(written(tmp_path / "m", records), None).complaints == ()


@pytest.mark.parametrize(("records", "words"), BAD.values(), ids=BAD)
def test_what_no_run_writes(tmp_path, records, words):
    """The line is named, and what is wrong with it."""
    found = verify_manifest(written(tmp_path / "m", records), None)
    assert not found.is_well
    assert any(words in one for one in found.complaints), found.complaints
