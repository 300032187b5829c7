"""One file whose labels fire: its header cleaned, its regions blanked, and what becomes of it by policy."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from attrs import evolve
from pydicom import dcmread, dcmwrite
from pydicom.dataset import Dataset
from pydicom.uid import DeflatedExplicitVRLittleEndian, RLELossless

from deidc import Machine, compile_recipe
from deidc.batch.inputs.earlier import Held
from deidc.batch.job.discovery import Input
from deidc.batch.job.one_file import Settings, run_file
from deidc.batch.job.outcome import Ending, FileOutcome
from deidc.batch.job.workers import Work, discard_leftovers_of, run_files
from deidc.batch.outputs.reserved import TEMPORARY_PREFIX, TEMPORARY_SUFFIX
from tests.pixels.compressed import compressed_file
from tests.pixels.pictures import BIG, EXPLICIT, IMPLICIT, Picture, blanked, file_of, mask_of, native_file

BOX = (2, 1, 9, 5)
LABEL = "LABEL text\n  equals Columns 16\n  coordinates 2,1,9,5\n"
HEADER = "%header\nREMOVE PatientName\nREPLACE PatientID another\n"
RECIPE = f"FORMAT dicom\n\n{HEADER}\n%filter graylist\n\n{LABEL}"
PICTURE = Picture("RGB", frames=3)


def run(folder: Path, data: bytes, recipe: str = RECIPE, **settings: object) -> FileOutcome:
    """What becomes of the bytes of a file; the output is in `out`."""
    (folder / "in").mkdir(exist_ok=True)
    (folder / "in" / "a.dcm").write_bytes(data)
    source = Input(folder / "in" / "a.dcm", Path("a.dcm"))
    machine = Machine.link(compile_recipe(recipe))
    return run_file(machine, Settings(folder / "out", overwrite=True, **settings), 0, source)


def masked(picture: Picture, values: np.ndarray, box: tuple[int, int, int, int] = BOX) -> np.ndarray:
    """The samples with a box blanked in every frame."""
    mask = mask_of(picture.rows, picture.columns, [(False, box)])
    return blanked(values, picture, [mask] * picture.frames)


def samples(path: Path, picture: Picture) -> np.ndarray:
    """The samples of a file as they are stored."""
    found = dcmread(path)
    found.PhotometricInterpretation = "RGB" if picture.samples > 1 else found.PhotometricInterpretation
    return found.pixel_array.reshape(picture.frames, picture.rows, picture.columns, picture.samples)


PICTURES = {
    "explicit": PICTURE,
    "implicit": evolve(PICTURE, syntax=IMPLICIT),
    "big": evolve(PICTURE, syntax=BIG, photometric="MONOCHROME2", allocated=16, stored=12),
    "signed": Picture("MONOCHROME1", 16, 12, True),
}


@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)
@pytest.mark.parametrize("transcoded", [False, True], ids=["stream", "dataset"])
def test_header_and_pixels_in_one_go(tmp_path, picture, transcoded):
    """Either engine's header, then the regions; the object says what was done, the outcome how much."""
    values, data = native_file(picture, BurnedInAnnotation="YES")
    more = "%header\nREPLACE SpecificCharacterSet 'ISO_IR 192'\n" if transcoded else ""
    outcome = run(tmp_path, data, RECIPE + more)
    assert (outcome.ending, outcome.faults, outcome.holding) == (Ending.WRITTEN, (), ())
    assert (outcome.dataset_engine is not None) is transcoded
    assert outcome.blanked is not None
    assert outcome.blanked.frames == picture.frames
    written = dcmread(tmp_path / "out" / "a.dcm")
    assert np.array_equal(samples(tmp_path / "out" / "a.dcm", picture), masked(picture, values))
    assert ("PatientName" in written, written.PatientID, written.BurnedInAnnotation) == (False, "another", "NO")
    assert [one.CodeValue for one in written.DeidentificationMethodCodeSequence] == ["113101"]
    assert outcome.output_size == (tmp_path / "out" / "a.dcm").stat().st_size


def test_a_deflated_object(tmp_path):
    """An object that is deflated as a whole is inflated, cleaned and deflated again."""
    values, data = native_file(PICTURE)
    found = dcmread(io.BytesIO(data))
    found.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    buffer = io.BytesIO()
    dcmwrite(buffer, found)
    assert run(tmp_path, buffer.getvalue()).ending is Ending.WRITTEN
    assert np.array_equal(samples(tmp_path / "out" / "a.dcm", PICTURE), masked(PICTURE, values))


@pytest.mark.parametrize(("store", "syntax"), [("same-or-native", RLELossless), ("native", EXPLICIT)])
def test_compressed_frames_are_stored_as_the_recipe_tells(tmp_path, store, syntax):
    """STORE decides about the transfer syntax."""
    picture = evolve(PICTURE, syntax=RLELossless)
    values, _, data = compressed_file(picture)
    outcome = run(tmp_path, data, f"{RECIPE}\n%pixels\nSTORE {store}\n")
    assert outcome.blanked is not None
    assert (outcome.blanked.before, outcome.blanked.after) == (RLELossless, syntax)
    assert dcmread(tmp_path / "out" / "a.dcm").file_meta.TransferSyntaxUID == syntax
    assert np.array_equal(samples(tmp_path / "out" / "a.dcm", picture), masked(picture, values))


# Policy, options of the run -> how it ends, and in which folder the object is.
POLICIES = {
    ("PASS", "hold"): (Ending.WRITTEN, "out"),
    ("CLEAN", "hold"): (Ending.WRITTEN, "out"),
    ("FLAG", "hold"): (Ending.FLAGGED, None),
    ("QUARANTINE", "hold"): (Ending.FLAGGED, None),
    ("PASS", "write"): (Ending.WRITTEN, "out"),
    ("CLEAN", "write"): (Ending.WRITTEN, "out"),
    ("FLAG", "write"): (Ending.WRITTEN, "out"),
    ("QUARANTINE", "write"): (Ending.FLAGGED, None),
    ("PASS", "quarantine"): (Ending.WRITTEN, "out"),
    ("CLEAN", "quarantine"): (Ending.WRITTEN, "out"),
    ("FLAG", "quarantine"): (Ending.FLAGGED, None),
    ("QUARANTINE", "quarantine"): (Ending.FLAGGED, "apart"),
}


@pytest.mark.parametrize(("given", "expected"), POLICIES.items(), ids=["-".join(one) for one in POLICIES])
def test_what_becomes_of_an_object_by_the_policy_of_its_label(tmp_path, given, expected):
    """Wherever the object goes, its header is clean, and its regions are blanked unless the group passes."""
    policy, options = given
    values, data = native_file(PICTURE, BurnedInAnnotation="YES")
    outcome = run(
        tmp_path,
        data,
        f"{RECIPE}\n%pixels\n{policy} graylist\n",
        write_flagged=options == "write",
        quarantine=tmp_path / "apart" if options == "quarantine" else None,
    )
    folders = [name for name in ("out", "apart") if (tmp_path / name / "a.dcm").exists()]
    assert (outcome.ending, folders) == (expected[0], [expected[1]] if expected[1] else [])
    assert outcome.quarantined is (folders == ["apart"])
    assert bool(outcome.holding) is (policy in ("FLAG", "QUARANTINE"))
    for name in folders:
        pixels = samples(tmp_path / name / "a.dcm", PICTURE)
        assert np.array_equal(pixels, values if policy == "PASS" else masked(PICTURE, values))
        written = dcmread(tmp_path / name / "a.dcm")
        assert "PatientName" not in written
        # Of an image that somebody has to look at nobody can say that it has no text.
        is_sure = policy == "CLEAN"
        assert (written.BurnedInAnnotation, "DeidentificationMethodCodeSequence" in written) == (
            "NO" if is_sure else "YES",
            is_sure,
        )


# Regions of a label that fires, and whether it holds the object back because nothing was blanked.
BLANKING_NOTHING = {
    "no region": ("", True),
    "beside the image": ("  coordinates 16,0,20,9\n", True),
    "below the image": ("  coordinates 0,12,9,20\n", True),
    "from a sequence that is missing": ("  coordinates from:SequenceOfUltrasoundRegions\n", True),
    "kept again": ("  coordinates all\n  keepcoordinates 0,0,99,99\n", True),
    "kept alone": ("  keepcoordinates 0,0,9,9\n", True),
    "a corner": ("  coordinates 15,11,99,99\n", False),
}


@pytest.mark.parametrize(("regions", "held"), BLANKING_NOTHING.values(), ids=BLANKING_NOTHING)
def test_a_label_that_blanks_nothing_holds_the_object_back(tmp_path, regions, held):
    """Whoever wrote the label knew of text; where it is in this image nobody knows."""
    outcome = run(tmp_path, native_file(PICTURE)[1], RECIPE.replace("  coordinates 2,1,9,5\n", regions))
    assert (outcome.ending, bool(outcome.holding)) == ((Ending.FLAGGED, True) if held else (Ending.WRITTEN, False))
    assert (outcome.blanked is None) is held
    assert (tmp_path / "out" / "a.dcm").exists() is not held


def test_each_label_has_to_blank_something(tmp_path):
    """That another label blanked its region releases nobody else's object."""
    recipe = RECIPE + "\nLABEL other\n  equals Rows 12\n  coordinates 0,12,16,20\n"
    outcome = run(tmp_path, native_file(PICTURE)[1], recipe)
    assert (outcome.ending, [one.label for one in outcome.holding]) == (Ending.FLAGGED, ["other"])
    assert run(tmp_path, native_file(PICTURE)[1], recipe, write_flagged=True).ending is Ending.WRITTEN
    written = dcmread(tmp_path / "out" / "a.dcm")
    assert ("BurnedInAnnotation" in written, written.ImageType[0]) == (False, "DERIVED")


def test_an_object_without_pixels_has_none_to_clean(tmp_path):
    """A report that a label fits is passed on, and does not say that its pixels were cleaned."""
    dataset = Dataset()
    dataset.SOPClassUID, dataset.SOPInstanceUID, dataset.Columns = "1.2.840.10008.5.1.4.1.1.88.11", "1.2.3", 16
    outcome = run(tmp_path, file_of(dataset, EXPLICIT))
    assert (outcome.ending, outcome.blanked, outcome.holding) == (Ending.WRITTEN, None, ())
    assert "DeidentificationMethodCodeSequence" not in dcmread(tmp_path / "out" / "a.dcm")


def test_a_frame_that_cannot_be_decoded_refuses_the_object(tmp_path):
    """Not even where flagged objects are written, and nothing is left of it."""
    _, frames, data = compressed_file(evolve(PICTURE, syntax=RLELossless))
    assert frames[1] in data
    broken = data.replace(frames[1], b"\xff" * len(frames[1]))
    outcome = run(tmp_path, broken, write_flagged=True)
    assert (outcome.ending, [one.rule.code for one in outcome.faults]) == (Ending.REFUSED, ["DC972"])
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").rglob("*.dcm"))


def test_what_an_earlier_run_set_apart_is_replaced_and_nothing_else(tmp_path):
    """An object that was held back before may replace what lies in the quarantine; another one may not."""
    (tmp_path / "a.dcm").write_bytes(native_file(PICTURE)[1])
    machine = Machine.link(compile_recipe(f"{RECIPE}\n%pixels\nQUARANTINE graylist\n"))
    settings = Settings(tmp_path / "out", quarantine=tmp_path / "apart")
    source = Input(tmp_path / "a.dcm", Path("a.dcm"))
    assert run_file(machine, settings, 0, source).quarantined
    (tmp_path / "apart" / "a.dcm").write_text("somebody else's")
    refused = run_file(machine, settings, 0, source)
    assert ([one.rule.code for one in refused.faults], refused.quarantined) == (["DC924"], False)
    assert run_file(machine, settings, 0, evolve(source, earlier=Held())).quarantined
    assert dcmread(tmp_path / "apart" / "a.dcm").PatientID == "another"


def test_what_a_killed_worker_left_in_the_quarantine_goes(tmp_path):
    """A half-written file with the token of the run does, and nobody else's."""
    settings = Settings(tmp_path / "out", quarantine=tmp_path / "apart", token="mine-")
    (tmp_path / "apart" / "a").mkdir(parents=True)
    mine, other = (
        tmp_path / "apart" / "a" / f"{TEMPORARY_PREFIX}{token}-1{TEMPORARY_SUFFIX}" for token in ("mine", "yours")
    )
    mine.touch()
    other.touch()
    discard_leftovers_of(settings, [Input(tmp_path / "in" / "1.dcm", Path("a/1.dcm"))])
    assert (mine.exists(), other.exists()) == (False, True)


def test_workers_blank_what_one_process_does(tmp_path):
    """The outcomes of worker processes tell the same, and the outputs are the same."""
    picture = evolve(PICTURE, syntax=RLELossless)
    for number in range(4):
        _, _, data = compressed_file(evolve(picture, seed=number))
        (tmp_path / f"{number}.dcm").write_bytes(data)
    sources = [Input(tmp_path / f"{number}.dcm", Path(f"{number}.dcm")) for number in range(4)]
    program = compile_recipe(RECIPE)
    one, two = (
        list(run_files(Work(program, Settings(tmp_path / f"out{jobs}", digests=True)), sources, jobs))
        for jobs in (1, 2)
    )
    assert [outcome.blanked for outcome in one] == [outcome.blanked for outcome in two]
    assert None not in [outcome.blanked for outcome in one]
    assert [outcome.output_digest for outcome in one] == [outcome.output_digest for outcome in two]
