"""Compressed pixel data blanked: decoded, black where the mask is, and stored again without loss.

What is JPEG of the baseline process and stays so is in test_jpeg_in_blocks.py.
"""

from __future__ import annotations

import io
import logging

import numpy as np
import pytest
from attrs import evolve
from PIL import Image as Pillow
from pydicom import dcmread
from pydicom.encaps import encapsulate, generate_fragmented_frames
from pydicom.pixels import pixel_array
from pydicom.uid import (
    ExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLSLossless,
    RLELossless,
)

from deidc import Refused
from deidc.pixels.blanking.whole_objects import BlankedBytes, Storage, blank_bytes
from deidc.pixels.frames.masks import Painting
from tests.deid.cases import file
from tests.files import shipped
from tests.pixels.compressed import compressed_file, lossless
from tests.pixels.frames.test_native import STATED, regions
from tests.pixels.pictures import (
    Picture,
    black,
    blanked,
    dataset_for,
    elements,
    file_of,
    mask_of,
    name_of,
    read,
    reader,
)

BOX = [(False, (3, 2, 30, 11)), (True, (5, 5, 9, 9))]
SIZE = {"rows": 40, "columns": 48}


@pytest.fixture(autouse=True)
def quiet():
    """What pydicom says of frames that one plug-in cannot decode is not what these tests are about."""
    logger = logging.getLogger("pydicom")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    yield
    logger.setLevel(level)


def cleaned(data: bytes, painting: Painting, storage: Storage = Storage.SAME_OR_NATIVE) -> bytes:
    outcome = blank_bytes(reader(data), painting, storage)
    assert isinstance(outcome, BlankedBytes), outcome
    assert outcome.account.after == read(outcome.whole()).file_meta.TransferSyntaxUID
    return outcome.whole()


def pixels_of(data: bytes) -> np.ndarray:
    """Samples as they are stored: frames, rows, columns, samples."""
    dataset = read(data)
    frames = int(dataset.get("NumberOfFrames", 1))
    # JPEG is not decoded alike by all.
    plugin = "pillow" if dataset.file_meta.TransferSyntaxUID == JPEGBaseline8Bit else ""
    pixels = pixel_array(dataset, raw=True, decoding_plugin=plugin)
    return pixels.reshape(frames, dataset.Rows, dataset.Columns, -1)


def frames_of(data: bytes) -> list[tuple[bytes, ...]]:
    """The fragments of each frame."""
    dataset = read(data)
    return list(generate_fragmented_frames(dataset.PixelData, number_of_frames=int(dataset.get("NumberOfFrames", 1))))


def as_decoded(picture: Picture) -> Picture:
    """What decoders of JPEG 2000 make of its transforms."""
    return evolve(picture, photometric="RGB") if picture.photometric in ("YBR_RCT", "YBR_ICT") else picture


@pytest.mark.parametrize("picture", lossless(), ids=name_of)
def test_frames_stay_in_their_syntax_without_loss(picture):
    """The syntax stays, what is masked is black, and every other sample is as it was before it was ever encoded."""
    values, _, data = compressed_file(picture)
    after = cleaned(data, Painting(regions(BOX)), Storage.SAME)
    masks = [mask_of(picture.rows, picture.columns, BOX)] * picture.frames
    assert np.array_equal(pixels_of(after), blanked(values, as_decoded(picture), masks))
    here, there = elements(data), elements(after)
    changed = {tag for tag in here | there if here.get(tag) != there.get(tag)} - STATED - {0x7FE00010}
    assert changed == ({0x00280004} if picture.photometric == "YBR_ICT" else set())


@pytest.mark.parametrize("picture", lossless(), ids=name_of)
def test_frames_are_uncompressed_if_that_is_asked_for(picture):
    """The same samples in native pixel data, in the bits and with the attributes that these ask for."""
    values, _, data = compressed_file(picture)
    after = cleaned(data, Painting(regions(BOX)), Storage.NATIVE)
    masks = [mask_of(picture.rows, picture.columns, BOX)] * picture.frames
    assert np.array_equal(pixels_of(after), blanked(values, as_decoded(picture), masks))
    dataset = read(after)
    assert dataset.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
    assert len(dataset.PixelData) == values.size * picture.allocated // 8
    assert dataset["PixelData"].VR in ("OB" if picture.allocated == 8 else "OW",)
    assert dataset.PhotometricInterpretation == as_decoded(picture).photometric
    assert dataset.get("PlanarConfiguration", 0) == 0
    assert "LossyImageCompression" not in dataset


LAYOUTS = {
    "bare": {},
    "offsets": {"offsets": True},
    "extended": {"extended": True},
    "parts": {"parts": 3, "offsets": True},
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("syntax", [RLELossless, JPEGLSLossless, JPEG2000Lossless])
def test_frames_that_no_mask_touches_keep_their_fragments(syntax, layout):
    """Fragments stay byte by byte, and offset tables lead to the frames."""
    if layout == "parts" and syntax == RLELossless:
        pytest.skip("a frame of RLE is one fragment (PS3.5 A.4.2)")
    picture = Picture("RGB", frames=4, syntax=syntax, seed=1, **SIZE)
    values, _, data = compressed_file(picture, **LAYOUTS[layout])
    before, painting = frames_of(data), Painting((), {2: regions(BOX), 0: regions([(True, None)])})
    after = cleaned(data, painting, Storage.SAME)
    here = frames_of(after)
    assert len(here) == 4
    assert [number for number in range(4) if here[number] != before[number]] == [2]
    masks = [mask_of(40, 48, BOX if number == 2 else []) for number in range(4)]
    assert np.array_equal(pixels_of(after), blanked(values, picture, masks))
    has_table = read(after).PixelData[4:8] != b"\0\0\0\0"
    assert has_table is (layout != "bare")
    assert "ExtendedOffsetTable" not in read(after)
    assert "ExtendedOffsetTableLengths" not in read(after)


def test_frames_in_fragments_that_nothing_tells_apart_are_found_by_their_ends():
    """Without an offset table a frame ends with the fragment that ends like a JPEG image, and is written with one."""
    picture = Picture(frames=3, syntax=JPEGLSLossless, **SIZE)
    values, _, data = compressed_file(picture, parts=2)
    after = cleaned(data, Painting((), {1: regions(BOX)}))
    masks = [mask_of(40, 48, BOX if number == 1 else []) for number in range(3)]
    assert np.array_equal(pixels_of(after), blanked(values, picture, masks))
    assert [len(one) for one in frames_of(after)] == [2, 1, 2]


@pytest.mark.parametrize("photometric", ["MONOCHROME2", "MONOCHROME1", "YBR_FULL_422"])
@pytest.mark.parametrize("kept", [0, 1 << 24], ids=["made twice", "kept"])
def test_jpeg_that_becomes_uncompressed_says_that_it_was_lossy(photometric, kept, monkeypatch):
    """It is stored as it was decoded, without another change of its samples."""
    monkeypatch.setattr("deidc.pixels.frames.recoding.KEPT", kept)
    picture = Picture(photometric, frames=3, syntax=JPEGBaseline8Bit, **SIZE)
    _, _, data = compressed_file(picture)
    after = cleaned(data, Painting(regions(BOX)), Storage.NATIVE)
    mask = mask_of(40, 48, BOX)
    before, here = pixels_of(data), pixels_of(after)
    assert (here[:, mask] == black(picture)).all()
    assert np.array_equal(here[:, ~mask], before[:, ~mask])
    dataset = read(after)
    assert dataset.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
    assert dataset.PhotometricInterpretation == ("YBR_FULL" if photometric == "YBR_FULL_422" else photometric)
    assert (dataset.LossyImageCompression, dataset.LossyImageCompressionMethod) == ("01", "ISO_10918_1")
    assert float(dataset.LossyImageCompressionRatio) == pytest.approx(
        before.nbytes / len(read(data).PixelData), rel=0.05
    )


@pytest.mark.parametrize("storage", Storage)
def test_attributes_of_lossy_compression_that_are_there_stay(storage):
    """What the object says of how it was compressed is not made up anew."""
    picture = Picture("YBR_FULL_422", syntax=JPEGBaseline8Bit, **SIZE)
    given = {
        "LossyImageCompression": "01",
        "LossyImageCompressionRatio": ["7", "12.5"],
        "LossyImageCompressionMethod": ["ISO_15444_1", "ISO_10918_1"],
    }
    _, _, data = compressed_file(picture, **given)
    dataset = read(cleaned(data, Painting(regions(BOX)), storage))
    assert {keyword: dataset[keyword].value for keyword in given} == given


def test_a_syntax_that_cannot_hold_the_frames_refuses_the_object_if_it_has_to_stay():
    """Lossless JPEG, for which nothing encodes, changes the syntax or is refused."""
    data = file("JPEG-LL.dcm").read_bytes()
    assert codes_of(data, Storage.SAME) == ["DC973"]
    assert codes_of(data, Storage.SAME_OR_NATIVE) == []


def test_a_frame_that_its_encoder_cannot_hold_becomes_native():
    """JPEG 2000 of five levels holds no image of twelve rows; the object is uncompressed then, not refused."""
    small = Picture(rows=12, columns=16, syntax=JPEG2000Lossless)
    values, _, _ = compressed_file(evolve(small, syntax=RLELossless))
    buffer = io.BytesIO()
    Pillow.fromarray(values[0, :, :, 0].astype(np.uint8)).save(
        buffer, "JPEG2000", num_resolutions=2, irreversible=False
    )
    dataset = dataset_for(small, b"")
    dataset.PixelData = encapsulate([buffer.getvalue()])
    dataset["PixelData"].is_undefined_length = True
    dataset["PixelData"].VR = "OB"
    data = file_of(dataset, JPEG2000Lossless)
    assert codes_of(data, Storage.SAME) == ["DC973"]
    after = cleaned(data, Painting(regions([(False, (0, 0, 3, 3))])))
    mask = mask_of(12, 16, [(False, (0, 0, 3, 3))])
    assert np.array_equal(pixels_of(after), blanked(values, small, [mask]))


def codes_of(data: bytes, storage: Storage = Storage.SAME_OR_NATIVE, painted=((False, (0, 0, 3, 3)),)) -> list[str]:
    outcome = blank_bytes(reader(data), Painting(regions(painted)), storage)
    return [fault.rule.code for fault in outcome.faults] if isinstance(outcome, Refused) else []


@pytest.mark.parametrize("syntax", [RLELossless, JPEGLSLossless, JPEG2000Lossless, JPEGBaseline8Bit])
def test_a_frame_that_cannot_be_decoded_refuses_the_object(syntax):
    """One damaged frame is enough, before anything is written; frames that no mask touches need not be decoded."""
    picture = Picture(frames=3, syntax=syntax, **SIZE)
    _, frames, data = compressed_file(picture, offsets=True)
    at = data.index(frames[1])
    broken = data[:at] + b"\x55" * len(frames[1]) + data[at + len(frames[1]) :]
    assert codes_of(broken) == ["DC972"]
    if syntax != JPEGBaseline8Bit:
        first = blank_bytes(reader(broken), Painting((), {0: regions([(False, None)])}))
        assert isinstance(first, BlankedBytes)
        assert frames_of(first.whole())[1:] == frames_of(broken)[1:]


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.4.102", "1.2.840.10008.1.2.4.100", "1.2.3.4"])
def test_what_nothing_decodes_refuses_the_object(syntax):
    """Video, and syntaxes of nobody."""
    _, _, data = compressed_file(Picture(syntax=RLELossless, **SIZE))
    dataset = read(data)
    dataset.file_meta.TransferSyntaxUID = syntax
    buffer = io.BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    assert codes_of(buffer.getvalue()) == ["DC972"]


def test_a_real_file_that_nothing_decodes():
    """JPEG of twelve bits with a scan that no decoder takes."""
    assert codes_of(shipped("JPEG-lossy.dcm").read_bytes()) == ["DC972"]


def test_more_or_fewer_frames_than_the_object_says_refuse_it():
    """A frame beyond the number of frames would keep its text."""
    picture = Picture(frames=3, syntax=JPEGLSLossless, **SIZE)
    for frames in (2, 4):
        for layout in ("bare", "offsets"):
            _, _, data = compressed_file(picture, NumberOfFrames=frames, **LAYOUTS[layout])
            assert codes_of(data) == ["DC971"]


FILES = {
    "JPEG2000.dcm": "1.2.840.10008.1.2.4.91",
    "693_J2KI.dcm": "1.2.840.10008.1.2.4.91",
    "MR_small_RLE.dcm": RLELossless,
    "MR_small_jpeg_ls_lossless.dcm": JPEGLSLossless,
    "MR_small_jp2klossless.dcm": JPEG2000Lossless,
    "SC_rgb_rle_2frame.dcm": RLELossless,
    "SC_rgb_gdcm_KY.dcm": "1.2.840.10008.1.2.4.91",
    "emri_small_RLE.dcm": RLELossless,
    "emri_small_jpeg_2k_lossless.dcm": JPEG2000Lossless,
    "emri_small_jpeg_ls_lossless.dcm": JPEGLSLossless,
    "JPGLosslessP14SV1_1s_1f_8b.dcm": None,
    "JPEG-LL.dcm": None,
    "OBXXXX1A_rle_2frame.dcm": RLELossless,
    "examples_jpeg2k.dcm": JPEG2000Lossless,
}


@pytest.mark.parametrize("name", FILES)
def test_real_files(name):
    """Files of other makers: in their own syntax where that holds them; pixels beside the mask are what they were."""
    data = file(name).read_bytes()
    dataset = read(data)
    painted = [(False, (1, 1, dataset.Columns // 2, dataset.Rows // 3))]
    after = cleaned(data, Painting(regions(painted)))
    mask = mask_of(dataset.Rows, dataset.Columns, painted)
    before, here = pixels_of(data), pixels_of(after)
    assert np.array_equal(here[:, ~mask], before[:, ~mask])
    assert len(np.unique(here[:, mask].reshape(-1, here.shape[-1]), axis=0)) == 1
    assert dcmread(io.BytesIO(after)).file_meta.TransferSyntaxUID == (FILES[name] or ExplicitVRLittleEndian)
