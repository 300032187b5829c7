"""What stands around the data set in a file tells nothing of the sender, and is that of the cleaned object."""

from __future__ import annotations

import io

import pytest
from pydicom import dcmread
from pydicom.config import IGNORE
from pydicom.dataelem import DataElement
from pydicom.dataset import FileDataset
from pydicom.tag import Tag
from pydicom.uid import ExplicitVRLittleEndian

from deidc import Cleaned, Machine, Program, Refused, compile_recipe
from deidc.dicom.window import InMemory
from deidc.ir import ops
from deidc.ir.program import Needs
from deidc.vocabulary import FormatName
from tests.running import SOP_CLASS, clean, dataset_of, file_dataset, run, written

# PS3.10 table 7.1-1: titles and addresses of sender and receiver, and private information.
FOREIGN = {
    0x00020016: ("AE", "HOSPITAL"),
    0x00020017: ("AE", "HOSPITAL"),
    0x00020018: ("AE", "TRIAL"),
    0x00020026: ("UR", "https://hospital/"),
    0x00020027: ("UR", "https://hospital/"),
    0x00020028: ("UR", "https://trial/"),
    0x00020100: ("UI", "1.2.3"),
    0x00020102: ("OB", b"secret"),
}


def object_with_meta(**more: object) -> FileDataset:
    return file_dataset(dataset_of(SOPClassUID=SOP_CLASS, SOPInstanceUID="1.2.3", PatientID="17", **more))


def effects(rules: str, dataset: FileDataset) -> dict[str, str]:
    """Return what became of the file meta information and the preamble, by path."""
    outcome = run(rules, dataset)
    assert isinstance(outcome, Cleaned), outcome
    return {one.path: one.effect.value for one in outcome.events if one.path.startswith(("0002", "preamble"))}


OURS = {"00020012": "synced", "00020013": "synced"}


@pytest.mark.parametrize("tag", FOREIGN)
def test_the_sender_is_left_out(tag):
    """Each element that names sender or receiver goes, unless a rule keeps or writes it; the rest stays."""
    dataset = object_with_meta()
    dataset.file_meta.add_new(tag, *FOREIGN[tag])
    path = f"{tag:08X}"
    cleaned = clean("REPLACE PatientID X", dataset)
    assert tag not in cleaned.file_meta
    assert cleaned.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
    assert effects("REPLACE PatientID X", dataset) == {**OURS, path: "synced"}
    assert effects(f"KEEP {path}", dataset) == OURS
    assert clean(f"KEEP {path}", dataset).file_meta[tag].value == FOREIGN[tag][1]
    assert effects(f"BLANK {path}", dataset) == {**OURS, path: "blanked"}
    assert clean(f"BLANK {path}", dataset).file_meta[tag].is_empty
    assert effects(f"REMOVE {path}", dataset) == {**OURS, path: "removed"}


@pytest.mark.parametrize(("tag", "vr", "value"), [(0x00020099, "LO", "DOE^JOHN"), (0x0002F410, "UI", "1.2.3")])
def test_what_no_edition_has_in_file_meta_information_is_left_out(tag, vr, value):
    """Unknown elements are removed, unless a rule keeps or writes them."""
    dataset = object_with_meta()
    dataset.file_meta._dict[Tag(tag)] = DataElement(tag, vr, value)
    assert tag not in clean("REPLACE PatientID X", dataset).file_meta
    assert effects("REPLACE PatientID X", dataset) == {**OURS, f"{tag:08X}": "synced"}
    assert clean(f"KEEP {tag:08X}", dataset).file_meta[tag].value == value


@pytest.mark.parametrize(
    "rules",
    [
        "REPLACE PatientID X",
        "REPLACE select:VR:UI deid_func:pydicom_uuid",
        "KEEP 00020100",
        "REMOVE 00020100",
        "KEEP 00020102",
    ],
)
def test_private_information_and_its_creator_go_together(rules):
    """Neither stays without the other (PS3.10 table 7.1-1: one is required where the other is)."""
    dataset = object_with_meta()
    for tag in (0x00020100, 0x00020102):
        dataset.file_meta.add_new(tag, *FOREIGN[tag])
    assert {0x00020100, 0x00020102}.isdisjoint(map(int, clean(rules, dataset).file_meta.keys()))
    assert 0x00020102 in clean("KEEP 00020100\nKEEP 00020102", dataset).file_meta


@pytest.mark.parametrize(
    ("rules", "instance", "class_"),
    [
        ("REPLACE PatientID X", "1.2.3", SOP_CLASS),
        ("REPLACE SOPInstanceUID 1.2.9", "1.2.9", SOP_CLASS),
        ("REMOVE SOPInstanceUID", None, SOP_CLASS),
        ("BLANK SOPInstanceUID", None, SOP_CLASS),
        ("ADD SOPInstanceUID 1.2.8", "1.2.8", SOP_CLASS),
        ("REMOVE SOPClassUID", "1.2.3", None),
        ("REMOVE select:VR:UI", None, None),
        ("REMOVE 00020002\nREMOVE 00020003", None, None),
        ("BLANK MediaStorageSOPInstanceUID", None, SOP_CLASS),
        ("REPLACE MediaStorageSOPInstanceUID 1.2.7", "1.2.7", SOP_CLASS),
    ],
)
def test_uids_that_the_data_set_lacks(rules, instance, class_):
    """They are treated by the rules for the attributes of the data set, and by those for file meta information."""
    dataset = object_with_meta()
    del dataset.SOPClassUID, dataset.SOPInstanceUID
    meta = clean(rules, dataset).file_meta
    assert meta.get("MediaStorageSOPClassUID") == class_
    assert meta.get("MediaStorageSOPInstanceUID") == instance


@pytest.mark.parametrize("rules", ["REPLACE PatientID X", "REMOVE PatientName"])
def test_what_is_no_uid_is_left_out(rules):
    """A name where a UID belongs does not pass, whatever the data set lacks."""
    dataset = object_with_meta()
    del dataset.SOPClassUID, dataset.SOPInstanceUID
    for tag in (0x00020002, 0x00020003):
        dataset.file_meta._dict[Tag(tag)] = DataElement(tag, "UI", "Smith^John", validation_mode=IGNORE)
    meta = clean(rules, dataset).file_meta
    assert "MediaStorageSOPClassUID" not in meta
    assert "MediaStorageSOPInstanceUID" not in meta


@pytest.mark.parametrize(
    ("rules", "instance", "class_", "events"),
    [
        ("REPLACE PatientID X", "1.2.3", SOP_CLASS, {}),
        ("REPLACE SOPInstanceUID 1.2.9", "1.2.9", SOP_CLASS, {"00020003": "synced"}),
        ("REMOVE SOPInstanceUID", None, SOP_CLASS, {"00020003": "synced"}),
        ("REPLACE SOPClassUID 1.2.840.10008.5.1.4.1.1.2", "1.2.3", "1.2.840.10008.5.1.4.1.1.2", {"00020002": "synced"}),
        ("REMOVE SOPClassUID", "1.2.3", None, {"00020002": "synced"}),
    ],
)
def test_media_storage_uids_follow_the_object(rules, instance, class_, events):
    """Media Storage SOP Class and Instance UID are those of the data set; without one there is none (PS3.10 7.1)."""
    dataset = object_with_meta()
    meta = clean(rules, dataset).file_meta
    assert (meta.get("MediaStorageSOPInstanceUID"), meta.get("MediaStorageSOPClassUID")) == (instance, class_)
    assert effects(rules, dataset) == {**OURS, **events}


def test_missing_media_storage_uids_are_made():
    """What the file lacks is taken from the object."""
    dataset = object_with_meta()
    del dataset.file_meta.MediaStorageSOPInstanceUID
    assert clean("REPLACE PatientID X", dataset).file_meta.MediaStorageSOPInstanceUID == "1.2.3"
    assert effects("REPLACE PatientID X", dataset) == {**OURS, "00020003": "synced"}


def test_cleaning_twice_changes_nothing_more():
    """A cleaned file is already as it should be: there is nothing left to do around it."""
    dataset = object_with_meta()
    dataset.file_meta.SourceApplicationEntityTitle = "HOSPITAL"
    dataset.preamble = b"MM\0*" + bytes(124)
    once = clean("REPLACE PatientID X", dataset)
    assert effects("REPLACE PatientID X", once) == {}
    assert clean("REPLACE PatientID X", once).file_meta == once.file_meta
    assert once.file_meta.ImplementationClassUID.startswith("2.25.")


@pytest.mark.parametrize(
    ("preamble", "after", "events"),
    [
        (bytes(128), bytes(128), {}),
        (b"II*\0" + bytes(124), bytes(128), {"preamble": "synced"}),
        (bytes(127) + b"x", bytes(128), {"preamble": "synced"}),
        (None, None, {}),
    ],
)
def test_the_preamble(preamble, after, events):
    """A preamble may hold anything, so it is filled with zeros; where there is none, none is made."""
    dataset = object_with_meta()
    dataset.preamble = preamble
    assert clean("REPLACE PatientID X", dataset).preamble == after
    assert dataset.preamble == preamble
    assert effects("REPLACE PatientID X", dataset) == {**OURS, **events}


def test_an_object_without_file_meta_information_gets_none():
    """A data set that is no file stays one."""
    cleaned = clean("REPLACE SOPInstanceUID 1.2.9", dataset_of(SOPInstanceUID="1.2.3"))
    assert not hasattr(cleaned, "file_meta")
    assert not hasattr(cleaned, "preamble")


def test_uids_are_not_judged_for_an_object_that_is_refused():
    """Both engines tell the faults of the elements: file meta information is that of no object then."""
    dataset = file_dataset(dataset_of(SOPInstanceUID="1.2.3", PatientID="17"))
    del dataset.SOPInstanceUID
    data = written(dataset)
    at_top = ops.AtPath((ops.PathStep(ops.Tagged("00080020"), None),))
    unfit = ops.Add(at_top, ops.Text("not a date"))
    shifted = ops.Jitter(ops.Tagged("00080018"), ops.Days(1))
    machine = Machine.link(Program(FormatName.DICOM, (unfit, shifted, ops.SyncMeta()), Needs(), ()))
    for outcome in (
        machine.run(dcmread(io.BytesIO(data))),
        machine.run_on_bytes(InMemory(data), lambda: dcmread(io.BytesIO(data))),
    ):
        assert isinstance(outcome, Refused)
        assert [(one.rule.code, one.path) for one in outcome.faults] == [("DC904", "00080020")]


@pytest.mark.parametrize(
    "rules", ["REMOVE PatientName", "REPLACE SOPInstanceUID 1.2.9", "KEEP MediaStorageSOPInstanceUID"]
)
@pytest.mark.parametrize("has_own", [True, False])
def test_several_uids_of_an_instance(rules, has_own):
    """A file names one instance: of several UIDs in the file meta information none stays, by either engine."""
    dataset = object_with_meta()
    if not has_own:
        del dataset.SOPInstanceUID
    dataset.file_meta[0x00020003] = DataElement(0x00020003, "UI", ["1.2.4", "1.2.5"], validation_mode=IGNORE)
    data = written(dataset)
    expected = "1.2.9" if "1.2.9" in rules else "1.2.3" if has_own else None
    machine = Machine.link(compile_recipe(f"FORMAT dicom\n\n%header\n{rules}\n"))
    outcome = machine.run(dcmread(io.BytesIO(data), force=True))
    streamed = machine.run_on_bytes(InMemory(data), lambda: dcmread(io.BytesIO(data), force=True))
    assert isinstance(outcome, Cleaned)
    assert not isinstance(streamed, Refused)
    for cleaned in (outcome.dataset, dcmread(io.BytesIO(streamed.whole()), force=True)):
        assert cleaned.file_meta.get("MediaStorageSOPInstanceUID") == expected
