"""Names that CTP scripts, TCIA's tables and older editions use for attributes, with the keyword that is meant.

They are the most frequent reason why a rule selects nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType

from deidc.dicom import dictionary

# A name and the keyword it stands for, one a line.
_TABLE = """
AccessionNo AccessionNumber
AcquisitionComment AcquisitionComments
AcquisitionContextSeq AcquisitionContextSequence
ActualHumanPerformersSeq ActualHumanPerformersSequence
AdditionalPatientsHistory AdditionalPatientHistory
AdmittingDiagnosisCodeSeq AdmittingDiagnosesCodeSequence
AdmittingDiagnosisDescription AdmittingDiagnosesDescription
AffectedSOPInstUID AffectedSOPInstanceUID
AuthorObserverSeq AuthorObserverSequence
CommentsOnPerformedProcedureStep CommentsOnThePerformedProcedureStep
CommentsOnPPS CommentsOnThePerformedProcedureStep
CommentsOnScheduledProcedureStep CommentsOnTheScheduledProcedureStep
CommentsOnSPS CommentsOnTheScheduledProcedureStep
ConceptCodeSeq ConceptCodeSequence
ConceptNameCodeSeq ConceptNameCodeSequence
ConfidentialityConstraint ConfidentialityConstraintOnPatientDataDescription
ConfidentialityConstraintOnPatientData ConfidentialityConstraintOnPatientDataDescription
ConfidentialityPatientData ConfidentialityConstraintOnPatientDataDescription
ContentCreatorsIdCodeSeq ContentCreatorIdentificationCodeSequence
ContentCreatorsIdentificationCodeSequence ContentCreatorIdentificationCodeSequence
ContentCreatorsName ContentCreatorName
ContentSeq ContentSequence
ContrastAllergies Allergies
CurrentObserver CurrentObserverTrial
CurrentPatientLocations CurrentPatientLocation
CustodialOrganizationSeq CustodialOrganizationSequence
DateOfBirth PatientBirthDate
DeidentificationMethodCodeSeq DeidentificationMethodCodeSequence
DerivationDesc DerivationDescription
DeviceSerialNo DeviceSerialNumber
DigitalSignatureSequence DigitalSignaturesSequence
DigitalSignaturesSeq DigitalSignaturesSequence
DoseRefUID DoseReferenceUID
EncryptedAttributesSeq EncryptedAttributesSequence
EthnicGroupCodeSeq EthnicGroupCodeSequence
FailedSOPInstanceUIDs FailedSOPInstanceUIDList
FillerOrderNumber FillerOrderNumberImagingServiceRequest
FillerOrderNumberOfImagingServiceReq FillerOrderNumberImagingServiceRequest
FillerOrderNumberOfImagingServiceRequest FillerOrderNumberImagingServiceRequest
FrameOfRefUID FrameOfReferenceUID
GraphicAnnotationSeq GraphicAnnotationSequence
HumanPerformersName HumanPerformerName
HumanPerformersOrganization HumanPerformerOrganization
IconImageSeq IconImageSequence
IdentifyingComment IdentifyingComments
ImageComment ImageComments
ImagingServiceRequestComment ImagingServiceRequestComments
InstitutionalDeptName InstitutionalDepartmentName
InstitutionCodeSeq InstitutionCodeSequence
InstitutionDepartment InstitutionalDepartmentName
InstitutionDepartmentName InstitutionalDepartmentName
IntendedRecipientsOfResultsIdSeq IntendedRecipientsOfResultsIdentificationSequence
IntendedRecipientsOfResultsIDSequence IntendedRecipientsOfResultsIdentificationSequence
InterpretationApproverSeq InterpretationApproverSequence
IssueDateOfImagingServiceReq IssueDateOfImagingServiceRequest
IssueTimeOfImagingServiceReq IssueTimeOfImagingServiceRequest
LargePaletteColorLUTUid LargePaletteColorLookupTableUID
LastMenstrualDt LastMenstrualDate
MACParametersSeq MACParametersSequence
ManufacturersModelName ManufacturerModelName
MediaStorageSOPInstUID MediaStorageSOPInstanceUID
MedicalRecordLocators MedicalRecordLocator
MilitaryRanks MilitaryRank
ModelName ManufacturerModelName
ModifiedAttributesSeq ModifiedAttributesSequence
MothersBirthName PatientMotherBirthName
NameOfIntendedRecipientsOfResults NamesOfIntendedRecipientsOfResults
NameOfPhysicianReadingStudy NameOfPhysiciansReadingStudy
NamesOfIntendedRecipientsOfResult NamesOfIntendedRecipientsOfResults
NamesOfPhysiciansReadingStudy NameOfPhysiciansReadingStudy
OperatorIdentificationSeq OperatorIdentificationSequence
OperatorIdSeq OperatorIdentificationSequence
OperatorName OperatorsName
OperatorsIdentificationSequence OperatorIdentificationSequence
OperatorsIdSeq OperatorIdentificationSequence
OperatorsNames OperatorsName
OrderCallbackPhone OrderCallbackPhoneNumber
OriginalAttributesSeq OriginalAttributesSequence
OtherPatientID OtherPatientIDs
OtherPatientIDsSeq OtherPatientIDsSequence
OtherPatientName OtherPatientNames
OtherPatientsIDs OtherPatientIDs
OtherPatientsNames OtherPatientNames
PaletteColorLUTUID PaletteColorLookupTableUID
ParticipantSeq ParticipantSequence
PatientComment PatientComments
PatientDOB PatientBirthDate
PatientGender PatientSex
PatientHeight PatientSize
PatientInsurancePlanCodeSeq PatientInsurancePlanCodeSequence
PatientMothersBirthName PatientMotherBirthName
PatientPhoneNumber PatientTelephoneNumbers
PatientPhoneNumbers PatientTelephoneNumbers
PatientPrimaryLanguageCodeSeq PatientPrimaryLanguageCodeSequence
PatientPrimaryLanguageModifierCodeSeq PatientPrimaryLanguageModifierCodeSequence
PatientsAddress PatientAddress
PatientsAge PatientAge
PatientsBirthDate PatientBirthDate
PatientsBirthName PatientBirthName
PatientsBirthTime PatientBirthTime
PatientsComments PatientComments
PatientsID PatientID
PatientsInstitutionResidence PatientInstitutionResidence
PatientsInsurancePlanCodeSequence PatientInsurancePlanCodeSequence
PatientsMothersBirthName PatientMotherBirthName
PatientsName PatientName
PatientsPhoneNumbers PatientTelephoneNumbers
PatientsPrimaryLanguageCodeSequence PatientPrimaryLanguageCodeSequence
PatientsPrimaryLanguageModifierCodeSequence PatientPrimaryLanguageModifierCodeSequence
PatientsReligiousPreference PatientReligiousPreference
PatientsSex PatientSex
PatientsSexNeutered PatientSexNeutered
PatientsSize PatientSize
PatientsState PatientState
PatientsTelephoneNumbers PatientTelephoneNumbers
PatientsWeight PatientWeight
PatientTelephoneNumber PatientTelephoneNumbers
PerformedStationAET PerformedStationAETitle
PerformedStationGeographicLocationCodeSeq PerformedStationGeographicLocationCodeSequence
PerformedStationGeoLocCodeSeq PerformedStationGeographicLocationCodeSequence
PerformedStationNameCodeSeq PerformedStationNameCodeSequence
PerformingPhysician PerformingPhysicianName
PerformingPhysicianIdSeq PerformingPhysicianIdentificationSequence
PerformingPhysicianIDSequence PerformingPhysicianIdentificationSequence
PerformingPhysicians PerformingPhysicianName
PerformingPhysiciansName PerformingPhysicianName
PersonIdCodeSequence PersonIdentificationCodeSequence
PersonIdentificationCodeSeq PersonIdentificationCodeSequence
PersonPhoneNumbers PersonTelephoneNumbers
PersonsAddress PersonAddress
PersonsTelephoneNumbers PersonTelephoneNumbers
PhysicianOfRecord PhysiciansOfRecord
PhysicianOfRecordIdSeq PhysiciansOfRecordIdentificationSequence
PhysicianOfRecordIdSequence PhysiciansOfRecordIdentificationSequence
PhysicianReadingStudy NameOfPhysiciansReadingStudy
PhysicianReadingStudyIdSeq PhysiciansReadingStudyIdentificationSequence
PhysiciansOfRecordIdSeq PhysiciansOfRecordIdentificationSequence
PhysiciansReadingStudy NameOfPhysiciansReadingStudy
PhysiciansReadingStudyIdSeq PhysiciansReadingStudyIdentificationSequence
PlacerOrderNumber PlacerOrderNumberImagingServiceRequest
PlacerOrderNumberOfImagingServiceReq PlacerOrderNumberImagingServiceRequest
PlacerOrderNumberOfImagingServiceRequest PlacerOrderNumberImagingServiceRequest
PPSComments CommentsOnThePerformedProcedureStep
PPSDescription PerformedProcedureStepDescription
PPSEndDate PerformedProcedureStepEndDate
PPSEndTime PerformedProcedureStepEndTime
PPSID PerformedProcedureStepID
PPSStartDate PerformedProcedureStepStartDate
PPSStartTime PerformedProcedureStepStartTime
PPSStatus PerformedProcedureStepStatus
PregnacyStatus PregnancyStatus
PreMedications PreMedication
ProtocolNames ProtocolName
ReadingPhysician NameOfPhysiciansReadingStudy
ReasonForImagingServiceReq ReasonForTheImagingServiceRequest
ReasonForImagingServiceRequest ReasonForTheImagingServiceRequest
ReasonForRequestedProcedure ReasonForTheRequestedProcedure
ReasonForTheImagingServiceReq ReasonForTheImagingServiceRequest
RefDigitalSignatureSeq ReferencedDigitalSignatureSequence
RefDoseReferenceUID ReferencedDoseReferenceUID
ReferencedDigitalSignatureSeq ReferencedDigitalSignatureSequence
ReferringPhysician ReferringPhysicianName
ReferringPhysicianIdSeq ReferringPhysicianIdentificationSequence
ReferringPhysicianIDSequence ReferringPhysicianIdentificationSequence
ReferringPhysicianPhoneNumbers ReferringPhysicianTelephoneNumbers
ReferringPhysiciansAddress ReferringPhysicianAddress
ReferringPhysiciansIdSeq ReferringPhysicianIdentificationSequence
ReferringPhysiciansName ReferringPhysicianName
ReferringPhysiciansPhoneNumbers ReferringPhysicianTelephoneNumbers
ReferringPhysiciansTelephoneNumbers ReferringPhysicianTelephoneNumbers
RefFileID ReferencedFileID
RefFrameOfRefUID ReferencedFrameOfReferenceUID
RefGenPurposeSPSTransUID ReferencedGeneralPurposeScheduledProcedureStepTransactionUID
RefGenPurpSchedProcStepTransUID ReferencedGeneralPurposeScheduledProcedureStepTransactionUID
RefImageSeq ReferencedImageSequence
RefInstanceSeq ReferencedInstanceSequence
RefObservationUID ReferencedObservationUIDTrial
RefPatientAliasSeq ReferencedPatientAliasSequence
RefPatientSeq ReferencedPatientSequence
RefPPSSeq ReferencedPerformedProcedureStepSequence
RefSeriesSeq ReferencedSeriesSequence
RefSOPClassUID ReferencedSOPClassUID
RefSOPInstanceMACSeq ReferencedSOPInstanceMACSequence
RefSOPInstanceUID ReferencedSOPInstanceUID
RefSOPInstanceUIDInFile ReferencedSOPInstanceUIDInFile
RefSOPSeq ReferencedSOPSequence
RefStudySeq ReferencedStudySequence
RefVisitSeq ReferencedVisitSequence
RelatedFrameOfRefUID RelatedFrameOfReferenceUID
RequestAttributesSeq RequestAttributesSequence
RequestedProcedureCodeSeq RequestedProcedureCodeSequence
RequestedProcedureDesc RequestedProcedureDescription
RequestedSOPInstUID RequestedSOPInstanceUID
RequestingPhysicianIdSeq RequestingPhysicianIdentificationSequence
RequestingPhysicianIDSequence RequestingPhysicianIdentificationSequence
ResultComments ResultsComments
ResultIDIssuer ResultsIDIssuer
ResultsDistributionListSeq ResultsDistributionListSequence
RetrieveAET RetrieveAETitle
ReviewersName ReviewerName
ScheduledHumanPerformersSeq ScheduledHumanPerformersSequence
ScheduledPatientInstitution ScheduledPatientInstitutionResidence
ScheduledPerformingPhysicianIdSeq ScheduledPerformingPhysicianIdentificationSequence
ScheduledPerformingPhysiciansName ScheduledPerformingPhysicianName
ScheduledStationAET ScheduledStationAETitle
ScheduledStationGeographicLocationCodeSeq ScheduledStationGeographicLocationCodeSequence
ScheduledStationGeographicLocCodeSeq ScheduledStationGeographicLocationCodeSequence
ScheduledStationNameCodeSeq ScheduledStationNameCodeSequence
ScheduledStudyLocationAET ScheduledStudyLocationAETitle
SecondaryReviewersName SecondaryReviewerName
SeriesDesc SeriesDescription
SoftwareVersion SoftwareVersions
SOPInstUID SOPInstanceUID
SOPUID SOPInstanceUID
SourceAET SourceApplicationEntityTitle
SourceAETitle SourceApplicationEntityTitle
SourceImageSeq SourceImageSequence
SPSDescription ScheduledProcedureStepDescription
SPSEndDate ScheduledProcedureStepEndDate
SPSEndTime ScheduledProcedureStepEndTime
SPSID ScheduledProcedureStepID
SPSLocation ScheduledProcedureStepLocation
SPSModifiedDateTime ScheduledProcedureStepModificationDateTime
SPSSeq ScheduledProcedureStepSequence
SPSStartDate ScheduledProcedureStepStartDate
SPSStartTime ScheduledProcedureStepStartTime
SPSStatus ScheduledProcedureStepStatus
StationAET StationAETitle
StorageMediaFile-setUID StorageMediaFileSetUID
StudyComment StudyComments
StudyDesc StudyDescription
SynchronizationFrameOfRefUID SynchronizationFrameOfReferenceUID
TextComment TextComments
TimezoneOffset TimezoneOffsetFromUTC
TransUID TransactionUID
UsedFiducialsSeq UsedFiducialsSequence
VerifyingObserverIdCodeSeq VerifyingObserverIdentificationCodeSequence
VerifyingObserverIdentificationCodeSeq VerifyingObserverIdentificationCodeSequence
VerifyingObserverSeq VerifyingObserverSequence
VerifyingObserversName VerifyingObserverName
VisitComment VisitComments
"""

CTP_LABELS: Mapping[str, str] = MappingProxyType(dict(line.split() for line in _TABLE.strip().splitlines()))

_PSEUDO_GROUPS: Mapping[str, str] = MappingProxyType(
    {
        "curves": "select:curve",
        "curve": "select:curve",
        "curvedata": "select:curve",
        "overlays": "select:overlay",
        "overlay": "select:overlay",
        "overlaycomments": "(60xx,4000)",
        "private": "select:private",
        "privates": "select:private",
        "privategroup": "select:private",
        "privategroups": "select:private",
        "privateelements": "select:private",
        "privateattributes": "select:private",
        "privatetags": "select:private",
        "unspecified": "except:PATTERN",
        "unspecifiedelements": "except:PATTERN",
    }
)
_CREATOR = re.compile(r"([0-9a-f]{4})xx--(.+)", re.IGNORECASE)

# Words of those names, and what they are in keywords.
_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "Seq": "Sequence",
        "Id": "ID",
        "Uid": "UID",
        "Ref": "Referenced",
        "AET": "AETitle",
        "AETs": "AETitle",
        "Desc": "Description",
        "Dept": "Department",
        "Req": "Request",
        "Loc": "Location",
        "No": "Number",
        "Num": "Number",
        "Phone": "Telephone",
        "Procs": "Procedures",
        "Proc": "Procedure",
        "Inst": "Instance",
        "Acq": "Acquisition",
        "Datetime": "DateTime",
        "Gen": "General",
        "Sched": "Scheduled",
        "Geo": "Geographic",
        "LUT": "LookupTable",
        "PPS": "PerformedProcedureStep",
        "SPS": "ScheduledProcedureStep",
    }
)
_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z]|\b|_|s\b)|[A-Z]?[a-z]+|[A-Z]+|\d+")


@cache
def _by_label() -> Mapping[str, str]:
    return MappingProxyType({label.lower(): keyword for label, keyword in CTP_LABELS.items()})


def is_ctp_label(text: str) -> bool:
    """Whether a name is in the table, so that there is no doubt about the keyword that it means."""
    return text.lower() in _by_label()


def ctp_keyword(text: str) -> str | None:
    """Return the keyword that a name of a CTP script means, or None if it is no such name."""
    if len(text) > _LONGEST:
        return None
    known = _by_label().get(text.lower())
    if known is not None:
        return known
    words = _WORD.findall(text.replace("'s", "s").replace("'", ""))
    for spelt in _respelt(words):
        found = dictionary.find_keyword(spelt)
        if found is not None:
            return found.keyword
    return None


_LONGEST = 100


def _respelt(words: list[str]) -> Iterator[str]:
    """Yield what a name may be in the words of keywords: written out, and with an s more or less."""
    whole = [_WORDS.get(word, word) for word in words]
    yield "".join(whole)
    yield "".join("Identification" if word in ("Id", "ID") else other for word, other in zip(words, whole, strict=True))
    for at, word in enumerate(whole):
        other = word[:-1] if word.endswith("s") else word + "s"
        yield "".join((*whole[:at], other, *whole[at + 1 :]))


def ctp_pseudo_group(text: str) -> str | None:
    """Return the selector that a name of a group of elements means, or None if it is none.

    Such names are CURVES and PRIVATEGROUPS, 0029xx--SIEMENS-CSA-HEADER, and the rows of Table E.1-1 for curves,
    overlays and private attributes.
    """
    known = _PSEUDO_GROUPS.get(re.sub(r"[\s_-]", "", text.lower()))
    if known is not None:
        return known
    creator = _CREATOR.fullmatch(text)
    if creator is not None:
        name = creator[2].replace("-", " ").replace('"', "")
        return f'({creator[1].upper()},"{name}",xx)'
    spelt = re.sub(r"\s", "", text.lower())
    if re.match(r"\(?(?:gggg|xxxx),(?:eeee|xxxx)\)?", spelt):
        return "select:private"
    tag = re.fullmatch(r"\(?(50|60)xx,?(xxxx|eeee|[0-9a-f]{4})\)?", spelt)
    if tag is None:
        return None
    if tag[2] in ("xxxx", "eeee"):
        return "select:curve" if tag[1] == "50" else "select:overlay"
    return f"({tag[1]}xx,{tag[2]})"
