"""What becomes of a file does not depend on its neighbours, on their order, or on the number of workers."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deidc import compile_recipe
from deidc.batch.job.discovery import Input
from deidc.batch.job.one_file import Settings
from deidc.batch.job.outcome import Ending
from deidc.batch.job.workers import Work, run_files
from tests.files import shipped
from tests.keys import KEY

NAMES = (
    "CT_small.dcm", "rtplan.dcm", "nested_priv_SQ.dcm", "image_dfl.dcm", "ExplVR_BigEnd.dcm", "UN_sequence.dcm",
    "no_meta.dcm", "rtplan_truncated.dcm", "README.txt", "SC_rgb_jpeg.dcm", "test-SR.dcm",
)  # fmt: skip
# Lists, functions that remember nothing, private blocks that are made anew, refusals, and labels.
RECIPE = """FORMAT dicom

%vars
VAR key secret

%values ids
FIELD PatientID
SPLIT PatientName by="^";minlength=4

%fields uids
FIELD select:VR:UI

%filter blacklist
LABEL RT
  equals Modality RTPLAN

%header
REPLACE PatientID deid_func:stable_hash key=var:key
JITTER select:VR:DA|DT deid_func:date_shift key=var:key
REPLACE fields:uids deid_func:stable_uid key=var:key if contains:^1[.]2[.]8
REMOVE values:ids
ADD (0099,"DEIDC TEST",01) done
"""


def ended(names: tuple[str, ...], jobs: int) -> Mapping[str, tuple[object, ...]]:
    """Run files in an order; return for each how it ended, what was said, and the digest of what was written."""
    with TemporaryDirectory() as folder:
        work = Work(compile_recipe(RECIPE), Settings(Path(folder), digests=True), variables={"key": KEY})
        outcomes = run_files(work, [Input(shipped(name), Path(name)) for name in names], jobs)
        return {
            one.source.relative.name: (one.ending, one.faults, one.flags, dict(one.effects), one.output_digest)
            for one in outcomes
        }


@functools.cache
def alone() -> Mapping[str, tuple[object, ...]]:
    """How each file ends if it is the only one."""
    return {name: ended((name,), 1)[name] for name in NAMES}


@settings(max_examples=15)
@given(st.lists(st.sampled_from(NAMES), unique=True, min_size=2).map(tuple))
def test_neighbours_do_not_matter(names: tuple[str, ...]):
    """Any files in any order end as each does alone."""
    assert ended(names, 1) == {name: alone()[name] for name in names}


@pytest.mark.parametrize("jobs", [2, 3])
def test_workers_do_not_matter(jobs: int):
    """Processes of their own end them so too."""
    assert ended(NAMES, jobs) == alone()
    assert ended(NAMES[::-1], jobs) == alone()


def test_the_files_end_in_every_way():
    """Or the tests above would be about too little; without an earlier run, nothing is unchanged."""
    assert {ending for ending, *_ in alone().values()} == set(Ending) - {Ending.UNCHANGED}
