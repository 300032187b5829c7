"""Corpora are the same bytes each time, and are what their description says."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydicom import dcmread

from benchmarks.corpora import make_corpora
from benchmarks.patients import Place, uid

GIB = 1 << 30


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpora")
    for _ in make_corpora(folder, ("start", "ct", "header", "big", "sparse"), small=True):
        pass
    return folder


def test_corpora_are_the_same_bytes_each_time(folder: Path, tmp_path: Path):
    """Made twice, a corpus has the same files with the same bytes."""
    for _ in make_corpora(tmp_path, ("start", "ct", "header"), small=True):
        pass
    for name in ("start", "ct", "header"):
        again = {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()}
        assert again == {path.name: path.read_bytes() for path in (folder / name).iterdir()}


def test_slices_come_in_the_forms_that_a_de_identifier_meets(folder: Path):
    """The CT corpus has implicit and explicit VR, lengths that are open and closed, private blocks, and a patient."""
    datasets = [dcmread(path) for path in sorted((folder / "ct").iterdir())]
    assert {dataset.original_encoding[0] for dataset in datasets} == {True, False}
    assert {dataset["ReferencedImageSequence"].is_undefined_length for dataset in datasets} == {True, False}
    for dataset in datasets:
        assert len(dataset.PixelData) == 2 * 512 * 512
        assert dataset[0x0009, 0x0010].value
        assert dataset[0x0019, 0x0010].value
        assert dataset.PatientName
        assert 150 < sum(1 for _ in dataset.iterall()) < 250
    assert len({dataset.SOPInstanceUID for dataset in datasets}) == len(datasets)


def test_enhanced_headers_have_their_elements_in_functional_groups(folder: Path):
    """Most elements of the header corpus are deep in sixteen frames."""
    dataset = dcmread(sorted((folder / "header").iterdir())[0])
    elements = sum(1 for _ in dataset.iterall())
    assert len(dataset.PerFrameFunctionalGroupsSequence) == dataset.NumberOfFrames == 16
    assert 600 < elements < 800
    assert len(dataset) < elements / 5


def test_a_sparse_file_has_its_length_and_takes_no_room(folder: Path):
    """The sparse file reads as long as its pixel data, and its blocks on the disk are few."""
    (path,) = (folder / "sparse").iterdir()
    facts = path.stat()
    assert facts.st_size > GIB
    assert facts.st_blocks * 512 < GIB // 100
    assert dcmread(path, stop_before_pixels=True).PatientName


def test_big_files_can_be_read_to_their_end(folder: Path):
    """Pixel data that is written behind a header by hand is what the header says."""
    stack = dcmread(folder / "big" / "stack.dcm")
    assert len(stack.PixelData) == stack.Rows * stack.Columns * 2 * stack.NumberOfFrames
    cine = dcmread(folder / "big" / "compressed-cine.dcm")
    assert cine["PixelData"].is_undefined_length


def test_places_fill_series_then_studies_then_patients():
    """Instances are counted up within a series, series within a study, studies within a patient."""
    places = [Place.of("x", number, per_series=2, series=2, studies=2) for number in range(9)]
    assert [(one.patient, one.study, one.series, one.instance) for one in places] == [
        (0, 0, 0, 0), (0, 0, 0, 1), (0, 0, 1, 0), (0, 0, 1, 1),
        (0, 1, 0, 0), (0, 1, 0, 1), (0, 1, 1, 0), (0, 1, 1, 1),
        (1, 0, 0, 0),
    ]  # fmt: skip


def test_uids_are_of_the_form_that_is_derived_from_a_uuid():
    """A UID is 2.25 and a number of 128 bits at most (PS3.5 B.2), the same for the same words."""
    assert uid("a", 1).startswith("2.25.")
    assert int(uid("a", 1)[5:]) < 1 << 128
    assert len(uid("a", 1)) <= 64
    assert uid("a", 1) == uid("a", 1) != uid("a", 2)
