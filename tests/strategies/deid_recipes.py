"""Recipes as people write them for deid: sound lines, and every mistake that is known of such recipes."""

from __future__ import annotations

from hypothesis import strategies as st

# Lines that deid executes as they are written, and deidc likewise.
SOUND_HEADER = (
    "REMOVE PatientName", "BLANK PatientID", "REMOVE (0008,0090)", "KEEP StudyDescription", "REMOVE 00100030",
    "REPLACE AccessionNumber anonymous", "REPLACE PatientComments two words", "REPLACE StudyID var:id",
    "REMOVE contains:Physician", "REMOVE startswith:Institution", "REMOVE endswith:Address", "REMOVE select:VR:UN",
    "REMOVE select:group:0032", "ADD PatientIdentityRemoved YES", "JITTER StudyDate 5", "JITTER SeriesDate var:days",
    "REPLACE DeviceSerialNumber func:fixed", "REMOVE all func:is_private", "BLANK OperatorsName # of no use",
    'REMOVE (0009,"GEMS_IDEN_01",02)', "BLANK fields:ids", "REPLACE FrameOfReferenceUID deid_func:pydicom_uuid",
    "REMOVE RequestAttributesSequence__ScheduledProcedureStepID", "KEEP Manufacturer  # needed",
    "REMOVE patientaddress",
)  # fmt: skip
SOUND_LABEL = (
    "contains Modality CT", "+ equals Rows 512", "+ missing PatientAddress", "+ contains Manufacturer GE|ACME",
    "+ contains SeriesDescription DOSE || contains SeriesDescription SCOUT", "coordinates 0,0,10,10",
    "ctpcoordinates 5,5,20,20", "keepcoordinates all", "# a comment",
)  # fmt: skip
SOUND_LIST = ("FIELD StudyID", "FIELD contains:Physician", "FIELD (0010,0020)", "FIELD PatientSex # a comment")
MISTAKEN_HEADER = (
    "remove PatientName", "Blank PatientID", "REMOVED PatientName", "DELETE PatientName", "REMOVE PatientName # why",
    "REMOVE OperatorName", "REMOVE PatientNam", "REMOVE (0010, 0010)", "REMOVE 0010,0010 # why", "REMOVE CURVES",
    "REMOVE [0010,0010]", "REMOVE allfields", "REMOVE allexcept:Modality # why", "REMOVE exceptfields:Modality",
    "REMOVE contains:^.{3}[13579].{4}$", "REMOVE Patient\u200bName", "REMOVE\u00a0PatientName", "KEEP PatientsSex",
    "REPLACE PatientID var:id # why", "REPLACE PatientID VAR:id", 'REPLACE PatientID "two words"',
    "REMOVE PatientID YES",
    'REPLACE PatientID ""', "REPLACE PatientID 'x'  # why", "REPLACE PatientID O'Brien", "REPLACE PatientID X#1",
    "REPLACE PatientID none # why", "REPLACE ContentSequence ''", "REPLACE StudyDate date_shift", "REPLACE PatientID",
    "REPLACE PatientID func:fixed length=4", "REPLACE PatientID deid_func:simple_uuid", "REPLACE PatientID # why",
    'REPLACE PatientID "var:id"', "REPLACE PatientID func:jitter", "ADD PatientIdentityRemoved Yes # why",
    "ADD (0010,4000) x", "ADD patientcomments x", "JITTER StudyTime 5", "JITTER endswith:Time 5",
    "JITTER StudyDate 1.5",
    "KEEP StudyDate SeriesDate", "BLANK PatientName PatientID", "REMOVE values:ids", "REMOVE values:nope",
    "REMOVE select:VR:LO|SH", "REMOVE contains:(", "REMOVE select:group:60xx", "KEEP fields:ids", "gibberish",
    "REMOVE PatientName contains:Smith", "REMOVE OtherPatientIDsSequence__0__PatientID", "%labels", "ADD a b",
    "REMOVE PatientName  # deidc: ignore[DC401] as agreed", "# REMOVE PatientName", "REMOVE", "  ", "FORMAT dicom",
)  # fmt: skip
MISTAKEN_LABEL = (
    "|| contains Manufacturer GE", "contains  Modality CT", "contains modality CT # why", "contains (0008,0060) CT",
    "contains Modality MR || Contains Manufacturer GE", "contains Modality CT || MR",
    "missing Modality || equals Rows 5",
    "contains Manfacturer ADAC", "equals Rows 600|768", "coordinates 0,0,10,10 # why", "coordinates 50,50,10,10",
    "Coordinates 0,0,1,1", "ctpcoordinates ALL", "coordinates from:SequenceOfUltrasoundRegions", "coordinate 0,0,1,1",
    "contains\tModality CT", "equals Manufacturer \"GE\"", "contains ImageType ^ORIGINAL", "REMOVE PatientName",
)  # fmt: skip
MISTAKEN_LIST = (
    "field PatientID", "FIELD PatientsID", "FIELD 0010,0020", "SPLIT PatientName # why", "FIELD StudyID SeriesNumber",
    "SPLIT PatientName splitval='^';minlength='4'", "SPLIT PatientName by=\"^\";minlength=4", "FIELD values:ids",
)  # fmt: skip
TOPS = ("FORMAT dicom", "format dicom", "FORMAT dicom # why", "", "# about this recipe\nFORMAT DICOM")
SECTIONS = {
    "header": ("%header", "%Header", "% header", "%header ours", "%headers"),
    "list": ("%fields ids", "%values ids", "%values  ids", "%values\tids", "%fields ids # why", "%values"),
    "label": ("%filter graylist", "%filter whitelist # why", "%filter"),
}
LINES = {
    "header": (SOUND_HEADER, MISTAKEN_HEADER),
    "list": (SOUND_LIST, MISTAKEN_LIST),
    "label": (SOUND_LABEL, MISTAKEN_LABEL),
}
pieces = st.sampled_from


@st.composite
def deid_recipes(draw: st.DrawFn) -> str:
    """Draw a recipe for deid with sound lines and mistakes."""
    lines = [draw(pieces(TOPS))]
    for kind in draw(st.lists(pieces(("header", "header", "list", "label")), max_size=4)):
        lines.extend(("", draw(pieces(SECTIONS[kind]) | st.just(SECTIONS[kind][0]))))
        if kind == "label":
            lines.append(draw(pieces(("LABEL shots", "label shots # why", "LABEL"))))
        sound, mistaken = LINES[kind]
        indent = draw(pieces(("", "  ", "\t")))
        lines.extend(indent + line for line in draw(st.lists(pieces((*sound, *mistaken)), max_size=6)))
    return "\n".join(lines) + draw(pieces(("\n", "")))


@st.composite
def sound_recipes(draw: st.DrawFn) -> str:
    """Draw a recipe that deid executes as it is written."""
    lines = [
        "FORMAT dicom",
        "",
        "%fields ids",
        *draw(st.lists(pieces(SOUND_LIST), min_size=1, max_size=3, unique=True)),
    ]
    if draw(st.booleans()):
        lines.extend(("", "%filter graylist", "LABEL shots", SOUND_LABEL[0]))
        lines.extend(draw(st.lists(pieces(SOUND_LABEL[1:]), max_size=4, unique=True)))
    lines.extend(("", "%header", *draw(st.lists(pieces(SOUND_HEADER), min_size=1, max_size=6, unique=True))))
    return "\n".join(lines) + "\n"
