"""Reading files strictly: whole files are read, others refused, and pydicom's leniency does not pass through."""

from __future__ import annotations

import io
import os
import struct
import zlib

import pytest
from pydicom import dcmread

from deidc.batch.inputs.faults import ReadFault
from deidc.batch.inputs.reading import read_bytes, read_file
from tests.files import FOLDER, shipped

NOT_WHOLE = {"MR_truncated.dcm", "rtplan_truncated.dcm"}
NO_DICOM = {"no_meta.dcm"}
FILES = sorted(path for path in FOLDER.rglob("*.dcm") if "DICOMDIR" not in path.name)

EXPLICIT = b"\x02\x00\x10\x00UI\x14\x001.2.840.10008.1.2.1\x00"
IMPLICIT = b"\x02\x00\x10\x00UI\x12\x001.2.840.10008.1.2\x00"
HEAD = b"\0" * 128 + b"DICM"
NAME = b"\x10\x00\x10\x00PN\x04\x00ABCD"
SEQUENCE = b"\x08\x00\x40\x11SQ\0\0\xff\xff\xff\xff"
ITEM = b"\xfe\xff\x00\xe0\xff\xff\xff\xff"
ITEM_END = b"\xfe\xff\x0d\xe0\0\0\0\0"
SEQUENCE_END = b"\xfe\xff\xdd\xe0\0\0\0\0"
PIXELS = b"\xe0\x7f\x10\x00OB\0\0\xff\xff\xff\xff"
FRAGMENT = b"\xfe\xff\x00\xe0\x04\x00\x00\x00ABCD"

WHOLE = ("whole",)
REFUSED = ("DC921", "DC922")  # damaged or cut off: which of the two depends on what pydicom stumbles over first


def code_of(data: bytes) -> str:
    found = read_bytes(data)
    return found.rule.code if isinstance(found, ReadFault) else "whole"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_whole_file_of_pydicoms_is_read_and_no_other(path):
    """What pydicom ships as valid is read; what it ships as truncated is refused, though dcmread takes it."""
    expected = "DC922" if path.name in NOT_WHOLE else "DC920" if path.name in NO_DICOM else "whole"
    assert code_of(path.read_bytes()) == expected
    if expected == "DC922":
        assert len(dcmread(path, force=True)) > 0


@pytest.mark.parametrize("name", ["rtplan.dcm", "rtstruct.dcm", "nested_priv_SQ.dcm", "JPEG2000.dcm", "693_J2KI.dcm"])
def test_every_cut_within_an_element_is_refused(name):
    """A prefix of a file is whole only where it ends between two elements of the top level.

    A line end behind an element is padding, and not told apart from the first byte of an element of group 300A.
    """
    data = shipped(name).read_bytes()
    ends = ends_of_elements(data)
    step = max(1, len(data) // 900)
    for length in sorted({*range(0, len(data), step), *ends, *(end - 1 for end in ends), *(end + 1 for end in ends)}):
        if length < len(data):
            code = code_of(data[:length])
            is_whole = length in ends or (length - 1 in ends and data[length - 1 : length] in b"\r\n\0")
            assert (code == "whole") == is_whole, (length, code)


def ends_of_elements(data: bytes) -> set[int]:
    """Return where elements of the top level end, as pydicom places them (it read the whole file)."""
    dataset = dcmread(io.BytesIO(data), force=True)
    items = {tag: dataset.get_item(tag) for tag in list(dataset.keys())}
    starts = {tag: item.value_tell if item.is_raw else item.file_tell for tag, item in items.items()}
    implicit, _ = dataset.original_encoding
    ends = set()
    for tag, value_at in starts.items():
        vr = str(dataset[tag].VR)
        wide = not implicit and vr in ("OB", "OW", "OB or OW", "SQ", "UN", "UT", "OF", "UC", "UR")
        ends.add(value_at - (12 if wide else 8))
    return {end for end in ends if end != min(ends)}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (NAME, WHOLE),
        (NAME + b"\0", WHOLE),
        (NAME[:-1], REFUSED),
        (NAME[:7], REFUSED),
        (SEQUENCE + ITEM + NAME + ITEM_END + SEQUENCE_END, WHOLE),
        (SEQUENCE + ITEM + NAME + ITEM_END, REFUSED),
        (SEQUENCE + ITEM + NAME, REFUSED),
        (SEQUENCE + ITEM + NAME[:-2] + ITEM_END + SEQUENCE_END, REFUSED),
        (SEQUENCE + NAME + SEQUENCE_END, REFUSED),
        (NAME + PIXELS + FRAGMENT + SEQUENCE_END, WHOLE),
        (NAME + PIXELS + FRAGMENT, REFUSED),
        (NAME + PIXELS + FRAGMENT[:-1], REFUSED),
        # An earlier sequence is closed, the pixels are not: a delimiter anywhere is not the pixels' own.
        (SEQUENCE + ITEM + NAME + ITEM_END + SEQUENCE_END + PIXELS + FRAGMENT, REFUSED),
        # pydicom stops at a stray delimiter and drops what follows without a word.
        (NAME + ITEM_END + b"\x10\x00\x20\x00LO\x04\x00WXYZ", REFUSED),
        (b"", REFUSED),
    ],
)
def test_sequences_and_pixels_must_be_closed(body, expected):
    """Whether an explicit data set is whole is told by its lengths and delimiters alone."""
    assert code_of(HEAD + EXPLICIT + body) in expected


def test_sequences_in_unknown_elements_are_followed():
    """UN of undefined length holds items in implicit VR, in an explicit data set too (PS3.5 6.2.2)."""
    unknown = b"\x09\x00\x01\x10UN\0\0\xff\xff\xff\xff"
    inner = b"\x10\x00\x10\x00\x04\x00\x00\x00ABCD"
    whole = unknown + ITEM + inner + ITEM_END + SEQUENCE_END + NAME
    assert code_of(HEAD + EXPLICIT + whole) == "whole"
    assert code_of(HEAD + EXPLICIT + unknown + ITEM + inner[:-1] + ITEM_END) in REFUSED


def test_deflated_files_must_be_whole_too():
    """A deflated data set is whole if its stream has an end and the data set in it has."""
    syntax = b"\x02\x00\x10\x00UI\x16\x001.2.840.10008.1.2.1.99"
    deflater = zlib.compressobj(wbits=-15)
    body = deflater.compress(NAME) + deflater.flush()
    assert code_of(HEAD + syntax + body) == "whole"
    assert code_of(HEAD + syntax + body[:-2]) in REFUSED
    cut = zlib.compressobj(wbits=-15)
    assert code_of(HEAD + syntax + cut.compress(NAME[:-1]) + cut.flush()) == "DC922"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\x08\x00\x16\x00UI\x04\x001.2\0", "whole"),
        (b"\x08\x00\x16\x00\x04\x00\x00\x001.2\0", "whole"),
        (b"\x00\x08\x00\x16UI\x00\x041.2\0", "whole"),
        (b"\x08\x00\x16\x00UI\x08\x001.2\0", "DC922"),
        (b"hello, this is no DICOM file at all", "DC920"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 200, "DC920"),
        (b"\0" * 1000, "DC920"),
        (b"\x08", "DC920"),
    ],
)
def test_files_without_prefix_are_taken_if_they_begin_like_a_data_set(data, expected):
    """Old files lack preamble and prefix; other files do not begin with an element of group 2 or 8."""
    assert code_of(data) == expected


def test_what_is_no_file_is_refused_at_once(tmp_path):
    """Empty files, pipes and links to nothing are told apart, and none is waited for."""
    (tmp_path / "empty").touch()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "dangling").symlink_to("nowhere")
    assert read_file(tmp_path / "empty").rule.code == "DC923"
    assert read_file(tmp_path / "pipe").rule.code == "DC921"
    assert read_file(tmp_path / "dangling").rule.code == "DC921"


def test_a_dicomdir_is_told_apart():
    """The index of a medium is no object to clean."""
    assert read_file(FOLDER / "dicomdirtests" / "DICOMDIR").rule.code == "DC928"


def test_nesting_without_end_is_refused():
    """A sequence in a sequence in a sequence, ten thousand deep, ends in a fault and not in a crash."""
    depth = 10_000
    assert code_of(HEAD + EXPLICIT + (SEQUENCE + ITEM) * depth) in REFUSED
    closed = (SEQUENCE + ITEM) * depth + (ITEM_END + SEQUENCE_END) * depth
    assert code_of(HEAD + EXPLICIT + closed) == "DC921"


def test_lengths_that_lie_are_refused():
    """A length behind the end of the file is not believed."""
    element = b"\x10\x00\x10\x00" + struct.pack("<L", 2**31) + b"ABCD"
    assert code_of(HEAD + IMPLICIT + element) == "DC922"


def test_file_meta_information_that_cannot_be_decoded_is_told():
    """What kind of object it is cannot be asked of a file whose class is no UID, and nothing is raised."""
    meta = struct.pack("<HH2sHL", 0x0002, 0x0002, b"SQ", 0, 2) + b"12"
    data = bytes(128) + b"DICM" + meta + struct.pack("<HH2sH", 0x0010, 0x0020, b"LO", 2) + b"12"
    assert isinstance(read_bytes(data), ReadFault)
