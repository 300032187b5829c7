"""Twins of data sets: whatever is done to a twin, the original stays as it is."""

from __future__ import annotations

import io

import pytest
from pydicom import dcmread, dcmwrite
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset, FileDataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag
from pydicom.uid import UID, ExplicitVRLittleEndian

from deidc.dicom.datasets import become, copied, duplicated, new_element, surround, table, with_elements

NAME = Tag("PatientName")


def made() -> Dataset:
    """Return a data set of decoded elements: text, several values, and a sequence in a sequence."""
    innermost = Dataset()
    innermost.CodeValue = "T-A0100"
    item = Dataset()
    item.StudyDate = "20200102"
    item.PurposeOfReferenceCodeSequence = Sequence([innermost])
    dataset = Dataset()
    dataset.PatientName = "Doe^Jane"
    dataset.ImageType = ["ORIGINAL", "PRIMARY"]
    dataset.ReferencedStudySequence = Sequence([item])
    return dataset


def read() -> FileDataset:
    """Return the same as it is read from a file: its elements are raw."""
    dataset = made()
    dataset.SOPClassUID, dataset.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.7", "2.25.1"
    dataset.ensure_file_meta()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    buffer = io.BytesIO()
    dcmwrite(buffer, dataset, enforce_file_format=True)
    buffer.seek(0)
    return dcmread(buffer)


def test_the_table_holds_elements_that_are_not_decoded():
    """Looking into the table decodes nothing."""
    dataset = read()
    assert isinstance(table(dataset)[NAME], RawDataElement)
    assert isinstance(table(dataset)[NAME], RawDataElement)


def test_a_twin_shares_raw_elements():
    """Raw elements are immutable: a twin has the very same ones, and no bytes are copied."""
    dataset = read()
    twin = duplicated(dataset)
    raw = [element for element in table(dataset).values() if isinstance(element, RawDataElement)]
    assert len(raw) > 3
    assert all(table(twin)[element.tag] is element for element in raw)


def test_decoding_a_twin_leaves_the_original_raw():
    """A value that is asked of a twin is decoded there alone."""
    dataset = read()
    twin = duplicated(dataset)
    assert twin.PatientName == "Doe^Jane"
    assert isinstance(table(twin)[NAME], DataElement)
    assert isinstance(table(dataset)[NAME], RawDataElement)


@pytest.mark.parametrize("of", [made, read])
def test_changing_a_twin_leaves_the_original(of):
    """Values, lists of values, items and elements of items: those of the original stay."""
    dataset = of()
    if of is read:
        dataset.decode()
    twin = duplicated(dataset)
    assert twin == dataset
    twin.PatientName = "X"
    twin.ImageType[0] = "DERIVED"
    twin.ImageType.append("AXIAL")
    twin.ReferencedStudySequence[0].StudyDate = "19000101"
    twin.ReferencedStudySequence[0].PurposeOfReferenceCodeSequence[0].CodeValue = "X"
    twin.ReferencedStudySequence.append(Dataset())
    twin.PatientID = "new"
    del twin.PatientName
    assert dataset.PatientName == "Doe^Jane"
    assert list(dataset.ImageType) == ["ORIGINAL", "PRIMARY"]
    (item,) = dataset.ReferencedStudySequence
    assert item.StudyDate == "20200102"
    assert item.PurposeOfReferenceCodeSequence[0].CodeValue == "T-A0100"
    assert "PatientID" not in dataset


def test_file_meta_information_of_a_twin_is_its_own():
    """What is written into the file meta information of a twin is not in that of the original."""
    dataset = read()
    twin = duplicated(dataset)
    assert type(twin.file_meta) is type(dataset.file_meta)
    twin.file_meta.MediaStorageSOPInstanceUID = UID("2.25.2")
    del twin.file_meta.TransferSyntaxUID
    assert dataset.file_meta.MediaStorageSOPInstanceUID == "2.25.1"
    assert dataset.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian


def test_a_copied_element_is_another_one():
    """A decoded element is copied with its values; a raw one is the same."""
    dataset = made()
    one = copied(dataset["ImageType"])
    assert one == dataset["ImageType"]
    assert one is not dataset["ImageType"]
    assert one.value is not dataset["ImageType"].value
    raw = table(read())[NAME]
    assert copied(raw) is raw


def test_a_twin_with_other_elements_keeps_class_and_layout():
    """The twin has the given elements alone, and writes them as the original would."""
    dataset = read()
    twin = with_elements(dataset, {NAME: new_element(NAME, "PN", "X")})
    assert type(twin) is FileDataset
    assert [element.tag for element in twin] == [NAME]
    assert twin.original_encoding == dataset.original_encoding
    assert dataset.ImageType == ["ORIGINAL", "PRIMARY"]


def test_blocks_that_were_asked_for_are_not_those_of_a_twin():
    """A private block adds to the data set that it was asked of."""
    dataset = made()
    dataset.private_block(0x0009, "ACME", create=True)
    twin = duplicated(dataset)
    twin.private_block(0x0009, "ACME").add_new(0x01, "LO", "X")
    assert Tag(0x00091001) in twin
    assert Tag(0x00091001) not in dataset


def test_pixels_of_a_twin_are_decoded_anew():
    """Pixels that the original had decoded are those of its own elements."""
    pytest.importorskip("numpy")
    dataset = read()
    dataset.Rows, dataset.Columns, dataset.SamplesPerPixel = 1, 2, 1
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 8, 8, 7, 0
    dataset.PhotometricInterpretation, dataset.PixelData = "MONOCHROME2", b"\1\2"
    assert dataset.pixel_array.tolist() == [[1, 2]]
    twin = duplicated(dataset)
    twin.PixelData = b"\3\4"
    assert twin.pixel_array.tolist() == [[3, 4]]
    assert dataset.pixel_array.tolist() == [[1, 2]]


def test_a_data_set_becomes_another_one():
    """Whoever holds the data set sees what the other one has."""
    dataset, other = made(), read()
    become(dataset, other)
    assert dataset.SOPInstanceUID == "2.25.1"
    assert dataset.file_meta.MediaStorageSOPInstanceUID == "2.25.1"


def test_what_surrounds_a_data_set_is_not_checked():
    """A preamble of any length and file meta information of any kind are put there as they are."""
    dataset, meta = read(), Dataset()
    meta.PatientName = "not of group 0002"
    surround(dataset, preamble=b"short", file_meta=meta)
    assert dataset.preamble == b"short"
    assert dataset.file_meta is meta
