"""The recipe `default` on every readable file of pydicom, pydicom-data and deid-data, judged by pydicom alone.

What identifies somebody is collected from the originals without asking deidc, and must not be found again anywhere in
the bytes that were written, pixels aside.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import deid_data
import pydicom.data
import pytest
from attrs import field, frozen
from pydicom import dcmread, dcmwrite
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

from tests.files import tree_of

FOLDERS = [Path(pydicom.data.__file__).parent / "test_files", Path(deid_data.__file__).parent]
try:
    import data_store
except ImportError:
    pass
else:
    FOLDERS.append(Path(data_store.__file__).parent)

pytestmark = pytest.mark.filterwarnings("ignore")  # pydicom warns of some of the files

PIXELS = (0x7FE00008, 0x7FE00009, 0x7FE00010)
MANDATORY = ("SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID")
DEFINED = "1.2.840.10008."
SHORTEST = 4
# Who and where; PN, DA, DT and UI are taken by VR.
IDENTIFIERS = (
    "AccessionNumber",
    "DeviceSerialNumber",
    "InstitutionAddress",
    "InstitutionName",
    "InstitutionalDepartmentName",
    "IssuerOfPatientID",
    "OtherPatientIDs",
    "PatientAddress",
    "PatientComments",
    "PatientID",
    "PatientTelephoneNumbers",
    "ReferringPhysicianAddress",
    "SeriesDescription",
    "StationName",
    "StudyDescription",
)
# Attributes that stay on purpose. What they say may stand in others too: a vendor's name in a private creator, a code's
# meaning in the description of a study. They are taken out before the bytes are searched.
KEPT = (
    "BodyPartExamined",
    "CodeMeaning",
    "CodingSchemeUID",
    "ImageType",
    "Manufacturer",
    "ManufacturerModelName",
    "ProcessingFunction",
)
DUMMY_DATE = "19000101"


@frozen
class Case:
    """A file, as it was and as it is written."""

    path: Path
    before: Dataset = field(repr=False)
    after: Dataset = field(repr=False)
    data: bytes = field(repr=False)


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> list[Case]:
    """Clean all folders as a user does, flagged objects too, and pair what was written with the originals."""
    made: list[Case] = []
    for folder in FOLDERS:
        output = tmp_path_factory.mktemp("clean")
        command = [
            sys.executable,
            "-m",
            "deidc",
            "run",
            "default",
            folder,
            "-o",
            output,
            "--flagged",
            "write",
            "--quiet",
        ]
        done = subprocess.run([str(word) for word in command], capture_output=True, check=False, text=True, timeout=300)
        assert done.returncode in (0, 1), done.stderr
        assert "Traceback" not in done.stderr
        made.extend(case_of(folder / name, output / name) for name in tree_of(output))
    return made


def case_of(original: Path, written: Path) -> Case:
    """Read both files by pydicom; the data are those of the written one that are to be searched."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some of the files are there to be warned of
        before, after = dcmread(original, force=True), dcmread(written)
        bare = dcmread(written)
        bare.walk(take_out)
        buffer = io.BytesIO()
        dcmwrite(buffer, bare)
    return Case(original, before, after, buffer.getvalue())


def take_out(dataset: Dataset, element: DataElement) -> None:
    """Delete pixels, and what stays on purpose."""
    if element.tag in PIXELS or element.keyword in KEPT:
        del dataset[element.tag]


def texts(element: DataElement) -> list[str]:
    """Return the values of an element as text."""
    value = element.value
    if value is None:
        return []
    return [str(one).strip() for one in (value if isinstance(value, MultiValue | list) else [value])]


def identifying(dataset: Dataset) -> Iterator[str]:
    """Yield the texts of an original that may not be found again."""
    for element in dataset.iterall():
        known = element.keyword in IDENTIFIERS
        for text in texts(element):
            match element.VR:
                case "PN":
                    yield from re.split(r"[\^= ]+", text)
                case "DA" | "DT":
                    yield text[:8]
                case "UI" if not text.startswith(DEFINED) and "Class" not in element.keyword:
                    yield text
                case "LO" | "SH" | "ST" | "LT" | "UT" if known or element.tag.is_private:
                    yield text
                case _:
                    pass


def is_found(text: str, data: bytes) -> bool:
    """Whether a text stands in the data, not as a part of a longer word or number."""
    word = re.escape(text.encode("latin-1", "replace"))
    return re.search(rb"(?<![0-9A-Za-z.])" + word + rb"(?![0-9A-Za-z])", data) is not None


def test_the_files_are_there(cases: list[Case]):
    """Nothing is proved by no files."""
    assert len(cases) > 150


def test_nothing_identifying_is_left(cases: list[Case]):
    """No name, number, date, place or UID of the original is anywhere in the written bytes."""
    left = {
        (case.path.name, text)
        for case in cases
        for text in set(identifying(case.before))
        if len(text) >= SHORTEST and text != DUMMY_DATE and is_found(text, case.data)
    }
    assert left == set()


def test_what_is_needed_is_there(cases: list[Case]):
    """UIDs that every object must have are there if they were, and the file meta information follows the object."""
    for case in cases:
        for keyword in MANDATORY:
            assert bool(case.before.get(keyword)) == bool(case.after.get(keyword)), (case.path.name, keyword)
        if case.after.get("SOPInstanceUID") and "MediaStorageSOPInstanceUID" in case.after.file_meta:
            assert case.after.file_meta.MediaStorageSOPInstanceUID == case.after.SOPInstanceUID
        assert case.after.get("SOPClassUID") == case.before.get("SOPClassUID")
        assert case.after.PatientIdentityRemoved == "YES"
        assert not any(element.tag.is_private for element in case.after.iterall())


def test_references_stay_whole(cases: list[Case]):
    """One original UID has one new one over all files, wherever it stands, and two have two."""
    seen: dict[str, set[str]] = {}
    for case in cases:
        for old, new in pairs(case.before, case.after):
            seen.setdefault(old, set()).add(new)
    assert len(seen) > 100
    assert [old for old, new in seen.items() if len(new) != 1] == []
    news = [next(iter(new)) for new in seen.values()]
    assert len(set(news)) == len(news)
    assert [new for new in news if not re.fullmatch(r"[0-9.]{1,64}", new)] == []


def pairs(before: Dataset, after: Dataset) -> Iterator[tuple[str, str]]:
    """Yield the old and the new of each UID, of elements that are in both objects."""
    for element in after:
        if element.tag not in before:
            continue
        old = before[element.tag]
        if element.VR == "SQ" and old.VR == "SQ":
            for one, other in zip(old.value, element.value, strict=False):
                yield from pairs(one, other)
        elif element.VR == "UI":
            yield from (pair for pair in zip(texts(old), texts(element), strict=False) if pair[0])
