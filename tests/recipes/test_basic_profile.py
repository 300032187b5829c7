"""Each row of Table E.1-1 of PS3.15 2026d, at the top and in an item, in every way an object can be encoded.

`basic_profile.csv` has tag, VR and the action of the Basic Profile for each row, and in the last column what the option
for modified dates asks. Where an action depends on the kind of object, the recipes take what all kinds can bear.
"""

from __future__ import annotations

import csv
import io
from functools import cache
from pathlib import Path

import pytest
from attrs import frozen
from pydicom import dcmread, dcmwrite
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from deidc import Cleaned, Machine, compile_recipe
from tests.keys import KEY
from tests.recipes.test_recipes import source_of

CANARY = "Zq"
UID_CANARY = "1.2.826.0.1.999"
DATE = "19630722"
NUMBER = "47114711"
IN_ITEMS = 0x52009229  # Shared Functional Groups Sequence, which no row and no rule is about
PATIENT_ID = "00100020"
VARIABLES = {"key": KEY}

# Rows whose X would make an object invalid, because the attribute is of Type 1 or 2 in it (PS3.3).
EMPTIED = {
    "00102297", "00102299", "0040100A", "00401001", "30020123", "300A0216", "300A078E", "300A0794", "30100061",
}  # fmt: skip
DUMMIED = {"00181078", "00700082", "00700083", "30020121", "300A0611"}
# Rows whose D would need an item with contents, or bytes that somebody can read.
REMOVED = {
    "00081072", "00081111", "00080082", "00340001", "00340002", "00340005", "00340007", "0040A073", "0040A730",
    "0040B020", "00401101", "00700001", "00720065", "0072006D", "04000115",
}  # fmt: skip


@frozen
class Row:
    """A row: a tag, its VR, and what is to be done."""

    tag: str
    vr: str
    arms: frozenset[str]
    modified: bool

    @property
    def number(self) -> int:
        """The tag as a number."""
        return int(self.tag, 16)


@cache
def rows() -> tuple[Row, ...]:
    """Return the rows that can stand in a data set; group 0000 is of messages, 0002 of files."""
    with (Path(__file__).parent / "basic_profile.csv").open(encoding="ascii") as lines:
        table = [
            Row(one["tag"], one["vr"], frozenset(one["action"].strip("*").split("/")), one["modified_dates"] == "C")
            for one in csv.DictReader(lines)
        ]
    return tuple(row for row in table if row.number >> 16 not in (0, 2))


def sample(row: Row) -> object:
    """Return a value of the VR that can be told from all others."""
    match row.vr:
        case "SQ":
            item = Dataset()
            item.PatientID = CANARY + row.tag
            item.ReferencedSOPInstanceUID = f"{UID_CANARY}.{row.number}"
            return [item]
        case "UI":
            return f"{UID_CANARY}.{row.number}"
        case "DA":
            return DATE
        case "DT":
            return DATE + "101112"
        case "TM":
            return "101112"
        case "AS":
            return "041Y"
        case "CS":
            return "ZQ" + row.tag
        case "DS" | "IS":
            return NUMBER
        case "US":
            return 4711
        case "UR":
            return f"http://{CANARY}.example/{row.tag}"
        case "OB" | "OW" | "UN":
            return (CANARY + row.tag).encode()
        case _:
            return CANARY + row.tag


def object_with_all_rows(syntax: UID) -> Dataset:
    """Return an object, read from its bytes, that has every row at the top and in an item."""
    whole, item = Dataset(), Dataset()
    for row in rows():
        whole.add(DataElement(row.number, row.vr, sample(row)))
        if row.number < 0xFFFC0000:
            item.add(DataElement(row.number, row.vr, sample(row)))
    whole.SOPClassUID = "1.2.840.10008.5.1.4.1.1.4"
    whole.add(DataElement(IN_ITEMS, "SQ", [item]))
    whole.PatientID = "patient 1"
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = whole.SOPClassUID, whole.SOPInstanceUID
    meta.TransferSyntaxUID = syntax
    buffer = io.BytesIO()
    file = FileDataset(None, whole, file_meta=meta, preamble=CANARY.encode() * 64)
    dcmwrite(buffer, file, enforce_file_format=True)
    return dcmread(io.BytesIO(buffer.getvalue()))


def cleaned(name: str, syntax: UID) -> tuple[Dataset, bytes]:
    """Return what a recipe makes of the object, and the bytes of that."""
    outcome = Machine.link(compile_recipe(source_of(name)), variables=VARIABLES if name != "default" else {}).run(
        object_with_all_rows(syntax)
    )
    assert isinstance(outcome, Cleaned), outcome
    buffer = io.BytesIO()
    dcmwrite(buffer, outcome.dataset)
    return dcmread(io.BytesIO(buffer.getvalue())), buffer.getvalue()


def broken(row: Row, dataset: Dataset) -> str | None:
    """Return how the state of a row breaks its action, or None."""
    there = row.number in dataset
    value = dataset[row.number].value if there else None
    empty = value is None or len(str(value)) == 0 or value == []
    arms = row.arms
    if row.tag in REMOVED or (arms == {"X"} and row.tag not in EMPTIED | DUMMIED):
        return "is there" if there else None
    if "U" in arms or row.vr == "UI":
        return None if there and not empty else "is lost"
    if "D" in arms or row.tag in DUMMIED:
        return None if there and not empty else "has no dummy"
    if row.tag in EMPTIED or "Z" in arms:
        return None if there and empty else "is not there and empty"
    return f"has actions {sorted(arms)}, which no clause of the test knows"


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian], ids=str)
@pytest.mark.parametrize("name", ["default", "default-keyed"])
def test_each_row_has_its_action(name: str, syntax: UID):
    """Every row is removed, emptied, replaced or remapped as the table says, and nothing of the original is left."""
    dataset, data = cleaned(name, syntax)
    item = dataset[IN_ITEMS].value[0]
    for place in (dataset, item):
        faults = {row.tag: fault for row in rows() if (fault := broken(row, place)) is not None}
        # A dummy for Patient ID would make one patient of all, so without a key it is emptied.
        assert faults == ({PATIENT_ID: "has no dummy"} if name == "default" else {})
    for canary in (CANARY, CANARY.upper(), UID_CANARY, DATE, NUMBER, "041Y"):
        assert canary.encode() not in data


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRLittleEndian], ids=str)
def test_dates_are_shifted_where_the_option_allows(syntax: UID):
    """With dates-shifted no original date is left, and dates that may be shifted are shifted alike."""
    dataset, data = cleaned("dates-shifted", syntax)
    assert DATE.encode() not in data
    shifted = {
        str(element.value)[:8]
        for place in (dataset, dataset[IN_ITEMS].value[0])
        for row in rows()
        if row.modified and row.vr in ("DA", "DT") and row.number in place and (element := place[row.number]).value
    }
    (date,) = shifted - {"19000101"}
    assert "19620722" <= date < DATE
    assert str(dataset.StudyDate) == date
    assert str(dataset.StudyTime) == "101112"
    assert not dataset.PatientBirthDate
    # A public date would tell the shift.
    assert str(dataset.ContextGroupVersion) == "19000101000000"


@pytest.mark.parametrize("name", ["default", "default-keyed", "dates-shifted"])
def test_a_cleaned_object_says_so(name: str):
    """The stamps of PS3.15 E.1.1 are there, and the file meta information is of the new object."""
    dataset, data = cleaned(name, ExplicitVRLittleEndian)
    assert dataset.PatientIdentityRemoved == "YES"
    assert dataset.DeidentificationMethod == f"deidc {name}"
    assert dataset.LongitudinalTemporalInformationModified == ("MODIFIED" if name == "dates-shifted" else "REMOVED")
    assert dataset.file_meta.MediaStorageSOPInstanceUID == dataset.SOPInstanceUID
    assert data[:128] == bytes(128)


def test_defined_uids_stay():
    """UIDs that DICOM itself defines are no identifiers, and other objects must be found by them."""
    brain, palette = "1.2.840.10008.1.4.1.1", "1.2.840.10008.1.5.1"
    dataset = Dataset()
    dataset.FrameOfReferenceUID = brain
    dataset.PaletteColorLookupTableUID = palette
    dataset.SOPClassUID = "1.3.12.2.1107.5.9.1"
    dataset.CodingSchemeIdentificationSequence = [Dataset()]
    dataset.CodingSchemeIdentificationSequence[0].CodingSchemeUID = "2.16.840.1.113883.6.96"
    dataset.ConceptNameCodeSequence = [Dataset()]
    dataset.ConceptNameCodeSequence[0].ContextUID = "1.2.840.10008.6.1.2"
    dataset.SOPInstanceUID = "1.2.840.10008.5.1.4.20200301.101112"  # made by a device that knows no better
    for name in ("default", "default-keyed"):
        outcome = Machine.link(compile_recipe(source_of(name)), variables=VARIABLES if name != "default" else {}).run(
            dataset
        )
        assert isinstance(outcome, Cleaned)
        assert outcome.dataset.FrameOfReferenceUID == brain
        assert outcome.dataset.PaletteColorLookupTableUID == palette
        assert outcome.dataset.SOPClassUID == "1.3.12.2.1107.5.9.1"
        assert outcome.dataset.CodingSchemeIdentificationSequence[0].CodingSchemeUID == "2.16.840.1.113883.6.96"
        assert outcome.dataset.ConceptNameCodeSequence[0].ContextUID == "1.2.840.10008.6.1.2"
        assert outcome.dataset.SOPInstanceUID != dataset.SOPInstanceUID


def test_what_no_dictionary_knows_is_emptied_by_its_kind():
    """A name, a date or free text in an attribute that nobody knows does not stay."""
    dataset = Dataset()
    for number, vr in enumerate(("PN", "AE", "DA", "DT", "TM", "LT", "ST", "UT", "UN")):
        row = Row(f"0008FF{number:02X}", vr, frozenset(), False)
        dataset.add(DataElement(row.number, vr, sample(row)))
    dataset.add(DataElement(0x0008FFFE, "UI", f"{UID_CANARY}.1"))
    outcome = Machine.link(compile_recipe(source_of("default"))).run(dataset)
    assert isinstance(outcome, Cleaned)
    assert CANARY not in str(outcome.dataset)
    assert DATE not in str(outcome.dataset)
    assert UID_CANARY not in str(outcome.dataset)
    assert 0x0008FF08 not in outcome.dataset
