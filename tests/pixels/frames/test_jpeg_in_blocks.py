"""JPEG blanked in its blocks: black where the mask is, the same samples where no block was blanked, whoever decodes."""

from __future__ import annotations

import itertools
import struct
import subprocess
import sys
from pathlib import Path

import deid_data
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow
from pydicom.dataset import Dataset
from pydicom.pixels.processing import convert_color_space
from pydicom.uid import ExplicitVRLittleEndian, JPEGBaseline8Bit, JPEGExtended12Bit, JPEGLosslessSV1

from deidc import Refused
from deidc.pixels.blanking.whole_objects import BlankedBytes, Storage, blank_bytes
from deidc.pixels.frames.masks import Painting
from tests.deid.cases import file
from tests.pixels.frames.test_compressed import cleaned, frames_of, quiet  # noqa: F401  # one is a fixture
from tests.pixels.frames.test_native import STATED, regions
from tests.pixels.jpegs import (
    ADOBE_YCC,
    CODINGS,
    Coding,
    behind_start,
    head_of,
    jpeg,
    jpeg_file,
    planes,
    scan_at,
    scene,
    seen_by,
    without,
)
from tests.pixels.pictures import elements, mask_of, read, reader

DEID_DATA = Path(deid_data.__file__).parent / "data"
PLUGINS = ("pillow", "pylibjpeg")
BLACK = {"MONOCHROME1": (255,), "MONOCHROME2": (0,), "RGB": (0, 0, 0), "YBR_FULL_422": (0, 128, 128)}
GREY, FULL, SHARED, SHARED_BOTH_WAYS, RGB = CODINGS
SIZES = ((40, 48), (37, 53), (5, 3), (16, 17))
BOXES = ([(False, (0, 0, 20, 9))], [(False, (16, 8, 32, 16))], [(False, None), (True, (9, 11, 30, 33))])


def rounded(mask: np.ndarray, across: int, down: int) -> np.ndarray:
    """Pixels that are made of a block of which a masked one is made, if a sample is for so many pixels.

    With samples for two pixels, a pixel is also made of the sample next to its own (as decoders smooth it).
    """
    near = spread(mask, across // 2, down // 2)
    found = np.zeros_like(near)
    for y in range(0, mask.shape[0], 8 * down):
        for x in range(0, mask.shape[1], 8 * across):
            block = np.s_[y : y + 8 * down, x : x + 8 * across]
            found[block] = near[block].any()
    return spread(found, across // 2, down // 2)


def spread(mask: np.ndarray, across: int, down: int) -> np.ndarray:
    """A mask with the pixels so near to it."""
    rows, columns = mask.shape
    around = np.pad(mask, ((down, down), (across, across)))
    steps = itertools.product(range(2 * down + 1), range(2 * across + 1))
    return np.logical_or.reduce([around[y : y + rows, x : x + columns] for y, x in steps])


def is_black_and_else_the_same(data: bytes, after: bytes, masks: list[np.ndarray], coding: Coding) -> None:
    """Assert it sample by sample, for what each plug-in decodes."""
    photometric = read(data).PhotometricInterpretation
    for plugin in PLUGINS:
        before, here = seen_by(plugin, data), seen_by(plugin, after)
        for number, mask in enumerate(masks):
            assert (here[number][mask] == BLACK[photometric]).all(), plugin
            bright, coloured = ~rounded(mask, 1, 1), ~rounded(mask, coding.across, coding.down)
            assert np.array_equal(here[number][bright, 0], before[number][bright, 0]), plugin
            assert np.array_equal(here[number][coloured], before[number][coloured]), plugin


@pytest.mark.parametrize("coding", CODINGS, ids=lambda one: one.name)
@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize(
    "options",
    [{}, {"optimize": True}, {"restart_marker_blocks": 2}, {"restart_marker_rows": 1, "quality": 30}, {"quality": 100}],
    ids=str,
)
def test_masked_pixels_are_black_and_other_blocks_as_they_were(coding, size, options):
    """The object stays JPEG; a pixel of which no block was blanked keeps its samples, in all decoders."""
    frames = [jpeg(scene(*size, coding.mode, seed), coding, **options) for seed in range(3)]
    data = jpeg_file(frames, *size, coding.photometric)
    painting = Painting((), dict(enumerate(map(regions, BOXES))))
    after = cleaned(data, painting, Storage.SAME)
    is_black_and_else_the_same(data, after, [mask_of(*size, painted) for painted in BOXES], coding)
    here, there = elements(data), elements(after)
    assert {tag for tag in here | there if here.get(tag) != there.get(tag)} - STATED == {0x7FE00010}


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    coding=st.sampled_from(CODINGS),
    rows=st.integers(1, 40),
    columns=st.integers(1, 40),
    boxes=st.lists(
        st.tuples(st.booleans(), st.tuples(*[st.integers(0, 40)] * 4)).map(
            lambda one: (one[0], (*one[1][:2], one[1][0] + one[1][2], one[1][1] + one[1][3]))
        ),
        max_size=4,
    ),
    restart=st.integers(0, 3),
    quality=st.integers(1, 100),
    optimize=st.booleans(),
)
def test_masks_of_any_shape(coding, rows, columns, boxes, restart, quality, optimize):
    """The law holds for every mask, size and quality."""
    options = {"restart_marker_blocks": restart, "quality": quality, "optimize": optimize}
    data = jpeg_file([jpeg(scene(rows, columns, coding.mode), coding, **options)], rows, columns, coding.photometric)
    mask = mask_of(rows, columns, boxes)
    outcome = blank_bytes(reader(data), Painting(regions(boxes)), Storage.SAME)
    if mask.any():
        assert isinstance(outcome, BlankedBytes), outcome
        is_black_and_else_the_same(data, outcome.whole(), [mask], coding)


def test_monochrome1_becomes_white_as_it_is_stored():
    """Its highest value is displayed black."""
    data = jpeg_file([jpeg(scene(37, 53, "L"), GREY)], 37, 53, "MONOCHROME1")
    is_black_and_else_the_same(
        data, cleaned(data, Painting(regions(BOXES[0])), Storage.SAME), [mask_of(37, 53, BOXES[0])], GREY
    )


@pytest.mark.parametrize("step", [1, 2, 3, 7, 100, 255])
@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_black_is_black_whatever_the_quantization(step, photometric):
    """No step of the first coefficient leaves a sample that is nearly black."""
    data = jpeg_file([jpeg(scene(40, 48, "L"), GREY, qtables=[[step] * 64])], 40, 48, photometric)
    after = cleaned(data, Painting(regions(BOXES[0])), Storage.SAME)
    is_black_and_else_the_same(data, after, [mask_of(40, 48, BOXES[0])], GREY)


@pytest.mark.parametrize("coding", [FULL, SHARED, SHARED_BOTH_WAYS], ids=lambda one: one.name)
@pytest.mark.parametrize("options", [{}, {"restart_marker_blocks": 2}, {"optimize": True}], ids=str)
def test_components_may_be_coded_one_after_the_other(coding, options):
    """Each in a scan of its own, which has no blocks beside the image."""
    for rows, columns in SIZES:
        frame = planes(scene(rows, columns, "YCbCr"), coding.across, coding.down, **options)
        data = jpeg_file([frame], rows, columns, "YBR_FULL_422")
        after = cleaned(data, Painting(regions(BOXES[0])), Storage.SAME)
        is_black_and_else_the_same(data, after, [mask_of(rows, columns, BOXES[0])], coding)


def test_tables_get_the_codes_that_black_blocks_need():
    """An even image has a table with one code; one of noise in each coefficient has no code for the end of a block."""
    even = Pillow.new("L", (48, 40), 90)
    noise = Pillow.fromarray(np.random.default_rng(1).integers(0, 256, (40, 48), dtype=np.uint8), "L")
    for picture, more in ((even, {}), (noise, {"qtables": [[1] * 64]}), (noise, {"quality": 100})):
        frame = jpeg(picture, GREY, optimize=True, **more)
        data = jpeg_file([frame], 40, 48, "MONOCHROME2")
        after = cleaned(data, Painting(regions(BOXES[1])), Storage.SAME)
        is_black_and_else_the_same(data, after, [mask_of(40, 48, BOXES[1])], GREY)


def test_blocks_beside_the_image_are_blanked_with_its_edge():
    """What an encoder put there to fill a unit repeats the edge, and a decoder that is told of more rows shows it."""
    frame = jpeg(Pillow.new("L", (17, 17), 255), GREY)
    after = frames_of(cleaned(jpeg_file([frame], 17, 17, "MONOCHROME2"), Painting(regions([(False, (16, 0, 17, 17))]))))
    at = after[0][0].index(b"\xff\xc0")
    larger = after[0][0][: at + 5] + struct.pack(">HH", 24, 24) + after[0][0][at + 9 :]
    assert not seen_by("pillow", jpeg_file([larger], 24, 24, "MONOCHROME2"))[0, :17, 16:].any()


def test_frames_that_no_mask_touches_keep_their_bytes():
    """Byte by byte, with the words that are in them."""
    frames = [jpeg(scene(40, 48, "YCbCr", seed), SHARED, comment=b"kept") for seed in range(4)]
    data = jpeg_file(frames, 40, 48, "YBR_FULL_422")
    after = cleaned(data, Painting((), {2: regions(BOXES[0])}), Storage.SAME)
    before, here = frames_of(data), frames_of(after)
    assert [number for number in range(4) if here[number] != before[number]] == [2]
    assert b"kept" in here[0][0]
    assert b"kept" not in here[2][0]


def test_nothing_but_what_decoders_need_is_left_of_a_blanked_frame():
    """Words, Exif, profiles, thumbnails and what lies behind the image go; what tells the colours stays."""
    secret = b"DOE^JANE"
    frame = jpeg(scene(40, 48, "YCbCr"), SHARED, comment=secret, exif=b"Exif\0\0" + secret, icc_profile=secret * 20)
    jfif = dict(head_of(frame))[0xE0]
    thumbnail = jfif[:2] + struct.pack(">H", 16 + 24) + jfif[4:16] + b"\4\2" + secret * 3
    frame = behind_start(without(frame, 0xE0), thumbnail, b"\xff\xe0\0\x10JFXX\0\x10" + secret) + secret
    data = jpeg_file([frame], 40, 48, "YBR_FULL_422")
    after = cleaned(data, Painting(regions(BOXES[0])), Storage.SAME)
    ((here,),) = frames_of(after)
    assert secret not in here
    assert {kind for kind, _ in head_of(here)} == {0xE0, 0xDB, 0xC0, 0xC4}
    assert dict(head_of(here))[0xE0] == jfif
    is_black_and_else_the_same(data, after, [mask_of(40, 48, BOXES[0])], SHARED)


def test_colours_that_an_adobe_segment_tells():
    """They stay told; Pillow turns them into RGB, which is what they are stored as if they are stored uncompressed."""
    plain = jpeg(scene(40, 48, "YCbCr"), FULL)
    data = jpeg_file([behind_start(without(plain, 0xE0), ADOBE_YCC)], 40, 48, "YBR_FULL_422")
    mask, painting = mask_of(40, 48, BOXES[0]), Painting(regions(BOXES[0]))
    after = cleaned(data, painting, Storage.SAME)
    assert ADOBE_YCC in frames_of(after)[0][0]
    assert (seen_by("pylibjpeg", after)[0][mask] == (0, 128, 128)).all()
    assert (seen_by("pillow", after)[0][mask] == 0).all()
    native = read(cleaned(data, painting, Storage.NATIVE))
    assert native.PhotometricInterpretation == "RGB"
    colours = convert_color_space(seen_by("pylibjpeg", data)[0], "YBR_FULL", "RGB").astype(int)
    assert abs(native.pixel_array.astype(int) - colours)[~mask].max() <= 3
    assert not native.pixel_array[mask].any()


def sixteen_bits(frame: bytes) -> bytes:
    """An image whose quantization tables have two bytes for a number."""
    new = b""
    for kind, one in head_of(frame):
        is_table = kind == 0xDB
        new += (
            b"\xff\xdb\0\x83" + bytes([one[4] | 0x10]) + b"".join(bytes([0, step]) for step in one[5:])
            if is_table
            else one
        )
    return frame[:2] + new + frame[scan_at(frame) :]


def unlike(coding: Coding, rows: int = 40, columns: int = 48) -> dict[str, tuple[bytes, str]]:
    """Frames that are decoded, but not blanked in their blocks, and what the object says of their colours."""
    grey, colour = scene(rows, columns, "L"), scene(rows, columns, "YCbCr")
    return {
        "progressive": (jpeg(colour, coding, progressive=True), "YBR_FULL_422"),
        "16 bits": (sixteen_bits(jpeg(grey, GREY)), "MONOCHROME2"),
        "JFIF and Adobe": (behind_start(jpeg(colour, coding), ADOBE_YCC[:-1] + b"\0"), "YBR_FULL_422"),
        "JFIF in RGB": (jpeg(colour, coding), "RGB"),
        "RGB in YBR": (jpeg(scene(rows, columns, "RGB"), RGB), "YBR_FULL_422"),
    }


@pytest.mark.filterwarnings("ignore:The .0028,0004. 'Photometric Interpretation' value")
@pytest.mark.parametrize("name", unlike(FULL))
def test_what_is_not_baseline_or_of_unknown_colours_is_decoded(name):
    """The object becomes uncompressed, or is refused if it has to stay."""
    frame, photometric = unlike(FULL)[name]
    data = jpeg_file([frame], 40, 48, photometric)
    outcome = blank_bytes(reader(data), Painting(regions(BOXES[0])), Storage.SAME)
    assert isinstance(outcome, Refused)
    assert [fault.rule.code for fault in outcome.faults] == ["DC973"]
    after = read(cleaned(data, Painting(regions(BOXES[0]))))
    assert after.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
    mask = mask_of(40, 48, BOXES[0])
    assert len(np.unique(after.pixel_array[mask].reshape(mask.sum(), -1), axis=0)) == 1


@pytest.mark.parametrize("coding", [GREY, SHARED_BOTH_WAYS], ids=lambda one: one.name)
@pytest.mark.parametrize("options", [{}, {"restart_marker_blocks": 1}], ids=str)
def test_frames_that_are_cut_off_refuse_the_object(coding, options):
    """Wherever it is, also where a decoder would make up the rest."""
    frame = jpeg(scene(37, 53, coding.mode), coding, **options)
    ending = frame.rindex(b"\xff\xd9")
    for end in itertools.chain(range(4, ending - 12, 97), range(ending - 12, ending - 3)):
        # Even, as fragments are: a zero behind an odd number could be blocks that code nothing.
        data = jpeg_file([frame[: end - end % 2]], 37, 53, coding.photometric)
        outcome = blank_bytes(reader(data), Painting(regions(BOXES[0])), Storage.SAME)
        assert isinstance(outcome, Refused), end
        assert [fault.rule.code for fault in outcome.faults] == ["DC972"], end


@settings(deadline=None)
@given(
    coding=st.sampled_from(CODINGS),
    changes=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=4),
    data=st.data(),
)
def test_damaged_frames_are_blanked_or_refused(coding, changes, data):
    """Whatever bytes are changed, what comes out is black where the mask is, or nothing does."""
    frame = bytearray(jpeg(scene(24, 40, coding.mode), coding, restart_marker_blocks=data.draw(st.integers(0, 2))))
    for place, value in changes:
        frame[int(place * (len(frame) - 1))] = value
    source = jpeg_file([bytes(frame)], 24, 40, coding.photometric)
    outcome = blank_bytes(reader(source), Painting(regions(BOXES[0])))
    if isinstance(outcome, BlankedBytes):
        pixels = seen_by("", outcome.whole())[0]
        assert len(np.unique(pixels[mask_of(24, 40, BOXES[0])], axis=0)) == 1
        assert read(outcome.whole()).BurnedInAnnotation == "NO"
    else:
        assert isinstance(outcome, Refused)


BLANK = """
import sys
from deidc.ir.ops import WholeImage
from deidc.pixels.blanking.whole_objects import blank_bytes
from deidc.pixels.frames.masks import Painting
from deidc.runtime.outcome import Region
from deidc.dicom.window import InMemory

data = open(sys.argv[1], "rb").read()
print(*(fault.rule.code for fault in blank_bytes(InMemory(data), Painting((Region(False, (WholeImage(),)),))).faults))
"""


@pytest.mark.parametrize("syntax", [JPEGBaseline8Bit, JPEGExtended12Bit, JPEGLosslessSV1])
def test_an_image_without_rows_comes_to_an_end(syntax, tmp_path):
    """It is refused before it gets to a decoder that would never give it back."""
    frame = jpeg(scene(24, 40, "L"), GREY)
    at = frame.index(b"\xff\xc0") + 5
    data = jpeg_file([frame[:at] + b"\0\0" + frame[at + 2 :]], 24, 40, "MONOCHROME2", syntax=syntax)
    (tmp_path / "a.dcm").write_bytes(data)
    command = [sys.executable, "-c", BLANK, str(tmp_path / "a.dcm")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout.split() == ["DC972"], done.stderr


REAL = {
    "SC_rgb_dcmtk_+eb+cy+n1.dcm": Coding("", "YCbCr", 2, 2),
    "SC_rgb_dcmtk_+eb+cy+n2.dcm": Coding("", "YCbCr", 2),
    "SC_rgb_dcmtk_+eb+cy+np.dcm": Coding("", "YCbCr", 2, 2),
    "SC_rgb_dcmtk_+eb+cy+s2.dcm": Coding("", "YCbCr", 2),
    "SC_rgb_dcmtk_+eb+cy+s4.dcm": FULL,
    "SC_rgb_dcmtk_+eb+cr.dcm": RGB,
    "SC_rgb_jpeg_dcmtk.dcm": FULL,
    "SC_rgb_jpeg_lossy_gdcm.dcm": Coding("", "YCbCr", 2, 2),
    "SC_rgb_small_odd_jpeg.dcm": FULL,
    "SC_rgb_jpeg_app14_dcmd.dcm": RGB,
    "SC_jpeg_no_color_transform.dcm": RGB,
    "SC_jpeg_no_color_transform_2.dcm": RGB,
    "examples_ybr_color.dcm": SHARED_BOTH_WAYS,
    "color3d_jpeg_baseline.dcm": SHARED,
    "ctbrain1.dcm": SHARED_BOTH_WAYS,
    "image6.dcm": FULL,
}


@pytest.mark.parametrize("name", REAL)
def test_real_files_stay_jpeg(name):
    """Files of other makers, with the tables, units and colours that they like; blanked in one of their frames."""
    path = next(DEID_DATA.rglob(name), None) or file(name)
    data = path.read_bytes()
    dataset = read(data)
    painted = [(False, (0, 1, dataset.Columns // 2, dataset.Rows // 8 + 2))]
    after = cleaned(data, Painting((), {0: regions(painted)}), Storage.SAME)
    mask = np.zeros((dataset.Rows, dataset.Columns), dtype=bool)
    mask[1 : dataset.Rows // 8 + 2, : dataset.Columns // 2] = True
    coding = REAL[name]
    coloured = ~rounded(mask, coding.across, coding.down)
    here, there = frames_of(data), frames_of(after)
    assert here[1:] == there[1:]
    black = (0, 0, 0) if dataset.PhotometricInterpretation == "RGB" else (0, 128, 128)
    for plugin in PLUGINS:
        before, now = (seen_by(plugin, first_of(one, dataset))[0] for one in (here, there))
        assert (now[mask] == black).all(), plugin
        assert np.array_equal(now[coloured], before[coloured]), plugin


def first_of(frames: list[tuple[bytes, ...]], dataset: Dataset) -> bytes:
    """A file with the first of some frames."""
    return jpeg_file([b"".join(frames[0])], dataset.Rows, dataset.Columns, dataset.PhotometricInterpretation)
