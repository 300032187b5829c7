"""Writing files whole or not at all, and with the bytes that no rule named."""

from __future__ import annotations

import errno
import os
import struct
import zlib
from pathlib import Path

import pytest
from pydicom import dcmread

from deidc import Cleaned, Machine, compile_recipe
from deidc.batch.inputs.faults import ReadFault
from deidc.batch.inputs.reading import read_bytes, read_file
from deidc.batch.outputs.atomic import discard_leftovers, write_atomically
from deidc.batch.outputs.content import Content
from deidc.batch.outputs.writing import encode
from deidc.dicom.window import InMemory, Unsuited
from deidc.runtime.stream.cleaned_bytes import CleanedBytes
from tests.files import FOLDER, shipped, tree_of

# What pydicom's writer changes on its own account: it leaves out group lengths (retired, PS3.5 7.2), and gives a VR
# to sequences and character sets that were UN. `docs/command-line.md` says so.
REWRITTEN = {
    "693_J2KI.dcm",
    "ExplVR_BigEnd.dcm",
    "SC_rgb_jpeg.dcm",  # implicit VR where its transfer syntax says explicit: written as the syntax says
}
WITH_GROUP_LENGTHS = {"693_J2KI.dcm", "ExplVR_BigEnd.dcm"}
WHOLE = sorted(
    path for path in FOLDER.rglob("*.dcm") if "DICOMDIR" not in path.name and not isinstance(read_file(path), ReadFault)
)


def cleaned(path: Path, recipe: str) -> bytes | ReadFault:
    read = read_file(path)
    assert not isinstance(read, ReadFault)
    outcome = Machine.link(compile_recipe(recipe)).run(read)
    assert isinstance(outcome, Cleaned)
    return encode(outcome.dataset)


def data_set_bytes(data: bytes) -> bytes:
    """Return what stands behind the file meta information, inflated if it is deflated."""
    at = 132 if data[128:132] == b"DICM" else 0
    syntax = b""
    while data[at : at + 2] == b"\x02\0":
        wide = data[at + 4 : at + 6] in (b"OB", b"UN")
        length, head = (
            (struct.unpack_from("<L", data, at + 8)[0], 12) if wide else (struct.unpack_from("<H", data, at + 6)[0], 8)
        )
        if data[at : at + 4] == b"\x02\0\x10\0":
            syntax = data[at + head : at + head + length].rstrip(b"\0")
        at += head + length
    return zlib.decompress(data[at:], -15) if syntax == b"1.2.840.10008.1.2.1.99" else data[at:]


@pytest.mark.parametrize("path", WHOLE, ids=lambda path: path.name)
def test_what_no_rule_names_keeps_its_bytes(path):
    """A recipe that changes nothing leaves every byte of the data set, in every transfer syntax."""
    data = cleaned(path, "FORMAT dicom\n\n%header\nKEEP PatientSex\n")
    assert isinstance(data, bytes)
    same = data_set_bytes(data) == data_set_bytes(path.read_bytes())
    assert same == (path.name not in REWRITTEN)


@pytest.mark.parametrize("path", WHOLE, ids=lambda path: path.name)
def test_the_stream_engine_keeps_even_more(path):
    """It has no writer's ways: group lengths of the data set aside, every byte stays as it is."""
    data = path.read_bytes()
    machine = Machine.link(compile_recipe("FORMAT dicom\n\n%header\nKEEP PatientSex\n"))
    try:
        cleaned = machine.run_on_bytes(InMemory(data), lambda: read_bytes(data))
    except Unsuited:
        return
    assert isinstance(cleaned, CleanedBytes)
    same = data_set_bytes(cleaned.whole()) == data_set_bytes(data)
    assert same == (path.name not in WITH_GROUP_LENGTHS)


@pytest.mark.parametrize(
    "name", ["CT_small.dcm", "ExplVR_LitEndNoMeta.dcm", "rtstruct.dcm", "no_meta_group_length.dcm"]
)
def test_outputs_are_files_of_part_10(name, tmp_path):
    """An output has preamble, prefix, and file meta information whose group length is right (PS3.10 7.1)."""
    data = cleaned(shipped(name), "FORMAT dicom\n\n%header\nADD PatientID A-17\n")
    assert isinstance(data, bytes)
    assert data[:132] == b"\0" * 128 + b"DICM"
    assert data[132:140] == b"\x02\0\0\0UL\x04\0"
    end = 144 + struct.unpack_from("<L", data, 140)[0]
    assert data[end : end + 2] == b"\x08\0"
    (tmp_path / "out.dcm").write_bytes(data)
    written = dcmread(tmp_path / "out.dcm")
    assert written.PatientID == "A-17"
    lacking = dcmread(shipped(name), force=True).file_meta.get("MediaStorageSOPInstanceUID")
    assert written.file_meta.get("MediaStorageSOPInstanceUID") == written.get("SOPInstanceUID", lacking)
    assert written.file_meta.TransferSyntaxUID.is_implicit_VR == dcmread(shipped(name), force=True).original_encoding[0]


def test_a_file_that_is_there_stays(tmp_path):
    """Without overwrite nothing is replaced; with it, the new file keeps the permissions of the old."""
    path = tmp_path / "a" / "b.dcm"
    write_atomically(path, Content.of(b"one"), overwrite=False)
    path.chmod(0o600)
    with pytest.raises(FileExistsError):
        write_atomically(path, Content.of(b"two"), overwrite=False)
    assert path.read_bytes() == b"one"
    write_atomically(path, Content.of(b"three"), overwrite=True, fsync=True)
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"three", 0o600)
    assert tree_of(tmp_path) == ["a/b.dcm"]


def test_file_systems_without_hard_links(tmp_path, monkeypatch):
    """Where links are not to be had, the file is renamed, and one that is there still stays."""

    def no_link(*_: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", no_link)
    write_atomically(tmp_path / "a", Content.of(b"one"), overwrite=False)
    with pytest.raises(FileExistsError):
        write_atomically(tmp_path / "a", Content.of(b"two"), overwrite=False)
    assert (tmp_path / "a").read_bytes() == b"one"
    assert tree_of(tmp_path) == ["a"]


@pytest.mark.parametrize("failure", [OSError(errno.ENOSPC, "full"), KeyboardInterrupt()])
def test_nothing_half_written_is_left(tmp_path, monkeypatch, failure):
    """Whatever interrupts the writing, the folder is as it was."""

    def fail(*_: object) -> None:
        raise failure

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(type(failure)):
        write_atomically(tmp_path / "a", Content.of(b"one"), overwrite=False, fsync=True)
    assert tree_of(tmp_path) == []


def test_leftovers_of_a_run_are_discarded_and_no_others(tmp_path):
    """What killed workers of this run left goes; files of users and of other runs stay."""
    for name in (".deidc-mine-1.part", ".deidc-other-1.part", "mine.part"):
        (tmp_path / name).touch()
    discard_leftovers(tmp_path, "mine-")
    assert tree_of(tmp_path) == [".deidc-other-1.part", "mine.part"]
