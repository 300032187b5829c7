"""CT slices: a plain image with sequences, references and two private blocks, as a scanner would send it."""

from __future__ import annotations

from pydicom.dataset import Dataset, FileDataset
from pydicom.uid import CTImageStorage

from benchmarks.frames import code
from benchmarks.patients import Place, instance_uid, uid
from benchmarks.shipped import header_of

_STUDY_CLASS = "1.2.840.10008.3.1.2.3.1"  # Detached Study Management SOP Class (retired), as scanners still send it
_PRIVATE_BLOCKS = ((0x0009, 16), (0x0019, 34))  # groups of CT_small.dcm, and how many elements of each are taken


def ct_slice() -> FileDataset:
    """Return a CT image of 512 rows and columns, about 200 elements, without pixels."""
    dataset = header_of("693_UNCI.dcm")
    _add_private_blocks(dataset)
    _add_references(dataset)
    _add_procedure(dataset)
    return dataset


def place_slice(dataset: Dataset, place: Place) -> None:
    """Set what differs from slice to slice beside the identification: where it lies, which images it was planned on."""
    height = 5.0 * place.instance
    dataset.ImagePositionPatient = [-122.5, -112.5, height]
    dataset.SliceLocation = height
    for number, item in enumerate(dataset.ReferencedImageSequence):
        item.ReferencedSOPInstanceUID = instance_uid(Place(place.corpus, place.patient, place.study, 0, number))


def _add_private_blocks(dataset: Dataset) -> None:
    donor = header_of("CT_small.dcm")
    for group, count in _PRIVATE_BLOCKS:
        for element in [element for element in donor if element.tag.group == group][:count]:
            dataset.add(element)


def _add_references(dataset: Dataset) -> None:
    dataset.ReferencedStudySequence = [_reference(_STUDY_CLASS, "study")]
    dataset.ReferencedPerformedProcedureStepSequence = [_reference(_STUDY_CLASS, "step")]
    dataset.ReferencedImageSequence = [_reference(CTImageStorage, f"image {number}") for number in range(3)]
    person = Dataset()
    person.InstitutionName = "Hospital by the Sea"
    person.PersonIdentificationCodeSequence = [code("P7", "99LOCAL", "Referrer, Rita")]
    dataset.ReferringPhysicianIdentificationSequence = [person]


def _add_procedure(dataset: Dataset) -> None:
    dataset.ProcedureCodeSequence = [code("CHEST", "99LOCAL", "Chest CT")]
    region = code("51185008", "SCT", "Chest")
    region.AnatomicRegionModifierSequence = [code("7771000", "SCT", "Left")]
    dataset.AnatomicRegionSequence = [region]
    request = Dataset()
    request.AccessionNumber = "ACC-REQUEST"
    request.RequestedProcedureID, request.ScheduledProcedureStepID = "RP-7", "SPS-7"
    request.RequestedProcedureDescription = request.ScheduledProcedureStepDescription = "Chest CT"
    request.ReferencedStudySequence = [_reference(_STUDY_CLASS, "study")]
    request.ScheduledProtocolCodeSequence = [code("P1", "99LOCAL", "first"), code("P2", "99LOCAL", "second")]
    dataset.RequestAttributesSequence = [request]
    dataset.PerformedProcedureStepID = "PPS-7"
    dataset.PerformedProcedureStepDescription = "Chest CT"
    dataset.PerformedProcedureStepStartDate, dataset.PerformedProcedureStepStartTime = "20220101", "140000"


def _reference(sop_class: str, name: str) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID = sop_class
    item.ReferencedSOPInstanceUID = uid("reference", name)
    return item
