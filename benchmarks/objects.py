"""Objects to measure on: a plain image header, and a multi-frame object with any number of elements."""

from __future__ import annotations

import io

from pydicom import dcmread, dcmwrite
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

ELEMENTS_PER_FRAME = 12


def image_bytes(number: int = 1, pixels: int = 2 * 128 * 128) -> bytes:
    """Return a file of about 60 elements."""
    dataset = _header(number)
    for index in range(40):
        dataset.add_new(0x00180000 + 0x9000 + index, "LO", f"value {index}")
    dataset.add_new(0x7FE00010, "OW", bytes(pixels))
    return _encoded(dataset)


def multi_frame_bytes(elements: int) -> bytes:
    """Return a file with about `elements` elements, nearly all in items of functional groups."""
    dataset = _header(1)
    dataset.PerFrameFunctionalGroupsSequence = Sequence(
        [_frame(number) for number in range(max(1, elements // ELEMENTS_PER_FRAME))]
    )
    return _encoded(dataset)


def _header(number: int) -> Dataset:
    dataset = Dataset()
    dataset.SOPClassUID = CTImageStorage
    dataset.SOPInstanceUID = f"1.2.3.{number}"
    dataset.StudyInstanceUID = "1.2.3.4"
    dataset.SeriesInstanceUID = "1.2.3.5"
    dataset.PatientName = "Doe^Jane"
    dataset.PatientID = f"{number:06d}"
    dataset.PatientBirthDate = "19700101"
    dataset.StudyDate = dataset.SeriesDate = dataset.AcquisitionDate = "20200131"
    dataset.StudyTime = "101112"
    dataset.AccessionNumber = "A1"
    dataset.InstitutionName = "Hospital"
    dataset.ReferringPhysicianName = "Roe^Richard"
    dataset.StudyDescription = "CHEST"
    dataset.Modality = "CT"
    return dataset


def _frame(number: int) -> Dataset:
    content, position, frame = Dataset(), Dataset(), Dataset()
    content.FrameAcquisitionNumber = number
    content.FrameReferenceDateTime = "20200131101112"
    content.FrameAcquisitionDateTime = "20200131101112"
    content.FrameComments = "comment"
    content.DimensionIndexValues = [1, number + 1]
    content.StackID = "1"
    content.InStackPositionNumber = number + 1
    position.ImagePositionPatient = [0.0, 0.0, float(number)]
    frame.FrameContentSequence = Sequence([content])
    frame.PlanePositionSequence = Sequence([position])
    return frame


def _encoded(dataset: Dataset) -> bytes:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    buffer = io.BytesIO()
    dcmwrite(buffer, FileDataset("", dataset, preamble=bytes(128), file_meta=meta), enforce_file_format=True)
    return buffer.getvalue()


def read(data: bytes) -> FileDataset:
    """Return the object of a file's bytes, as read anew."""
    return dcmread(io.BytesIO(data))


def write(dataset: Dataset) -> bytes:
    """Return the bytes of an object."""
    buffer = io.BytesIO()
    dcmwrite(buffer, dataset)
    return buffer.getvalue()
