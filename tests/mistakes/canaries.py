"""A real CT image in which every place that may name the patient holds a canary: text that stands nowhere else.

A canary that is found anywhere among the bytes of an output was written, wherever it stood in the input.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from pydicom import dcmread, dcmwrite
from pydicom.dataset import Dataset, FileDataset

from tests.files import shipped

FILE = "CT_small.dcm"
PIXELS = "PixelData"

# Name of a canary, which is the path of its element: VR and value. Bytes are those of the text.
CANARIES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "PatientName": ("PN", "Zqname^Quilla"),
        "PatientID": ("LO", "ZQID4711"),
        "PatientBirthDate": ("DA", "19310417"),
        "PatientAge": ("AS", "097Y"),
        "PatientAddress": ("LO", "Zqstreet 12"),
        "PatientComments": ("LT", "Zqcomment: calls herself Quilla"),
        "OtherPatientIDsSequence[0].PatientID": ("LO", "ZQOTHER1"),
        "OtherPatientIDsSequence[1].PatientID": ("LO", "ZQOTHER2"),
        "AccessionNumber": ("SH", "ZQACC99"),
        "ReferringPhysicianName": ("PN", "Zqreferrer^Doctor"),
        "OperatorsName": ("PN", "Zqoperator^Tech"),
        "InstitutionName": ("LO", "Zqhospital"),
        "StationName": ("SH", "ZQSTATION"),
        "StudyDescription": ("LO", "Zqstudy of a friend"),
        "StudyID": ("SH", "ZQSTUDY7"),
        "StudyDate": ("DA", "19610203"),
        "SeriesDate": ("DA", "19610204"),
        "AcquisitionDateTime": ("DT", "19610205223344"),
        "StudyTime": ("TM", "231559"),
        "StudyInstanceUID": ("UI", "1.2.826.0.1.4711.1"),
        "SeriesInstanceUID": ("UI", "1.2.826.0.1.4711.2"),
        "SOPInstanceUID": ("UI", "1.2.826.0.1.4711.3"),
        "RequestAttributesSequence[0].ScheduledProcedureStepDescription": ("LO", "Zqstep of the day"),
        "RequestAttributesSequence[0].ScheduledProtocolCodeSequence[0].CodeMeaning": ("LO", "Zqmeaning of a code"),
        "(0099,1001)": ("LO", "Zqprivate one"),
        "(300B,1001)": ("LO", "Zqprivate of group 300B"),
        "(6000,4000)": ("LT", "Zqoverlay comment"),
        "(0010,9999)": ("LO", "Zqattribute of no dictionary"),
    }
)
_CREATORS = ((0x00990010, "ZQ SITE DATA"), (0x300B0010, "ZQ SITE PLAN"))
PIXEL_CANARY = b"ZQPIXELTEXT!"  # in the first row of the pixels
SENDER = "ZQSENDER"  # in the file meta information, as (0002,0016)

# What a case puts into the object beside these: a path, a VR, and a text.
Put = tuple[str, str, str]


def canary(name: str) -> bytes:
    """Return the bytes of a canary."""
    if name == PIXELS:
        return PIXEL_CANARY
    return CANARIES[name][1].encode()


def content(put: Iterable[Put] = ()) -> bytes:
    """Return the bytes of a file with all canaries, and with what a case puts into it."""
    return _content(tuple(put))


@cache
def _content(put: tuple[Put, ...]) -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset = dcmread(shipped(FILE))
        for tag, creator in _CREATORS:
            dataset.add_new(tag, "LO", creator)
        for path, (vr, text) in CANARIES.items():
            _place(dataset, path, vr, text)
        for path, vr, text in put:
            _place(dataset, path, vr, text)
        meta = dataset.file_meta
        meta.SourceApplicationEntityTitle, meta.MediaStorageSOPInstanceUID = SENDER, dataset.SOPInstanceUID
        pixels = dataset.PixelData
        dataset.PixelData = PIXEL_CANARY * 20 + pixels[len(PIXEL_CANARY) * 20 :]
        buffer = io.BytesIO()
        dcmwrite(buffer, FileDataset("", dataset, file_meta=meta, preamble=bytes(128)), enforce_file_format=True)
    data = buffer.getvalue()
    assert all(data.count(canary(name)) for name in (*CANARIES, PIXELS))
    return data


def _place(dataset: Dataset, path: str, vr: str, text: str) -> None:
    """Put an element into a data set, with the items on its way: `Sequence[0].Attribute`, or `(gggg,eeee)`."""
    *way, last = path.split(".")
    for step in way:
        keyword, _, number = step.rstrip("]").partition("[")
        items = list(dataset.get(keyword) or ())
        items.extend(Dataset() for _ in range(int(number) + 1 - len(items)))
        setattr(dataset, keyword, items)
        dataset = items[int(number)]
    value: Any = text
    if vr == "UN":
        value = bytes.fromhex(text.removeprefix("hex:")) if text.startswith("hex:") else text.encode()
    elif vr == "UL":  # a number whose bytes spell the text
        value = int.from_bytes(text.encode(), "little")
    dataset.add_new(int(last[1:5] + last[6:10], 16) if last.startswith("(") else last, vr, value)
