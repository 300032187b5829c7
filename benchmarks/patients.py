"""Invented patients: the attributes that a de-identifier has to find, the same in every run."""

from __future__ import annotations

import uuid

from attrs import frozen
from pydicom.dataset import Dataset

_NAMES = ("Lindqvist^Åsa", "Okafor^Chidi^^Dr", "Peña^María", "Novak^Jan^Karel", "Brown^Ellen")
_UID_NAMESPACE = uuid.UUID("6f9b1f3e-6a4e-4a0c-9d37-0f4f8a2f6d11")
_DATES = ("StudyDate", "SeriesDate", "AcquisitionDate", "ContentDate", "InstanceCreationDate")
_TIMES = ("StudyTime", "SeriesTime", "AcquisitionTime", "ContentTime", "InstanceCreationTime")


@frozen
class Place:
    """Where an instance stands: patient, study, series, and its number in the series, all from zero."""

    corpus: str
    patient: int
    study: int
    series: int
    instance: int

    @classmethod
    def of(cls, corpus: str, number: int, *, per_series: int, series: int, studies: int) -> Place:
        """Return the place of the instance with this number, when series and studies are filled one by one."""
        number, instance = divmod(number, per_series)
        number, in_study = divmod(number, series)
        patient, study = divmod(number, studies)
        return cls(corpus, patient, study, in_study, instance)


def uid(*parts: object) -> str:
    """Return the UID (PS3.5 B.2, derived from a UUID) that stands for these words."""
    return f"2.25.{uuid.uuid5(_UID_NAMESPACE, '/'.join(map(str, parts))).int}"


def identify(dataset: Dataset, place: Place) -> None:
    """Give a data set who, when, where and which it is."""
    _who(dataset, place)
    _when(dataset, place)
    _where(dataset)
    _which(dataset, place)


def _who(dataset: Dataset, place: Place) -> None:
    patient = place.patient
    dataset.SpecificCharacterSet = "ISO_IR 100"
    dataset.PatientName = _NAMES[patient % len(_NAMES)]
    dataset.PatientID = f"{place.corpus.upper()}-{patient:06d}"
    dataset.PatientBirthDate = f"{1940 + patient % 50}{1 + patient % 12:02d}{1 + patient % 28:02d}"
    dataset.PatientSex = "FM"[patient % 2]
    dataset.PatientAge = f"{35 + patient % 50:03d}Y"
    dataset.PatientAddress = f"{patient + 1} Harbour Road"
    dataset.PatientTelephoneNumbers = f"+00 555 {patient:04d}"
    dataset.PatientComments = "walks with a stick"
    dataset.AdditionalPatientHistory = "cough for two weeks"
    dataset.OtherPatientIDs = [f"A{patient:05d}", f"B{patient:05d}"]
    other = Dataset()
    other.PatientID = f"FORMER-{patient:05d}"
    other.IssuerOfPatientID = "CLINIC"
    other.TypeOfPatientID = "TEXT"
    dataset.OtherPatientIDsSequence = [other]


def _when(dataset: Dataset, place: Place) -> None:
    day = f"2022{1 + place.study % 12:02d}{1 + (place.patient * 5 + place.study) % 28:02d}"
    time = f"14{place.instance // 60 % 60:02d}{place.instance % 60:02d}.250000"
    for keyword in _DATES:
        setattr(dataset, keyword, day)
    for keyword in _TIMES:
        setattr(dataset, keyword, time)
    dataset.AcquisitionDateTime = day + time


def _where(dataset: Dataset) -> None:
    dataset.InstitutionName = "Hospital by the Sea"
    dataset.InstitutionAddress = "2 Quay Street"
    dataset.InstitutionalDepartmentName = "Imaging"
    dataset.StationName = "ROOM2"
    dataset.DeviceSerialNumber = "S-0042"
    dataset.ReferringPhysicianName = "Referrer^Rita"
    dataset.PhysiciansOfRecord = "Record^Robert"
    dataset.PerformingPhysicianName = "Performer^Paul"
    dataset.NameOfPhysiciansReadingStudy = "Reader^Ruth"
    dataset.RequestingPhysician = "Requester^Rolf"
    dataset.OperatorsName = ["Operator^Olga", "Operator^Otto"]


def _which(dataset: Dataset, place: Place) -> None:
    study = (place.corpus, "study", place.patient, place.study)
    dataset.StudyInstanceUID = uid(*study)
    dataset.SeriesInstanceUID = uid(*study, "series", place.series)
    dataset.FrameOfReferenceUID = uid(*study, "frame of reference")
    dataset.SOPInstanceUID = instance_uid(place)
    dataset.StudyID = f"S{place.patient}.{place.study}"
    dataset.AccessionNumber = f"ACC{place.patient:05d}{place.study:03d}"
    dataset.StudyDescription = "Chest"
    dataset.SeriesDescription = f"Series {place.series + 1}"
    dataset.ProtocolName = "Chest routine"
    dataset.ImageComments = "breath held"
    dataset.SeriesNumber = place.series + 1
    dataset.InstanceNumber = place.instance + 1


def instance_uid(place: Place) -> str:
    """Return the SOP Instance UID of the instance at a place."""
    return uid(place.corpus, place.patient, place.study, place.series, place.instance)
