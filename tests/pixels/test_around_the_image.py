"""What repeats or describes the pixels: overlays, icons, pixel data in items, attributes; and layouts of files."""

from __future__ import annotations

import io
from copy import deepcopy

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import dcmwrite
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import DeflatedExplicitVRLittleEndian, JPEGBaseline8Bit, RLELossless

from deidc import Refused
from deidc.dicom.window import NotWhole
from deidc.ir.ops import Rectangle
from deidc.pixels.blanking.whole_objects import (
    BlankedBytes,
    BlankedDataset,
    NothingToBlank,
    blank_bytes,
    blank_dataset,
)
from deidc.pixels.frames.masks import Painting
from deidc.runtime.labels.detector import Finding
from deidc.runtime.outcome import Flag, Region
from deidc.vocabulary import Policy
from tests.pixels.compressed import compressed_file
from tests.pixels.frames.test_compressed import quiet  # noqa: F401  # a fixture
from tests.pixels.frames.test_native import cleaned, regions
from tests.pixels.pictures import (
    BIG,
    EXPLICIT,
    IMPLICIT,
    Picture,
    dataset_for,
    elements,
    file_of,
    in_words,
    mask_of,
    native,
    native_file,
    read,
    reader,
    values_of,
)
from tests.running import dataset_of

SYNTAXES = [EXPLICIT, IMPLICIT, BIG]
CORNER = [(False, (2, 1, 7, 5))]
WHOLE = [(False, None)]


def painting(painted) -> Painting:
    return Painting(regions(painted))


def outcome_of(data: bytes, painted) -> object:
    return blank_bytes(reader(data), painting(painted))


def made(picture: Picture, *extra: tuple[int, str, object], **more: object) -> bytes:
    """A file of an image with further elements, by tag and by keyword."""
    dataset = dataset_for(picture, native(values_of(picture), picture))
    for tag, vr, value in extra:
        dataset.add_new(tag, vr, value)
    for keyword, value in more.items():
        setattr(dataset, keyword, value)
    return file_of(dataset, picture.syntax)


# ---- overlays -----------------------------------------------------------------------------------------------


def overlay(bits: np.ndarray, origin: tuple[int, int], syntax: str, group: int = 0x6000, **more: int) -> list:
    """The elements of an overlay; `bits` has frames, rows, columns."""
    frames, rows, columns = bits.shape
    data = np.packbits(bits.reshape(-1), bitorder="little").tobytes()
    data += b"\0" * (len(data) % 2)
    found = [
        (group << 16 | 0x0010, "US", rows),
        (group << 16 | 0x0011, "US", columns),
        (group << 16 | 0x0040, "CS", "G"),
        (group << 16 | 0x0050, "SS", list(origin)),
        (group << 16 | 0x0100, "US", 1),
        (group << 16 | 0x0102, "US", 0),
        (group << 16 | 0x3000, "OW", in_words(data, Picture(syntax=syntax))),
    ]
    if frames > 1 or "first" in more:
        found.append((group << 16 | 0x0015, "IS", frames))
    if "first" in more:
        found.append((group << 16 | 0x0051, "US", more["first"]))
    return found


def overlay_bits(data: bytes, shape: tuple[int, ...], syntax: str, group: int = 0x6000) -> np.ndarray:
    packed = in_words(elements(data)[group << 16 | 0x3000][1], Picture(syntax=syntax))
    bits = np.unpackbits(np.frombuffer(packed, np.uint8), bitorder="little")
    return bits[: int(np.prod(shape))].reshape(shape)


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("group", [0x6000, 0x601E])
def test_an_overlay_is_blanked_where_it_lies_over_blanked_pixels(syntax, group):
    """Bit by bit, wherever the overlay begins; other overlay pixels stay."""
    bits = np.ones((1, 12, 16), dtype=np.uint8)
    for origin in ((1, 1), (3, 4), (-2, 0), (20, 20)):
        data = made(Picture(syntax=syntax), *overlay(bits, origin, syntax, group))
        after = overlay_bits(cleaned(data, painting(CORNER)), bits.shape, syntax, group)
        mask = mask_of(12, 16, CORNER)
        for y in range(12):
            for x in range(16):
                row, column = y + origin[0] - 1, x + origin[1] - 1
                over = 0 <= row < 12 and 0 <= column < 16 and mask[row, column]
                assert after[0, y, x] == (0 if over else 1), (origin, y, x)


@given(st.data())
def test_overlays_of_any_size(data):
    """Overlays larger and smaller than the image, with frames of their own, under drawn masks of drawn frames."""
    frames = data.draw(st.integers(1, 3))
    shape = (frames, data.draw(st.integers(1, 9)), data.draw(st.integers(1, 9)))
    origin = (data.draw(st.integers(-3, 6)), data.draw(st.integers(-3, 6)))
    first = data.draw(st.integers(1, 3))
    apart = data.draw(st.integers(0, 2))
    bits = np.random.default_rng(data.draw(st.integers(0, 99))).integers(0, 1, shape, dtype=np.uint8, endpoint=True)
    file = made(Picture(frames=3, rows=6, columns=7), *overlay(bits, origin, EXPLICIT, first=first))
    after = blank_bytes(reader(file), Painting(regions(CORNER), {apart: regions([(False, (0, 0, 3, 3))])}))
    assert isinstance(after, BlankedBytes)
    found = overlay_bits(after.whole(), shape, EXPLICIT)
    masks = [mask_of(6, 7, [*CORNER, *([(False, (0, 0, 3, 3))] if one == apart else [])]) for one in range(3)]
    for frame in range(frames):
        for y in range(shape[1]):
            for x in range(shape[2]):
                row, column, image = y + origin[0] - 1, x + origin[1] - 1, first - 1 + frame
                # Frames of an overlay beyond those of the image lie over nothing that is painted apart.
                mask = masks[image] if image < 3 else mask_of(6, 7, CORNER)
                over = 0 <= row < 6 and 0 <= column < 7 and mask[row, column]
                assert found[frame, y, x] == (0 if over else bits[frame, y, x])


def test_an_overlay_of_all_frames_is_blanked_where_any_of_them_is():
    """An overlay without frames lies over all; what is hidden in one frame is not shown by it over another."""
    bits = np.ones((1, 12, 16), dtype=np.uint8)
    data = made(Picture(frames=3), *overlay(bits, (1, 1), EXPLICIT))
    outcome = blank_bytes(reader(data), Painting((), {1: regions(CORNER)}))
    assert isinstance(outcome, BlankedBytes)
    assert outcome.account.overlays == (0x60003000,)
    after = overlay_bits(outcome.whole(), bits.shape, EXPLICIT)
    assert np.array_equal(after[0], ~mask_of(12, 16, CORNER))


def test_what_lies_beside_the_image_is_blanked_with_the_whole_image():
    """A rectangle ends with the image; the whole image takes all of an overlay along, unless a later line keeps it."""
    bits = np.ones((1, 14, 20), dtype=np.uint8)
    data = made(Picture(), *overlay(bits, (0, -1), EXPLICIT))
    all_of_it = overlay_bits(cleaned(data, painting([(False, (0, 0, 99, 99))])), bits.shape, EXPLICIT)
    assert all_of_it.sum() == 14 * 20 - 12 * 16
    assert not overlay_bits(cleaned(data, painting(WHOLE)), bits.shape, EXPLICIT).any()
    kept = [*WHOLE, (True, None), *CORNER]
    assert overlay_bits(cleaned(data, painting(kept)), bits.shape, EXPLICIT).sum() == 14 * 20 - 5 * 4


@pytest.mark.parametrize("broken", [(0x60000010, "US", 0), (0x60000010, "US", 60), (0x60000011, "US", None)])
def test_an_overlay_of_unknown_size_refuses_the_object(broken):
    """What lies over blanked pixels cannot be told, so it might show what they showed."""
    bits = np.ones((1, 12, 16), dtype=np.uint8)
    data = made(Picture(), *overlay(bits, (1, 1), EXPLICIT), broken)
    assert [fault.rule.code for fault in outcome_of(data, CORNER).faults] == ["DC971"]


# ---- icons --------------------------------------------------------------------------------------------------


def icon_of(picture: Picture) -> tuple[np.ndarray, Dataset]:
    values = values_of(picture)
    item = dataset_for(picture, native(values, picture))
    for keyword in ("SOPClassUID", "SOPInstanceUID", "PatientName", "PatientID", "ImageType"):
        delattr(item, keyword)
    return values, item


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2", "RGB", "PALETTE COLOR"])
def test_an_icon_of_the_image_is_blanked_where_its_pixels_come_from_blanked_ones(syntax, photometric):
    """Every icon pixel that a blanked pixel has a part in is black, and so are those around it; the others stay."""
    icon = Picture(photometric, rows=12, columns=16, syntax=syntax, seed=4)
    values, item = icon_of(icon)
    data = made(Picture(rows=48, columns=64, syntax=syntax), IconImageSequence=Sequence([item]))
    after = read(cleaned(data, painting([(False, (0, 0, 21, 9))]))).IconImageSequence[0]
    # Columns 0 to 20 are icon columns 0 to 5, and rows 0 to 8 icon rows 0 to 2; one more around.
    dark = {"MONOCHROME1": 255, "MONOCHROME2": 0, "RGB": 0, "PALETTE COLOR": 1}[photometric]
    expected = values.copy()
    expected[0, :4, :7] = dark
    assert after.PixelData == native(expected, icon)


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize(
    "icon",
    [
        Picture(rows=16, columns=16),
        Picture(rows=12, columns=20),
        Picture(rows=96, columns=128),
        Picture("YBR_FULL", rows=12, columns=14),
    ],
    ids=["square", "wide", "larger", "narrow"],
)
def test_an_icon_that_cannot_be_laid_over_the_image_is_removed(syntax, icon):
    """One of other proportions shows something else, or the image with margins that nobody knows."""
    item = icon_of(icon)[1]
    data = made(Picture(rows=48, columns=64, syntax=syntax), IconImageSequence=Sequence([item]))
    outcome = outcome_of(data, CORNER)
    assert isinstance(outcome, BlankedBytes)
    assert outcome.account.icon_removed
    assert "IconImageSequence" not in read(outcome.whole())


@pytest.mark.parametrize("broken", ["Rows", "PhotometricInterpretation", "PixelData", "BitsAllocated"])
def test_an_icon_that_is_not_understood_is_removed(broken):
    """An icon says little, and is not worth an object."""
    item = icon_of(Picture())[1]
    delattr(item, broken)
    data = made(Picture(rows=48, columns=64), IconImageSequence=Sequence([item]))
    assert "IconImageSequence" not in read(cleaned(data, painting(CORNER)))


def test_an_icon_of_a_compressed_object_is_removed():
    """Icons of compressed objects are compressed too; they are not worth the way back."""
    item = icon_of(Picture())[1]
    _, _, data = compressed_file(Picture(rows=48, columns=64, syntax=RLELossless), IconImageSequence=Sequence([item]))
    assert "IconImageSequence" not in read(cleaned(data, painting(CORNER)))


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("undefined", [False, True])
def test_pixel_data_in_other_items_is_filled_with_zeros(syntax, undefined):
    """Thumbnails that devices keep in sequences of their own show what the image showed."""
    item = icon_of(Picture(seed=8))[1]
    inner = dataset_of(PatientName="Deep^Down", ReferencedImageSequence=Sequence([deepcopy(item)]))
    outer = Sequence([inner, dataset_of(PatientID="x")])
    outer.is_undefined_length = undefined
    inner.is_undefined_length_sequence_item = undefined
    data = made(Picture(rows=48, columns=64, syntax=syntax), SourceImageSequence=outer)
    after = read(cleaned(data, painting(CORNER)))
    thumbnail = after.SourceImageSequence[0].ReferencedImageSequence[0]
    assert thumbnail.PixelData == bytes(len(item.PixelData))
    assert (after.SourceImageSequence[0].PatientName, after.SourceImageSequence[1].PatientID) == ("Deep^Down", "x")
    assert thumbnail.Rows == 12


# ---- attributes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_the_object_says_what_was_done(syntax):
    """Burned In Annotation NO, DERIVED and how, the code of Clean Pixel Data (PS3.15 E.3.1), and no false extremes."""
    data = made(Picture(syntax=syntax), (0x00280106, "US", 3), (0x00280107, "US", 200), (0x00280301, "CS", "YES"))
    after = read(cleaned(data, painting(CORNER)))
    assert after.BurnedInAnnotation == "NO"
    assert after.ImageType == ["DERIVED", "PRIMARY", "EPICARDIAL"]
    assert after.DerivationDescription == "Regions of the image were blanked by deidc"
    (code,) = after.DeidentificationMethodCodeSequence
    assert (code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning) == (
        "113101",
        "DCM",
        "Clean Pixel Data Option",
    )
    assert "SmallestImagePixelValue" not in after
    assert "LargestImagePixelValue" not in after
    assert "LossyImageCompression" not in after
    assert after.SOPInstanceUID == "1.2.3.4"


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("undefined", [False, True])
def test_what_the_object_said_before_stays(syntax, undefined):
    """Codes and descriptions that are there are kept, and nothing is said twice."""
    codes = Sequence([dataset_of(CodeValue="113100", CodingSchemeDesignator="DCM", CodeMeaning="Basic")])
    codes.is_undefined_length = undefined
    data = made(
        Picture(syntax=syntax),
        SpecificCharacterSet="ISO_IR 100",
        DerivationDescription="Verkleinert für Müller",
        DeidentificationMethodCodeSequence=codes,
    )
    once = cleaned(data, painting(CORNER))
    after = read(once)
    assert after.DerivationDescription == "Verkleinert für Müller; Regions of the image were blanked by deidc"
    assert [one.CodeValue for one in after.DeidentificationMethodCodeSequence] == ["113100", "113101"]
    again = read(cleaned(once, painting(CORNER)))
    assert again.DerivationDescription == after.DerivationDescription
    assert [one.CodeValue for one in again.DeidentificationMethodCodeSequence] == ["113100", "113101"]


def test_blanking_again_changes_nothing():
    """What is black stays black, and what is said is said."""
    once = cleaned(native_file(Picture())[1], painting(CORNER))
    assert cleaned(once, painting(CORNER)) == once


def test_a_description_that_is_too_long_makes_room():
    """ST holds 1024 characters."""
    data = made(Picture(), DerivationDescription="x" * 1000)
    assert read(cleaned(data, painting(CORNER))).DerivationDescription == "Regions of the image were blanked by deidc"


def test_an_object_without_image_type_gets_none():
    """Its second value, which must be there then, is known to nobody."""
    dataset = dataset_for(Picture(), native(values_of(Picture()), Picture()))
    del dataset.ImageType
    after = read(cleaned(file_of(dataset, EXPLICIT), painting(CORNER)))
    assert "ImageType" not in after


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_frames_of_enhanced_objects_are_derived_too(syntax):
    """Frame Type follows Image Type (PS3.3 C.8.16.1), in shared and in per-frame functional groups."""
    types = [["ORIGINAL", "PRIMARY", "M", "NONE"], ["DERIVED", "PRIMARY", "M", "NONE"]]
    groups = [dataset_of(MRImageFrameTypeSequence=Sequence([dataset_of(FrameType=one)])) for one in types]
    data = made(
        Picture(frames=2, syntax=syntax),
        SharedFunctionalGroupsSequence=Sequence([deepcopy(groups[0])]),
        PerFrameFunctionalGroupsSequence=Sequence(groups),
    )
    after = read(cleaned(data, painting(CORNER)))
    found = [
        list(group.MRImageFrameTypeSequence[0].FrameType)
        for group in (*after.SharedFunctionalGroupsSequence, *after.PerFrameFunctionalGroupsSequence)
    ]
    assert found == [["DERIVED", "PRIMARY", "M", "NONE"]] * 3


def test_lengths_of_groups_that_change_are_dropped():
    """Group lengths are retired, and would be wrong (PS3.5 7.2); those of other groups stay."""
    _, data = native_file(Picture())
    for first in (b"\x08\0\x08\0CS", b"\x10\0\x10\0PN", b"\x28\0\x02\0US"):
        at = data.index(first, 132)
        data = data[:at] + first[:2] + b"\0\0UL\4\0\1\0\0\0" + data[at:]
    assert [tag for tag in elements(data) if tag & 0xFFFF == 0] == [0x00080000, 0x00100000, 0x00280000]
    after = elements(cleaned(data, painting(CORNER)))
    assert [tag for tag in after if tag & 0xFFFF == 0] == [0x00100000]


# ---- files and objects --------------------------------------------------------------------------------------


def test_a_deflated_file_is_deflated_again():
    """What is inside changes as it does elsewhere."""
    picture = Picture(rows=100, columns=80)
    plain = native_file(picture)[1]
    dataset = read(plain)
    dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    buffer = io.BytesIO()
    dcmwrite(buffer, dataset, enforce_file_format=True)
    outcome = outcome_of(buffer.getvalue(), CORNER)
    assert isinstance(outcome, BlankedBytes)
    after = b"".join(outcome.pieces())
    assert len(after) % 2 == 0
    assert read(after).file_meta.TransferSyntaxUID == DeflatedExplicitVRLittleEndian
    assert {**elements(after)} == {**elements(cleaned(plain, painting(CORNER)))}


@pytest.mark.parametrize("painted", [[], [(True, None)], [(False, (90, 90, 99, 99))], [(False, None), (True, None)]])
def test_an_object_in_which_nothing_is_masked_stays_as_it_is(painted):
    """Nothing is said of an image that nobody changed."""
    assert isinstance(outcome_of(native_file(Picture())[1], painted), NothingToBlank)


def test_an_object_without_pixels_stays_as_it_is():
    """Reports have nothing to blank; an image whose pixels are elsewhere is refused."""
    dataset = dataset_for(Picture(), b"")
    del dataset.PixelData
    assert isinstance(outcome_of(file_of(dataset, EXPLICIT), WHOLE), NothingToBlank)
    dataset.PixelDataProviderURL = "http://example.org/pixels"
    outcome = outcome_of(file_of(dataset, EXPLICIT), WHOLE)
    assert isinstance(outcome, Refused)
    assert [fault.rule.code for fault in outcome.faults] == ["DC971"]


CONTRADICTIONS = {
    "no rows": {"Rows": None},
    "no columns": {"Columns": 0},
    "shorter than rows say": {"Rows": 13},
    "a frame behind the last": {"Rows": 6},
    "no photometric interpretation": {"PhotometricInterpretation": ""},
    "an unknown one": {"PhotometricInterpretation": "CMYK"},
    "one of three samples": {"PhotometricInterpretation": "RGB"},
    "four samples": {"SamplesPerPixel": 4},
    "12 bits without room": {"BitsStored": 12, "HighBit": 11},
    "packed bits": {"BitsAllocated": 12, "BitsStored": 12, "HighBit": 11},
    "a high bit too low": {"HighBit": 3},
    "no palettes": {"PhotometricInterpretation": "PALETTE COLOR"},
    "frames that are none": {"NumberOfFrames": "0"},
}


@pytest.mark.parametrize("attributes", CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_what_is_not_understood_is_refused(attributes):
    """Where pixels lie is not guessed."""
    _, data = native_file(Picture(), **attributes)
    outcome = outcome_of(data, CORNER)
    assert isinstance(outcome, Refused), outcome
    assert [fault.rule.code for fault in outcome.faults] == ["DC971"]


def test_zeros_behind_the_last_frame_are_padding():
    """Some writers pad to a page; nothing is hidden in zeros."""
    picture = Picture()
    dataset = dataset_for(picture, native(values_of(picture), picture) + bytes(512))
    assert isinstance(outcome_of(file_of(dataset, EXPLICIT), CORNER), BlankedBytes)


def test_a_file_that_is_cut_off_is_not_whole():
    """The bytes end within an element."""
    _, data = native_file(Picture())
    with pytest.raises(NotWhole):
        blank_bytes(reader(data[:-10]), painting(CORNER))


@pytest.mark.parametrize("kind", ["Dataset", "FileDataset", "compressed"])
def test_an_object_in_memory(kind):
    """The same comes of an object in memory, which stays as it was."""
    picture = Picture("RGB", frames=2)
    _, data = native_file(picture)
    if kind == "compressed":
        _, _, data = compressed_file(Picture("YBR_FULL_422", rows=32, columns=32, syntax=JPEGBaseline8Bit))
    given = read(data)
    if kind == "Dataset":
        given = Dataset(given)
    before = deepcopy(given)
    outcome = blank_dataset(given, painting(CORNER))
    assert isinstance(outcome, BlankedDataset)
    assert given == before
    assert type(outcome.dataset) is type(given)
    expected = read(cleaned(data, painting(CORNER)))
    assert outcome.dataset == (Dataset(expected) if kind == "Dataset" else expected)
    assert not isinstance(blank_dataset(given, painting([])), BlankedDataset)


def test_an_object_that_cannot_be_encoded_is_refused():
    """A value that no file can hold is told without it."""
    dataset = dataset_for(Picture(), native(values_of(Picture()), Picture()))
    dataset.add_new(0x00280008, "IS", None)
    dataset["Rows"]._value = "secret"
    outcome = blank_dataset(dataset, painting(CORNER))
    assert isinstance(outcome, Refused)
    assert "secret" not in repr(outcome)


def test_regions_of_labels_that_hold_an_object_are_painted_in_their_order():
    """Flags of a machine and findings of a detector alike; a whitelist blanks nothing."""
    one, two = Region(False, (Rectangle(0, 0, 1, 1),)), Region(True, (Rectangle(0, 0, 2, 2),))
    flags = [
        Flag(0, "a", "x", Policy.CLEAN, (one,)),
        Flag(1, "whitelist", "y", Policy.PASS, (two,)),
        Flag(2, "b", "z", Policy.QUARANTINE, (two, one)),
    ]
    assert Painting.of(flags).everywhere == (one, two, one)
    finding = Finding(0, "a", "x", None, True, (two,))
    assert Painting.of([finding]).everywhere == (two,)
