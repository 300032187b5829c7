"""The two engines have one meaning: the same elements, events, labels and refusals."""

from __future__ import annotations

import io
import warnings
from collections import Counter
from pathlib import Path

import data_store
import deid_data
import pydicom.data
import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from pydicom import dcmread, dcmwrite
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from deidc import Cleaned, Machine, Refused, compile_recipe
from deidc.batch.inputs.faults import ReadFault
from deidc.batch.inputs.reading import read_bytes
from deidc.batch.outputs.writing import encode
from deidc.dicom.layout import Damaged
from deidc.dicom.window import InMemory, NotWhole, Unsuited
from deidc.ir.library import shipped_recipes
from tests.depth import DEEP, drawn
from tests.properties.machines import machine_of
from tests.strategies.objects import objects
from tests.strategies.rules import recipes

FOLDERS = (Path(pydicom.data.__file__), Path(data_store.__file__), Path(deid_data.__file__))
LARGEST = 2_000_000
FILES = sorted(
    path
    for folder in FOLDERS
    for path in folder.parent.rglob("*")
    if path.suffix in ("", ".dcm") and path.is_file() and 132 < path.stat().st_size < LARGEST
)
HEAD = "FORMAT dicom\n\n"
RECIPES = {
    "default": shipped_recipes()["default"],
    "next to nothing": HEAD + "%header\nREMOVE BeamSequence__PatientID\n",
    "everything": HEAD + "%header\nREMOVE all\nKEEP select:group:0008\nADD PatientID x\n",
    "empty": HEAD + '%header\nBLANK all\nADD PatientName A^B\nADD (0099,"ME",01) x\n',
    "longer": HEAD
    + "%header\nREPLACE select:VR:PN anon\nREPLACE select:VR:LO longer than before\nREMOVE select:private\n"
    + "ADD PatientIdentityRemoved YES\n",
    "lists": HEAD
    + "%values v\nFIELD PatientID\nFIELD PatientName\n\n%fields f\nFIELD select:VR:UI\n\n%header\nREMOVE values:v\n"
    + "REPLACE fields:f deid_func:pydicom_uuid\nKEEP SOPClassUID\n",
    "file meta": HEAD + "%header\nADD SourceApplicationEntityTitle NOBODY\nADD PrivateInformationCreatorUID 1.2.3\n",
    "nested": HEAD
    + "%header\nADD RequestAttributesSequence__StudyInstanceUID 1.2\nADD ContentSequence__TextValue x\n"
    + "ADD BeamSequence__BeamName other\nREMOVE ReferencedSOPInstanceUID\nKEEP ReferencedStudySequence\n",
}  # fmt: skip


def seen(dataset: Dataset) -> dict[int, object]:
    """An object as data; group lengths aside, which PS3.5 7.2 retires and pydicom leaves out where it writes anew."""
    found: dict[int, object] = {}
    for tag in dataset.keys():  # a data set iterates over its elements
        if tag.element == 0 and tag.group != 2:
            continue
        try:
            element = dataset[tag]
        except AttributeError:  # US or SS, and nothing says which
            found[int(tag)] = dataset.get_item(tag).value
            continue
        value = [seen(item) for item in element.value] if element.VR == "SQ" else repr(element.value)
        found[int(tag)] = (element.VR, value)
    return found


def assert_one_meaning(machine: Machine, data: bytes) -> str:
    """Both engines make the same of a file, unless the stream engine says that it is not for it; return which."""

    def read() -> Dataset:
        found = read_bytes(data)
        assert not isinstance(found, ReadFault)
        return found

    try:
        ours = machine.run_on_bytes(InMemory(data), read)
    except Unsuited as reason:
        return str(reason)
    theirs = machine.run(read())
    if isinstance(theirs, Refused) or isinstance(ours, Refused):
        assert isinstance(theirs, Refused)
        assert isinstance(ours, Refused)
        assert set(ours.faults) == set(theirs.faults)
        return "refused"
    assert isinstance(theirs, Cleaned)
    assert ours.events == theirs.events
    assert ours.flags == theirs.flags
    expected = encode(theirs.dataset)
    assert isinstance(expected, bytes)
    written = ours.whole()
    one, other = dcmread(io.BytesIO(written)), dcmread(io.BytesIO(expected))
    assert seen(one) == seen(other)
    assert seen(one.file_meta) == seen(other.file_meta)
    assert one.preamble == other.preamble
    if len(other):
        assert not isinstance(read_bytes(written), ReadFault), "every length is right"
    return "the same bytes" if written == expected else "the same elements"


@pytest.mark.parametrize("recipe", RECIPES)
def test_on_real_files(recipe: str):
    """Files of every kind that pydicom, pydicom-data and deid-data ship, as far as they can be read at all."""
    machine = Machine.link(compile_recipe(RECIPES[recipe]))
    ends: Counter[str] = Counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for path in drawn(FILES, recipe):
            data = path.read_bytes()
            if not isinstance(read_bytes(data), ReadFault):
                ends[assert_one_meaning(machine, data)] += 1
    assert ends["the same bytes"] > (200 if DEEP else 80)
    assert ends["the same elements"] < 10


def test_what_is_not_whole_is_told():
    """A file that ends within an element, or has something else among its elements, is no object."""
    machine = Machine.link(compile_recipe(RECIPES["longer"]))
    for path in FILES[:40]:
        data = path.read_bytes()
        if isinstance(read_bytes(data), ReadFault):
            continue
        for cut in (1, 9, len(data) // 3):
            with pytest.raises((NotWhole, Damaged, Unsuited)):
                machine.run_on_bytes(InMemory(data[:-cut]), Dataset)


def in_file(dataset: Dataset, syntax: UID, *, undefined: bool) -> bytes:
    """A drawn object in a file of a transfer syntax, its sequences with or without lengths."""
    for element in dataset.iterall():
        if element.VR == "SQ":
            element.is_undefined_length = undefined
            for item in element.value:
                item.is_undefined_length_sequence_item = undefined
    meta = getattr(dataset, "file_meta", None) or FileMetaDataset()
    meta.TransferSyntaxUID = syntax
    dataset.file_meta = meta
    dataset.preamble = getattr(dataset, "preamble", None) or bytes(128)
    buffer = io.BytesIO()
    implicit, little = syntax == ImplicitVRLittleEndian, syntax != ExplicitVRBigEndian
    dcmwrite(
        buffer, dataset, implicit_vr=implicit, little_endian=little, enforce_file_format=False, force_encoding=True
    )
    return buffer.getvalue()


SYNTAXES = (ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian)


@given(recipes(), objects(), st.sampled_from(SYNTAXES), st.booleans())
def test_on_drawn_objects(recipe, dataset, syntax, undefined):
    """Any recipe on any object, in each way to lay it out."""
    try:
        data = in_file(dataset, syntax, undefined=undefined)
    except Exception:  # noqa: BLE001  # pydicom cannot write every drawn value in every transfer syntax
        event("cannot be written")
        return
    if not isinstance(read_bytes(data), ReadFault):
        event(assert_one_meaning(machine_of(recipe), data))
