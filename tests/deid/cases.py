"""Recipes and objects on which deidc is compared with deid, feature by feature."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import data_store
import deid_data
import pydicom.data
from attrs import frozen

from tests.deid.objects import PREAMBLE

FOLDER = Path(pydicom.data.__file__).parent / "test_files"
FOLDERS = (
    FOLDER,
    FOLDER.parent / "charset_files",
    Path(data_store.__file__).parent / "data",
    Path(deid_data.__file__).parent / "data" / "humans",
)
# Small, and as unlike each other as may be: kinds of object, character sets, transfer syntaxes, private sequences.
NAMES = (
    "CT_small.dcm", "MR_small.dcm", "MR_small_implicit.dcm", "MR_small_bigendian.dcm", "ExplVR_BigEnd.dcm",
    "rtplan.dcm", "rtstruct.dcm", "rtdose_1frame.dcm", "liver_1frame.dcm", "test-SR.dcm", "reportsi.dcm",
    "waveform_ecg.dcm", "no_meta.dcm", "image_dfl.dcm", "JPEG-lossy.dcm", "693_J2KI.dcm", "SC_rgb_rle.dcm",
    "nested_priv_SQ.dcm", "priv_SQ.dcm", "UN_sequence.dcm", "chrH31.dcm", "chrFren.dcm", "chrRuss.dcm", "chrX1.dcm",
    "chrSQEncoding.dcm", "ctbrain1.dcm", "emri_small_RLE.dcm",
)  # fmt: skip
HEAD = "FORMAT dicom\n"


@frozen
class Case:
    """A recipe on an object: a file, with elements put in."""

    name: str
    file: Path
    recipe: str
    overlay: tuple[tuple[str, str, object], ...] = ()
    random: bool = False  # results have a shape, but no value, in common
    more: str | None = None  # a second recipe
    base: str | None = None  # a recipe that this one refines


def file(name: str) -> Path:
    """Return the path of a file that one of the packages ships."""
    return next(folder / name for folder in FOLDERS if (folder / name).is_file())


def _case(name: str, *rules: str, sections: str = "", **more: object) -> Case:
    text = f"{HEAD}{sections}%header\n" + "".join(f"{rule}\n" for rule in rules)
    return Case(f"{name}: {'; '.join([*sections.splitlines(), *rules])}", file(name), text, **more)  # type: ignore[arg-type]


ACTIONS = {
    "ADD": "ADD {added} {value}",
    "BLANK": "BLANK {target}",
    "JITTER": "JITTER {target} 3",
    "KEEP": "KEEP {target}",
    "REPLACE": "REPLACE {target} {other}",
    "REMOVE": "REMOVE {target}",
}


def grid() -> Iterator[Case]:
    """Yield every pair of actions on public, nested, private and file meta elements."""
    subjects: tuple[tuple[str, dict[str, str], tuple[tuple[str, str, object], ...]], ...] = (
        ("MR_small.dcm", {"target": "StudyDate", "added": "StudyDate"}, ()),
        ("MR_small.dcm", {"target": "(0008,0020)", "added": "00080020"}, ()),
        ("test-SR.dcm", {"target": "ObservationDateTime"}, ()),
        ("liver_1frame.dcm", {"target": "ReferencedSeriesSequence__SeriesInstanceUID"}, ()),
        ("rtplan.dcm", {"target": "BeamName"}, ()),
        ("CT_small.dcm", {"target": '(0009,"GEMS_IDEN_01",02)'}, ()),
        ("ctbrain1.dcm", {"target": '(0033,"MITRA OBJECT UTF8 ATTRIBUTES 1.0",13)'}, ()),
        ("CT_small.dcm", {"target": "SourceApplicationEntityTitle"}, ()),
        ("CT_small.dcm", {"target": "IssueDateOfImagingServiceRequest"}, (("00402004", "DA", "20230115"),)),
    )
    for name, named, overlay in subjects:
        words = {"value": "20200101", "other": "20100101", **named}
        for first, second in product(ACTIONS, repeat=2):
            if "ADD" in (first, second) and "added" not in words:
                continue
            if "JITTER" in (first, second) and name in ("CT_small.dcm", "rtplan.dcm", "ctbrain1.dcm") and not overlay:
                continue
            if "JITTER" in (first, second) and "UID" in words["target"]:
                continue
            rules = (ACTIONS[one].format(**words) for one in (first, second))
            yield _case(name, *rules, overlay=overlay)


SELECTORS = (
    "PatientID", "patientname", "(0010,0020)", "00100010", "StudyInstanceUID", "contains:Patient", "contains:0010",
    "startswith:Study", "endswith:Time", "endswith:UID", "endswith:ID", "except:Patient", "except:Manufacturer",
    "select:VR:PN", "select:VR:LO", "select:VR:SQ", "select:VR:UN", "select:group:0010", "select:group:0x0008",
    "select:group:10", "all", "contains:8103", "contains:private", "contains:^(0008|0010)",
    "RequestAttributesSequence__ScheduledProcedureStepID", "BeamSequence__BeamName", "(300A,00B0)__0__(300A,00C2)",
    "(300A,00B0)__1__(300A,00C2)", '(0009,"GEMS_IDEN_01",04)', '0009,"gems_iden_01",04', '(0099,"NOBODY",04)',
    "contains:^.{3}[13579BDF].{4}$", "ReferencedSOPInstanceUID", "StudyDate", "BeamSequence",
    "MediaStorageSOPInstanceUID", 'contains:"GEMS_IDEN_01"', "endswith:Sequence",
    "BeamSequence__ControlPointSequence__GantryAngle",
)  # fmt: skip


def selectors() -> Iterator[Case]:
    """Yield every form of target, on a few files."""
    for name, selector in product(("CT_small.dcm", "rtplan.dcm", "nested_priv_SQ.dcm"), SELECTORS):
        yield _case(name, f"REMOVE {selector}")
        yield _case(name, f"BLANK {selector}")
    for name, selector in product(("rtplan.dcm", "liver_1frame.dcm"), SELECTORS):
        yield _case(name, f"KEEP {selector}", "REMOVE all")
        yield _case(name, f"REPLACE {selector} X", "REMOVE all")
    yield _case("JPEG-lossy.dcm", "REMOVE select:VR:PN")


VALUES = (
    "REPLACE PatientID anonymous", "REPLACE PatientName var:id", "REPLACE StudyDescription two words",
    "REPLACE Rows 4", "REPLACE SliceThickness 2.5", "REPLACE InstanceNumber 77", "REPLACE ImageType A\\B",
    "REPLACE ImageType A\\B\\C\\D", "REPLACE ImageType var:many", "REPLACE select:VR:US 3", "REPLACE select:VR:DS 1\\2",
    "REPLACE select:VR:FD 1.5", "REPLACE select:VR:FL 1.5", "REPLACE select:VR:IS 12", "REPLACE select:VR:TM 101112",
    "REPLACE select:VR:UI 1.2.3", "REPLACE select:VR:AS 010Y", "REPLACE select:VR:LT line", "REPLACE NoSuch var:id",
    "REPLACE StudyInstanceUID deid_func:pydicom_uuid", "REPLACE SOPInstanceUID deid_func:pydicom_uuid prefix=1.2.3.",
    "REPLACE endswith:UID deid_func:pydicom_uuid", "REPLACE StudyDate deid_func:jitter days=10",
    "REPLACE StudyDate deid_func:jitter days=-10 years=2", "REPLACE StudyDate deid_func:jitter years=1",
    "REPLACE StudyDate deid_func:jitter", "REPLACE PatientID func:fixed", "REPLACE PatientID func:length",
    "REPLACE StudyID func:patient", "REPLACE PatientID func:told", "REPLACE select:VR:LO func:named",
    "REPLACE PatientID func:empty", "REPLACE PatientID func:nothing", "REPLACE PatientID func:raises",
    "REPLACE SeriesDescription var:off", "ADD PatientComments hello", "ADD PatientID new", "ADD StudyID var:id",
    "ADD PatientComments func:fixed", "ADD DeidentificationMethod two words", "ADD 00104000 hello",
    "ADD StudyID func:patient", "ADD Rows 4", "ADD PregnancyStatus 4", "ADD SourceApplicationEntityTitle ME",
    "ADD PatientSize 1.8", "ADD ImageComments func:empty", "ADD ImageComments func:nothing",
    "ADD (0010,4000) hello", 'ADD (0099,"DEIDC TEST",01) hello',
    "ADD BeamSequence__BeamName hello", "REMOVE StudyDescription var:id", "REMOVE PatientID var:off",
    "REMOVE PatientID func:never", "REMOVE all func:is_private", "REMOVE all func:never", "REMOVE PatientID func:fixed",
    "REMOVE PatientID deid_func:basic_uuid", "REMOVE contains:Date func:is_private",
    "JITTER StudyDate var:days", "JITTER StudyDate func:week", "JITTER StudyDate -400", "JITTER endswith:Date 31",
    "JITTER select:VR:DT 3", "JITTER select:VR:DA 3", "JITTER endswith:Time 3", "JITTER select:VR:LO 3",
)  # fmt: skip
RANDOM = (
    "REPLACE PatientID deid_func:basic_uuid", "REPLACE PatientID deid_func:suffix_uuid",
    "REPLACE StudyInstanceUID deid_func:dicom_uuid org_root=1.2.3", "REPLACE select:VR:LO deid_func:suffix_uuid",
    "REPLACE StudyInstanceUID deid_func:pydicom_uuid stable_remapping=false",
    "REPLACE StudyInstanceUID deid_func:dicom_uuid", "REPLACE StudyInstanceUID deid_func:basic_uuid",
)  # fmt: skip


def values() -> Iterator[Case]:
    """Yield REPLACE, ADD, JITTER and REMOVE with every form of value."""
    for name, rule in product(
        ("CT_small.dcm", "MR_small.dcm", "rtplan.dcm", "test-SR.dcm", "waveform_ecg.dcm"), VALUES
    ):
        if "NoSuch" not in rule:
            yield _case(name, rule)
    for name, rule in product(("CT_small.dcm", "MR_small.dcm"), RANDOM):
        yield _case(name, rule, random=True)


# What stands in a value that is to be shifted, by VR, as PS3.5 6.2 allows it, or as devices write it.
SHAPES: dict[str, tuple[object, ...]] = {
    "DA": (
        "20230101", "2023.01.01", "2023-01-01", ["20230101", "20231231"], "", "20230101-20230201", "20231301",
        "00000000", "2023", "202301", "UNKNOWN", "20240229", "99991231",
    ),
    "DT": (
        "2023", "202301", "20230101", "2023010110", "202301011012", "20230101101214", "20230101101214.123456",
        "20230101101214.1", "20230101101214+0100", "20230101101214.123456-0500", ["20230101", "20230102101214"], "",
    ),
    "TM": ("101112", "0102"), "AS": ("010M", "045Y"), "DS": ("70.5", "20230101"), "IS": ("4", "20230101"), "US": (4,),
    "FD": (4.5,), "PN": ("Doe^John",), "CS": ("YES",), "UI": ("1.2.3", "20230101"), "UR": ("http://h/20230101",),
    "LO": ("20230101", "2023-01-01", "2023/01/01", "hello", "20230101101214", "20230101101214.5",
           ["20230101", "x"], "7"),
    "SH": ("20230101", "x", "12"), "ST": ("20230101",), "LT": ("20230101",), "UT": ("20230101", "on 20230101"),
    "UC": ("20230101",), "UN": (b"20230101".hex(), b"hello ".hex()),
}  # fmt: skip


def shifts() -> Iterator[Case]:
    """Yield JITTER on every shape of value in every VR, by a wide rule, and by one that names the element."""
    for vr, shapes in SHAPES.items():
        for shape in shapes:
            overlay = (("00990010", "LO", "DEIDC TEST"), ("00991001", vr, shape))
            yield _case("rtdose_1frame.dcm", "JITTER select:group:0099 40", overlay=overlay)
            yield _case("rtdose_1frame.dcm", 'JITTER (0099,"DEIDC TEST",01) -1', overlay=overlay)


LISTS = (
    ("%values v\nFIELD PatientID\n", "REPLACE values:v X"),
    ("%values v\nFIELD StudyInstanceUID\n", "REMOVE values:v"),
    ('%values v\nSPLIT PatientName by="^";minlength=4\n', "BLANK values:v"),
    ('%values v\nSPLIT PatientName by="^";minlength=4\nFIELD PatientID\n', "REMOVE values:v"),
    ("%values v\nSPLIT ImageType\n", "BLANK values:v"),
    ("%values v\nFIELD PatientName\n", "BLANK values:v"),
    ("%values v\nFIELD StudyID\n", "BLANK values:v"),
    ("%values v\nFIELD contains:Date\n", "JITTER values:v 3"),
    ("%values v\nFIELD ImageType\n", "BLANK values:v"),
    ("%values v\nFIELD PatientID\n", "KEEP PatientID\nREMOVE values:v"),
    ("%values v\nFIELD PatientID\n", "REPLACE PatientID new\nREMOVE values:v"),
    ("%values v\nFIELD PatientID\n", "REMOVE values:v\nREPLACE values:v X"),
    ("%fields f\nFIELD contains:Instance\n", "REMOVE fields:f"),
    ("%fields f\nFIELD PatientID\nFIELD StudyDate\n", "REPLACE fields:f 20200101"),
    ("%fields f\nFIELD PatientID\n", "REPLACE fields:f X\nREMOVE PatientID"),
    ("%fields f\nFIELD PatientID\n", "KEEP fields:f\nREMOVE all"),
    ("%fields f\nFIELD (0010,1002)__0__(0010,0020)\n", "REMOVE fields:f"),
    ("%fields f\nFIELD PatientID\n", "KEEP PatientID\nREMOVE fields:f"),
    ("%fields f\nFIELD BeamSequence__BeamName\n", "BLANK fields:f"),
    ("%fields f\nFIELD select:VR:PN\n", "REPLACE fields:f X"),
    ("%fields f\nFIELD PatientComments\n", "ADD PatientComments x\nREMOVE fields:f"),
    ("%values v\nFIELD PatientID\n%fields f\nFIELD select:VR:UI\n", "REMOVE values:v\nREPLACE fields:f 1.2.3"),
)


def lists() -> Iterator[Case]:
    """Yield recipes with %values and %fields."""
    no_pattern = (("00104000", "LT", "A(B"),)
    yield _case("CT_small.dcm", "BLANK values:v", sections="%values v\nFIELD PatientComments\n", overlay=no_pattern)
    for name, (sections, rules) in product(("CT_small.dcm", "MR_small.dcm", "rtplan.dcm", "ctbrain1.dcm"), LISTS):
        yield _case(name, *rules.splitlines(), sections=sections)


MIXTURES = (
    ("REMOVE all", "REPLACE PatientID X"),
    ("REMOVE all", "KEEP select:group:0008", "REPLACE endswith:UID deid_func:pydicom_uuid"),
    ("REMOVE all", "KEEP SeriesDescription", "JITTER endswith:Date 5", "ADD PatientIdentityRemoved YES"),
    ("BLANK all", "KEEP StudyDate"),
    ("REMOVE contains:Date", "JITTER StudyDate 5"),
    ("JITTER StudyDate 10", "JITTER endswith:Date 10"),
    ("REPLACE PatientID X", "REPLACE StudyID func:patient"),
    ("REPLACE StudyID func:patient", "REMOVE PatientID"),
    ("REMOVE select:group:0009", "KEEP select:VR:US"),
    ("REMOVE select:VR:SQ", "REPLACE BeamName X"),
    ("REPLACE BeamName X", "REMOVE BeamSequence"),
    ("KEEP BeamName", "REMOVE BeamSequence"),
    ("KEEP BeamSequence", "REMOVE BeamName"),
    ("KEEP BeamSequence__BeamName", "REMOVE BeamName"),
    ("KEEP ReferencedSOPInstanceUID", "REMOVE ReferencedSOPInstanceUID"),
    ("KEEP PixelData", "BLANK all"),
    ("KEEP contains:private", "REMOVE all"),
    ('KEEP (0009,"GEMS_IDEN_01",04)', "REMOVE all"),
    ("KEEP all", "REMOVE all", "ADD StudyID x"),
    ("KEEP except:Sequence", "REMOVE contains:ID"),
    ("KEEP StudyID", "ADD StudyID n", "REMOVE StudyID"),
    ("ADD StudyID n", "REPLACE select:VR:SH m"),
    ("ADD PatientComments n", "BLANK contains:Patient"),
    ("ADD PatientComments n", "REMOVE all"),
    ("REMOVE MediaStorageSOPInstanceUID",),
    ("REPLACE MediaStorageSOPInstanceUID 1.2.3",),
    ("KEEP select:group:0002", "REMOVE all"),
    ("REPLACE SOPInstanceUID 1.2.3",),
    ("REPLACE all X",),
    ("REPLACE select:VR:SQ X",),
    ("JITTER all 5",),
    ("REPLACE select:VR:US words",),
    ("REPLACE InstanceNumber words",),
)


# A sequence of one item with one patient's name, as a system writes it that does not know the attribute.
HIDDEN_NAME = ("00991001", "UN", (b"\xfe\xff\x00\xe0\x10\0\0\0" + b"\x10\0\x10\0\x08\0\0\0DOE^JOHN").hex())


def mixtures() -> Iterator[Case]:
    """Yield recipes whose rules meet in the same elements, and some on objects that a file is too plain for."""
    yield _case("CT_small.dcm", "REMOVE PatientID", overlay=((PREAMBLE, "", b"II*\0".ljust(128, b"x").hex()),))
    yield _case("CT_small.dcm", "REMOVE PatientName", overlay=(("00990010", "LO", "DEIDC TEST"), HIDDEN_NAME))
    yield _case("test-SR.dcm", "KEEP except:Sequence", "REMOVE endswith:UID")
    yield _case("CT_small.dcm", "REPLACE endswith:UID deid_func:pydicom_uuid", overlay=(("00081155", "UI", ""),))
    for rule in ("KEEP PatientID", "BLANK StudyID"):
        list_of_id = "%values v\nFIELD PatientID\n"
        yield _case("CT_small.dcm", rule, "REMOVE values:v", sections=list_of_id, overlay=(("00200010", "SH", "1CT1"),))
    names = ("CT_small.dcm", "rtplan.dcm", "MR_small.dcm", "UN_sequence.dcm", "chrH31.dcm")
    for name, rules in product(names, MIXTURES):
        yield _case(name, *rules)
