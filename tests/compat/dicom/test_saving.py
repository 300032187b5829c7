"""Where cleaned objects are written: never two to one place, never over what is there unless told."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset

from deidc.compat.dicom import replace_identifiers
from deidc.compat.dicom.utils import dcmread as read_by_deid
from deidc.compat.dicom.utils import load_dicom, save_dicom
from deidc.compat.objects.outputs import OutputExists
from tests.compat.dicom.objects import files, in_file, nested, recipe_of
from tests.files import shipped, tree_of
from tests.running import SOP_CLASS

RECIPE = recipe_of("REPLACE PatientID X", "REMOVE StudyID")


def saved(given, **options) -> list[str]:
    return replace_identifiers(given, {}, RECIPE, save=True, **options)


def test_outputs_have_the_names_of_their_inputs(tmp_path):
    """In a folder that is made, and in the order of the inputs; inputs stay."""
    paths = files(tmp_path / "in", ["b.dcm", "a.dcm"])
    out = tmp_path / "new" / "out"
    assert saved(paths, output_folder=out) == [str(out / "b.dcm"), str(out / "a.dcm")]
    assert {dcmread(out / name).PatientID for name in ("a.dcm", "b.dcm")} == {"X"}
    assert [dcmread(path).PatientID for path in paths] == ["ZQ0", "ZQ1"]


def test_a_call_has_one_temporary_folder(tmp_path, monkeypatch):
    """deid makes one for each file."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    places = saved(files(tmp_path / "in", ["a.dcm", "b.dcm"]))
    assert len({os.path.dirname(place) for place in places}) == 1
    assert len(os.listdir(tmp_path / "tmp")) == 1


def test_two_inputs_of_one_name_keep_their_places(tmp_path):
    """The tree below the folder that they share is kept, of all inputs of the call."""
    files(tmp_path / "in", ["p1/a.dcm", "p2/a.dcm", "p2/b.dcm"])
    given = [tmp_path / "in" / name for name in ("p1/a.dcm", "p2/a.dcm", "p2/b.dcm")]
    saved(given, output_folder=tmp_path / "out")
    assert tree_of(tmp_path / "out") == ["p1/a.dcm", "p2/a.dcm", "p2/b.dcm"]


def test_names_that_differ_in_case_alone_are_one_name_where_the_file_system_says_so(tmp_path, monkeypatch):
    files(tmp_path / "in", ["p1/a.dcm", "p2/A.dcm"])
    monkeypatch.setattr(os.path, "normcase", str.lower)
    saved([tmp_path / "in" / name for name in ("p1/a.dcm", "p2/A.dcm")], output_folder=tmp_path / "out")
    assert tree_of(tmp_path / "out") == ["p1/a.dcm", "p2/A.dcm"]


def test_one_input_given_twice_is_refused(tmp_path):
    (path,) = files(tmp_path, ["a.dcm"])
    with pytest.raises(ValueError, match="twice"):
        saved([path, path], output_folder=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_is_there_stays(tmp_path):
    """Nothing at all is written if one of the outputs is there; with overwrite it is replaced."""
    paths = files(tmp_path / "in", ["a.dcm", "b.dcm"])
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "b.dcm").write_bytes(b"there")
    with pytest.raises(OutputExists, match=r"b\.dcm already exists, and overwrite is False"):
        saved(paths, output_folder=tmp_path / "out")
    assert tree_of(tmp_path / "out") == ["b.dcm"]
    saved(paths, output_folder=tmp_path / "out", overwrite=True)
    assert dcmread(tmp_path / "out" / "b.dcm").PatientID == "X"


def test_a_link_that_leads_nowhere_is_there_too(tmp_path):
    (path,) = files(tmp_path / "in", ["a.dcm"])
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.dcm").symlink_to(tmp_path / "nowhere")
    with pytest.raises(OutputExists):
        saved(path, output_folder=tmp_path / "out")


def test_inputs_are_not_overwritten_unless_told(tmp_path):
    """The folder of the input is one where something is; overwrite tells that it is meant."""
    paths = files(tmp_path, ["a.dcm", "b.dcm"])
    with pytest.raises(OutputExists):
        saved(paths, output_folder=tmp_path)
    assert dcmread(paths[0]).PatientID == "ZQ0"
    assert saved(paths[:1], output_folder=tmp_path, overwrite=True) == paths[:1]
    assert saved(paths[1:], overwrite=True) == paths[1:]
    assert [dcmread(path).PatientID for path in paths] == ["X", "X"]


def test_an_output_is_never_written_over_another_input(tmp_path):
    """Not even with overwrite: it would be gone before it is read, or replaced by another patient's object."""
    files(tmp_path, ["p1/a.dcm", "p2/b.dcm"])
    given = [tmp_path / "p1" / "a.dcm", tmp_path / "p2" / "b.dcm"]
    link = tmp_path / "out" / "a.dcm"
    link.parent.mkdir()
    link.symlink_to(given[1])
    with pytest.raises(ValueError, match="another input"):
        saved(given, output_folder=tmp_path / "out", overwrite=True)
    assert dcmread(given[1]).PatientID == "ZQ1"


def test_objects_in_memory_are_saved(tmp_path):
    """By the name of their file, or by a number that is free; a file of theirs is replaced if told."""
    (path,) = files(tmp_path, ["a.dcm"])
    given = [dcmread(path), Path(path).read_bytes(), in_file(), nested()]
    places = saved(given, output_folder=tmp_path / "out")
    assert [os.path.basename(one) for one in places] == ["a.dcm", "object-1.dcm", "object-2.dcm", "object-3.dcm"]
    assert {dcmread(one).PatientID for one in places} == {"X"}
    assert os.path.basename(*saved(nested(), output_folder=tmp_path / "out")) == "object-4.dcm"
    assert saved(dcmread(path), overwrite=True) == [path]
    assert dcmread(path).PatientID == "X"
    assert os.path.basename(*saved(nested(), overwrite=True)) == "object-1.dcm"


def test_an_output_that_cannot_be_written_raises(tmp_path):
    """And nothing of it is left."""
    (path,) = files(tmp_path / "in", ["a.dcm"])
    (tmp_path / "out").write_text("no folder")
    with pytest.raises(OSError, match="cannot be written"):
        saved(path, output_folder=tmp_path / "out")
    dataset = nested()
    dataset.Rows = 4
    dataset["Rows"]._value = "ZQ no number"
    with pytest.raises(OSError, match="cannot be encoded") as failure:
        save_dicom(dataset, "b.dcm", tmp_path / "in")
    assert "ZQ" not in str(failure.value)
    assert tree_of(tmp_path / "in") == ["a.dcm"]


def test_pixel_data_and_transfer_syntax_are_those_of_the_input(tmp_path):
    """Whatever engine did it: compressed, deflated, big endian."""
    for name in ("JPEG-lossy.dcm", "image_dfl.dcm", "MR_small_bigendian.dcm", "MR_small_implicit.dcm"):
        before = dcmread(shipped(name))
        after = dcmread(*saved(str(shipped(name)), output_folder=tmp_path))
        assert after.file_meta.TransferSyntaxUID == before.file_meta.TransferSyntaxUID
        assert after.PixelData == before.PixelData


def test_an_object_made_by_hand_gets_what_a_file_has(tmp_path):
    """File meta information that names the object; the transfer syntax that it has already, if it has one."""
    dataset = nested()
    dataset.SOPClassUID, dataset.SOPInstanceUID = SOP_CLASS, "1.2.3"
    read = dcmread(save_dicom(dataset, "a.dcm", tmp_path))
    assert (read.file_meta.MediaStorageSOPInstanceUID, read.file_meta.TransferSyntaxUID) == (
        "1.2.3",
        "1.2.840.10008.1.2.1",
    )
    for name in ("MR_small_implicit.dcm", "MR_small_bigendian.dcm"):
        item = dcmread(shipped(name))
        bare = Dataset(item)
        bare.set_original_encoding(*item.original_encoding, None)
        read = dcmread(save_dicom(bare, name, tmp_path))
        assert read.file_meta.TransferSyntaxUID == item.file_meta.TransferSyntaxUID
        assert read.PixelData == item.PixelData
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2"
    assert dcmread(save_dicom(dataset, "b.dcm", tmp_path)).original_encoding == (True, True)


# ---- save_dicom, load_dicom, dcmread ------------------------------------------------------------------------


def test_an_object_is_saved_under_the_name_of_a_file(tmp_path):
    """Into a folder, into a temporary one, or with overwrite to the place of that file."""
    (path,) = files(tmp_path, ["a.dcm"])
    dataset = dcmread(path)
    assert save_dicom(dataset, path, tmp_path / "out") == str(tmp_path / "out" / "a.dcm")
    with pytest.raises(OutputExists):
        save_dicom(dataset, path, tmp_path / "out")
    assert os.path.dirname(save_dicom(dataset, path)) not in (str(tmp_path), str(tmp_path / "out"))
    dataset.PatientID = "X"
    assert save_dicom(dataset, path, overwrite=True) == path
    assert dcmread(path).PatientID == "X"


def test_objects_are_loaded():
    path = shipped("CT_small.dcm")
    dataset = load_dicom(path)
    assert load_dicom(dataset) is dataset
    assert read_by_deid(path, stop_before_pixels=True).PatientID == dataset.PatientID
