"""Files that ask for very much: each is cleaned or refused by one rule, whichever engine cleans it."""

from __future__ import annotations

import random
import zlib

import pytest
from pydicom import dcmread

from deidc.batch.job.discovery import Input
from deidc.batch.job.one_file import Settings, run_file
from deidc.batch.job.outcome import Ending, FileOutcome
from deidc.dicom.limits import DEEPEST, Limits
from tests.fuzz.greedy_files import DEFLATED, NAME, element, file_of, nested, private_blocks, write_deflate_bomb
from tests.running import machine_for

# A recipe that promotes the character set is left to the Dataset engine.
STREAM, DATASET = (
    "REPLACE select:VR:PN anonymous",
    'REPLACE select:VR:PN anonymous\nREPLACE SpecificCharacterSet "ISO_IR 192"',
)
ENGINES = pytest.mark.parametrize("recipe", [STREAM, DATASET], ids=["stream", "dataset"])


def outcome_of(folder, data: bytes, recipe: str, **settings: object) -> FileOutcome:
    path = folder / "in.dcm"
    path.write_bytes(data)
    outcome = run_file(
        machine_for(recipe), Settings(folder / "out", **settings), 0, Input(path, path.relative_to(folder))
    )
    assert outcome.dataset_engine is None or recipe == DATASET
    return outcome


def codes(outcome: FileOutcome) -> list[str]:
    return [fault.rule.code for fault in outcome.faults]


@ENGINES
@pytest.mark.parametrize("defined", [True, False])
@pytest.mark.parametrize("depth", [1, DEEPEST - 1, DEEPEST])
def test_sequences_as_deep_as_the_limit_are_cleaned(tmp_path, recipe, defined, depth):
    """The name in the inmost item is replaced."""
    outcome = outcome_of(tmp_path, file_of(nested(depth, defined=defined)), recipe)
    assert outcome.ending is Ending.WRITTEN, outcome.faults
    written = (tmp_path / "out" / "in.dcm").read_bytes()
    assert b"CANARY" not in written
    assert b"anonymous" in written


@ENGINES
@pytest.mark.parametrize("defined", [True, False])
@pytest.mark.parametrize("depth", [DEEPEST + 1, 200, 300, 1000, 10_000])
def test_sequences_deeper_than_the_limit_are_refused(tmp_path, recipe, defined, depth):
    """By one code at every depth, also where Python's stack would not do."""
    assert codes(outcome_of(tmp_path, file_of(nested(depth, defined=defined)), recipe)) == ["DC931"]


@ENGINES
def test_where_a_sequence_is_too_deep_is_reported(tmp_path, recipe):
    """The path leads to the first sequence that is too deep."""
    (fault,) = outcome_of(tmp_path, file_of(nested(DEEPEST + 1, defined=True)), recipe).faults
    assert fault.path == "0040A730[0]." * DEEPEST + "0040A730"


@ENGINES
def test_a_data_set_that_inflates_too_far_is_refused(tmp_path, recipe):
    """One byte above the limit decides, with either engine."""
    size = 20_000_000
    write_deflate_bomb(tmp_path / "bomb.dcm", size)
    data = (tmp_path / "bomb.dcm").read_bytes()
    assert len(data) < 100_000
    refused = outcome_of(tmp_path, data, recipe, limits=Limits(inflated=size - 1))
    assert codes(refused) == ["DC930"]
    written = outcome_of(tmp_path, data, recipe, limits=Limits(inflated=size))
    assert written.ending is Ending.WRITTEN, written.faults


def test_a_large_deflated_object_is_cleaned_as_a_small_one_is(tmp_path):
    """What is inflated in pieces comes out as what is inflated at once: name replaced, pixels as they were."""
    pixels = random.Random(5).randbytes(1000) * 20_000
    data_set = NAME + element(0x7FE00010, b"OW", pixels)
    deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    data = deflater.compress(data_set) + deflater.flush()
    outcome = outcome_of(tmp_path, file_of(data + b"\0" * (len(data) % 2), DEFLATED), STREAM)
    assert outcome.ending is Ending.WRITTEN, outcome.faults
    written = dcmread(tmp_path / "out" / "in.dcm")
    assert written.PatientName == "anonymous"
    assert written.PixelData == pixels
    assert len(written) == 2


@pytest.mark.parametrize(
    "recipe", ["REMOVE select:private", "ADD PatientIdentityRemoved YES", "REMOVE select:group:0013"]
)
def test_many_private_blocks_are_cleaned_alike_by_both_engines(tmp_path, recipe):
    """Hundreds of private creators, each with an element: the same bytes whether they are looked up or walked."""
    data = file_of(element(0x00080005, b"CS", b"ISO_IR 192") + private_blocks(20_000))
    outputs = []
    for more in ("", '\nREPLACE SpecificCharacterSet "ISO_IR 192"'):
        (tmp_path / str(len(outputs))).mkdir()
        path = tmp_path / "in.dcm"
        path.write_bytes(data)
        for _ in range(2):  # the second time by what was learnt of the first
            settings = Settings(tmp_path / str(len(outputs)), overwrite=True)
            machine = machine_for(recipe + more)
            outcome = run_file(machine, settings, 0, Input(path, path.relative_to(tmp_path)))
            assert outcome.ending is Ending.WRITTEN, outcome.faults
        outputs.append((tmp_path / str(len(outputs)) / "in.dcm").read_bytes())
    assert outputs[0] == outputs[1]
    assert (b"0010" not in outputs[0]) == ("private" in recipe)
