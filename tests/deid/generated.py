"""Recipes put together at random, the same in every run."""

from __future__ import annotations

import random
from collections.abc import Iterator

from tests.deid.cases import HEAD, NAMES, SELECTORS, Case, file

RULES = (
    "REMOVE {s}", "REMOVE {s}", "BLANK {s}", "BLANK {s}", "KEEP {s}", "KEEP {s}", "REMOVE all", "REMOVE {s} var:on",
    "REMOVE {s} func:is_private", "REMOVE {s} func:never", "REMOVE values:v", "BLANK values:v", "REMOVE fields:f",
    "REPLACE PatientID anon", "REPLACE select:VR:PN anon", "REPLACE select:VR:LO X", "REPLACE select:VR:SH var:id",
    "REPLACE StudyID var:id", "REPLACE endswith:UID deid_func:pydicom_uuid", "REPLACE fields:f 20200101",
    "REPLACE StudyID func:patient", "REPLACE PatientName func:length", "REPLACE ImageType A\\B\\C",
    "REPLACE select:VR:UI 1.2.3", "REPLACE select:VR:DS 1.5", "REPLACE BeamName func:fixed",
    "JITTER endswith:Date 7", "JITTER StudyDate 3", "JITTER select:VR:DA var:days", "JITTER select:VR:DT -3",
    "ADD PatientComments x", "ADD StudyID var:id", "ADD StudyDate 20200101", "ADD PatientID func:told",
)  # fmt: skip
FIELDS = (
    "PatientID",
    "contains:Instance",
    "StudyDate",
    "select:VR:PN",
    "BeamName",
    "endswith:Date",
    "StudyInstanceUID",
)


def generated(count: int, seed: int = 20260101) -> Iterator[Case]:
    """Yield as many cases as are asked for."""
    dice = random.Random(seed)
    for number in range(count):
        rules = [dice.choice(RULES).format(s=dice.choice(SELECTORS)) for _ in range(dice.randint(1, 6))]
        text = HEAD
        if any("values:v" in rule for rule in rules):
            text += f"%values v\nFIELD {dice.choice(FIELDS)}\n"
        if any("fields:f" in rule for rule in rules):
            text += f"%fields f\nFIELD {dice.choice(FIELDS)}\n"
        name = dice.choice(NAMES)
        text += "%header\n" + "".join(f"{rule}\n" for rule in rules)
        yield Case(f"generated {number} on {name}", file(name), text)
