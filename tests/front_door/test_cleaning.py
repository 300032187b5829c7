"""One object from Python: the same as the command does with it, and nothing to save where it writes nothing."""

from __future__ import annotations

import io
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import attrs
import pytest
from pydicom import dcmread, dcmwrite
from pydicom.uid import DeflatedExplicitVRLittleEndian

from deidc import (
    ArgumentError,
    CleanedContent,
    CleanedFile,
    Effect,
    HeldFile,
    InputError,
    RefusedFile,
    clean_bytes,
    clean_file,
    link_recipe,
)
from tests.files import copy_of, shipped
from tests.pixels.pictures import Picture, native_file

RECIPE = "FORMAT dicom\n\n%header\nREMOVE PatientName\nREPLACE PatientID func:number\n"
HOLDING = "FORMAT dicom\n\n%header\nREMOVE PatientName\n\n%filter graylist\n\nLABEL look\n  present PatientID\n"
QUARANTINE = HOLDING + "\n%pixels\nQUARANTINE graylist\n"
BLANKING = HOLDING.replace("present PatientID", "present Rows\n  coordinates 2,1,9,5")
PLAIN = "FORMAT dicom\n\n%header\nREMOVE PatientName\n"
NAME = "Canary^Jane"


def number(field):
    return str(len(str(field.value)))


@pytest.fixture
def scan(tmp_path) -> Path:
    return copy_of("CT_small.dcm", tmp_path / "in" / "Canary.dcm", PatientName=NAME, PatientID="12345")


def command(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "deidc", "run", *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", ["CT_small.dcm", "image_dfl.dcm", "MR_small_bigendian.dcm", "rtplan.dcm"])
def test_bytes_files_and_the_command_agree(tmp_path, name):
    """The three ways give the same bytes."""
    source = tmp_path / "a.dcm"
    source.write_bytes(shipped(name).read_bytes())
    done = command(tmp_path, "default", "a.dcm", "-o", "out", "--flagged", "write")
    assert done.returncode == 0, done.stderr
    expected = (tmp_path / "out" / "a.dcm").read_bytes()
    machine = link_recipe("default")
    in_memory = clean_bytes(machine, source.read_bytes(), write_flagged=True)
    assert isinstance(in_memory, CleanedContent)
    assert in_memory.data == expected
    written = clean_file(machine, source, tmp_path / "b.dcm", write_flagged=True)
    assert isinstance(written, CleanedFile)
    assert (tmp_path / "b.dcm").read_bytes() == expected
    assert (written.output, written.size, written.events) == (tmp_path / "b.dcm", len(expected), in_memory.events)
    assert clean_file(machine, str(source), write_flagged=True) == in_memory


def test_events_say_what_was_done(scan):
    """An event for each change, with the line of the recipe behind it."""
    machine = link_recipe(RECIPE, functions={"number": number})
    outcome = clean_bytes(machine, scan.read_bytes())
    assert isinstance(outcome, CleanedContent)
    done = {(event.path, event.effect) for event in outcome.events if event.path in ("00100010", "00100020")}
    assert done == {("00100010", Effect.REMOVED), ("00100020", Effect.REPLACED)}
    assert dcmread(io.BytesIO(outcome.data)).PatientID == "5"


def test_variables_of_one_object_go_with_the_call(scan):
    """A machine takes those of each object, another recipe those that all objects have."""
    recipe = "FORMAT dicom\n\n%vars\nVAR who text\n\n%header\nREPLACE PatientID var:who\n"
    machine = link_recipe(recipe, per_object=["who"])
    for given in (machine, recipe):
        outcome = clean_bytes(given, scan.read_bytes(), variables={"who": "A-17"})
        assert isinstance(outcome, CleanedContent)
        assert dcmread(io.BytesIO(outcome.data)).PatientID == "A-17"
    missing = clean_bytes(machine, scan.read_bytes())
    assert isinstance(missing, RefusedFile)
    assert [fault.rule.code for fault in missing.faults] == ["DC901"]


@pytest.mark.parametrize("write_flagged", [False, True])
@pytest.mark.parametrize("recipe", [HOLDING, QUARANTINE], ids=["flagged", "quarantine"])
def test_held_objects_follow_the_policies_of_the_command(tmp_path, scan, recipe, write_flagged):
    """What the command does not write has no bytes, and is not written."""
    (tmp_path / "my.deid").write_text(recipe)
    done = command(tmp_path, "my.deid", scan, "-o", "out", "--flagged", "write" if write_flagged else "hold")
    is_written = (tmp_path / "out" / scan.name).exists()
    assert is_written is (done.returncode == 0)
    content = clean_bytes(recipe, scan.read_bytes(), write_flagged=write_flagged)
    written = clean_file(recipe, scan, tmp_path / "b.dcm", write_flagged=write_flagged)
    assert isinstance(content, CleanedContent if is_written else HeldFile)
    assert isinstance(written, CleanedFile if is_written else HeldFile)
    assert (tmp_path / "b.dcm").exists() is is_written
    assert [flag.label for flag in content.flags] == ["look"]


def test_a_held_object_has_nothing_that_could_be_saved(scan):
    """No attribute, no pickle and no representation of it has the object, cleaned or not, or a path to write to."""
    held = clean_file(HOLDING, scan)
    assert isinstance(held, HeldFile)
    assert {one.name for one in attrs.fields(HeldFile)} == {"source", "holding", "flags", "quarantined"}
    assert not hasattr(held, "__dict__")
    assert len(pickle.dumps(held)) < 2000
    assert not hasattr(held, "save_as")
    assert "Canary" not in repr(held)
    assert held.source == str(scan)


def test_regions_are_blanked(tmp_path):
    """A label with regions holds nothing back: its pixels are blanked, and the outcome says so."""
    _, data = native_file(Picture("RGB", frames=3), PatientName=NAME)
    outcome = clean_bytes(BLANKING, data)
    assert isinstance(outcome, CleanedContent)
    assert outcome.blanked is not None
    assert outcome.blanked.frames == 3
    cleaned = dcmread(io.BytesIO(outcome.data))
    assert not any(cleaned.PixelData[(2 * 16 + 3) * 3 : (2 * 16 + 9) * 3])
    assert cleaned.BurnedInAnnotation == "NO"


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "DC923"), (b"hello" * 100, "DC920"), (b"\0" * 131, "DC920")],
    ids=["empty", "text", "preamble alone"],
)
def test_bytes_that_are_no_object_are_refused(data, code):
    """Nothing in the bytes raises."""
    outcome = clean_bytes(PLAIN, data)
    assert isinstance(outcome, RefusedFile)
    assert [fault.rule.code for fault in outcome.faults] == [code]


@pytest.mark.parametrize("cut", [200, 401, 1001, 3001])
def test_an_object_that_is_cut_off_is_refused(scan, cut):
    """Half an object is none."""
    assert isinstance(clean_bytes(PLAIN, scan.read_bytes()[:cut]), RefusedFile)


def test_no_outcome_shows_data(tmp_path, scan):
    """Neither values nor names of inputs are in a representation."""
    (tmp_path / "Canary-there.dcm").touch()
    outcomes = [
        clean_bytes(PLAIN, scan.read_bytes()),
        clean_file(PLAIN, scan, tmp_path / "Canary-out.dcm"),
        clean_file(PLAIN, scan, tmp_path / "Canary-there.dcm"),
        clean_file(HOLDING, scan),
    ]
    assert [type(one) for one in outcomes] == [CleanedContent, CleanedFile, RefusedFile, HeldFile]
    assert "Canary" not in repr(outcomes)


def test_an_output_is_never_replaced_by_chance(tmp_path, scan):
    """Neither another file, nor the input itself, whatever is asked for."""
    before = scan.read_bytes()
    there = tmp_path / "there.dcm"
    there.write_bytes(b"precious")
    refused = clean_file(PLAIN, scan, there)
    assert isinstance(refused, RefusedFile)
    assert there.read_bytes() == b"precious"
    assert isinstance(clean_file(PLAIN, scan, there, overwrite=True), CleanedFile)
    assert there.read_bytes() != b"precious"
    for output in (scan, tmp_path / "in" / ".." / "in" / scan.name):
        assert isinstance(clean_file(PLAIN, scan, output, overwrite=True), RefusedFile)
    assert scan.read_bytes() == before


def test_wrong_arguments_are_told(tmp_path, scan):
    """A missing file, and a path where bytes belong."""
    with pytest.raises(InputError):
        clean_file(PLAIN, tmp_path / "missing.dcm")
    with pytest.raises(ArgumentError, match="clean_file"):
        clean_bytes(PLAIN, str(scan))
    assert isinstance(clean_file(PLAIN, tmp_path), RefusedFile)


def deflated(**attributes: object) -> bytes:
    dataset = dcmread(shipped("CT_small.dcm"))
    dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    buffer = io.BytesIO()
    dcmwrite(buffer, dataset, enforce_file_format=False)
    return buffer.getvalue()


def test_eight_threads_share_a_machine():
    """Each object comes out as it does alone, by either engine."""
    machine = link_recipe(
        RECIPE.replace("REMOVE PatientName", "REPLACE PatientName func:number"), functions={"number": number}
    )
    inputs = []
    for length in range(1, 61):
        more = {"PatientName": "N" * length, "PatientID": "I" * length}
        if length % 2:
            inputs.append(deflated(**more))
        else:
            dataset = dcmread(shipped("CT_small.dcm"))
            dataset.PatientName, dataset.PatientID = more["PatientName"], more["PatientID"]
            buffer = io.BytesIO()
            dcmwrite(buffer, dataset)
            inputs.append(buffer.getvalue())
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda data: clean_bytes(machine, data), inputs * 2))
    for at, outcome in enumerate(outcomes):
        assert isinstance(outcome, CleanedContent)
        cleaned = dcmread(io.BytesIO(outcome.data))
        assert (cleaned.PatientName, cleaned.PatientID) == (str(at % 60 + 1),) * 2
        assert outcome == outcomes[at % 60]


def test_threads_leave_the_filters_of_warnings_as_they_were():
    """pydicom warns with values; no thread prints them, and the process warns as before afterwards."""
    script = f"""
import sys, threading, warnings
from concurrent.futures import ThreadPoolExecutor
from deidc import clean_bytes, link_recipe
sys.setswitchinterval(1e-6)
data = open({str(shipped("CT_small.dcm"))!r}, "rb").read()
# A date that pydicom warns of when the object is read or written.
data = data.replace(b"20040119", b"Canary!!")
machine = link_recipe("FORMAT dicom\\n\\n%header\\nREPLACE SpecificCharacterSet 'ISO_IR 192'\\n")
before = list(warnings.filters)
with ThreadPoolExecutor(8) as pool:
    list(pool.map(lambda _: clean_bytes(machine, data), range(200)))
assert warnings.filters == before
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
