"""Roles of attributes: what an attribute is for by the dictionary, whatever VR a file gives it.

A Study Instance UID that a file has as LO is still a UID, and a Study Date that it has as SH is still a date.
"""

from __future__ import annotations

from functools import cache
from types import MappingProxyType

from deidc.dicom import dictionary
from deidc.vocabulary import Role

_OF_VRS = MappingProxyType({"UI": Role.UID, "DA": Role.DATE, "DT": Role.DATE, "TM": Role.TIME, "PN": Role.PERSON})
# Where a person lives or can be reached, and names that are no PN.
_OF_PERSONS = frozenset(
    """
    NameToUse PatientAddress PatientTelecomInformation PatientTelephoneNumbers PersonAddress PersonTelecomInformation
    PersonTelephoneNumbers ReferringPhysicianAddress ReferringPhysicianTelephoneNumbers AddressTrial
    TelephoneNumberTrial OrderCallbackPhoneNumber OrderCallbackTelecomInformation TopicAuthor CameraOwnerName
    """.split()  # noqa: SIM905  # a word a line would hide the list
)
# Numbers and codes that stand for one patient, visit, order, procedure, specimen or device, and who issued them.
_IDENTIFIERS = frozenset(
    """
    AccessionNumber AdmissionID BarcodeValue CassetteID ClinicalTrialProtocolEthicsCommitteeApprovalNumber
    ClinicalTrialProtocolID ClinicalTrialSeriesID ClinicalTrialSiteID ClinicalTrialSubjectID
    ClinicalTrialSubjectReadingID ClinicalTrialTimePointID ContainerComponentID ContainerIdentifier DetectorID
    DeviceAlternateIdentifier DeviceSerialNumber FillerOrderNumberImagingServiceRequest
    FillerOrderNumberImagingServiceRequestRetired FillerOrderNumberProcedure FlowIdentifier GantryID GeneratorID
    HardcopyCreationDeviceID InsurancePlanIdentification InterpretationID InterpretationIDIssuer
    IssuerOfAdmissionID IssuerOfClinicalTrialProtocolID IssuerOfClinicalTrialSeriesID IssuerOfClinicalTrialSiteID
    IssuerOfClinicalTrialSubjectID IssuerOfClinicalTrialSubjectReadingID IssuerOfClinicalTrialTimePointID
    IssuerOfPatientID IssuerOfServiceEpisodeID LensSerialNumber ManufacturerDeviceIdentifier MedicalRecordLocator
    ModifyingDeviceID OtherPatientIDs OtherStudyNumbers PatientID PerformedProcedureStepID
    PlacerOrderNumberImagingServiceRequest PlacerOrderNumberImagingServiceRequestRetired PlacerOrderNumberProcedure
    PlateID RequestedProcedureID ResultsID ResultsIDIssuer ScheduledProcedureStepID SecondaryCaptureDeviceID
    ServiceEpisodeID SlideIdentifier SourceIdentifier SourceSerialNumber SpecimenAccessionNumber SpecimenIdentifier
    StudyID StudyIDIssuer UniqueDeviceIdentifier XRayDetectorID XRaySourceID
    """.split()  # noqa: SIM905  # a word a line would hide the list
)


def role_of(tag: int, vr: str, creator: str | None) -> Role | None:
    """Return the role of an element: by the dictionary, or by its VR where the dictionary gives it none.

    Args:
        tag: the tag.
        vr: the VR that the element has in the file.
        creator: the private creator of its block, if it has one.

    Returns:
        The role, or None if the element has none.

    """
    return _known_role(tag, creator) or _OF_VRS.get(vr)


def known_date_vr(tag: int, creator: str | None) -> str | None:
    """Return DA or DT for an attribute that is a date by the dictionary, None for others."""
    vr = dictionary_vr(tag, creator)
    return vr if vr in ("DA", "DT") else None


def _known_role(tag: int, creator: str | None) -> Role | None:
    keyword = dictionary.element_keyword(tag)
    return _of_keyword(keyword) or _OF_VRS.get(dictionary_vr(tag, creator) or "")


def _of_keyword(keyword: str) -> Role | None:
    if keyword in _IDENTIFIERS:
        return Role.IDENTIFIER
    if keyword in _OF_PERSONS:
        return Role.PERSON
    # PS3.6 names every attribute for SOP classes and transfer syntaxes so.
    return Role.CLASS if "SOPClass" in keyword or "TransferSyntax" in keyword else None


def dictionary_vr(tag: int, creator: str | None) -> str | None:
    """Return the VR, or the choice of VRs, that the dictionary gives an attribute, None if it does not know it."""
    if dictionary.is_private(tag):
        return dictionary.private_vr(tag, creator) if creator is not None else None
    return dictionary.public_vr(tag)


@cache
def patterns_of(role: Role) -> frozenset[str]:
    """Return the attributes of the dictionary that have a role, as tags with `X` in repeating groups."""
    return frozenset(
        one.pattern for one in dictionary.attributes() if (_of_keyword(one.keyword) or _OF_VRS.get(one.vr)) is role
    )


def is_unknown(tag: int) -> bool:
    """Whether a standard attribute is in no edition of PS3.6 that deidc knows; a group length is known (PS3.5 7.2)."""
    return not dictionary.is_private(tag) and bool(tag & 0xFFFF) and dictionary.public_vr(tag) is None
