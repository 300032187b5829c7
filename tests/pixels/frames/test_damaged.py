"""Damaged files end well: blanked, left alone, refused, or told to be damaged; and never in the memory of a machine."""

from __future__ import annotations

import random
import tracemalloc

import numpy as np
import pytest
from pydicom.sequence import Sequence
from pydicom.uid import JPEG2000Lossless, JPEGBaseline8Bit, JPEGLSLossless, RLELossless

from deidc import Refused
from deidc.dicom.layout import Damaged
from deidc.dicom.window import NotWhole, Unsuited
from deidc.pixels.blanking.whole_objects import BlankedBytes, NothingToBlank, blank_bytes
from deidc.pixels.frames.masks import Painting
from tests.pixels.compressed import compressed_file
from tests.pixels.frames.test_compressed import quiet  # noqa: F401  # a fixture
from tests.pixels.frames.test_native import regions
from tests.pixels.pictures import BIG, EXPLICIT, IMPLICIT, Picture, native_file, read, reader
from tests.pixels.test_around_the_image import CORNER, icon_of, made, overlay, painting
from tests.running import dataset_of


def rich(syntax: str) -> bytes:
    """A file with everything that is looked at."""
    bits = np.ones((1, 12, 16), dtype=np.uint8)
    thumbnail = dataset_of(IconImageSequence=Sequence([icon_of(Picture())[1]]))
    return made(
        Picture("PALETTE COLOR", rows=48, columns=64, frames=2, syntax=syntax),
        *overlay(bits, (1, 1), syntax),
        IconImageSequence=Sequence([icon_of(Picture(rows=12, columns=16, syntax=syntax))[1]]),
        SourceImageSequence=Sequence([thumbnail]),
        DeidentificationMethodCodeSequence=Sequence([dataset_of(CodeValue="113100")]),
    )


SIZE = {"rows": 40, "columns": 48}
FILES = {
    "explicit": rich(EXPLICIT),
    "implicit": rich(IMPLICIT),
    "big": rich(BIG),
    **{
        syntax[18:]: compressed_file(Picture(frames=3, syntax=syntax, **SIZE), offsets=True)[2]
        for syntax in (RLELossless, JPEGLSLossless, JPEG2000Lossless, JPEGBaseline8Bit)
    },
}


@pytest.mark.parametrize("name", FILES)
def test_damaged_bytes_end_well(name):
    """Bytes are changed, left out or doubled at random; whatever happens has a name, and what is written is whole."""
    dice = random.Random(name)
    data = FILES[name]
    endings = set()
    for _ in range(120):
        broken = bytearray(data)
        for _ in range(dice.randint(1, 4)):
            at = dice.randrange(132, min(len(broken), 3000 if dice.random() < 0.8 else len(broken)))
            match dice.randint(0, 3):
                case 0:
                    broken[at] = dice.randrange(256)
                case 1:
                    broken[at] ^= 1 << dice.randrange(8)
                case 2:
                    del broken[at : at + dice.randint(1, 6)]
                case 3:
                    broken[at:at] = broken[at : at + dice.randint(1, 6)]
        try:
            outcome = blank_bytes(reader(bytes(broken)), painting(CORNER))
        except (Unsuited, NotWhole, Damaged) as failure:
            endings.add(type(failure).__name__)
            continue
        endings.add(type(outcome).__name__)
        if isinstance(outcome, BlankedBytes):
            assert outcome.whole()
        else:
            assert isinstance(outcome, Refused | NothingToBlank)
    assert {"BlankedBytes", "Refused"} <= endings


@pytest.mark.parametrize(
    "claim",
    [
        {"Rows": 65535, "Columns": 65535},
        {"Rows": 65535, "Columns": 4096},
        {"NumberOfFrames": "2147483647"},
        {"Rows": 65535, "Columns": 65535, "NumberOfFrames": "2147483647"},
    ],
    ids=str,
)
@pytest.mark.parametrize("syntax", [EXPLICIT, RLELossless, JPEGLSLossless])
def test_what_a_small_file_claims_takes_no_memory(claim, syntax):
    """A file of two kilobytes that claims to be gigabytes is refused before anything of that size is made."""
    if syntax == EXPLICIT:
        _, data = native_file(Picture(), **claim)
    else:
        _, _, data = compressed_file(Picture(syntax=syntax, **SIZE), **claim)
    assert read(data).Rows in (12, 40, 65535)
    tracemalloc.start()
    outcome = blank_bytes(reader(data), Painting(regions([(False, None)])))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(outcome, Refused)
    assert {fault.rule.code for fault in outcome.faults} <= {"DC971", "DC972"}
    # A mask of an image that memory could hold is made before its frames are found to be none.
    could_be = claim.get("Columns") == 4096 and syntax != EXPLICIT
    assert most < (1 << 30 if could_be else 1 << 20)
