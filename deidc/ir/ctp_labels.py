"""Names that CTP scripts, TCIA's tables and older editions use for attributes, with the keyword that is meant.

They are the most frequent reason why a rule selects nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from deidc.ir import dictionary

CTP_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "accessionno": "AccessionNumber",
        "acquisitioncomment": "AcquisitionComments",
        "actualhumanperformersseq": "ActualHumanPerformersSequence",
        "additionalpatientshistory": "AdditionalPatientHistory",
        "admittingdiagnosescodeseq": "AdmittingDiagnosesCodeSequence",
        "admittingdiagnosiscodeseq": "AdmittingDiagnosesCodeSequence",
        "admittingdiagnosisdescription": "AdmittingDiagnosesDescription",
        "authorobserverseq": "AuthorObserverSequence",
        "concatenationtargetuid": "ConcatenationUID",
        "conceptcodeseq": "ConceptCodeSequence",
        "contentcreatorsidcodeseq": "ContentCreatorIdentificationCodeSequence",
        "contentcreatorsname": "ContentCreatorName",
        "contentseq": "ContentSequence",
        "currentpatientlocations": "CurrentPatientLocation",
        "custodialorganizationseq": "CustodialOrganizationSequence",
        "deidentificationmethodcodeseq": "DeidentificationMethodCodeSequence",
        "derivationdesc": "DerivationDescription",
        "deviceserialno": "DeviceSerialNumber",
        "digitalsignaturesseq": "DigitalSignaturesSequence",
        "doserefuid": "DoseReferenceUID",
        "encryptedattributesseq": "EncryptedAttributesSequence",
        "failedsopinstanceuids": "FailedSOPInstanceUIDList",
        "fillerordernumber": "FillerOrderNumberImagingServiceRequest",
        "fillerordernumberofimagingservicereq": "FillerOrderNumberImagingServiceRequest",
        "frameofrefuid": "FrameOfReferenceUID",
        "graphicannotationseq": "GraphicAnnotationSequence",
        "humanperformersname": "HumanPerformerName",
        "humanperformersorganization": "HumanPerformerOrganization",
        "iconimageseq": "IconImageSequence",
        "identifyingcomment": "IdentifyingComments",
        "imagingservicerequestcomment": "ImagingServiceRequestComments",
        "institutionaldeptname": "InstitutionalDepartmentName",
        "institutioncodeseq": "InstitutionCodeSequence",
        "institutiondepartmentname": "InstitutionalDepartmentName",
        "intendedrecipientsofresultsidseq": "IntendedRecipientsOfResultsIdentificationSequence",
        "interpretationapproverseq": "InterpretationApproverSequence",
        "issuedateofimagingservicereq": "IssueDateOfImagingServiceRequest",
        "issuetimeofimagingservicereq": "IssueTimeOfImagingServiceRequest",
        "largepalettecolorlutuid": "LargePaletteColorLookupTableUID",
        "lastmenstrualdt": "LastMenstrualDate",
        "macparametersseq": "MACParametersSequence",
        "medicalrecordlocators": "MedicalRecordLocator",
        "militaryranks": "MilitaryRank",
        "modifiedattributesseq": "ModifiedAttributesSequence",
        "nameofphysicianreadingstudy": "NameOfPhysiciansReadingStudy",
        "operatoridentificationseq": "OperatorIdentificationSequence",
        "operatoridseq": "OperatorIdentificationSequence",
        "operatorname": "OperatorsName",
        "operatorsnames": "OperatorsName",
        "orderenteredbyseq": "OrderEnteredBy",
        "originalattributesseq": "OriginalAttributesSequence",
        "otherpatientidsseq": "OtherPatientIDsSequence",
        "palettecolorlutuid": "PaletteColorLookupTableUID",
        "participantseq": "ParticipantSequence",
        "patientcomment": "PatientComments",
        "patientmothersbirthname": "PatientMotherBirthName",
        "patientphonenumbers": "PatientTelephoneNumbers",
        "patientsaddress": "PatientAddress",
        "patientsage": "PatientAge",
        "patientsbirthdate": "PatientBirthDate",
        "patientsbirthname": "PatientBirthName",
        "patientsbirthtime": "PatientBirthTime",
        "patientsinsuranceplancodesequence": "PatientInsurancePlanCodeSequence",
        "patientsmothersbirthname": "PatientMotherBirthName",
        "patientsname": "PatientName",
        "patientsphonenumbers": "PatientTelephoneNumbers",
        "patientsprimarylanguagecodeseq": "PatientPrimaryLanguageCodeSequence",
        "patientsreligiouspreference": "PatientReligiousPreference",
        "patientssex": "PatientSex",
        "patientssize": "PatientSize",
        "patientstelephonenumbers": "PatientTelephoneNumbers",
        "patientsweight": "PatientWeight",
        "performedstationaet": "PerformedStationAETitle",
        "performingphysicianidseq": "PerformingPhysicianIdentificationSequence",
        "performingphysiciansname": "PerformingPhysicianName",
        "personidcodesequence": "PersonIdentificationCodeSequence",
        "personidentificationcodeseq": "PersonIdentificationCodeSequence",
        "physicianofrecord": "PhysiciansOfRecord",
        "physicianofrecordidseq": "PhysiciansOfRecordIdentificationSequence",
        "physicianofrecordidsequence": "PhysiciansOfRecordIdentificationSequence",
        "physicianreadingstudy": "NameOfPhysiciansReadingStudy",
        "physicianreadingstudyidseq": "PhysiciansReadingStudyIdentificationSequence",
        "placerordernumber": "PlacerOrderNumberImagingServiceRequest",
        "placerordernumberofimagingservicereq": "PlacerOrderNumberImagingServiceRequest",
        "ppscomments": "CommentsOnThePerformedProcedureStep",
        "ppsdescription": "PerformedProcedureStepDescription",
        "ppsenddate": "PerformedProcedureStepEndDate",
        "ppsendtime": "PerformedProcedureStepEndTime",
        "ppsid": "PerformedProcedureStepID",
        "ppsstartdate": "PerformedProcedureStepStartDate",
        "ppsstarttime": "PerformedProcedureStepStartTime",
        "pregnacystatus": "PregnancyStatus",
        "protocolnames": "ProtocolName",
        "reasonforrequestedprocedure": "ReasonForTheRequestedProcedure",
        "reasonfortheimagingservicereq": "ReasonForTheImagingServiceRequest",
        "referringphysicianphonenumbers": "ReferringPhysicianTelephoneNumbers",
        "referringphysiciansaddress": "ReferringPhysicianAddress",
        "referringphysiciansidseq": "ReferringPhysicianIdentificationSequence",
        "referringphysiciansname": "ReferringPhysicianName",
        "referringphysiciansphonenumbers": "ReferringPhysicianTelephoneNumbers",
        "referringphysicianstelephonenumbers": "ReferringPhysicianTelephoneNumbers",
        "reffileid": "ReferencedFileID",
        "refframeofrefuid": "ReferencedFrameOfReferenceUID",
        "refgenpurposespstransuid": "ReferencedGeneralPurposeScheduledProcedureStepTransactionUID",
        "refimageseq": "ReferencedImageSequence",
        "refpatientaliasseq": "ReferencedPatientAliasSequence",
        "refpatientseq": "ReferencedPatientSequence",
        "refppsseq": "ReferencedPerformedProcedureStepSequence",
        "refsopclassuid": "ReferencedSOPClassUID",
        "refsopinstanceuid": "ReferencedSOPInstanceUID",
        "refstudyseq": "ReferencedStudySequence",
        "relatedframeofrefuid": "RelatedFrameOfReferenceUID",
        "requestattributesseq": "RequestAttributesSequence",
        "requestedprocedurecodeseq": "RequestedProcedureCodeSequence",
        "requestingphysicianidseq": "RequestingPhysicianIdentificationSequence",
        "resultsdistributionlistseq": "ResultsDistributionListSequence",
        "retrieveaet": "RetrieveAETitle",
        "scheduledperformingphysicianidseq": "ScheduledPerformingPhysicianIdentificationSequence",
        "scheduledperformingphysiciansname": "ScheduledPerformingPhysicianName",
        "scheduledstationaet": "ScheduledStationAETitle",
        "scheduledstudylocationaet": "ScheduledStudyLocationAETitle",
        "secondaryreviewersname": "SecondaryReviewerName",
        "seriesdesc": "SeriesDescription",
        "softwareversion": "SoftwareVersions",
        "sourceimageseq": "SourceImageSequence",
        "spsdescription": "ScheduledProcedureStepDescription",
        "spsenddate": "ScheduledProcedureStepEndDate",
        "spsendtime": "ScheduledProcedureStepEndTime",
        "spsid": "ScheduledProcedureStepID",
        "spslocation": "ScheduledProcedureStepLocation",
        "spsmodifieddatetime": "ScheduledProcedureStepModificationDateTime",
        "spsstartdate": "ScheduledProcedureStepStartDate",
        "spsstarttime": "ScheduledProcedureStepStartTime",
        "stationaet": "StationAETitle",
        "studycomment": "StudyComments",
        "studydesc": "StudyDescription",
        "synchronizationframeofrefuid": "SynchronizationFrameOfReferenceUID",
        "usedfiducialsseq": "UsedFiducialsSequence",
        "verifyingobserveridentificationcodeseq": "VerifyingObserverIdentificationCodeSequence",
        "visitcomment": "VisitComments",
    }
)

_PSEUDO_GROUPS: Mapping[str, str] = MappingProxyType(
    {
        "curves": "select:curve",
        "curve": "select:curve",
        "curvedata": "select:curve",
        "overlays": "select:overlay",
        "overlay": "select:overlay",
        "private": "select:private",
        "privates": "select:private",
        "privategroups": "select:private",
        "privateelements": "select:private",
        "privateattributes": "select:private",
        "privatetags": "select:private",
        "unspecified": "except:PATTERN",
        "unspecifiedelements": "except:PATTERN",
    }
)


def ctp_keyword(text: str) -> str | None:
    """Return the keyword that a name of a CTP script means, or None if it is no such name."""
    known = CTP_LABELS.get(text.lower())
    if known is not None:
        return known
    for pattern, instead in (
        (r"IdSeq$", "IdentificationSequence"),
        (r"Seq$", "Sequence"),
        (r"Id$", "ID"),
        (r"Uid$", "UID"),
        (r"^(Patient|Physician|Operator|Reviewer|Creator)s(?=[A-Z])", r"\1"),
        (r"AET$", "AETitle"),
    ):
        spelt = re.sub(pattern, instead, text)
        if spelt != text:
            found = dictionary.find_keyword(spelt)
            if found is not None:
                return found.keyword
    return None


def ctp_pseudo_group(text: str) -> str | None:
    """Return the selector that a name of a group of elements means, or None if it is none."""
    return _PSEUDO_GROUPS.get(text.lower())
