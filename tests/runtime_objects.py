"""Strategies for DICOM objects whose every value is a canary: a text that occurs nowhere else."""

from __future__ import annotations

from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

TEXTS = ("PatientName", "PatientID", "StudyDescription", "AccessionNumber", "StationName", "ImageComments")
DATES = ("StudyDate", "SeriesDate", "AcquisitionDateTime")
SEQUENCES = ("RequestAttributesSequence", "OtherPatientIDsSequence")
RULES = (
    "REMOVE PatientName",
    "REMOVE all",
    "REMOVE select:private",
    "REMOVE contains:Name",
    "REMOVE RequestAttributesSequence",
    "REMOVE values:ids",
    "REMOVE all contains:ZQ0+1",
    "REMOVE StationName empty:",
    "BLANK PatientID",
    "BLANK select:VR:LO",
    "BLANK all",
    "REPLACE PatientName anonymous",
    "REPLACE select:VR:LO|SH X",
    "REPLACE all var:text if contains:ZQ",
    "REPLACE StudyDescription func:shout",
    "REPLACE OtherPatientIDsSequence__0__PatientID first",
    "REPLACE values:ids X",
    "REPLACE fields:some X",
    "JITTER StudyDate 3",
    "JITTER select:VR:DA|DT -10",
    "KEEP PatientID",
    "KEEP OtherPatientIDsSequence",
    "KEEP fields:some",
    "ADD StudyDescription new",
    "ADD OtherPatientIDsSequence__IssuerOfPatientID new",
    'ADD (0009,"ACME",05) new',
    'REMOVE (0009,"ACME",xx)',
    'KEEP (0009,"OTHER",02)',
)
HEAD = """FORMAT dicom

%values ids
FIELD PatientID
SPLIT PatientName by="^";minlength=3

%fields some
FIELD endswith:Comments
FIELD OtherPatientIDsSequence__PatientID

%header
"""
recipes = st.lists(st.sampled_from(RULES), min_size=1, max_size=6).map(
    lambda rules: (
        HEAD
        + "REMOVE StationName values:ids\nREMOVE ImageComments if missing:\nREMOVE fields:some empty:\n"
        + "\n".join(rules)
        + "\n"
    )
)


@st.composite
def objects(draw: st.DrawFn) -> Dataset:
    """Draw an object with nested items, private blocks and empty values; each value is a canary."""
    return _level(draw, [0], 0)


def _level(draw: st.DrawFn, count: list[int], depth: int) -> Dataset:
    dataset = Dataset()
    for keyword in draw(st.lists(st.sampled_from(TEXTS), unique=True)):
        setattr(dataset, keyword, draw(st.sampled_from(("", "one", "two"))) and _canary(count))
    for keyword in draw(st.lists(st.sampled_from(DATES), unique=True)):
        count[0] += 1
        setattr(dataset, keyword, f"19{count[0] % 100:02d}{count[0] % 12 + 1:02d}{count[0] % 28 + 1:02d}")
    for creator in draw(st.lists(st.sampled_from(("ACME", "OTHER")), unique=True)):
        block = dataset.private_block(0x0009, creator, create=True)
        for element in draw(st.lists(st.sampled_from((1, 2, 0x42)), unique=True)):
            block.add_new(element, "LO", _canary(count))
    if depth < 2:
        for keyword in draw(st.lists(st.sampled_from(SEQUENCES), unique=True)):
            items = [_level(draw, count, depth + 1) for _ in range(draw(st.integers(0, 2)))]
            setattr(dataset, keyword, Sequence(items))
    return dataset


def _canary(count: list[int]) -> str:
    count[0] += 1
    return f"ZQ{count[0]:06d}ZQ"
