"""One recipe for each thing that deid is said to do, on an object with values that are found again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from attrs import field, frozen

from tests.deid.cases import file

HEAD = "FORMAT dicom\n%header\n"
LABEL = "FORMAT dicom\n%filter graylist\nLABEL shots\n"
VALUES = "FORMAT dicom\n%values pid\n"

# Values that no file has: whoever finds one knows where it came from.
CANARIES = (
    ("00080050", "SH", "ZQ000001ZQ"),
    ("00080080", "LO", "ZQ000002ZQ"),
    ("00081070", "PN", "ZQ000003ZQ^A"),
    ("00100010", "PN", "ZQ000004ZQ^B"),
    ("00100020", "LO", "ZQ000005ZQ"),
    ("00104000", "LT", "ZQ000006ZQ"),
    ("00200010", "SH", "ZQ000005ZQ"),
    ("00091002", "SH", "ZQ000007ZQ"),
    ("001021C0", "US", 4),
    ("60000022", "LO", "ZQ000008ZQ"),
    ("00100030", "DA", "19610203"),
    ("000B0010", "LO", "ZQ CREATOR"),
    ("000B1002", "LO", "ZQ000009ZQ"),
)


@frozen
class Proof:
    """A behaviour and a recipe that shows it.

    `path` is the element to look at: deid leaves its value there (None: it has `left`, "" if it takes it away).
    `spoilt` is what deid writes there. `fires` says whether the label is meant to fire for the object.
    """

    behaviour: str
    recipe: str
    path: str = "00100010"
    spoilt: str | None = None
    kind: str = "header"
    fires: bool = True
    source: Path = field(factory=lambda: file("CT_small.dcm"))
    more: dict[str, Any] = field(factory=dict)

    @property
    def task(self) -> dict[str, Any]:
        """What the worker is to do."""
        return {"kind": self.kind, "file": str(self.source), "overlay": CANARIES, "recipe": self.recipe, **self.more}


def _header(behaviour: str, rule: str, path: str = "00100010", **more: Any) -> Proof:
    return Proof(behaviour, HEAD + rule + "\n", path, **more)


def _label(behaviour: str, lines: str, **more: Any) -> Proof:
    return Proof(behaviour, LABEL + lines + "\n", kind="flags", **more)


_NESTED = "00101002[0].00100020"
_BOXES = ((0, 0, 10, 10),)

LEAKS = (
    _header("line-dropped", "remove PatientName"),
    _header("line-dropped", "REMOVED PatientName"),
    _header("line-dropped", "Blank PatientName"),
    _header("line-skipped", "DELETE PatientName"),
    _header("attribute-ignored", "BLANK PatientID PatientName"),
    Proof("action-in-label", LABEL + "contains Modality CT\nREMOVE PatientName\n%header\nBLANK PatientSex\n"),
    _header("selects-nothing", "REMOVE OperatorName", "00081070"),
    _header("selects-nothing", "REMOVE PatientNam"),
    _header("selects-nothing", "REMOVE (0010, 0010)"),
    _header("selects-nothing", "REMOVE 0010,0010"),
    _header("selects-nothing", "REMOVE 0x00100010"),
    _header("selects-nothing", "REMOVE [0010,0010]"),
    _header("selects-nothing", "REMOVE (60xx,0022)", "60000022"),
    _header("selects-nothing", "REMOVE private", "00091002"),
    _header("selects-nothing", "REMOVE allfields"),
    _header("selects-nothing", "REMOVE allexcept:Modality"),
    _header("selects-nothing", "REMOVE exceptfields:Modality"),
    _header("selects-nothing", "REMOVE OtherPatientIDsSequence__0__PatientID", _NESTED),
    _header("selects-nothing", "REMOVE OtherPatientIDsSequence.PatientID", _NESTED),
    _header("selects-nothing", "REMOVE (0009,'GEMS_IDEN_01',02)", "00091002"),
    _header("selects-nothing", 'REMOVE (0009,"GEMS_IDEN_01",xx)', "00091002"),
    _header("selects-nothing", 'REMOVE "Patient\'s Name"'),
    _header("selects-nothing", "REMOVE Patient\u200bName"),
    Proof("selects-nothing", "FORMAT dicom\n%fields names\nFIELD PatientName\n%header\nREMOVE Fields:names\n"),
    _header("selects-nothing", "REMOVE contains:^PatientN\\Dme$"),
    _header("selects-nothing", "REPLACE PatientsName X"),
    _header("selects-nothing", "REMOVE select:keyword:PatientName"),
    _header("selects-nothing", "REMOVE select:VR:XX"),
    _header("selects-less", "REMOVE select:VR:LO|PN"),
    _header("selects-less", "REMOVE contains:^(PatientID|PatientN\\Dme)$"),
    _header("keeps-others", "KEEP contains:^Patient(\\Wame|Sex)$\nREMOVE PatientName"),
    _header("comment-is-condition", "REMOVE PatientName # direct identifier"),
    _header("comment-in-name", "REPLACE PatientName var:id # from the table"),
    _header("comment-in-name", "REPLACE PatientName func:fixed # as agreed"),
    _header("comment-in-name", "REMOVE PatientName func:fixed # as agreed"),
    _header("quoted-number", 'REPLACE PregnancyStatus "3"', "001021C0"),
    _header("arguments-in-name", "REPLACE PatientName func:fixed length=4"),
    _header("arguments-in-name", "REPLACE PatientName var:id more"),
    _header("function-unknown", "REPLACE PatientName deid_func:simple_uuid"),
    _header("function-unknown", "REPLACE PatientName deid_func:no_such"),
    _header("function-unknown", "REPLACE PatientName func:deid_func:basic_uuid"),
    _header("condition-false", "REMOVE PregnancyStatus YES", "001021C0"),
    _header("condition-false", "REMOVE PregnancyStatus contains:4", "001021C0"),
    _header("name-of-conditions", "REMOVE PatientName func:fixed func:fixed"),
    _header("literal-unfit-stays", "REPLACE PregnancyStatus none", "001021C0"),
    Proof("list-line-ignored", VALUES + "field PatientID\n%header\nREMOVE values:pid\n", "00200010"),
    Proof("lists-nothing", VALUES + "FIELD PatientsID\n%header\nREMOVE values:pid\n", "00200010"),
    Proof("lists-nothing", VALUES + "FIELD 0010,0020\n%header\nREMOVE values:pid\n", "00200010"),
    _header("list-unknown", "REMOVE values:pid", "00100020"),
    _header("list-unknown", "REMOVE fields:pid", "00100020"),
    Proof("list-of-names", VALUES + "FIELD PatientName\n%header\nREMOVE values:pid\n"),
    Proof("list-of-kept", VALUES + "FIELD PatientID\n%header\nKEEP PatientID\nREMOVE values:pid\n", "00200010"),
    Proof(
        "list-overwritten", VALUES + "FIELD PatientID\n%fields pid\nFIELD StudyDate\n%header\nREMOVE values:pid\n",
        "00200010",
    ),
    Proof("list-name", "FORMAT dicom\n%fields  pid\nFIELD PatientName\n%header\nREMOVE fields:pid\n"),
    Proof("list-name", "FORMAT dicom\n%fields my pid\nFIELD PatientName\n%header\nREMOVE fields:my pid\n"),
    Proof(
        "list-as-variable", VALUES + "FIELD PatientID\n%header\nREPLACE PatientComments var:pid\n", "00104000",
        spoilt="ZQ000005ZQ",
    ),
    _label("lines-by-and", "contains Modality MR\n|| contains Manufacturer GE"),
    _label("never-holds", "contains  Modality CT"),
    _label("never-holds", "contains modality CT"),
    _label("never-holds", "contains (0008,0060) CT"),
    _label("never-holds", "equals 0x00080060 CT"),
    _label("never-holds", 'equals Manufacturer "GE MEDICAL SYSTEMS"'),
    _label("never-holds", "contains Modality CT # tomography"),
    _label("never-holds", "contains ImageType ^ORIGINAL"),
    _label("never-holds", "missing Modality || contains Manufacturer GE"),
    _label("never-holds", "equals Modality CT + Equals Manufacturer GE MEDICAL SYSTEMS"),
    _label("never-holds", "contains OtherPatientIDsSequence__PatientID ."),
    _label("never-holds", "contains TransferSyntaxUID 1.2"),
    _label("never-holds", "contains Modalty CT"),
    _label("never-holds", "present Modality # always"),
    _label("region-skipped", "contains Modality CT\ncoordinate 0,0,10,10"),
    _label("finds-no-region", "contains Modality CT\ncoordinates from:(0018,6011)", more={"regions": _BOXES}),
    Proof("region-empty", LABEL + "contains Modality CT\ncoordinates 100,100,50,50\n", kind="masks"),
    _label(
        "regions-of-first", "contains Modality CT\ncoordinates from:SequenceOfUltrasoundRegions",
        more={
            "regions": _BOXES,
            "then": [{"file": str(file("CT_small.dcm")), "overlay": CANARIES, "regions": [[5, 5, 99, 99]]}],
        },
    ),
    _header("kept", "KEEP PatientName\nREPLACE PatientName X"),
    Proof("pattern-misses", HEAD + "REMOVE contains:^.{3}[13579].{4}$\n", "000B1002"),
    _header("pattern-misses", "REMOVE startswith:Pacient"),
    _label("never-fires", "equals Rows 128|256"),
    _label("never-fires", "contains ImageType ORIGINAL+PRIMARY"),
    _header("keeps-all", "KEEP contains:Comments|\nREMOVE PatientName"),
)  # fmt: skip

# What deid leaves is in `spoilt`: "" for an element that is gone, a VR for one of another VR.
LOSSES = (
    _header("keep-dropped", "keep PatientName\nREMOVE PatientName", spoilt=""),
    _header("keeps-nothing", "KEEP (0010, 0010)\nREMOVE PatientName", spoilt=""),
    _header("keeps-nothing", "KEEP select:VR:LO|PN\nREMOVE PatientName", spoilt=""),
    _header("selects-others", "REMOVE contains:^Patient(\\Wame|Sex)$", spoilt=""),
    _header("selects-others", "REMOVE contains:", spoilt=""),
    _header("added-as-text", "ADD 00102160 M", "00102160", spoilt="ST"),
    _header("keep-looks-at-top", "KEEP OtherPatientIDsSequence__PatientID\nREMOVE PatientID", _NESTED, spoilt=""),
    Proof(
        "keep-looks-at-top", "FORMAT dicom\n%fields f\nFIELD PatientName\n%header\nKEEP fields:f\nREMOVE PatientName\n",
        spoilt="",
    ),
    _header("quotes-written", 'REPLACE PatientName "A B"', spoilt='"A B"'),
    _header("quotes-written", "REPLACE PatientName 'A B'", spoilt="'A B'"),
    _header("quotes-written", 'REPLACE PatientName ""', spoilt='""'),
    _header("cut-at-hash", "REPLACE PatientName X#1", spoilt="X"),
    _header("invisible-written", "REPLACE PatientName A\u200bB", spoilt="A\u200bB"),
    _header("apostrophe-lost", "REPLACE PatientName O'Brien", spoilt="O Brien"),
    _header("apostrophe-lost", 'REPLACE PatientName "A B', spoilt="A B"),
    _header("reference-as-text", "REPLACE PatientName VAR:id", spoilt="VAR:id"),
    _header("reference-as-text", "REPLACE PatientName vr:id", spoilt="vr:id"),
    _header("reference-as-text", 'REPLACE PatientName "var:id"', spoilt='"var:id"'),
    _header("argument-ignored", "REPLACE StudyDate deid_func:jitter dys=5", "00080020", spoilt="20040120"),
    _header("argument-ignored", "REPLACE StudyDate deid_func:jitter 5", "00080020", spoilt="20040120"),
    _header(
        "one-uid", "REPLACE StudyInstanceUID deid_func:pydicom_uuid stable_remapping=false", "0020000D",
        spoilt="2.25.10868450558671247443152026947160338505683745266658651051718",
    ),
    _header("condition-true", "REMOVE PatientName contains:nobody", spoilt=""),
    _header("condition-ignored", "BLANK PatientName contains:nobody", spoilt="blank"),
    _header("condition-written", "REPLACE PatientName X if contains:ZQ", spoilt="X if contains:ZQ"),
    _header("literal-unfit-written", "REPLACE StudyDate date_shift", "00080020", spoilt="date_shift"),
    _header("no-date-shifted", "JITTER StudyTime 5", "00080030", spoilt="20300801"),
)  # fmt: skip
INVALID_UIDS = (
    _header("invalid-uid", "REPLACE StudyInstanceUID deid_func:dicom_uuid", "0020000D"),
    _header("invalid-uid", "REPLACE StudyInstanceUID deid_func:basic_uuid", "0020000D"),
)
FIRED = (
    _label("always-holds", "notcontains Modality CT # tomography", fires=False),
    _label("always-holds", "contains Modality MR || Contains Manufacturer ACME", fires=False),
    _label("always-holds", "missing modality", fires=False),
    _label("always-holds", "missing Modality at all", fires=False),
    _label("fires-always", "contains Modality MR || PT", fires=False),
)
KEPT_PIXELS = (
    _label("keeps-no-region", "contains Modality CT\nkeepcoordinates from:(0018,6011)", more={"regions": _BOXES}),
)
CRASHES = (
    Proof("misplaced", "FORMAT dicom\nREMOVE PatientName\n"),
    Proof("misplaced", VALUES + "REMOVE PatientName\n"),
    _header("incomplete", "REMOVE"),
    _header("incomplete", "REPLACE PatientName"),
    _header("incomplete", "JITTER StudyDate # days"),
    Proof("format-line", "%header\nREMOVE PatientName\n"),
    Proof("format-line", "format dicom\n%header\nREMOVE PatientName\n"),
    Proof("format-line", "FORMAT dicom # ours\n%header\nREMOVE PatientName\n"),
    Proof("format-line", "FORMAT nifti\n%header\nREMOVE PatientName\n"),
    Proof("section-line", "FORMAT dicom\n% header\nREMOVE PatientName\n"),
    Proof("section-line", "FORMAT dicom\n%headers\nREMOVE PatientName\n"),
    Proof("section-line", "FORMAT dicom\n%header ours\nREMOVE PatientName\n"),
    Proof("section-line", "FORMAT dicom\n%fields\nFIELD PatientName\n"),
    Proof("section-line", "FORMAT dicom\n%filter\tours\nLABEL a\nmissing Modality\n"),
    _header("target-stops", "REMOVE contains:Patient("),
    _header("target-stops", "REMOVE contains:Patient\\Z"),
    _header("target-stops", "REMOVE select:group:60xx"),
    _header("target-stops", "REMOVE select:group:zz"),
    _header("target-stops", "REMOVE select:names"),
    _header("add-stops", "ADD (0010,4000) X"),
    _header("add-stops", "ADD patientcomments X"),
    _header("add-stops", "ADD PatientsName X"),
    _header("add-stops", "ADD PatientNam X"),
    _header("add-stops", "ADD all X"),
    _header("add-stops", "ADD OverlayData X"),
    _header("number-as-text", "ADD RecommendedDisplayFrameRateInFloat 4", kind="saved"),
    _header("argument-stops", "JITTER StudyDate 1.5"),
    _header("argument-stops", 'JITTER StudyDate "5"'),
    _header("argument-stops", "JITTER StudyDate deid_func:jitter"),
    _header("argument-stops", "REPLACE StudyDate deid_func:jitter days=five"),
    _header("argument-stops", "REPLACE StudyInstanceUID deid_func:pydicom_uuid prefix=abc"),
    _header("nothing-to-derive", "ADD DeviceUID deid_func:pydicom_uuid"),
    _header("literal-stops", "REPLACE OtherPatientIDsSequence X"),
    _header("literal-stops", "REPLACE OtherPatientIDsSequence ''"),
    _header("literal-stops", "REPLACE all X"),
    _header("literal-stops", "REPLACE InstanceNumber X"),
    _header("shift-stops", "JITTER all 5"),
    _header("shift-stops", "JITTER PatientName 5"),
    Proof("list-stops", VALUES + "FIELD OtherPatientIDsSequence\n%header\nREMOVE values:pid\n"),
    Proof("list-stops", VALUES + "SPLIT PatientName # parts\n%header\nREMOVE values:pid\n"),
    Proof("list-stops", VALUES + "SPLIT PatientName splitval='^';minlength='4'\n%header\nREMOVE values:pid\n"),
    Proof("list-stops", VALUES + 'SPLIT PatientName by=";"\n%header\nREMOVE values:pid\n'),
    Proof("list-stops", VALUES + 'SPLIT PatientName by="#"\n%header\nREMOVE values:pid\n'),
    Proof("list-stops", "FORMAT dicom\n%fields pid\nSPLIT PatientName\n%header\nREMOVE fields:pid\n"),
    _label("criterion-stops", "contains\tModality CT"),
    _label("criterion-stops", "contains Modality"),
    _label("criterion-stops", "containsnot Modality CT"),
    _label("region-stops", "contains Modality CT\nctpcoordinates 0,0,10,10 # banner"),
    _label("region-stops", "contains Modality CT\nctpcoordinates ALL"),
    _label("region-stops", "contains Modality CT\nctpcoordinates 0,0,10"),
    _label("region-stops", "contains Modality CT\ncoordinates from:Rows"),
    Proof("region-stops", LABEL + "contains Modality CT\ncoordinates 0,0,10,10 # banner\n", kind="masks"),
    Proof("region-stops", LABEL + "contains Modality CT\nCoordinates 0,0,10,10\n", kind="masks"),
    Proof("region-stops", LABEL + "contains Modality CT\ncoordinates 0,0,10\n", kind="masks"),
    _label("first-label", "coordinates 0,0,10,10"),
)
# What does work in deid, so that what stops it is what the recipes above show.
SOUND = (
    _header("", "REMOVE PatientName"),
    _header("", "ADD PatientSize 1.8", kind="saved"),
    _label("", "contains Modality CT\ncoordinates 0,0,10,10"),
    Proof("", LABEL + "contains Modality CT\ncoordinates 0,0,10,10\n", kind="masks"),
)
