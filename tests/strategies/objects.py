"""Objects to clean: nested items, private blocks, multi-values, empty and missing elements, file meta information."""

from __future__ import annotations

from hypothesis import strategies as st
from pydicom import config
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian

# Attributes across VRs, with values that rules of `tests.strategies.rules` look for.
POOL: dict[int, tuple[str, tuple[object, ...]]] = {
    0x00080008: ("CS", (["ORIGINAL", "PRIMARY"], "DERIVED", None)),
    0x00080016: ("UI", ("1.2.840.10008.5.1.4.1.1.7", "1.2.840.10008.1.99")),
    0x00080018: ("UI", ("1.2.3.4", "1.2.3.5")),
    0x00080020: ("DA", ("20200229", "19991231", "", "2020.01.31", "20200101-20200201", "2020-13-01")),
    0x00080021: ("LO", ("20200101", "", "2020.01.31", "in May")),
    0x00080023: ("CS", ("20200101", "")),
    0x0008002A: ("DT", ("20200229235959.5-0500", "202001", "2020", "20200131-", ["20200101", "20210101"])),
    0x00080030: ("TM", ("120000", "20200101", None)),
    0x00080050: ("SH", ("A1", "ID-7", "")),
    0x00080060: ("CS", ("CT", "MR")),
    0x00081150: ("UI", ("1.2.840.10008.5.1.4.1.1.2", "1.2.9")),
    0x0020000E: ("SH", ("1.2.3", "1.2.3.4", "")),
    0x00200052: ("UI", ("1.2.840.10008.1.4.1.1", "1.2.7", ["1.2.7", "1.2.840.10008.1.4.1.1"])),
    0x00109999: ("LO", ("Smith", "20200101")),
    0x00080070: ("LO", ("ACME", "Smith & Co")),
    0x00080081: ("ST", ("1 Main St\\Smith", "20200101")),
    0x00081010: ("SH", ("STATION1", "smith", "2020-02-29")),
    0x00081030: ("LO", ("CHEST for Smith", "20200315", ["20200315", "x"], "CHEST")),
    0x00100010: ("PN", ("Smith^John", "Smith^J", "ID-7", None)),
    0x00100020: ("LO", ("ID-7", "id-7 ", "7", ["ID-7", "A1"])),
    0x00101001: ("PN", (["Smith^John", "Jones^Mary"], "Jones^Mary")),
    0x00101010: ("AS", ("034Y", "095Y", "")),
    0x00101030: ("DS", ("71.50", "80", None)),
    0x00104000: ("LT", ("seen by Dr Smith on 20200101", "none", "")),
    0x00180086: ("IS", ("1", ["3", "4"], "20200101")),
    0x0020000D: ("UI", ("1.2.3", "1.2.3.4")),
    0x00280009: ("AT", (0x00181063,)),
    0x00280010: ("US", (512, 0)),
    0x00280106: ("SS", (-5,)),
    0x00280030: ("DS", (["0.5", "0.5"],)),
    0x0040A121: ("DA", ("20200101", "19000101")),
    0x00189073: ("FD", (0.5, None)),
    0x50000010: ("US", (4,)),
    0x60000010: ("US", (16,)),
    0x60023000: ("OW", (b"\x01\x02",)),
    0x7FE00010: ("OW", (b"\x00\x01\x02\x03",)),
}
NESTED = (0x00080050, 0x0020000D, 0x00100020, 0x00100010, 0x00080020, 0x00081030, 0x0040A121, 0x00101030)
CODES = (
    {"CodeValue": "113100", "CodingSchemeDesignator": "DCM", "CodeMeaning": "anything"},
    {"CodeValue": "113101", "CodingSchemeDesignator": "DCM", "PatientName": "Smith^John"},
    {"LongCodeValue": "a-value-of-many-characters", "CodingSchemeDesignator": "99X", "CodingSchemeVersion": "1.0"},
)
SEQUENCES = (0x00400275, 0x00101002, 0x00283010)
PRIVATE = {
    0x01: ("LO", ("secret Smith", "20200101", "")),
    0x02: ("DA", ("20200101", None)),
    0x42: ("UN", (b"ID-7", b"20200101", b"\x00\x01")),
    0xFF: ("PN", ("Smith^John",)),
}
META: dict[int, tuple[str, tuple[str, ...]]] = {
    0x00020002: ("UI", ("1.2.840.10008.5.1.4.1.1.7", "1.2")),
    0x00020003: ("UI", ("1.2.3.4", "1.2.9")),
    0x00020012: ("UI", ("1.2.3.4.5",)),
    0x00020013: ("SH", ("OTHER_1",)),
    0x00020016: ("AE", ("SMITHS_PC",)),
    0x00020100: ("UI", ("1.2.3",)),
}
CHARACTER_SETS = (None, None, "ISO_IR 100", "ISO_IR 192")
CANARY_VRS = ("LO", "SH", "LT", "ST", "PN", "UT")


def element(tag: int, vr: str, value: object) -> DataElement:
    """An element whose value nobody judges."""
    return DataElement(tag, vr, value, validation_mode=config.IGNORE)


class Canaries:
    """Values that occur nowhere else."""

    def __init__(self) -> None:
        self.sung = 0

    def text(self) -> str:
        self.sung += 1
        return f"ZQ{self.sung:06d}ZQ"


@st.composite
def objects(draw: st.DrawFn, *, canaries: bool = False) -> FileDataset:
    """An object as a program makes it; with `canaries`, no two texts in it are alike."""
    sources = Canaries() if canaries else None
    dataset = _level(draw, tuple(POOL), 0, sources)
    charset = draw(st.sampled_from(CHARACTER_SETS))
    if charset is not None:
        dataset.add(element(0x00080005, "CS", charset))
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    for tag in draw(st.lists(st.sampled_from(tuple(META)), unique=True, max_size=4)):
        vr, values = META[tag]
        meta.add(element(tag, vr, draw(st.sampled_from(values))))
    preamble = draw(st.sampled_from((bytes(128), b"II*\0" + bytes(124), None)))
    whole = FileDataset("", dataset, preamble=preamble, file_meta=meta)
    whole.set_original_encoding(False, True, "iso8859")
    return whole


def _level(draw: st.DrawFn, pool: tuple[int, ...], depth: int, canaries: Canaries | None) -> Dataset:
    dataset = Dataset()
    for tag in draw(st.lists(st.sampled_from(pool), unique=True, max_size=9 if depth == 0 else 3)):
        vr, values = POOL[tag]
        dataset.add(element(tag, vr, _value(draw, vr, values, canaries)))
    for creator in draw(st.lists(st.sampled_from(("ACME", "OTHER X")), unique=True, max_size=2)):
        _private_block(draw, dataset, creator, canaries)
    if draw(st.integers(0, 9)) == 0:
        dataset.add(element(0x00091301, "LO", "orphan" if canaries is None else canaries.text()))
    if depth < 2:
        for tag in draw(st.lists(st.sampled_from(SEQUENCES), unique=True, max_size=2 - depth)):
            items = [_level(draw, NESTED, depth + 1, canaries) for _ in range(draw(st.integers(0, 2)))]
            dataset.add(DataElement(tag, "SQ", Sequence(items)))
    if depth == 0 and draw(st.integers(0, 3)) == 0:
        coded = draw(st.lists(st.sampled_from(CODES), max_size=2))
        dataset.add(DataElement(0x00120064, "SQ", Sequence([_of(one) for one in coded])))
    return dataset


def _of(texts: dict[str, str]) -> Dataset:
    item = Dataset()
    for keyword, text in texts.items():
        setattr(item, keyword, text)
    return item


def _private_block(draw: st.DrawFn, dataset: Dataset, creator: str, canaries: Canaries | None) -> None:
    """A block of a creator, which need not be the first of its group."""
    block = draw(st.sampled_from((0x10, 0x11, 0x42)))
    if (0x0009, block) in dataset:
        return
    dataset.add(element(0x00090000 | block, "LO", creator))
    for low in draw(st.lists(st.sampled_from(tuple(PRIVATE)), unique=True, max_size=2)):
        vr, values = PRIVATE[low]
        dataset.add(element(0x00090000 | block << 8 | low, vr, _value(draw, vr, values, canaries)))


def _value(draw: st.DrawFn, vr: str, values: tuple[object, ...], canaries: Canaries | None) -> object:
    value = draw(st.sampled_from(values))
    if canaries is None or vr not in CANARY_VRS or not value:
        return value
    return [canaries.text() for _ in value] if isinstance(value, list) else canaries.text()
