"""Attributes that checks know by name: UIDs an object cannot be without, and what names a patient."""

from __future__ import annotations

# What no wide rule may touch, because the rest of the object cannot be read without it. deid 0.4.13 protects
# the first five and the file meta information; it lets REMOVE ALL ruin float pixels and the character set.
SYSTEM_PROTECTED: tuple[str, ...] = (
    "PixelData",
    "RedPaletteColorLookupTableData",
    "GreenPaletteColorLookupTableData",
    "BluePaletteColorLookupTableData",
    "VOILUTSequence",
    "FloatPixelData",
    "DoubleFloatPixelData",
    "SegmentedRedPaletteColorLookupTableData",
    "SegmentedGreenPaletteColorLookupTableData",
    "SegmentedBluePaletteColorLookupTableData",
    "SpecificCharacterSet",
    "FileMetaInformationGroupLength",
    "FileMetaInformationVersion",
    "TransferSyntaxUID",
    "ImplementationClassUID",
)

# Type 1 in every composite object (PS3.3 C.12.1, C.7.2.1, C.7.3.1).
MANDATORY_UIDS: tuple[str, ...] = ("SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID")

# UIDs that group objects or refer to them; a random one in each file breaks what they link.
LINKING_UIDS: frozenset[str] = frozenset(
    {
        "StudyInstanceUID",
        "SeriesInstanceUID",
        "SOPInstanceUID",
        "FrameOfReferenceUID",
        "ReferencedSOPInstanceUID",
        "ReferencedFrameOfReferenceUID",
        "SynchronizationFrameOfReferenceUID",
        "IrradiationEventUID",
        "ConcatenationUID",
        "DimensionOrganizationUID",
    }
)

INSTANCE_UIDS: frozenset[str] = frozenset({"SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID"})

# File meta information that deidc makes itself from the cleaned object.
FOLLOWING: frozenset[str] = frozenset(
    {"MediaStorageSOPClassUID", "MediaStorageSOPInstanceUID", "ImplementationVersionName"}
)

# What says that identity is removed, and how (PS3.15 E.1.1, PS3.3 C.12.1).
PROMISE = "PatientIdentityRemoved"
METHODS: tuple[str, ...] = ("DeidentificationMethod", "DeidentificationMethodCodeSequence")
TEMPORAL = "LongitudinalTemporalInformationModified"

# What a recipe that promises to remove identity must have a rule for.
DIRECT_IDENTIFIERS: tuple[str, ...] = ("PatientName", "PatientID", "PatientBirthDate")

# Dates that most objects have; one of them unshifted gives away the shift of the others.
ENTITY_DATES: tuple[str, ...] = ("StudyDate", "SeriesDate", "AcquisitionDate", "ContentDate")

# KEEP of one of these is worth a reason.
KEPT_WITH_REASON: frozenset[str] = frozenset(
    {
        "PatientName",
        "PatientID",
        "PatientBirthDate",
        "PatientAddress",
        "PatientTelephoneNumbers",
        "OtherPatientIDs",
        "OtherPatientIDsSequence",
        "OtherPatientNames",
        "PatientBirthName",
        "PatientMotherBirthName",
        "MedicalRecordLocator",
        "IssuerOfPatientID",
    }
)

# What names, numbers or locates a person: what a wide KEEP or an exception must not leave by accident.
NAMES_A_PERSON: frozenset[str] = KEPT_WITH_REASON | frozenset(
    """
    PatientBirthTime PatientInsurancePlanCodeSequence PatientComments PatientTelecomInformation
    PatientInstitutionResidence PatientReligiousPreference MilitaryRank BranchOfService CountryOfResidence
    RegionOfResidence
    ReferencedPatientPhotoSequence PatientPrimaryLanguageCodeSequence CurrentPatientLocation
    ResponsiblePerson ResponsibleOrganization
    AccessionNumber AdmissionID IssuerOfAdmissionID ServiceEpisodeID IssuerOfServiceEpisodeID
    ReferringPhysicianName ReferringPhysicianAddress ReferringPhysicianTelephoneNumbers
    ReferringPhysicianIdentificationSequence ConsultingPhysicianName PhysiciansOfRecord PerformingPhysicianName
    NameOfPhysiciansReadingStudy OperatorsName RequestingPhysician ScheduledPerformingPhysicianName
    OrderEnteredBy VerifyingObserverName PersonName PersonAddress PersonTelephoneNumbers PersonTelecomInformation
    ContentCreatorName ReviewerName InterpretationAuthor InterpretationRecorder InterpretationTranscriber
    NamesOfIntendedRecipientsOfResults HumanPerformerName
    InstitutionName InstitutionAddress InstitutionalDepartmentName
    ClinicalTrialSubjectReadingID
    """.split()  # noqa: SIM905  # a column of forty names would fill a screen
)

# Attributes of few different values; a %values list of them finds those values in everybody's files.
FEW_VALUES: frozenset[str] = frozenset(
    {
        "PatientSex",
        "Modality",
        "Laterality",
        "ImageLaterality",
        "PatientPosition",
        "BodyPartExamined",
        "SpecificCharacterSet",
        "PatientIdentityRemoved",
        "BurnedInAnnotation",
        "PhotometricInterpretation",
        "SmokingStatus",
        "PregnancyStatus",
    }
)

# Attributes that no IOD has at the top level of an object (PS3.3), though criteria often ask for them there.
ONLY_IN_ITEMS: frozenset[str] = frozenset(
    {
        "CodeMeaning",
        "CodeValue",
        "CodingSchemeVersion",
        "ReferencedSOPInstanceUID",
        "ReferencedSOPClassUID",
        "ScheduledProcedureStepID",
        "ScheduledProcedureStepDescription",
        "RegionDataType",
        "RegionSpatialFormat",
        "TextValue",
        "ReferencedFrameNumber",
        "ReferencedSegmentNumber",
        "PersonName",
        "NumericValue",
        "MeasuredValueSequence",
        "MeasurementUnitsCodeSequence",
        "RelationshipType",
        "CodingSchemeDesignator",
        "PurposeOfReferenceCodeSequence",
        "ScheduledProtocolCodeSequence",
    }
)

# Defined terms of Modality (PS3.3 C.7.3.1.1.1), retired ones included.
MODALITIES: frozenset[str] = frozenset(
    """
    ANN AR ASMT AU BDUS BI BMD CR CT CTPROTOCOL DG DMS DOC DX ECG EEG EMG EOG EPS ES FID GM HC HD IO IOL IVOCT
    IVUS KER KO LEN LS M3D MG MR NM OAM OCT OP OPM OPT OPTBSV OPTENF OPV OSS OT PA PLAN POS PR PT PX REG RESP RF
    RG RTDOSE RTIMAGE RTINTENT RTPLAN RTRAD RTRECORD RTSEGANN RTSTRUCT RWV SEG SM SMR SR SRF STAIN TEXTUREMAP TG
    US VA XA XAPROTOCOL XC
    AS CD CF CP CS DD DF DM DS EC FA FS LP MA MS OPR ST VF VM
    """.split()  # noqa: SIM905  # eighty words in a column would hide the rest
)

# What the Retain Patient Characteristics Option of PS3.15 keeps: it describes a patient, and does not name one.
CHARACTERISTICS: frozenset[str] = frozenset(
    {
        "PatientSex",
        "PatientSexNeutered",
        "PatientAge",
        "PatientSize",
        "PatientWeight",
        "EthnicGroup",
        "SmokingStatus",
        "PregnancyStatus",
    }
)
