"""Recipes and files on which deidc is compared with deid."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pydicom.data
from attrs import frozen

FOLDER = Path(pydicom.data.__file__).parent / "test_files"
FILES = (
    "CT_small.dcm",
    "MR_small.dcm",
    "rtplan.dcm",
    "test-SR.dcm",
    "waveform_ecg.dcm",
    "liver_1frame.dcm",
    "nested_priv_SQ.dcm",
    "priv_SQ.dcm",
    "reportsi.dcm",
    "rtdose_1frame.dcm",
    "chrH31.dcm",
    "chrFren.dcm",
    "no_meta.dcm",
    "ExplVR_BigEnd.dcm",
    "MR_small_implicit.dcm",
)
VARIABLES = {"id": "A-17", "days": 5}
HEAD = "FORMAT dicom\n"


@frozen
class Case:
    """A recipe on a file."""

    name: str
    file: Path
    recipe: str


def files() -> list[Path]:
    """Return the files that this version of pydicom ships."""
    return [FOLDER / name for name in FILES if (FOLDER / name).is_file()]


def grid() -> Iterator[Case]:
    """Yield every pair of actions on a public, a nested, a private and a file meta attribute."""
    actions = {
        "ADD": "ADD {keyword} {value}",
        "BLANK": "BLANK {target}",
        "JITTER": "JITTER {target} 3",
        "KEEP": "KEEP {target}",
        "REPLACE": "REPLACE {target} {other}",
        "REMOVE": "REMOVE {target}",
    }
    subjects = (
        ("MR_small.dcm", {"keyword": "StudyDate", "target": "StudyDate", "value": "20200101", "other": "20100101"}),
        ("CT_small.dcm", {"target": '(0009,"GEMS_IDEN_01",02)', "other": "X"}),
        ("rtplan.dcm", {"target": "BeamName", "other": "X"}),
        ("CT_small.dcm", {"target": "SourceApplicationEntityTitle", "other": "X"}),
    )
    for file, words in subjects:
        for first, second in product(actions, repeat=2):
            if ("JITTER" in (first, second) or "ADD" in (first, second)) and "keyword" not in words:
                continue
            lines = "\n".join(actions[one].format(**words) for one in (first, second))
            yield Case(f"{file} {first}-{second}", FOLDER / file, f"{HEAD}%header\n{lines}\n")


SELECTORS = (
    "PatientID", "patientname", "(0010,0020)", "00100010", "StudyInstanceUID", "contains:Patient", "contains:0010",
    "startswith:Study", "endswith:Time", "endswith:UID", "except:Patient", "select:VR:PN", "select:VR:LO",
    "select:group:0010", "select:group:0x0008", "all", "contains:8103", "contains:private",
    "RequestAttributesSequence__ScheduledProcedureStepID", "BeamSequence__BeamName", "(300A,00B0)__0__(300A,00C2)",
    '(0009,"GEMS_IDEN_01",04)', "contains:^.{3}[13579BDF].{4}$", "ReferencedSOPInstanceUID", "StudyDate",
)  # fmt: skip


def selectors() -> Iterator[Case]:
    """Yield REMOVE and BLANK for every form of target, on a few files."""
    for file, selector in product(("CT_small.dcm", "rtplan.dcm", "nested_priv_SQ.dcm"), SELECTORS):
        for action in ("REMOVE", "BLANK"):
            yield Case(f"{file} {action} {selector}", FOLDER / file, f"{HEAD}%header\n{action} {selector}\n")


def values() -> Iterator[Case]:
    """Yield REPLACE and ADD with every form of value."""
    rules = (
        "REPLACE PatientID anonymous",
        "REPLACE PatientName var:id",
        "REPLACE StudyDescription two words",
        "REPLACE Rows 4",
        "REPLACE SliceThickness 2.5",
        "REPLACE ImageType A\\B",
        "REPLACE StudyInstanceUID deid_func:pydicom_uuid",
        "REPLACE SOPInstanceUID deid_func:pydicom_uuid prefix=1.2.3.",
        "REPLACE StudyDate deid_func:jitter days=10",
        "JITTER StudyDate var:days",
        "JITTER StudyDate -400",
        "JITTER endswith:Date 31",
        "JITTER select:VR:DT 3",
        "JITTER endswith:Time 3",
        "ADD PatientComments hello",
        "ADD PatientID new",
        "ADD StudyID var:id",
        "REMOVE StudyDescription var:id",
    )
    for rule, file in product(rules, ("CT_small.dcm", "MR_small.dcm", "rtplan.dcm", "test-SR.dcm", "waveform_ecg.dcm")):
        yield Case(f"{file} {rule}", FOLDER / file, f"{HEAD}%header\n{rule}\n")


def lists() -> Iterator[Case]:
    """Yield recipes with %values and %fields."""
    sections = (
        "%values v\nFIELD PatientID\n\n%header\nREPLACE values:v X\n",
        "%values v\nFIELD StudyInstanceUID\n\n%header\nREMOVE values:v\n",
        '%values v\nSPLIT PatientName by="^";minlength=4\n\n%header\nBLANK values:v\n',
        "%values v\nFIELD PatientName\n\n%header\nBLANK values:v\n",
        "%values v\nFIELD StudyID\n\n%header\nBLANK values:v\n",
        "%fields f\nFIELD contains:Instance\n\n%header\nREMOVE fields:f\n",
        "%fields f\nFIELD PatientID\nFIELD StudyDate\n\n%header\nREPLACE fields:f 20200101\n",
        "%fields f\nFIELD PatientID\n\n%header\nREPLACE fields:f X\nREMOVE PatientID\n",
    )
    for file, section in product(("CT_small.dcm", "MR_small.dcm"), sections):
        yield Case(f"{file} {section!r}", FOLDER / file, HEAD + section)


_RULES = (
    "REMOVE {s}", "BLANK {s}", "KEEP {s}", "REPLACE PatientID anon", "REPLACE select:VR:PN anon",
    "REPLACE select:VR:LO X",
    "JITTER endswith:Date 7", "JITTER StudyDate 3", "REMOVE all", "ADD PatientComments x", "REPLACE StudyID var:id",
    "REMOVE select:group:0008", "KEEP endswith:Date", "REPLACE endswith:UID deid_func:pydicom_uuid",
)  # fmt: skip


def generated(count: int, seed: int = 20260101) -> Iterator[Case]:
    """Yield recipes put together at random, the same in every run."""
    dice = random.Random(seed)
    paths = files()
    for number in range(count):
        rules = [dice.choice(_RULES).format(s=dice.choice(SELECTORS)) for _ in range(dice.randint(1, 5))]
        file = dice.choice(paths)
        text = f"{HEAD}%header\n" + "\n".join(rules) + "\n"
        yield Case(f"generated {number} {file.name}", file, text)


def all_cases(count: int) -> list[Case]:
    """Return every case."""
    return [*grid(), *selectors(), *values(), *lists(), *generated(count)]
