"""`DicomCleaner.clean`, `save_dicom` and `clean_pixel_data`: what is blanked is black, and all else as it was."""

from __future__ import annotations

import io
import logging
import stat
from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import (
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLSLossless,
    RLELossless,
)

from deidc.compat.dicom import DicomCleaner, clean_pixel_data, has_burned_pixels
from deidc.compat.dicom.pixels.clean import NotCleaned, OutputExists
from deidc.compat.objects.cleaning import ObjectRefused
from tests.compat.pixels.images import RIGHT, WRONG, cleaner_of, file_with, mask_for
from tests.files import shipped
from tests.pixels.compressed import compressed_file
from tests.pixels.pictures import Picture, blanked, dataset_for, name_of, native, native_file

WHOLE = {"results": [{"reason": "", "group": "graylist", "coordinates": [[0, "all"]]}]}


def result_of(*coordinates: object) -> dict:
    """A result that somebody made."""
    return {"flagged": True, "results": [{"reason": "", "group": "mine", "coordinates": list(coordinates)}]}


@pytest.mark.parametrize("picture", [*RIGHT, *WRONG], ids=name_of)
def test_regions_are_black_and_nothing_else_changes(picture: Picture, tmp_path: Path):
    """In the file every sample is what PS3.5 and PS3.3 make of it, and the array is what pydicom reads of it."""
    values, path = file_with(tmp_path, picture)
    cleaner = cleaner_of(tmp_path)
    cleaner.detect(path)
    before = dcmread(path).pixel_array
    array = cleaner.clean(pixel_data_attribute=picture.kind)
    saved = dcmread(cleaner.save_dicom())
    expected = native(blanked(values, picture, [mask_for(picture)] * picture.frames), picture)
    assert saved[picture.kind].value[: len(expected)] == expected
    assert saved.file_meta.TransferSyntaxUID == picture.syntax
    assert (array.dtype, array.shape) == (before.dtype, before.shape)
    assert np.array_equal(array, saved.pixel_array)
    assert cleaner.cleaned is array


@pytest.mark.parametrize("kind", ["str", "Path", "bytes", "BytesIO", "FileDataset", "Dataset"])
def test_an_object_may_be_given_in_every_form(kind: str, tmp_path: Path):
    """The pixels that come of it are the same, it is not changed, and what has no name gets a number."""
    picture = Picture("RGB", frames=2)
    values, path = file_with(tmp_path, picture)
    plain = dataset_for(picture, native(values, picture))
    given = {
        "str": str(path),
        "Path": path,
        "bytes": path.read_bytes(),
        "BytesIO": io.BytesIO(path.read_bytes()),
        "FileDataset": dcmread(path),
        "Dataset": plain,
    }[kind]
    before = deepcopy(given) if kind.endswith("Dataset") else None
    cleaner = cleaner_of(tmp_path)
    cleaner.detect(given)
    expected = values.astype(np.uint8)
    expected[:, mask_for(picture)] = 0
    assert np.array_equal(cleaner.clean(), expected)
    assert np.array_equal(clean_pixel_data(given, cleaner.results), expected)
    saved = cleaner.save_dicom()
    named = kind in ("str", "Path", "FileDataset")
    assert saved == str(tmp_path / "out" / ("cleaned-image.dcm" if named else "cleaned-object-1.dcm"))
    assert np.array_equal(dcmread(saved).pixel_array, expected)
    if before is not None:
        assert given == before
        assert given.PixelData == before.PixelData
        assert "BurnedInAnnotation" not in given


def test_a_stream_that_is_read_once_is_enough(tmp_path: Path):
    """What came through a pipe is kept for cleaning and saving."""

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    _, data = native_file(Picture())
    cleaner = cleaner_of(tmp_path)
    cleaner.detect(Pipe(data))
    assert not cleaner.clean()[1:2, 2:9].any()
    assert not dcmread(cleaner.save_dicom()).pixel_array[1:2, 2:9].any()


def test_the_saved_header_is_the_one_it_had_and_says_what_was_done(tmp_path: Path):
    """As in deid names stay, for rules of headers; of the pixels the header says that they were cleaned."""
    _, path = file_with(tmp_path, Picture())
    cleaner = cleaner_of(tmp_path)
    cleaner.detect(path)
    cleaner.clean()
    before, saved = dcmread(path), dcmread(cleaner.save_dicom())
    assert saved.PatientName == before.PatientName
    assert saved.SOPInstanceUID == before.SOPInstanceUID
    assert saved.BurnedInAnnotation == "NO"
    assert saved.ImageType[0] == "DERIVED"
    assert [one.CodeValue for one in saved.DeidentificationMethodCodeSequence] == ["113101"]


def test_overlays_over_blanked_pixels_are_blanked(tmp_path: Path):
    """They may show the same text (deid leaves them); where nothing is blanked they stay."""
    picture = Picture()
    _, path = file_with(tmp_path, picture)
    dataset = dcmread(path)
    for tag, vr, value in (
        (0x60000010, "US", picture.rows),
        (0x60000011, "US", picture.columns),
        (0x60000040, "CS", "G"),
        (0x60000050, "SS", [1, 1]),
        (0x60000100, "US", 1),
        (0x60000102, "US", 0),
        (0x60003000, "OW", b"\xff" * 24),
    ):
        dataset.add_new(tag, vr, value)
    cleaner = cleaner_of(tmp_path)
    cleaner.detect(dataset)
    cleaner.clean()
    assert np.array_equal(dcmread(cleaner.save_dicom()).overlay_array(0x6000) == 0, mask_for(picture))


def test_what_is_not_there_yet_is_not_saved(tmp_path: Path):
    """Without `clean` there is nothing to save, nor after `clean` for another object; nothing is written."""
    _, path = file_with(tmp_path, Picture())
    cleaner = cleaner_of(tmp_path)
    for save in (cleaner.save_dicom, cleaner.save_png, cleaner.save_animation, cleaner.get_figure):
        for kind in ("cleaned", "original"):
            with pytest.raises(NotCleaned):
                save(image_type=kind)
    cleaner.detect(path)
    with pytest.raises(NotCleaned):
        cleaner.save_dicom()
    cleaner.clean()
    cleaner.save_dicom()
    cleaner.detect(shipped("MR_small.dcm"))
    assert cleaner.cleaned is None
    for save in (cleaner.save_dicom, cleaner.save_png, cleaner.save_animation, cleaner.get_figure):
        with pytest.raises(NotCleaned):
            save()
    with pytest.raises(ValueError, match="image_type"):
        cleaner.save_dicom(image_type="orginal")
    assert [one.name for one in (tmp_path / "out").iterdir()] == ["cleaned-image.dcm"]


def test_cleaning_before_looking_warns(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    """As in deid: a warning, and None; of a list nothing can be cleaned, either."""
    cleaner = cleaner_of(tmp_path)
    _, path = file_with(tmp_path, Picture())
    for ask in (lambda: None, lambda: cleaner.detect([path])):
        caplog.clear()
        ask()
        with caplog.at_level(logging.WARNING, "deidc.compat"):
            assert cleaner.clean() is None
        assert len(caplog.records) == 1
    assert list(cleaner.results["flagged"]) == [path]


def test_an_object_without_pixels_warns(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    """None, where deid raises AttributeError; neither does another kind of pixel data count."""
    cleaner = cleaner_of(tmp_path, "coordinates all")
    plan = dcmread(shipped("rtplan.dcm"))
    plan.Rows = 5
    _, floats = native_file(Picture(allocated=32, stored=32, kind="FloatPixelData"))
    for given, more in (
        (plan, {}),
        (floats, {}),
        (shipped("CT_small.dcm"), {"pixel_data_attribute": "FloatPixelData"}),
    ):
        caplog.clear()
        assert cleaner.detect(given)["flagged"]
        with caplog.at_level(logging.WARNING, "deidc.compat"):
            assert cleaner.clean(**more) is None
        assert [record.levelname for record in caplog.records] == ["WARNING"]
        with pytest.raises(NotCleaned):
            cleaner.save_dicom()
    with pytest.raises(ValueError, match="one of PixelData"):
        cleaner.clean(pixel_data_attribute="PatientName")


def test_nothing_is_printed_and_no_name_is_told(tmp_path: Path, caplog, capfd):
    """Neither of files nor of patients, at any level (deid prints the header of objects in memory)."""
    _, path = file_with(tmp_path, Picture(frames=2), name="Doe^Jane.dcm")
    cleaner = cleaner_of(tmp_path, "coordinates 500,500,600,600")
    with caplog.at_level(logging.DEBUG, "deidc.compat"):
        for given in (path, dcmread(path)):
            cleaner.detect(given)
            cleaner.clean()
            cleaner.save_dicom(tmp_path / str(type(given).__name__), compression=HTJ2KLossless)
    assert "Doe" not in caplog.text
    assert caplog.records
    assert capfd.readouterr() == ("", "")


# ---- results ------------------------------------------------------------------------------------------------


def test_a_result_may_be_made_by_hand():
    """Pairs are painted in their order over the image; 0 blanks, 1 keeps; lists and `all` as in deid."""
    picture = Picture(rows=20, columns=30)
    values, data = native_file(picture)
    made = result_of([0, "ALL"], [1, ["1,2,5,6", "10,10,30,20"]], (0, "12, 12, 14,14"))
    expected = np.zeros((20, 30), np.uint8)
    for x0, y0, x1, y1 in ((1, 2, 5, 6), (10, 10, 30, 20)):
        expected[y0:y1, x0:x1] = values[0, y0:y1, x0:x1, 0]
    expected[12:14, 12:14] = 0
    assert np.array_equal(clean_pixel_data(data, made), expected)


@pytest.mark.parametrize(
    "coordinates",
    [
        [[0, "1,2,3"]],
        [[0, "1,2,3,4,5"]],
        [[0, "5,0,1,9"]],
        [[0, "-5,0,1,9"]],
        [[0, "from:SequenceOfUltrasoundRegions"]],
        [[2, "0,0,1,1"]],
        [["0,0,1,1"]],
        ["all"],
        [[0, 17]],
    ],
)
def test_coordinates_that_are_none_are_no_coordinates(coordinates):
    """deid ends in the middle, or blanks something else, or nothing."""
    _, data = native_file(Picture())
    with pytest.raises(ValueError, match="coordinates are"):
        clean_pixel_data(data, result_of(*coordinates))


def test_a_result_of_several_objects_is_none_of_one():
    """`has_burned_pixels` of a list tells of each by its name."""
    _, data = native_file(Picture())
    with pytest.raises(ValueError, match="one object"):
        clean_pixel_data(data, has_burned_pixels([data], deid={"format": "dicom"}))


def test_labels_of_every_group_blank_as_in_deid(tmp_path: Path):
    """A result says what is painted, whatever its group is called."""
    _, path = file_with(tmp_path, Picture())
    cleaner = cleaner_of(tmp_path, "coordinates all", group="whitelist")
    cleaner.detect(path)
    assert not cleaner.clean().any()


def test_who_is_not_told_where_warns(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    """An image that was flagged does not pass for clean in silence if nothing is blanked; its file is as it was."""
    values, path = file_with(tmp_path, Picture())
    for lines in ("present Columns", "coordinates 100,100,200,200"):
        caplog.clear()
        cleaner = cleaner_of(tmp_path, lines)
        cleaner.detect(path)
        with caplog.at_level(logging.WARNING, "deidc.compat"):
            assert np.array_equal(cleaner.clean(), values[0, :, :, 0])
        assert [record.levelname for record in caplog.records] == ["WARNING"]
        assert Path(cleaner.save_dicom(overwrite=True)).read_bytes() == path.read_bytes()


def test_pixels_that_are_too_many_for_their_name_are_colour(tmp_path: Path):
    """Uncompressed YBR_FULL_422 of the length of RGB is read as RGB, unless that is not wanted; it is blanked."""
    picture = Picture("RGB")
    values, path = file_with(tmp_path, picture, PhotometricInterpretation="YBR_FULL_422")
    cleaner = cleaner_of(tmp_path)
    cleaner.detect(path)
    expected = blanked(values, picture, [mask_for(picture)])
    assert np.array_equal(cleaner.clean(), expected[0])
    assert dcmread(cleaner.save_dicom()).PixelData == expected.astype(np.uint8).tobytes()
    with pytest.raises(ObjectRefused):
        cleaner.clean(fix_interpretation=False)


def test_pixels_that_cannot_be_found_are_refused(tmp_path: Path):
    """An object that is too short for what it says raises, with words that say nothing of it."""
    _, path = file_with(tmp_path, Picture(), Rows=1000)
    cleaner = cleaner_of(tmp_path)
    cleaner.detect(path)
    with pytest.raises(ObjectRefused) as caught:
        cleaner.clean()
    assert [fault.rule.code for fault in caught.value.faults] == ["DC971"]
    with pytest.raises(NotCleaned):
        cleaner.save_dicom()


def test_an_object_without_file_meta_information_is_taken(tmp_path: Path):
    """As pydicom's `force` takes it."""
    picture = Picture(syntax="1.2.840.10008.1.2")
    values, data = native_file(picture)
    bare = Dataset(dcmread(io.BytesIO(data)))
    buffer = io.BytesIO()
    bare.save_as(buffer, implicit_vr=True, little_endian=True)
    cleaner = cleaner_of(tmp_path)
    cleaner.detect(buffer.getvalue())
    assert np.array_equal(cleaner.clean(), blanked(values, picture, [mask_for(picture)])[0, :, :, 0])


# ---- where outputs go -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "saved"),
    [("a.dcm", "cleaned-a.dcm"), ("b.dicom", "cleaned-b.dcm"), ("c", "cleaned-c.dcm"), ("d.1.dcm", "cleaned-d.1.dcm")],
)
def test_names_are_those_of_deid(name: str, saved: str, tmp_path: Path):
    """Folders are made, with the permissions that are asked for."""
    _, path = file_with(tmp_path, Picture(), name=name)
    cleaner = cleaner_of(tmp_path)
    cleaner.detect(path)
    cleaner.clean()
    assert cleaner.save_dicom() == str(tmp_path / "out" / saved)
    assert cleaner.save_dicom(str(tmp_path / "other"), mode=0o750) == str(tmp_path / "other" / saved)
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "other").stat().st_mode) & 0o700 == 0o700


def test_nothing_is_overwritten_unasked(tmp_path: Path):
    """Two images of one name are two; with `overwrite` the second takes the place of the first."""
    paths = []
    for number in (1, 2):
        (tmp_path / str(number)).mkdir()
        paths.append(file_with(tmp_path / str(number), Picture(seed=number))[1])
    cleaner = cleaner_of(tmp_path)
    cleaner.detect(paths[0])
    cleaner.clean()
    first = Path(cleaner.save_dicom()).read_bytes()
    cleaner.detect(paths[1])
    cleaner.clean()
    for save in (cleaner.save_dicom, cleaner.save_png):
        (tmp_path / "out" / "cleaned-image.png").touch()
        with pytest.raises(OutputExists):
            save()
    assert (tmp_path / "out" / "cleaned-image.dcm").read_bytes() == first
    assert Path(cleaner.save_dicom(overwrite=True)).read_bytes() != first


def test_without_a_folder_there_is_a_temporary_one_when_something_is_saved(tmp_path, monkeypatch):
    """All that a cleaner saves goes there, and nothing is made before."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    _, path = file_with(tmp_path, Picture())
    cleaner = DicomCleaner(deid={"format": "dicom", "filter": {"a": []}})
    cleaner.detect(path)
    cleaner.clean()
    assert not (tmp_path / "temporary").exists()
    places = [Path(cleaner.save_dicom()), Path(cleaner.save_dicom(image_type="original", overwrite=True))]
    assert places[0].parent == places[1].parent == Path(cleaner.output_folder)
    assert places[0].parent.parent == tmp_path / "temporary"


def test_the_original_is_the_file_and_its_pixels(tmp_path: Path):
    """`original` is there, and needs no cleaning."""
    values, path = file_with(tmp_path, Picture())
    cleaner = cleaner_of(tmp_path)
    assert cleaner.original is None
    cleaner.detect(path)
    assert np.array_equal(cleaner.original, values[0, :, :, 0])
    assert Path(cleaner.save_dicom(image_type="original")).read_bytes() == path.read_bytes()


# ---- compressed -----------------------------------------------------------------------------------------------


def compressed_cleaner(tmp_path: Path, syntax: str, photometric: str = "RGB") -> DicomCleaner:
    """A cleaner that has cleaned a compressed image of two frames."""
    picture = Picture(photometric, frames=2, rows=40, columns=48, syntax=syntax)
    (tmp_path / "image.dcm").write_bytes(compressed_file(picture)[2])
    cleaner = cleaner_of(tmp_path)
    cleaner.detect(tmp_path / "image.dcm")
    cleaner.clean()
    return cleaner


@pytest.mark.parametrize(
    ("syntax", "options", "after", "warnings"),
    [
        (RLELossless, {}, ExplicitVRLittleEndian, 0),
        (RLELossless, {"preserve_compression": True}, RLELossless, 0),
        (RLELossless, {"preserve_compression": True, "compression": JPEG2000Lossless}, RLELossless, 0),
        (RLELossless, {"compression": RLELossless}, RLELossless, 0),
        (RLELossless, {"compression": JPEG2000Lossless}, JPEG2000Lossless, 0),
        (JPEG2000Lossless, {"compression": JPEGLSLossless}, JPEGLSLossless, 0),
        (JPEGLSLossless, {"compression": ExplicitVRLittleEndian}, ExplicitVRLittleEndian, 0),
        (JPEGLSLossless, {"compression": HTJ2KLossless}, ExplicitVRLittleEndian, 1),
        (JPEGLSLossless, {"compression": JPEGBaseline8Bit}, ExplicitVRLittleEndian, 1),
        (ExplicitVRLittleEndian, {"preserve_compression": True}, ExplicitVRLittleEndian, 0),
        (
            ExplicitVRLittleEndian,
            {"preserve_compression": True, "compression": RLELossless},
            RLELossless,
            0,
        ),
    ],
)
def test_what_is_asked_for_is_how_it_is_stored(syntax, options, after, warnings, tmp_path, caplog):
    """Without loss, or uncompressed with a warning: the pixels are the same in any case."""
    if syntax == ExplicitVRLittleEndian:
        _, path = file_with(tmp_path, Picture("RGB", frames=2, rows=40, columns=48))
        cleaner = cleaner_of(tmp_path)
        cleaner.detect(path)
        cleaner.clean()
    else:
        cleaner = compressed_cleaner(tmp_path, syntax)
    with caplog.at_level(logging.WARNING, "deidc.compat"):
        saved = dcmread(cleaner.save_dicom(**options))
    assert saved.file_meta.TransferSyntaxUID == after
    assert np.array_equal(saved.pixel_array, cleaner.cleaned)
    assert len(caplog.records) == warnings
    expected = cleaner.original
    expected[:, mask_for(Picture(rows=40, columns=48))] = 0
    assert np.array_equal(cleaner.cleaned, expected)


def test_what_is_no_transfer_syntax_is_an_error(tmp_path: Path):
    """And nothing is written."""
    cleaner = compressed_cleaner(tmp_path, RLELossless)
    for wrong in ("jpeg", "1.2.3", ""):
        with pytest.raises(ValueError, match="transfer syntax"):
            cleaner.save_dicom(compression=wrong)
    assert list((tmp_path / "out").iterdir()) == []


def test_what_nothing_is_blanked_in_stays_compressed(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    """The file is the one it was, byte for byte; if another compression is asked for, a warning says so."""
    picture = Picture(rows=40, columns=48, syntax=RLELossless)
    (tmp_path / "image.dcm").write_bytes(compressed_file(picture)[2])
    cleaner = cleaner_of(tmp_path, "keepcoordinates all")
    cleaner.detect(tmp_path / "image.dcm")
    cleaner.clean()
    with caplog.at_level(logging.WARNING, "deidc.compat"):
        saved = cleaner.save_dicom(compression=JPEG2000Lossless)
    assert Path(saved).read_bytes() == (tmp_path / "image.dcm").read_bytes()
    assert len(caplog.records) == 1


def test_a_jpeg_keeps_its_other_pixels_and_says_that_it_was_one(tmp_path: Path):
    """Stored uncompressed, in the colours of the JPEG: pydicom reads the same from it outside the region."""
    picture = Picture("YBR_FULL_422", rows=40, columns=48, syntax=JPEGBaseline8Bit)
    (tmp_path / "image.dcm").write_bytes(compressed_file(picture)[2])
    cleaner = cleaner_of(tmp_path)
    cleaner.detect(tmp_path / "image.dcm")
    array = cleaner.clean()
    mask = mask_for(picture)
    assert not array[mask].any()
    assert np.array_equal(array[~mask], cleaner.original[~mask])
    saved = dcmread(cleaner.save_dicom())
    assert np.array_equal(saved.pixel_array[~mask], array[~mask])
    assert not saved.pixel_array[mask].any()
    assert saved.LossyImageCompression == "01"
